#include "config/dialect/lexer.h"

#include <algorithm>

namespace fedmsg::dialect {
namespace {

// Longest first.
constexpr std::string_view punctuation[] = {
    "**=", "//=", ">>=", "<<=", "...", "**", "//", ">>", "<<", "<=", ">=", "==", "!=", "->", "+=", "-=",
    "*=",  "/=",  "%=",  "&=",  "|=",  "^=", "@=", ":=", "+",  "-",  "*",  "/",  "%",  "@",  "&",  "|",
    "^",   "~",   "<",   ">",   "(",   ")",  "[",  "]",  "{",  "}",  ",",  ":",  ".",  ";",  "=",
};

constexpr std::string_view keywords[] = {
    "False", "None",     "True",  "and",    "as",   "assert", "async",  "await", "break",
    "class", "continue", "def",   "del",    "elif", "else",   "except", "for",   "finally",
    "from",  "global",   "if",    "import", "in",   "is",     "lambda", "not",   "nonlocal",
    "or",    "pass",     "raise", "return", "try",  "while",  "with",   "yield",
};

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_number_character(char c) { return c >= '0' && c <= '9'; }
bool is_name_part(char c) { return is_name_start(c) || is_number_character(c); }
bool is_high(char c) { return static_cast<unsigned char>(c) >= 0x80; }

class Lexer {
  public:
    Lexer(std::string_view source, std::size_t begin, std::size_t end, bool expression)
        : source_{source.substr(0, end)}, at_{begin}, expression_{expression} {}

    std::vector<Token> run() {
        if (!expression_) indentation();
        while (at_ < source_.size()) token();
        if (!brackets_.empty()) {
            const std::size_t open = brackets_.back();
            fail(open, std::string{"'"} + source_[open] + "' was never closed");
        }
        if (!expression_ && !tokens_.empty() && tokens_.back().kind != TokenKind::newline)
            put(TokenKind::newline, at_);
        for (; indents_.size() > 1; indents_.pop_back()) put(TokenKind::dedent, at_);
        put(TokenKind::end, at_);
        return std::move(tokens_);
    }

  private:
    struct Indent {
        std::size_t columns;  // a tab goes to the next multiple of 8
        std::size_t
            columns_tab_is_1;  // must order lines in the same way, or the file depends on the width of a tab
    };

    [[noreturn]] static void fail(std::size_t at, std::string what) {
        throw Failure{static_cast<Offset>(at), "syntax error: " + std::move(what), {}};
    }

    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
    }

    void put(TokenKind kind, std::size_t begin) {
        tokens_.push_back({kind, static_cast<Offset>(begin), source_.substr(begin, at_ - begin)});
    }

    [[nodiscard]] bool joins_lines() const { return expression_ || !brackets_.empty(); }

    void token() {
        const char c = peek();
        if (c == ' ' || c == '\t' || c == '\f') {
            ++at_;
        } else if (c == '#') {
            if (expression_) fail(at_, "f-string expression part cannot include '#'");
            at_ = std::min(source_.find('\n', at_), source_.size());
        } else if (c == '\n') {
            ++at_;
            if (!joins_lines()) {
                tokens_.push_back({TokenKind::newline, static_cast<Offset>(at_ - 1), {}});
                indentation();
            }
        } else if (c == '\\') {
            if (expression_) fail(at_, "f-string expression part cannot include a backslash");
            if (peek(1) != '\n') fail(at_, "unexpected character after line continuation character");
            at_ += 2;
            if (at_ >= source_.size()) fail(at_, "unexpected end of file after line continuation character");
        } else if (const std::size_t quote = string_prefix(); quote != std::string_view::npos) {
            string(quote);
        } else if (is_name_start(c) || is_high(c)) {
            name();
        } else if (is_number_character(c) || (c == '.' && is_number_character(peek(1)))) {
            number();
        } else {
            operator_or_bracket();
        }
    }

