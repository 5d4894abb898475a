#include "message/compare.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace fedmsg::message {
namespace {

using encoding::Kind;
using encoding::Node;
using Order = std::partial_ordering;

constexpr double two_to_63 = 9223372036854775808.0;

/// Canonical decimal digits of two integers, with a sign where negative.
Order compare_digits(std::string_view a, std::string_view b) {
    const bool negative = a.starts_with('-');
    if (negative != b.starts_with('-')) return negative ? Order::less : Order::greater;
    if (negative) return compare_digits(b.substr(1), a.substr(1));
    if (a.size() != b.size()) return a.size() <=> b.size();
    return a.compare(b) <=> 0;
}

/// \param real  not NaN
Order compare_integer(Node integer, double real) {
    if (const auto small = integer.integer()) {
        if (real >= two_to_63) return Order::less;
        if (real < -two_to_63) return Order::greater;
        const double whole = std::trunc(real);
        const auto order = *small <=> static_cast<std::int64_t>(whole);
        return order != 0 ? Order{order} : whole <=> real;
    }
    // Beyond 64 bits, so that every smaller real number is on the side of zero, and every larger one is
    // whole.
    const bool negative = integer.text().starts_with('-');
    if (std::isinf(real) || std::abs(real) < two_to_63) {
        if (std::isinf(real)) return real > 0 ? Order::less : Order::greater;
        return negative ? Order::less : Order::greater;
    }
    std::array<char, 320> digits;  // the largest double has 309, and a sign
    const auto end =
        std::to_chars(digits.data(), digits.data() + digits.size(), real, std::chars_format::fixed, 0).ptr;
    return compare_digits(integer.text(), {digits.data(), static_cast<std::size_t>(end - digits.data())});
}

Order reversed(Order order) { return 0 <=> order; }

Order compare_numbers(Node a, Node b) {
    const bool a_is_integer = a.kind() == Kind::integer, b_is_integer = b.kind() == Kind::integer;
    if (a_is_integer && b_is_integer) {
        const auto x = a.integer(), y = b.integer();
        return x && y ? Order{*x <=> *y} : compare_digits(a.text(), b.text());
    }
    const double x = a.number().value_or(NAN), y = b.number().value_or(NAN);
    if (std::isnan(x) || std::isnan(y)) return Order::unordered;
    if (a_is_integer) return compare_integer(a, y);
    if (b_is_integer) return reversed(compare_integer(b, x));
    return x <=> y;
}

bool is_number(Node node) { return node.kind() == Kind::integer || node.kind() == Kind::real; }

}  // namespace

Order compare(Node a, Node b) {
    if (is_number(a) && is_number(b)) return compare_numbers(a, b);
    if (a.kind() != b.kind()) return Order::unordered;
    switch (a.kind()) {
        case Kind::null: return Order::equivalent;
        case Kind::boolean: return a.boolean() <=> b.boolean();
        case Kind::string: return a.text().compare(b.text()) <=> 0;
        case Kind::integer:
        case Kind::real:
        case Kind::array:
        case Kind::object: break;
    }
    return Order::unordered;
}

}  // namespace fedmsg::message
