#include "unit/encoding/random_json.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <vector>

namespace fedmsg::encoding {
namespace {

using namespace std::string_view_literals;

std::string utf8(char32_t c) {
    const auto byte = [](char32_t b) { return static_cast<char>(b); };
    if (c < 0x80) return {byte(c)};
    if (c < 0x800) return {byte(0xc0 | c >> 6), byte(0x80 | (c & 0x3f))};
    if (c < 0x10000) return {byte(0xe0 | c >> 12), byte(0x80 | (c >> 6 & 0x3f)), byte(0x80 | (c & 0x3f))};
    return {byte(0xf0 | c >> 18), byte(0x80 | (c >> 12 & 0x3f)), byte(0x80 | (c >> 6 & 0x3f)),
            byte(0x80 | (c & 0x3f))};
}

}  // namespace

std::string RandomJson::text() { return space() + value(0) + space(); }

std::string RandomJson::mutated(std::string text) {
    static constexpr auto odd = "{}[]\",:\\ue+-.019 \nNITtfn'/\0\x01\x1a\x7f\x80\xc0\xe2\xed\xf0\xff"sv;
    for (std::size_t i = 1 + below(3); i > 0; --i) {
        const auto at = below(text.size() + 1);
        const char c = odd[below(odd.size())];
        switch (below(5)) {
            case 0: text.insert(at, 1, c); break;
            case 1: text.resize(at); break;
            case 2:
                if (at < text.size()) text[at] = c;
                break;
            default:
                if (at < text.size()) text.erase(at, 1);
        }
    }
    return text;
}

std::string RandomJson::digits(std::size_t count) {
    std::string all;
    while (all.size() < count) all += static_cast<char>('0' + below(10));
    return all;
}

std::string RandomJson::space() {
    if (below(4) != 0) return {};
    return one_of(" ", "\n", "\t", "\r\n", "  ", "                   ");
}

std::string RandomJson::value(int depth) {
    switch (below(depth < 6 ? 12 : 8)) {
        case 0: return one_of("true", "false", "null", "NaN", "Infinity", "-Infinity");
        case 1:
        case 2:
        case 3: return number();
        case 8:
        case 9: return array(depth + 1);
        case 10:
        case 11: return object(depth + 1);
        default: return string();
    }
}

std::string RandomJson::number() {
    const std::string sign = below(2) == 0 ? "-" : "";
    const std::string whole =
        below(3) == 0 ? "0" : std::to_string(1 + below(9)) + digits(below(below(20) == 0 ? 400 : 25));
    const auto exponent = [&] { return one_of("e", "E") + one_of("", "+", "-") + digits(1 + below(3)); };
    switch (below(7)) {
        case 0:
        case 1: return sign + whole;
        case 2: return sign + whole + "." + digits(1 + below(25));
        case 3: return sign + whole + exponent();
        case 4: return sign + whole + "." + digits(1 + below(25)) + exponent();
        case 5:
            return one_of("9223372036854775807", "-9223372036854775808", "9223372036854775808", "-0", "0.0",
                          "-0.0", "18446744073709551616", "1e400", "-1e400", "1e-400", "5e-324", "1e16",
                          "1e-4", "1e-5", "9007199254740993", "0e999999999999999999999",
                          "1e99999999999999999999999");
        default: {
            const auto d = std::bit_cast<double>(engine_());
            if (!std::isfinite(d)) return "1.5";
            return below(2) == 0 ? fmt::format("{:.17e}", d) : fmt::format("{:.{}e}", d, below(20));
        }
    }
}

std::string RandomJson::character() {
    static const std::vector<char32_t> edges{0x7f,   0x80,   0x9f,    0xa0,    0x7ff,
                                             0x800,  0xd7ff, 0xe000,  0xfeff,  0xfffd,
                                             0xffff, 0x2028, 0x10000, 0x1f600, 0x10ffff};
    switch (below(12)) {
        case 0: return utf8(edges[below(edges.size())]);
        case 1: return fmt::format("\\u{:04x}", below(0x10000));
        case 2: return fmt::format("\\u{:04X}", below(0x100));
        case 3: return one_of("\\n", "\\r", "\\t", "\\f", "\\b", "\\/", "\\\\", "\\\"");
        case 4: return fmt::format("\\u{:04x}\\u{:04x}", 0xd800 + below(0x400), 0xdc00 + below(0x400));
        case 5: return fmt::format("\\u{:04X}", 0xd800 + below(0x800));
        case 6: return one_of("é", "ß", "日本", "😀", "€", "\x7f");
        case 7: return digits(below(40));
        default: return one_of("a", "b", "/", "topic", "org.fedoraproject.prod.", " ", "'", "<");
    }
}

std::string RandomJson::string() {
    std::string all = "\"";
    for (std::size_t i = below(below(10) == 0 ? 40 : 6); i > 0; --i) all += character();
    return all + "\"";
}

std::string RandomJson::array(int depth) {
    std::string all = "[" + space();
    for (std::size_t i = 0, count = below(6); i < count; ++i) {
        if (i > 0) all += space() + "," + space();
        all += value(depth);
    }
    return all + space() + "]";
}

std::string RandomJson::object(int depth) {
    std::vector<std::string> keys;
    std::string all = "{" + space();
    for (std::size_t i = 0, count = below(below(30) == 0 ? 80 : 8); i < count; ++i) {
        if (i > 0) all += space() + "," + space();
        const bool again = !keys.empty() && below(6) == 0;
        keys.push_back(again ? keys[below(keys.size())] : string());
        all += keys.back() + space() + ":" + space() + value(depth);
    }
    return all + space() + "}";
}

}  // namespace fedmsg::encoding