    /// Measures the start of a line and compares it to the lines before. Blank lines count for nothing.
    void indentation() {
        for (;;) {
            Indent indent{0, 0};
            for (;; ++at_) {
                if (peek() == ' ') {
                    ++indent.columns;
                    ++indent.columns_tab_is_1;
                } else if (peek() == '\t') {
                    indent.columns = (indent.columns / 8 + 1) * 8;
                    ++indent.columns_tab_is_1;
                } else if (peek() == '\f') {
                    indent = {0, 0};
                } else {
                    break;
                }
            }
            if (peek() == '#') at_ = std::min(source_.find('\n', at_), source_.size());
            if (at_ >= source_.size()) return;
            if (peek() != '\n') {
                change_indentation(indent);
                return;
            }
            ++at_;
        }
    }

    void change_indentation(Indent indent) {
        const auto check_tabs = [&](bool consistent) {
            if (!consistent) fail(at_, "inconsistent use of tabs and spaces in indentation");
        };
        if (indent.columns == indents_.back().columns) {
            check_tabs(indent.columns_tab_is_1 == indents_.back().columns_tab_is_1);
        } else if (indent.columns > indents_.back().columns) {
            check_tabs(indent.columns_tab_is_1 > indents_.back().columns_tab_is_1);
            if (indents_.size() >= max_indentation) fail(at_, "too many levels of indentation");
            indents_.push_back(indent);
            tokens_.push_back({TokenKind::indent, static_cast<Offset>(at_), {}});
        } else {
            while (indent.columns < indents_.back().columns) {
                indents_.pop_back();
                tokens_.push_back({TokenKind::dedent, static_cast<Offset>(at_), {}});
            }
            if (indent.columns != indents_.back().columns)
                fail(at_, "unindent does not match any outer indentation level");
            check_tabs(indent.columns_tab_is_1 == indents_.back().columns_tab_is_1);
        }
    }

    /// Where the quote stands, when a string starts here.
    [[nodiscard]] std::size_t string_prefix() const {
        constexpr std::string_view starts = "\"'rRuUbBfF";
        if (starts.find(source_[at_]) == std::string_view::npos) return std::string_view::npos;
        std::string prefix;
        std::size_t at = at_;
        for (; at < source_.size() && is_name_start(source_[at]) && prefix.size() < 3; ++at)
            prefix += static_cast<char>(source_[at] | 0x20);
        if (at >= source_.size() || (source_[at] != '"' && source_[at] != '\''))
            return std::string_view::npos;
        for (const std::string_view known : {"", "r", "u", "b", "f", "br", "rb", "fr", "rf"})
            if (prefix == known) return at;
        return std::string_view::npos;
    }

    void string(std::size_t quote_at) {
        const std::size_t begin = at_;
        const char quote = source_[quote_at];
        const bool triple = source_.substr(quote_at + 1, 2) == std::string(2, quote);
        at_ = quote_at + (triple ? 3 : 1);
        for (; at_ < source_.size(); ++at_) {
            if (peek() == '\\') {
                ++at_;
            } else if (peek() == '\n' && !triple) {
                break;
            } else if (peek() == quote && (!triple || source_.substr(at_, 3) == std::string(3, quote))) {
                at_ += triple ? 3 : 1;
                put(TokenKind::string, begin);
                return;
            }
        }
        fail(begin, triple ? "unterminated triple-quoted string literal" : "unterminated string literal");
    }

    void name() {
        const std::size_t begin = at_;
        while (is_name_part(peek())) ++at_;
        if (is_high(peek()))
            throw Failure{static_cast<Offset>(at_),
                          "a character beyond ASCII is outside of the configuration dialect here",
                          "use such characters in strings and comments only"};
        put(TokenKind::name, begin);
    }

    void number_digits(bool (*is_part)(char)) {
        while (is_part(peek()) || (peek() == '_' && is_part(peek(1)))) ++at_;
    }

