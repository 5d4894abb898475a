#include "config/dialect/string_literal.h"

#include "config/dialect/text.h"
#include "encoding/code_point.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace fedmsg::dialect {
namespace {

struct CharacterName {
    std::string_view name;
    char32_t character;
};

/// Python knows 30,000 names. These are the ones that turn up in texts for people.
constexpr CharacterName character_names[] = {
    {"BLACK HEART SUIT", 0x2665},
    {"BULLET", 0x2022},
    {"CHECK MARK", 0x2713},
    {"COPYRIGHT SIGN", 0xa9},
    {"DEGREE SIGN", 0xb0},
    {"EM DASH", 0x2014},
    {"EN DASH", 0x2013},
    {"EURO SIGN", 0x20ac},
    {"HEAVY CHECK MARK", 0x2714},
    {"HORIZONTAL ELLIPSIS", 0x2026},
    {"LATIN SMALL LETTER E WITH ACUTE", 0xe9},
    {"LEFT DOUBLE QUOTATION MARK", 0x201c},
    {"LEFT SINGLE QUOTATION MARK", 0x2018},
    {"LEFTWARDS ARROW", 0x2190},
    {"MICRO SIGN", 0xb5},
    {"MIDDLE DOT", 0xb7},
    {"NO-BREAK SPACE", 0xa0},
    {"POUND SIGN", 0xa3},
    {"REGISTERED SIGN", 0xae},
    {"RIGHT DOUBLE QUOTATION MARK", 0x201d},
    {"RIGHT SINGLE QUOTATION MARK", 0x2019},
    {"RIGHTWARDS ARROW", 0x2192},
    {"SECTION SIGN", 0xa7},
    {"SNOWMAN", 0x2603},
    {"TRADE MARK SIGN", 0x2122},
    {"WARNING SIGN", 0x26a0},
    {"ZERO WIDTH SPACE", 0x200b},
};

[[noreturn]] void fail(Offset at, std::string what) {
    throw Failure{at, "syntax error: " + std::move(what), {}};
}

std::optional<char> simple_escape(char c) {
    switch (c) {
        case '\\':
        case '\'':
        case '"': return c;
        case 'a': return '\a';
        case 'b': return '\b';
        case 'f': return '\f';
        case 'n': return '\n';
        case 'r': return '\r';
        case 't': return '\t';
        case 'v': return '\v';
        default: return std::nullopt;
    }
}

class Unescaper {
  public:
    Unescaper(std::string_view source, Offset begin, Offset end, bool bytes)
        : text_{source.substr(0, end)}, at_{begin}, bytes_{bytes} {}

    std::string run() {
        while (at_ < text_.size()) {
            if (text_[at_] != '\\' || at_ + 1 >= text_.size())
                out_ += text_[at_++];
            else
                escape();
        }
        return std::move(out_);
    }

  private:
    void escape() {
        const char c = text_[at_ + 1];
        if (c == '\n') {
            at_ += 2;
        } else if (const auto simple = simple_escape(c)) {
            out_ += *simple;
            at_ += 2;
        } else if (c >= '0' && c <= '7') {
            octal();
        } else if (c == 'x') {
            hexadecimal(2, "\\xXX");
        } else if (c == 'u' && !bytes_) {
            hexadecimal(4, "\\uXXXX");
        } else if (c == 'U' && !bytes_) {
            hexadecimal(8, "\\UXXXXXXXX");
        } else if (c == 'N' && !bytes_) {
            named();
        } else {
            out_ += '\\';
            ++at_;
        }
    }

    void put(char32_t c) {
        if (bytes_ && c > 0x7f) throw outside(at_, "a byte beyond ASCII");
        append(out_, c);
    }

    void octal() {
        char32_t value = 0;
        Offset end = at_ + 1;
        for (; end < at_ + 4 && end < text_.size() && text_[end] >= '0' && text_[end] <= '7'; ++end)
            value = value * 8 + static_cast<char32_t>(text_[end] - '0');
        put(value);
        at_ = end;
    }

