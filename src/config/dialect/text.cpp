#include "config/dialect/text.h"

#include "encoding/code_point.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <span>

namespace fedmsg::dialect {
namespace {

struct Range {
    char32_t first, last;
};
/// Every `stride`th character from first to last becomes the one `delta` away.
struct Mapping {
    char32_t first, last;
    std::uint32_t stride;
    std::int32_t delta;
};
/// A character that becomes several.
struct Expansion {
    char32_t from;
    std::array<char32_t, 3> to;  // filled up with NUL
};

#include "config/dialect/unicode_data.inc"

template <class T>
const T* find_range(std::span<const T> ranges, char32_t c) {
    const auto found = std::ranges::lower_bound(ranges, c, {}, &T::last);
    return found != ranges.end() && found->first <= c ? &*found : nullptr;
}

bool has(std::span<const Range> ranges, char32_t c) { return find_range(ranges, c) != nullptr; }

struct CaseTable {
    std::span<const Mapping> mappings;
    std::span<const Expansion> expansions;

    void put(std::u32string& to, char32_t c) const {
        if (const auto found = std::ranges::lower_bound(expansions, c, {}, &Expansion::from);
            found != expansions.end() && found->from == c) {
            for (const char32_t part : found->to)
                if (part) to += part;
            return;
        }
        const Mapping* m = find_range(mappings, c);
        const bool mapped = m && (c - m->first) % m->stride == 0;
        to += mapped ? static_cast<char32_t>(static_cast<std::int32_t>(c) + m->delta) : c;
    }
};

constexpr CaseTable uppers{to_upper_case, upper_expansions};
constexpr CaseTable lowers{to_lower_case, lower_expansions};
constexpr CaseTable titles{to_title_case, title_expansions};

/// Unicode, Final_Sigma: after a cased letter and before none, with what is ignored between.
bool is_final_sigma(std::u32string_view text, std::size_t at) {
    std::size_t i = at;
    while (i > 0 && has(case_ignorable, text[i - 1])) --i;
    if (i == 0 || !is_cased(text[i - 1])) return false;
    i = at + 1;
    while (i < text.size() && has(case_ignorable, text[i])) ++i;
    return i == text.size() || !is_cased(text[i]);
}

void put_lower(std::u32string& to, std::u32string_view text, std::size_t at) {
    constexpr char32_t sigma = 0x3a3, small_final_sigma = 0x3c2;
    if (text[at] == sigma && is_final_sigma(text, at))
        to += small_final_sigma;
    else
        lowers.put(to, text[at]);
}

template <class Put>
std::string convert(std::string_view text, Put put) {
    const std::u32string in = decode(text);
    std::u32string out;
    out.reserve(in.size());
    for (std::size_t i = 0; i < in.size(); ++i) put(out, in, i);
    return encode(out);
}

}  // namespace

std::size_t count_characters(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

char32_t next_character(std::string_view text, std::size_t& at) {
    const auto lead = static_cast<unsigned char>(text[at++]);
    if (lead < 0x80) return lead;
    const std::size_t more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    char32_t c = lead & (0x3fU >> more);
    for (std::size_t i = 0; i < more && at < text.size(); ++i)
        c = c << 6 | (static_cast<unsigned char>(text[at++]) & 0x3fU);
    return c;
}

std::size_t character_offset(std::string_view text, std::size_t n) {
    std::size_t at = 0;
    for (; at < text.size(); ++at)
        if ((static_cast<unsigned char>(text[at]) & 0xc0) != 0x80 && n-- == 0) break;
    return at;
}

void append(std::string& to, char32_t c) {
    char bytes[4];
    to.append(bytes, encoding::put_code_point(c, bytes));
}

std::u32string decode(std::string_view text) {
    std::u32string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) out += next_character(text, at);
    return out;
}

std::string encode(std::u32string_view characters) {
    std::string out;
    out.reserve(characters.size());
    for (const char32_t c : characters) append(out, c);
    return out;
}

std::string from_system(std::string_view bytes) {
    const std::string terminated{bytes};
    std::string out;
    for (std::size_t i = 0; i < terminated.size();) {
        const auto byte = static_cast<unsigned char>(terminated[i]);
        const std::size_t length = byte < 0x80 ? 1 : encoding::sequence_length(terminated.data() + i);
        if (length == 0)
            append(out, 0xdc00U + byte);
        else
            out.append(terminated, i, length);
        i += std::max<std::size_t>(length, 1);
    }
    return out;
}

std::size_t find_invalid_utf8(const std::string& text) {
    for (std::size_t i = 0, length = 0; i < text.size(); i += length) {
        length = static_cast<unsigned char>(text[i]) < 0x80 ? 1 : encoding::sequence_length(text.data() + i);
        if (length == 0) return i;
    }
    return std::string::npos;
}

bool is_alphabetic(char32_t c) { return has(alphabetic, c); }
bool is_decimal(char32_t c) { return has(decimal, c); }

int decimal_value(char32_t c) {
    if (c < 0x80) return c >= U'0' && c <= U'9' ? static_cast<int>(c - U'0') : -1;
    const Range* range =
        find_range(std::span<const Range>{decimal}, c);  // each has ten digits, or tens of them
    return range ? static_cast<int>((c - range->first) % 10) : -1;
}

bool is_digit(char32_t c) { return has(digit, c); }
bool is_numeric(char32_t c) { return has(numeric, c); }
bool is_alphanumeric(char32_t c) { return is_alphabetic(c) || is_decimal(c) || is_digit(c) || is_numeric(c); }

bool is_space(char32_t c) {
    return (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x20) || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
           c == 0x3000;
}

bool is_line_break(char32_t c) {
    return (c >= 0x0a && c <= 0x0d) || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

bool is_printable(char32_t c) {
    if (c < 0x7f) return c >= 0x20;
    return !has(unprintable, c);
}

bool is_upper(char32_t c) { return has(upper_case, c); }
bool is_lower(char32_t c) { return has(lower_case, c); }
bool is_title(char32_t c) { return has(title_case, c); }
bool is_cased(char32_t c) { return is_lower(c) || is_upper(c) || is_title(c); }

std::string upper(std::string_view text) {
    return convert(text, [](auto& out, const auto& in, std::size_t i) { uppers.put(out, in[i]); });
}

std::string lower(std::string_view text) { return convert(text, put_lower); }

std::string title(std::string_view text) {
    bool inside = false;
    return convert(text, [&inside](auto& out, const auto& in, std::size_t i) {
        if (inside)
            put_lower(out, in, i);
        else
            titles.put(out, in[i]);
        inside = is_cased(in[i]);
    });
}

std::string capitalize(std::string_view text) {
    return convert(text, [](auto& out, const auto& in, std::size_t i) {
        if (i == 0)
            titles.put(out, in[i]);
        else
            put_lower(out, in, i);
    });
}

std::string swap_case(std::string_view text) {
    return convert(text, [](auto& out, const auto& in, std::size_t i) {
        if (is_upper(in[i]))
            put_lower(out, in, i);
        else if (is_lower(in[i]))
            uppers.put(out, in[i]);
        else
            out += in[i];
    });
}

}  // namespace fedmsg::dialect