    void number() {
        const std::size_t begin = at_;
        const char letter = static_cast<char>(peek(1) | 0x20);
        if (peek() == '0' && (letter == 'x' || letter == 'o' || letter == 'b')) {
            at_ += 2;
            if (peek() == '_') ++at_;
            const std::size_t first = at_;
            number_digits(letter == 'x'
                              ? [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }
                          : letter == 'o' ? [](char c) { return c >= '0' && c <= '7'; }
                                          : [](char c) { return c == '0' || c == '1'; });
            if (at_ == first || is_number_character(peek()))
                fail(begin, std::string{"invalid "} +
                                (letter == 'x'   ? "hexadecimal"
                                 : letter == 'o' ? "octal"
                                                 : "binary") +
                                " literal");
        } else {
            number_digits(is_number_character);
            bool real = false;
            if (peek() == '.') {
                real = true;
                ++at_;
                number_digits(is_number_character);
            }
            const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
            if ((peek() | 0x20) == 'e' && is_number_character(peek(1 + sign))) {
                real = true;
                at_ += 1 + sign;
                number_digits(is_number_character);
            }
            if ((peek() | 0x20) == 'j') throw outside(static_cast<Offset>(begin), "a complex number");
            const std::string_view text = source_.substr(begin, at_ - begin);
            if (!real && text.size() > 1 && text[0] == '0' &&
                text.find_first_not_of("0_") != std::string_view::npos)
                throw Failure{static_cast<Offset>(begin),
                              "syntax error: leading zeros in decimal integer literals are not permitted",
                              "write an octal number as 0o755"};
        }
        // `1if x else 2` is Python, `1px` is not.
        if (is_name_part(peek())) {
            std::size_t end = at_;
            while (end < source_.size() && is_name_part(source_[end])) ++end;
            const std::string_view word = source_.substr(at_, end - at_);
            if (!is_keyword(word)) fail(begin, "invalid decimal literal");
        }
        put(TokenKind::number, begin);
    }

    void operator_or_bracket() {
        const std::size_t begin = at_;
        const std::string_view rest = source_.substr(at_);
        const auto found = std::ranges::find_if(
            punctuation, [rest](std::string_view p) { return p[0] == rest[0] && rest.starts_with(p); });
        if (found == std::end(punctuation)) {
            const auto c = static_cast<unsigned char>(peek());
            fail(begin, c < 0x20 || c == 0x7f ? "invalid non-printable character"
                                              : std::string{"invalid character '"} + peek() + "'");
        }
        at_ += found->size();
        const char c = (*found)[0];
        if (c == '(' || c == '[' || c == '{') {
            if (brackets_.size() >= max_nesting) fail(begin, "too many nested parentheses");
            brackets_.push_back(begin);
        } else if (c == ')' || c == ']' || c == '}') {
            if (brackets_.empty()) fail(begin, std::string{"unmatched '"} + c + "'");
            const char open = source_[brackets_.back()];
            if ((open == '(') != (c == ')') || (open == '[') != (c == ']'))
                fail(begin, std::string{"closing parenthesis '"} + c +
                                "' does not match opening parenthesis '" + open + "'");
            brackets_.pop_back();
        }
        put(TokenKind::punctuation, begin);
    }

    std::string_view source_;
    std::size_t at_;
    bool expression_;
    std::vector<Token> tokens_;
    std::vector<std::size_t> brackets_;
    std::vector<Indent> indents_{{0, 0}};
};

}  // namespace

std::vector<Token> tokenize(std::string_view source) { return Lexer{source, 0, source.size(), false}.run(); }

std::vector<Token> tokenize_expression(std::string_view source, std::size_t begin, std::size_t end) {
    return Lexer{source, begin, end, true}.run();
}

bool is_keyword(std::string_view word) {
    return std::ranges::any_of(keywords, [word](std::string_view keyword) { return same(word, keyword); });
}

}  // namespace fedmsg::dialect
