#pragma once
/// \file
/// Characters: UTF-8 in which lone surrogates may occur, and what Unicode says about them.

#include <string>
#include <string_view>

namespace fedmsg::dialect {

/// \param text  as made by append(): nothing else is checked
std::size_t count_characters(std::string_view text);
/// The character at `at`, which moves behind it.
char32_t next_character(std::string_view text, std::size_t& at);
/// Where character `n` starts; the end when there are not so many.
std::size_t character_offset(std::string_view text, std::size_t n);
void append(std::string& to, char32_t c);
std::u32string decode(std::string_view text);
std::string encode(std::u32string_view characters);
/// Bytes of the system, as Python's os.fsdecode: those that are no UTF-8 become U+DC80 to U+DCFF.
std::string from_system(std::string_view bytes);
/// Where the first byte is that is no UTF-8; npos when all is.
std::size_t find_invalid_utf8(const std::string& text);

bool is_alphabetic(char32_t c);
bool is_decimal(char32_t c);
int decimal_value(char32_t c);  ///< -1: none
bool is_digit(char32_t c);
bool is_numeric(char32_t c);
bool is_alphanumeric(char32_t c);
bool is_space(char32_t c);
bool is_line_break(char32_t c);
bool is_printable(char32_t c);
bool is_upper(char32_t c);
bool is_lower(char32_t c);
bool is_title(char32_t c);
bool is_cased(char32_t c);

std::string upper(std::string_view text);
std::string lower(std::string_view text);
std::string title(std::string_view text);
std::string capitalize(std::string_view text);
std::string swap_case(std::string_view text);

}  // namespace fedmsg::dialect
