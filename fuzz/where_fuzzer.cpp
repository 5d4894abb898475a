/// `--where` and the regular expressions in it: an expression, a line end, a message.

#include "message/message.h"
#include "message/where.h"
#include "util/error.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string>

using namespace fedmsg;
using namespace fedmsg::message;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    const auto end = std::min(input.find('\n'), input.size());
    const auto expression = input.substr(0, end);
    try {
        Where where{expression};
        const auto message = Message::parse("org.x", input.substr(std::min(end + 1, size)));
        if (!message) return 0;
        const bool matches = where.matches(message->envelope());
        if (expression.size() + 3 > Where::max_size) return 0;
        try {
            Where opposite{"!(" + std::string{expression} + ")"};
            const bool opposite_matches = opposite.matches(message->envelope());
            assert(opposite_matches != matches);
        } catch (const UsageError& e) {  // one level more may be one too many
            assert(std::string_view{e.what()}.find("more than 100") != std::string_view::npos);
        }
    } catch (const UsageError& e) {
        assert(std::string_view{e.what()}.starts_with("where: "));
    }
    return 0;
}
