// Whatever the bytes: no crash, and what is read can be written and read again without loss, in every style.
#include "encoding/write.h"

#include <cstdlib>

namespace {

using namespace fedmsg::encoding;

void require(bool holds) {
    if (!holds) std::abort();
}

Document parse_again(const std::string& text) {
    auto document = Document::parse(text);
    require(document.has_value());
    return std::move(*document);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto document = Document::parse(text);
    if (!document) {
        const auto& error = document.error();
        require(error.offset <= size && error.line >= 1 && error.column >= 1 && error.detail != nullptr);
        require(!to_string(error).empty());
        return 0;
    }
    const Node root = document->root();
    const std::string expected = dumps(root);
    for (const bool sort_keys : {false, true}) {
        for (const bool indented : {false, true}) {
            for (const bool unicode : {false, true}) {
                const Style style{.sort_keys = sort_keys, .indented = indented, .unicode = unicode};
                const std::string written = dumps(root, style);
                const Document again = parse_again(written);
                require(dumps(again.root()) == expected);
                require(dumps(again.root(), style) == written);
            }
        }
    }
    const Value value = to_value(root);
    require(dumps(value) == expected);
    require(pretty_dumps(value) == dumps(root, pretty));
    require(value.truthy() == root.truthy());
    require(parse_again(expected).root().kind() == root.kind());
    return 0;
}
