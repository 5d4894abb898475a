#include "encoding/token.h"

#include "encoding/code_point.h"
#include "encoding/scan.h"

#include <cstring>
#include <optional>

namespace fedmsg::encoding {
namespace {

using Reason = ParseError::Reason;

Token failure(char* at, Reason reason, const char* detail) {
    return {.next = at, .reason = reason, .detail = detail};
}

/// Four hexadecimal digits.
std::optional<char32_t> read_hex(const char* p) {
    char32_t value = 0;
    for (int i = 0; i < 4; ++i) {
        const char c = p[i];
        const int digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0) return std::nullopt;
        value = value << 4 | static_cast<char32_t>(digit);
    }
    return value;
}

/// Reads `uXXXX`, or two of them that are a surrogate pair, writes the character at `to`, moves both places
/// on.
bool read_unicode_escape(char*& from, char*& to) {
    auto c = read_hex(from + 1);
    if (!c) return false;
    from += 5;
    if (*c >= 0xd800 && *c <= 0xdbff && from[0] == '\\' && from[1] == 'u') {
        const auto low = read_hex(from + 2);
        if (low && *low >= 0xdc00 && *low <= 0xdfff) {
            c = 0x10000 + ((*c - 0xd800) << 10) + (*low - 0xdc00);
            from += 6;
        }
    }
    to = put_code_point(*c, to);
    return true;
}

/// What a backslash and this letter stand for; NUL when nothing.
char unescaped(char letter) {
    switch (letter) {
        case '"':
        case '\\':
        case '/': return letter;
        case 'b': return '\b';
        case 'f': return '\f';
        case 'n': return '\n';
        case 'r': return '\r';
        case 't': return '\t';
        default: return '\0';
    }
}

char* skip_digits(char* p) {
    while (*p >= '0' && *p <= '9') ++p;
    return p;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// NaN, Infinity, -Infinity, but no -NaN.
Token read_word(char* first) {
    for (const std::string_view word : {"NaN", "Infinity", "-Infinity"})
        if (std::strncmp(first, word.data(), word.size()) == 0)
            return {.kind = Kind::real, .text = {first, word.size()}, .next = first + word.size()};
    return failure(first, Reason::syntax, explain_value({first, strnlen(first, 8)}));
}

}  // namespace

// Most who write JSON here think in Python.
const char* explain_value(std::string_view rest) {
    if (rest.empty()) return "expected a value, not the end of the text";
    if (rest.starts_with('\'')) return "expected a value; strings take double quotes";
    if (rest.starts_with('T') || rest.starts_with('F') || rest.starts_with("None"))
        return "expected a value; JSON spells true, false and null";
    if (rest.starts_with("\xef\xbb\xbf")) return "expected a value, not a byte order mark";
    return "expected a value";
}

Token read_string(char* const first) {
    char* from = next_special(first);
    char* to = from;  // escapes are longer than what they stand for, so this never overtakes
    for (;;) {
        switch (*from) {
            case '"': return {.kind = Kind::string, .text = {first, to}, .next = from + 1};
            case '\\':
                if (const char c = unescaped(from[1])) {
                    *to++ = c;
                    from += 2;
                } else if (from[1] != 'u') {
                    return failure(from, Reason::syntax, R"(expected one of "\/bfnrtu after the backslash)");
                } else if (char* const backslash = from++; !read_unicode_escape(from, to)) {
                    return failure(backslash, Reason::syntax, "expected four hexadecimal digits after \\u");
                }
                break;
            default: {
                const std::size_t length = sequence_length(from);
                const auto byte = static_cast<unsigned char>(*from);
                if (byte < 0x20)
                    return failure(
                        from, Reason::syntax,
                        "expected '\"' at the end of the string; control characters are written as \\uXXXX");
                if (length == 0) return failure(from, Reason::not_utf8, "this is not UTF-8");
                std::memmove(to, from, length);
                from += length;
                to += length;
            }
        }
        char* const special = next_special(from);
        if (const auto run = static_cast<std::size_t>(special - from)) {
            if (to != from) std::memmove(to, from, run);
            from += run;
            to += run;
        }
    }
}

Token read_number(char* const first) {
    char* const digits = first + (*first == '-');
    if (!is_digit(*digits)) return read_word(first);
    char* p = *digits == '0' ? digits + 1 : skip_digits(digits);
    const auto integer_digits = static_cast<std::size_t>(p - digits);
    bool real = false;
    if (*p == '.') {
        if (!is_digit(p[1]))
            return failure(p + 1, Reason::syntax, "expected a digit after the decimal point");
        p = skip_digits(p + 1);
        real = true;
    }
    if (*p == 'e' || *p == 'E') {
        char* const exponent = p + 1 + (p[1] == '+' || p[1] == '-');
        if (!is_digit(*exponent))
            return failure(exponent, Reason::syntax, "expected a digit of the exponent");
        p = skip_digits(exponent);
        real = true;
    }
    if (real) return {.kind = Kind::real, .text = {first, p}, .next = p};
    if (integer_digits > max_integer_digits)
        return failure(first, Reason::integer_too_long, "an integer has at most 4300 digits");
    char* const start = *digits == '0' ? digits : first;  // `-0` is `0`
    return {.kind = Kind::integer, .text = {start, p}, .next = p};
}

}  // namespace fedmsg::encoding
