#pragma once
/// \file
/// Cuts source text into tokens. Source: Python 3.11, "Lexical analysis".

#include "config/dialect/machine.h"

#include <string_view>
#include <vector>

namespace fedmsg::dialect {

enum class TokenKind : std::uint8_t { name, number, string, punctuation, newline, indent, dedent, end };

struct Token {
    TokenKind kind;
    Offset at;
    std::string_view text;
};

/// a == b, for short words that mostly differ in their first character.
inline bool same(std::string_view a, std::string_view b) {
    return a.size() == b.size() && (a.empty() || (a[0] == b[0] && a.substr(1) == b.substr(1)));
}

/// \param source  valid UTF-8 with LF line ends; must outlive the tokens
/// \throws Failure  at the character that belongs to no token, the bracket that is not closed, …
std::vector<Token> tokenize(std::string_view source);
/// Of an expression in an f-string: line ends and indentation mean nothing.
std::vector<Token> tokenize_expression(std::string_view source, std::size_t begin, std::size_t end);

/// Whether `word` is reserved in Python.
bool is_keyword(std::string_view word);

}  // namespace fedmsg::dialect
