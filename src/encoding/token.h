#pragma once
/// \file
/// The two tokens of JSON that have an inside, read as Python reads them.

#include "encoding/document.h"

#include <string_view>

namespace fedmsg::encoding {

/// What was read at a place in the text, and where reading goes on.
struct Token {
    Kind kind = Kind::null;   ///< string, integer or real; null after a failure
    std::string_view text{};  ///< the characters; of a number, its digits (`-0` is `0`)
    char* next = nullptr;     ///< behind the token; after a failure, the place of the offence

    ParseError::Reason reason = ParseError::Reason::syntax;  // after a failure
    const char* detail = nullptr;
};

/// Decodes a string in place: escapes become the UTF-8 of their characters, a lone surrogate its three-byte
/// form. \param first  behind the opening quote, in a text that ends in NUL and scan_padding bytes
[[nodiscard]] Token read_string(char* first);

/// \param first  at `-`, a digit, `N` or `I`; anything else is a failure
[[nodiscard]] Token read_number(char* first);

/// What to say where a value should begin and `rest` does.
[[nodiscard]] const char* explain_value(std::string_view rest);

}  // namespace fedmsg::encoding
