#include "util/utf8.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace fedmsg {
namespace {

/// What may begin at a byte: the length of the character, and the range of its second byte. Length 0:
/// nothing.
struct Lead {
    std::uint8_t length, low, high;
};

constexpr Lead lead_of(unsigned char c) {
    if (c < 0x80) return {1, 0, 0};
    if (c < 0xC2) return {0, 0, 0};
    if (c < 0xE0) return {2, 0x80, 0xBF};
    if (c < 0xF0) {
        return {3, static_cast<std::uint8_t>(c == 0xE0 ? 0xA0 : 0x80),
                static_cast<std::uint8_t>(c == 0xED ? 0x9F : 0xBF)};
    }
    if (c > 0xF4) return {0, 0, 0};
    return {4, static_cast<std::uint8_t>(c == 0xF0 ? 0x90 : 0x80),
            static_cast<std::uint8_t>(c == 0xF4 ? 0x8F : 0xBF)};
}

struct Prefix {
    std::size_t length;  ///< bytes that fit the pattern of one character; at least 1
    bool whole;          ///< they are the character, not just its beginning
};

/// \param text  not empty
Prefix next_prefix(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const Lead lead = lead_of(byte(0));
    if (lead.length <= 1) return {1, lead.length == 1};
    if (text.size() < 2 || byte(1) < lead.low || byte(1) > lead.high) return {1, false};
    for (std::size_t i = 2; i < lead.length; ++i) {
        if (i == text.size() || (byte(i) & 0xC0) != 0x80) return {i, false};
    }
    return {lead.length, true};
}

/// Bytes of ASCII at the start of `text`.
std::size_t ascii_length(std::string_view text) {
    std::size_t i = 0;
    for (std::uint64_t word = 0; i + sizeof word <= text.size(); i += sizeof word) {
        std::memcpy(&word, text.data() + i, sizeof word);
        if ((word & 0x8080808080808080U) != 0) break;
    }
    while (i < text.size() && static_cast<unsigned char>(text[i]) < 0x80) ++i;
    return i;
}

/// The 29 characters for which Python's `str.isspace()` is true, in UTF-8.
constexpr std::string_view wide_spaces[] = {
    "\u0085", "\u00A0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006",
    "\u2007", "\u2008", "\u2009", "\u200A", "\u2028", "\u2029", "\u202F", "\u205F", "\u3000",
};

constexpr bool is_ascii_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r') || (c >= '\x1C' && c <= '\x1F');
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
    if (text.empty()) return 0;
    const Prefix prefix = next_prefix(text);
    return prefix.whole ? prefix.length : 0;
}

bool is_utf8(std::string_view text) {
    for (;;) {
        text.remove_prefix(ascii_length(text));
        if (text.empty()) return true;
        const Prefix prefix = next_prefix(text);
        if (!prefix.whole) return false;
        text.remove_prefix(prefix.length);
    }
}

void append_as_utf8(std::string_view text, std::string& out) {
    while (!text.empty()) {
        const std::size_t ascii = ascii_length(text);
        out.append(text.substr(0, ascii));
        text.remove_prefix(ascii);
        if (text.empty()) return;
        const Prefix prefix = next_prefix(text);
        out.append(prefix.whole ? text.substr(0, prefix.length) : "\uFFFD");
        text.remove_prefix(prefix.length);
    }
}

// A character's first byte never continues another, so the ends of the text can be compared byte by byte even
// where the text before them is not UTF-8.
std::string_view rstrip(std::string_view text) {
    while (!text.empty()) {
        if (is_ascii_space(text.back())) {
            text.remove_suffix(1);
            continue;
        }
        if (static_cast<unsigned char>(text.back()) < 0x80) break;
        const auto* space = std::ranges::find_if(wide_spaces, [&](auto s) { return text.ends_with(s); });
        if (space == std::end(wide_spaces)) break;
        text.remove_suffix(space->size());
    }
    return text;
}

std::size_t white_space_length(std::string_view text) {
    if (text.empty()) return 0;
    if (static_cast<unsigned char>(text.front()) < 0x80) return is_ascii_space(text.front()) ? 1 : 0;
    const auto* space = std::ranges::find_if(wide_spaces, [&](auto s) { return text.starts_with(s); });
    return space == std::end(wide_spaces) ? 0 : space->size();
}

std::string_view strip(std::string_view text) {
    text = rstrip(text);
    while (const auto length = white_space_length(text)) text.remove_prefix(length);
    return text;
}

}  // namespace fedmsg