    void hexadecimal(Offset count, std::string_view form) {
        const std::string_view digits = text_.substr(at_ + 2, count);
        std::uint32_t value = 0;
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
        if (digits.size() < count || read.ec != std::errc{} || read.ptr != digits.data() + count)
            fail(at_, "truncated " + std::string{form} + " escape");
        if (value > 0x10ffff) fail(at_, "illegal Unicode character");
        put(value);
        at_ += 2 + count;
    }

    void named() {
        const auto close = text_.find('}', at_);
        if (at_ + 2 >= text_.size() || text_[at_ + 2] != '{' || close == std::string_view::npos)
            fail(at_, "malformed \\N character escape");
        std::string name{text_.substr(at_ + 3, close - at_ - 3)};
        std::ranges::transform(name, name.begin(), [](char c) {
            return c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c;
        });
        const auto found =
            std::ranges::lower_bound(character_names, std::string_view{name}, {}, &CharacterName::name);
        if (found == std::end(character_names) || found->name != name)
            throw Failure{at_,
                          "the character name in `" + std::string{text_.substr(at_, close + 1 - at_)} +
                              "` is outside of the configuration dialect",
                          "write the character itself, or its number as \\uXXXX"};
        put(found->character);
        at_ = static_cast<Offset>(close + 1);
    }

    std::string_view text_;
    Offset at_;
    bool bytes_;
    std::string out_;
};

}  // namespace

StringLiteral open_literal(const Token& token) {
    StringLiteral literal;
    std::size_t i = 0;
    for (; token.text[i] != '"' && token.text[i] != '\''; ++i) {
        const char letter = static_cast<char>(token.text[i] | 0x20);
        literal.raw |= letter == 'r';
        literal.bytes |= letter == 'b';
        literal.formatted |= letter == 'f';
    }
    const std::size_t size = token.text.size() - i;
    const bool triple = size >= 6 && token.text[i + 1] == token.text[i] && token.text[i + 2] == token.text[i];
    const std::size_t quotes = triple ? 3 : 1;
    literal.begin = static_cast<Offset>(token.at + i + quotes);
    literal.end = static_cast<Offset>(token.at + token.text.size() - quotes);
    return literal;
}

std::string unescape(std::string_view source, Offset begin, Offset end, const StringLiteral& literal) {
    if (literal.bytes)
        for (Offset i = begin; i < end; ++i)
            if (static_cast<unsigned char>(source[i]) > 0x7f)
                fail(i, "bytes can only contain ASCII literal characters");
    if (literal.raw) return std::string{source.substr(begin, end - begin)};
    return Unescaper{source, begin, end, literal.bytes}.run();
}

Offset find_expression_end(std::string_view source, Offset begin, Offset end) {
    int depth = 0;
    for (Offset i = begin; i < end; ++i) {
        const char c = source[i];
        const char next = i + 1 < end ? source[i + 1] : '\0';
        if (c == '\\') fail(i, "f-string expression part cannot include a backslash");
        if (c == '#') fail(i, "f-string expression part cannot include '#'");
        if (c == '\'' || c == '"') {
            const std::size_t quotes = source.substr(i, 3) == std::string(3, c) ? 3 : 1;
            const auto close = source.substr(0, end).find(std::string(quotes, c), i + quotes);
            if (close == std::string_view::npos) fail(i, "f-string: unterminated string");
            i = static_cast<Offset>(close + quotes - 1);
        } else if (c == '(' || c == '[' || c == '{') {
            ++depth;
        } else if (depth > 0) {
            if (c == ')' || c == ']' || c == '}') --depth;
        } else if ((c == '!' || c == '=' || c == '<' || c == '>') && next == '=') {
            ++i;  // a comparison
        } else if (c == '!' || c == ':' || c == '}' || c == '=') {
            return i;
        }
    }
    fail(begin, "f-string: expecting '}'");
}

}  // namespace fedmsg::dialect
