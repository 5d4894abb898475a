/// Any message to any rule: each field of each processor gives a value of its shape, within its budget. The
/// first byte chooses the processor, the rest is the message.

#include "encoding/document.h"
#include "meta/rules.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>

using namespace fedmsg;
using namespace fedmsg::meta;

namespace {

bool is_text(const encoding::Value& value) { return value.string() != nullptr; }

bool is_element(const encoding::Value& value) { return is_text(value) || value.number(); }

void check(const std::optional<encoding::Value>& said, Shape shape) {
    if (!said || said->is_null()) return;  // nothing is said
    const auto& value = *said;
    switch (shape) {
        case Shape::text:
        case Shape::optional_text: assert(is_text(value)); break;
        case Shape::set:
            assert(value.array() != nullptr && std::ranges::all_of(*value.array(), is_text));
            break;
        case Shape::ids:
            assert(value.array() != nullptr && std::ranges::all_of(*value.array(), is_element));
            break;
        case Shape::map: assert(value.object() != nullptr); break;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Rules rules{Config{}, {.folders = {FEDMSG_RULES}, .now = [] { return 1464739200.0; }}};
    static const auto processors = rules.processors();
    if (size == 0) return 0;
    const auto document = encoding::Document::parse({reinterpret_cast<const char*>(data) + 1, size - 1});
    if (!document || !document->root().is_object()) return 0;
    auto& processor = *processors[data[0] % processors.size()];
    for (const auto& field : field_traits)
        check(processor.value(field.field, document->root(), "ralph"), field.shape);
    for (std::size_t i = 0; i < processor.conglomerators(); ++i) {
        if (!processor.can_handle(i, document->root())) continue;
        (void)processor.matches(i, document->root(), document->root());
        (void)processor.merge(i, {document->root(), document->root()}, encoding::Object{}, "ralph");
    }
    assert(processor.stops() == 0);
    // What holds for all of them.
    if (document->root().find_string("topic")) (void)rules.repr(document->root());
    return 0;
}
