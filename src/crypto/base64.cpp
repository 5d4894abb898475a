#include "crypto/base64.h"

#include <array>
#include <cstdint>

namespace fedmsg::crypto {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t line_bytes = 57;  // 76 characters
constexpr std::uint8_t not_a_digit = 64;

constexpr auto digits = [] {
    std::array<std::uint8_t, 256> table{};
    table.fill(not_a_digit);
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
    return table;
}();

/// Up to three bytes as four characters.
void put_group(std::string_view bytes, std::string& out) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i)
        bits = bits << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i) {
        const auto digit = bits >> (18 - 6 * i) & 63U;
        out += i <= bytes.size() ? alphabet[digit] : '=';
    }
}

}  // namespace

std::string encode_base64_line(std::string_view bytes) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(3, bytes.size())))
        put_group(bytes.substr(0, 3), out);
    return out;
}

std::string encode_base64(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size() * 137 / 100 + 8);
    for (; !bytes.empty(); bytes.remove_prefix(std::min(line_bytes, bytes.size())))
        out += encode_base64_line(bytes.substr(0, line_bytes)) + '\n';
    return out;
}

std::optional<std::string> decode_base64(std::string_view text) {
    for (const char c : text)
        if (static_cast<unsigned char>(c) >= 0x80) return std::nullopt;
    std::string out;
    out.reserve(text.size() * 3 / 4 + 3);
    std::uint32_t bits = 0;
    int place = 0;  // in the group of four
    int pads = 0;
    for (const char c : text) {
        if (c == '=') {
            // One that comes too early is skipped like any other character outside of the alphabet.
            if (place >= 2 && place + ++pads >= 4) return out;
            continue;
        }
        const auto digit = digits[static_cast<unsigned char>(c)];
        if (digit == not_a_digit) continue;
        pads = 0;
        bits = bits << 6 | digit;
        if (place > 0) out += static_cast<char>(bits >> (6 - 2 * place) & 0xff);
        place = (place + 1) % 4;
    }
    if (place != 0) return std::nullopt;
    return out;
}

}  // namespace fedmsg::crypto
