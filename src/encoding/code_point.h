#pragma once
/// \file
/// Characters to bytes and back: UTF-8, and beside it the three-byte form of a lone surrogate, which JSON can
/// escape.

#include <cstddef>
#include <string_view>

namespace fedmsg::encoding {

constexpr bool is_surrogate(char32_t c) { return c >= 0xd800 && c <= 0xdfff; }

/// The length of the UTF-8 sequence (RFC 3629) of two to four bytes that starts at `p`; 0 when none does.
/// Reads no further than the first byte that fits no sequence, such as the NUL that ends the text.
inline std::size_t sequence_length(const char* p) {
    const auto at = [p](int i) { return static_cast<unsigned char>(p[i]); };
    const auto continues = [&](int i) { return (at(i) & 0xc0) == 0x80; };
    const unsigned lead = at(0);
    if (lead < 0xc2 || lead > 0xf4 || !continues(1)) return 0;
    if (lead < 0xe0) return 2;
    if ((lead == 0xe0 && at(1) < 0xa0) || (lead == 0xed && at(1) > 0x9f)) return 0;  // overlong, surrogate
    if (!continues(2)) return 0;
    if (lead < 0xf0) return 3;
    if ((lead == 0xf0 && at(1) < 0x90) || (lead == 0xf4 && at(1) > 0x8f))
        return 0;  // overlong, beyond U+10FFFF
    return continues(3) ? 4 : 0;
}

struct CodePoint {
    char32_t value;      ///< U+FFFD for a byte that belongs to no sequence
    std::size_t length;  ///< bytes read, at least 1
};

/// The first character of `text`, which must not be empty.
[[nodiscard]] CodePoint first_code_point(std::string_view text);

/// Writes up to four bytes at `to` and returns the place behind them.
inline char* put_code_point(char32_t c, char* to) {
    const auto put = [&to](char32_t byte) { *to++ = static_cast<char>(byte); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xc0 | c >> 6);
        put(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        put(0xe0 | c >> 12);
        put(0x80 | (c >> 6 & 0x3f));
        put(0x80 | (c & 0x3f));
    } else {
        put(0xf0 | c >> 18);
        put(0x80 | (c >> 12 & 0x3f));
        put(0x80 | (c >> 6 & 0x3f));
        put(0x80 | (c & 0x3f));
    }
    return to;
}

}  // namespace fedmsg::encoding
