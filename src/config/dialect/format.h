#pragma once
/// \file
/// The three ways to put values into text: `%`, str.format and f-strings.
/// Source: Python 3.11, "printf-style String Formatting", "Format String Syntax".

#include "config/dialect/machine.h"

#include <string>
#include <string_view>

namespace fedmsg::dialect {

/// `text % arguments`
Value percent_format(Machine& m, std::string_view text, Value arguments);

/// text.format(…) \param mapping  of format_map(): where names are looked up, instead of in the keyword
/// arguments
Value format_text(Machine& m, std::string_view text, const Arguments& arguments, Value mapping = {});

/// format(value, spec): "{:>8}".format(value), f"{value:>8}"
std::string format_value(Machine& m, Value value, std::string_view spec);

/// `!r`, `!s`, `!a`; '\0' for none
Value convert(Machine& m, Value value, char conversion);

/// Where `needle` starts at or behind `from`; npos: nowhere. Takes linear time, whatever the two are.
std::size_t find_text(std::string_view text, std::string_view needle, std::size_t from = 0);

}  // namespace fedmsg::dialect
