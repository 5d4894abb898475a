#pragma once
/// \file
/// Decimal digits to double.

#include <string_view>

namespace fedmsg::encoding {

/// The nearest double of a JSON number, or of NaN, Infinity, -Infinity. What is too large becomes an
/// infinity, what is too small a zero, as in Python. Independent of the locale.
[[nodiscard]] double to_double(std::string_view digits);

}  // namespace fedmsg::encoding
