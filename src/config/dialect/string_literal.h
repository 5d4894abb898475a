#pragma once
/// \file
/// What stands between the quotes of a string literal. Source: Python 3.11, "String and Bytes literals".

#include "config/dialect/lexer.h"

#include <string>

namespace fedmsg::dialect {

struct StringLiteral {
    bool raw = false, bytes = false, formatted = false;
    Offset begin, end;  ///< of the text between the quotes
};

/// Takes prefix and quotes off.
StringLiteral open_literal(const Token& token);

/// Puts characters for the escapes between two places in the source.
/// \throws Failure  an escape that is cut short, a character name that is not known
std::string unescape(std::string_view source, Offset begin, Offset end, const StringLiteral& literal);

/// Where the expression in an f-string ends that starts at `begin`: at `!`, `:`, `=` or `}` outside of
/// brackets. \throws Failure  when nothing ends it before `end`
Offset find_expression_end(std::string_view source, Offset begin, Offset end);

}  // namespace fedmsg::dialect
