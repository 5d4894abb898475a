#pragma once
/// \file
/// UTF-8 as RFC 3629 and the Unicode Standard (3.9, table 3-7) define it: no overlong forms, no surrogates,
/// nothing beyond U+10FFFF.

#include <cstddef>
#include <string>
#include <string_view>

namespace fedmsg {

/// About 0.1 ns a byte of ASCII.
[[nodiscard]] bool is_utf8(std::string_view text);

/// Bytes at the start of `text` that are one character; 0 where none begins there or `text` is empty.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

/// Appends `text`; what is not UTF-8 becomes U+FFFD, one for each maximal part of a character, as Python's
/// `errors="replace"` does.
void append_as_utf8(std::string_view text, std::string& out);

/// Bytes at the start of `text` that are one character of white space, as Python's `str.split()` knows it; 0:
/// there is none.
[[nodiscard]] std::size_t white_space_length(std::string_view text);

/// `text` without the white space at its end that Python's `str.rstrip()` takes away. \param text  UTF-8 or
/// not
[[nodiscard]] std::string_view rstrip(std::string_view text);
/// The same at both ends, as `str.strip()`. \param text  UTF-8
[[nodiscard]] std::string_view strip(std::string_view text);

}  // namespace fedmsg
