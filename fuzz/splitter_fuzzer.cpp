// The first byte says how the others are cut. However they are, the same values and the same error come out.
#include "encoding/splitter.h"
#include "encoding/write.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace {

using namespace fedmsg::encoding;

constexpr std::size_t max_value = 1 << 16;

struct Output {
    std::vector<std::string> values;
    std::string error;
    std::size_t error_offset = 0;

    void drain(Splitter& splitter) {
        while (const auto value = splitter.next()) {
            if (!error.empty()) std::abort();  // nothing comes after an error
            if (*value) {
                values.push_back(dumps((*value)->root()));
            } else {
                error = to_string(value->error());
                error_offset = value->error().offset;
            }
        }
    }
};

Output split(std::string_view text, std::size_t chunk) {
    Splitter splitter{max_value};
    Output output;
    while (!text.empty()) {
        splitter.feed(text.substr(0, chunk));
        output.drain(splitter);
        text.remove_prefix(std::min(chunk, text.size()));
    }
    splitter.finish();
    output.drain(splitter);
    return output;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size == 0 || size > max_value) return 0;
    const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
    const Output whole = split(text, text.size() + 1);
    const Output cut = split(text, 1 + data[0] % 16U);
    if (whole.values != cut.values || whole.error != cut.error || whole.error_offset != cut.error_offset)
        std::abort();
    if (whole.error_offset > text.size()) std::abort();

    // A text that is one value comes out as that value.
    if (const auto document = Document::parse(text)) {
        if (!whole.error.empty() || whole.values != std::vector{dumps(document->root())}) std::abort();
    }
    return 0;
}
