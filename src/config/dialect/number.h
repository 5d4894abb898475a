#pragma once
/// \file
/// Arithmetic on int, bool and float as Python does it: ints of any size up to max_integer_bits.

#include "config/dialect/machine.h"

#include <boost/multiprecision/cpp_int.hpp>

#include <compare>
#include <optional>
#include <string>

namespace fedmsg::dialect {

using Integer = boost::multiprecision::cpp_int;

struct Big {
    Integer value;
};

enum class Operator : std::uint8_t {
    add,
    subtract,
    multiply,
    divide,
    floor_divide,
    modulo,
    power,
    left_shift,
    right_shift,
    bit_and,
    bit_or,
    bit_xor,
};

/// `+`, `//`, …
std::string_view symbol(Operator op);

/// An int of the smallest representation.
Value number(Machine& m, Integer value);
/// \param v  is_integral
Integer to_integer(Value v);
/// \param v  is_number \throws Raised  OverflowError: too large for a float
double to_double(Machine& m, Value v);
/// int(x) \throws Raised  OverflowError, ValueError: infinity, nan
Value truncate(Machine& m, double x);

/// \return unset when `op` is not for numbers such as these (a shift of a float) \throws Raised
/// ZeroDivisionError, OverflowError
Value arithmetic(Machine& m, Operator op, Value a, Value b);
Value negate(Machine& m, Value v);
/// Exact, also between int and float. \param a, b  is_number
std::partial_ordering compare_numbers(Machine& m, Value a, Value b);
std::uint64_t hash_number(Value v);

/// Digits of an int in base 2, 8, 10 or 16, with `-` in front where negative.
/// \throws Raised  ValueError: more than max_digits in base 10
std::string digits(Machine& m, Value v, int base = 10);
/// As Python's repr.
std::string repr(double x);
/// int(text, base), float(text); white space and underscores as there. Nothing where it is no number.
std::optional<Value> parse_integer(Machine& m, std::string_view text, int base);
std::optional<double> parse_double(std::string_view text);
/// round(x, places): half to even. \param places  unset or none: gives an int
Value round_number(Machine& m, Value v, Value places);

}  // namespace fedmsg::dialect
