#include "config/dialect/number.h"

#include "config/dialect/text.h"
#include "encoding/number.h"
#include "encoding/write.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace fedmsg::dialect {
namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t smallest = std::numeric_limits<std::int64_t>::min();

std::size_t bits(const Integer& i) { return i.is_zero() ? 0 : msb(i < 0 ? Integer{-i} : i) + 1; }
std::size_t limbs(const Integer& i) { return bits(i) / 64 + 1; }

void check_bits(const Machine& m, std::size_t n) {
    if (n > max_integer_bits)
        m.fail("an integer of more than " + std::to_string(max_integer_bits) + " bits",
               "write a smaller one");
}

/// Python rounds to minus infinity, C++ to zero.
void divide_floor(const Integer& a, const Integer& b, Integer& quotient, Integer& remainder) {
    divide_qr(a, b, quotient, remainder);
    if (!remainder.is_zero() && (remainder < 0) != (b < 0)) {
        --quotient;
        remainder += b;
    }
}

/// The nearest double to numerator / 2^shift; `sticky` tells of bits below the numerator that are lost.
double scale(Integer numerator, long shift, bool sticky) {
    const bool negative = numerator < 0;
    if (negative) numerator = -numerator;
    // 64 bits hold the 53 of a double, the bit that rounds, and one that stands for all the rest.
    const auto excess = static_cast<long>(bits(numerator)) - 64;
    if (excess > 0) {
        if (static_cast<long>(lsb(numerator)) < excess) sticky = true;
        numerator >>= static_cast<unsigned>(excess);
        shift -= excess;
    }
    auto mantissa = static_cast<std::uint64_t>(numerator);
    if (sticky) mantissa |= 1;
    const double x =
        std::ldexp(static_cast<double>(mantissa), static_cast<int>(std::clamp(-shift, -100000L, 100000L)));
    return negative ? -x : x;
}

double divide_true(Machine& m, const Integer& a, const Integer& b) {
    // So many bits that the quotient has 66 or more of them.
    const long shift = std::max(0L, 66L + static_cast<long>(bits(b)) - static_cast<long>(bits(a)));
    Integer quotient, remainder;
    divide_qr(Integer{a << static_cast<unsigned>(shift)}, b, quotient, remainder);
    const double x = scale(quotient, shift, !remainder.is_zero());
    if (std::isinf(x)) m.raise("OverflowError", "integer division result too large for a float");
    return (a < 0) != (b < 0) ? -std::fabs(x) : std::fabs(x);
}

double modulo(double a, double b) {
    double r = std::fmod(a, b);
    if (r != 0 && (b < 0) != (r < 0)) r += b;
    return r == 0 ? std::copysign(0.0, b) : r;
}

double floor_divide(double a, double b) {
    const double remainder = std::fmod(a, b);
    double quotient = (a - remainder) / b;
    if (remainder != 0 && (b < 0) != (remainder < 0)) quotient -= 1;
    if (quotient == 0) return std::copysign(0.0, a / b);
    const double floored = std::floor(quotient);
    return quotient - floored > 0.5 ? floored + 1 : floored;
}

double power(Machine& m, double a, double b) {
    if (a == 0 && b < 0) m.raise("ZeroDivisionError", "0.0 cannot be raised to a negative power");
    if (std::isfinite(a) && a < 0 && std::isfinite(b) && b != std::floor(b)) m.refuse("a complex number");
    const double x = std::pow(a, b);
    if (std::isinf(x) && std::isfinite(a) && std::isfinite(b))
        m.raise("OverflowError", m.tuple({std::int64_t{34}, m.text("Numerical result out of range")}));
    return x;
}

Value power(Machine& m, const Integer& a, const Integer& b) {
    if (a == 0 || a == 1 || b == 0) return b == 0 ? std::int64_t{1} : static_cast<std::int64_t>(a);
    if (a == -1) return std::int64_t{(b & 1) == 0 ? 1 : -1};
    check_bits(m, b > max_integer_bits ? max_integer_bits + 1U : (bits(a) - 1) * static_cast<std::size_t>(b));
    const auto exponent = static_cast<unsigned>(b);
    const std::size_t size = limbs(a) * exponent + 1;
    m.tick(size * size / 64);
    return number(m, pow(a, exponent));
}

Value shift_left(Machine& m, const Integer& a, const Integer& by) {
    if (by < 0) m.raise("ValueError", "negative shift count");
    if (a == 0) return std::int64_t{0};
    check_bits(m, by > max_integer_bits ? max_integer_bits + 1U : bits(a) + static_cast<std::size_t>(by));
    return number(m, a << static_cast<unsigned>(by));
}

Value shift_right(Machine& m, const Integer& a, const Integer& by) {
    if (by < 0) m.raise("ValueError", "negative shift count");
    if (by > max_integer_bits) return std::int64_t{a < 0 ? -1 : 0};
    Integer quotient, remainder;
    divide_floor(a, Integer{1} << static_cast<unsigned>(by), quotient, remainder);
    return number(m, quotient);
}

/// Of what fits 64 bits and stays there; unset otherwise.
Value arithmetic(Operator op, std::int64_t a, std::int64_t b) {
    std::int64_t result = 0;
    if (op == Operator::add && !__builtin_add_overflow(a, b, &result)) return result;
    if (op == Operator::subtract && !__builtin_sub_overflow(a, b, &result)) return result;
    if (op == Operator::multiply && !__builtin_mul_overflow(a, b, &result)) return result;
    if (op == Operator::bit_and) return a & b;
    if (op == Operator::bit_or) return a | b;
    if (op == Operator::bit_xor) return a ^ b;
    if (b > 0) {
        const std::int64_t remainder = a % b < 0 ? a % b + b : a % b;
        if (op == Operator::modulo) return remainder;
        if (op == Operator::floor_divide) return a / b - (a % b < 0 ? 1 : 0);
    }
    return {};
}

Value arithmetic(Machine& m, Operator op, const Integer& a, const Integer& b) {
    m.tick(limbs(a) * limbs(b) / 16);
    const auto check_divisor = [&](std::string_view text) {
        if (b == 0) m.raise("ZeroDivisionError", text);
    };
    Integer quotient, remainder;
    switch (op) {
        case Operator::add: return number(m, a + b);
        case Operator::subtract: return number(m, a - b);
        case Operator::multiply: check_bits(m, bits(a) + bits(b) - 1); return number(m, a * b);
        case Operator::divide: check_divisor("division by zero"); return divide_true(m, a, b);
        case Operator::floor_divide:
            check_divisor("integer division or modulo by zero");
            divide_floor(a, b, quotient, remainder);
            return number(m, quotient);
        case Operator::modulo:
            check_divisor("integer modulo by zero");
            divide_floor(a, b, quotient, remainder);
            return number(m, remainder);
        case Operator::power: return power(m, a, b);
        case Operator::left_shift: return shift_left(m, a, b);
        case Operator::right_shift: return shift_right(m, a, b);
        case Operator::bit_and: return number(m, a & b);
        case Operator::bit_or: return number(m, a | b);
        case Operator::bit_xor: return number(m, a ^ b);
    }
    return {};
}

Value arithmetic(Machine& m, Operator op, double a, double b) {
    const auto check_divisor = [&](std::string_view text) {
        if (b == 0) m.raise("ZeroDivisionError", text);
    };
    switch (op) {
        case Operator::add: return a + b;
        case Operator::subtract: return a - b;
        case Operator::multiply: return a * b;
        case Operator::divide: check_divisor("float division by zero"); return a / b;
        case Operator::floor_divide: check_divisor("float floor division by zero"); return floor_divide(a, b);
        case Operator::modulo: check_divisor("float modulo"); return modulo(a, b);
        case Operator::power: return power(m, a, b);
        case Operator::left_shift:
        case Operator::right_shift:
        case Operator::bit_and:
        case Operator::bit_or:
        case Operator::bit_xor: return {};
    }
    return {};
}

int digit_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'z') return c - 'a' + 10;
    if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
    return 99;
}

/// Digits without underscores, decimal ones of any script as ASCII; nothing when an underscore is not between
/// digits of that base.
std::optional<std::string> plain_digits(std::string_view text, int base) {
    std::string out;
    char32_t before = 0;
    const auto is_part = [base](char32_t c) { return c < 0x80 && digit_value(static_cast<char>(c)) < base; };
    for (std::size_t at = 0; at < text.size();) {
        char32_t c = next_character(text, at);
        if (const int value = decimal_value(c); value >= 0) c = U'0' + static_cast<char32_t>(value);
        if (c >= 0x80 || (c == U'_' && !is_part(before)) || (before == U'_' && !is_part(c)))
            return std::nullopt;
        if (c != U'_') out += static_cast<char>(c);
        before = c;
    }
    if (before == U'_') return std::nullopt;
    return out;
}

std::string_view strip(std::string_view text) {
    while (!text.empty()) {
        std::size_t at = 0;
        if (!is_space(next_character(text, at))) break;
        text.remove_prefix(at);
    }
    while (!text.empty()) {
        std::size_t start = text.size() - 1;
        while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xc0) == 0x80) --start;
        std::size_t at = start;
        if (!is_space(next_character(text, at))) break;
        text = text.substr(0, start);
    }
    return text;
}

/// The multiple of 10^places that is nearest, half to even; `above` tells of a fraction that `v` lost.
Integer round_to(const Integer& v, unsigned places, bool above) {
    const Integer unit = pow(Integer{10}, places);
    Integer quotient, remainder;
    divide_floor(v, unit, quotient, remainder);
    const Integer twice = remainder * 2;
    if (twice > unit || (twice == unit && (above || (quotient & 1) != 0))) ++quotient;
    return quotient * unit;
}

double round_double(Machine& m, double x, std::int64_t places) {
    // Beyond these nothing is there to be rounded, or nothing is left: as in Python's float.__round__.
    constexpr std::int64_t most = 323, least = -309;
    if (!std::isfinite(x) || places > most) return x;
    if (places < least) return std::copysign(0.0, x);
    double rounded = 0;
    if (places < 0) {
        const double magnitude = std::fabs(x);
        const Integer whole{magnitude};
        rounded = std::copysign(
            scale(round_to(whole, static_cast<unsigned>(-places), magnitude != std::floor(magnitude)), 0,
                  false),
            x);
    } else {
        char buffer[1100];
        const auto end = std::to_chars(buffer, buffer + sizeof buffer, x, std::chars_format::fixed,
                                       static_cast<int>(places));
        std::from_chars(buffer, end.ptr, rounded);
    }
    if (std::isinf(rounded)) m.raise("OverflowError", "rounded value too large to represent");
    return rounded;
}

}  // namespace

std::string_view symbol(Operator op) {
    switch (op) {
        case Operator::add: return "+";
        case Operator::subtract: return "-";
        case Operator::multiply: return "*";
        case Operator::divide: return "/";
        case Operator::floor_divide: return "//";
        case Operator::modulo: return "%";
        case Operator::power: return "**";
        case Operator::left_shift: return "<<";
        case Operator::right_shift: return ">>";
        case Operator::bit_and: return "&";
        case Operator::bit_or: return "|";
        case Operator::bit_xor: return "^";
    }
    return "?";
}

Value number(Machine& m, Integer value) {
    if (value >= smallest && value <= largest) return static_cast<std::int64_t>(value);
    const std::size_t size = bits(value);
    check_bits(m, size);
    m.tick(size / 64);
    return Value{const_cast<const Big*>(m.keep(Big{std::move(value)}, size / 8))};
}

Integer to_integer(Value v) {
    if (v.is(Type::big)) return v.big->value;
    return v.is(Type::boolean) ? Integer{v.boolean ? 1 : 0} : Integer{v.integer};
}

double to_double(Machine& m, Value v) {
    if (v.is(Type::real)) return v.real;
    if (v.is(Type::boolean)) return v.boolean ? 1 : 0;
    if (v.is(Type::integer)) return static_cast<double>(v.integer);
    const double x = scale(v.big->value, 0, false);
    if (std::isinf(x)) m.raise("OverflowError", "int too large to convert to float");
    return x;
}

Value truncate(Machine& m, double x) {
    if (std::isnan(x)) m.raise("ValueError", "cannot convert float NaN to integer");
    if (std::isinf(x)) m.raise("OverflowError", "cannot convert float infinity to integer");
    return number(m, Integer{std::trunc(x)});
}

Value arithmetic(Machine& m, Operator op, Value a, Value b) {
    if (a.is(Type::boolean) && b.is(Type::boolean)) {
        if (op == Operator::bit_and) return a.boolean && b.boolean;
        if (op == Operator::bit_or) return a.boolean || b.boolean;
        if (op == Operator::bit_xor) return a.boolean != b.boolean;
    }
    if (a.is(Type::integer) && b.is(Type::integer))
        if (const Value small = arithmetic(op, a.integer, b.integer)) return small;
    const bool real = a.is(Type::real) || b.is(Type::real);
    if (!real) {
        const Integer ia = to_integer(a), ib = to_integer(b);
        if (op != Operator::power || ib >= 0) return arithmetic(m, op, ia, ib);
    }
    return arithmetic(m, op, to_double(m, a), to_double(m, b));
}

Value negate(Machine& m, Value v) {
    if (v.is(Type::real)) return -v.real;
    if (v.is(Type::integer) && v.integer != smallest) return -v.integer;
    return number(m, -to_integer(v));
}

std::partial_ordering compare_numbers(Machine& m, Value a, Value b) {
    if (a.is(Type::integer) && b.is(Type::integer)) return a.integer <=> b.integer;
    if (a.is(Type::real) && b.is(Type::real)) return a.real <=> b.real;
    if (a.is(Type::real)) return 0 <=> compare_numbers(m, b, a);
    const Integer whole = to_integer(a);
    m.tick(limbs(whole) / 64);
    if (!b.is(Type::real)) {
        const int order = whole.compare(to_integer(b));
        return order <=> 0;
    }
    if (std::isnan(b.real)) return std::partial_ordering::unordered;
    if (std::isinf(b.real)) return 0.0 <=> b.real;
    const int order = whole.compare(Integer{std::floor(b.real)});
    return order == 0 ? std::floor(b.real) <=> b.real : order <=> 0;
}

std::uint64_t hash_number(Value v) {
    // The same for 1, True and 1.0. All bits of the number reach the lower ones, which a table looks at.
    const auto mix = [](std::int64_t i) {
        const std::uint64_t h = static_cast<std::uint64_t>(i) * 0x9e3779b97f4a7c15U;
        return h ^ h >> 32;
    };
    if (v.is(Type::integer)) return mix(v.integer);
    if (v.is(Type::boolean)) return mix(v.boolean);
    if (v.is(Type::big)) return std::hash<std::string>{}(v.big->value.str());
    if (!std::isfinite(v.real) || v.real != std::floor(v.real)) return std::hash<double>{}(v.real);
    if (v.real >= -0x1p63 && v.real < 0x1p63) return mix(static_cast<std::int64_t>(v.real));
    return std::hash<std::string>{}(Integer{v.real}.str());
}

std::string digits(Machine& m, Value v, int base) {
    if (base == 10) {
        if (!v.is(Type::big)) return std::to_string(v.is(Type::boolean) ? v.boolean : v.integer);
        const std::size_t size = limbs(v.big->value);
        m.tick(size * size / 4);
        std::string text = v.big->value.str();
        if (text.size() - (text[0] == '-' ? 1 : 0) > max_digits)
            m.raise("ValueError", "Exceeds the limit (" + std::to_string(max_digits) +
                                      " digits) for integer string conversion; use "
                                      "sys.set_int_max_str_digits() to increase the limit");
        return text;
    }
    Integer value = to_integer(v);
    const bool negative = value < 0;
    if (negative) value = -value;
    std::string text;
    if (base == 2) {
        m.tick(bits(value) / 8);
        for (std::size_t i = bits(value); i-- > 0;)
            text += bit_test(value, static_cast<unsigned>(i)) ? '1' : '0';
        if (text.empty()) text = "0";
    } else {
        m.tick(bits(value) / 8);
        text = value.str(0, base == 8 ? std::ios_base::oct : std::ios_base::hex);
        std::ranges::transform(text, text.begin(),
                               [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    }
    return negative ? "-" + text : text;
}

std::string repr(double x) {
    if (std::isnan(x)) return "nan";
    if (std::isinf(x)) return x < 0 ? "-inf" : "inf";
    std::string out;
    encoding::write_double(x, out);
    return out;
}

std::optional<Value> parse_integer(Machine& m, std::string_view text, int base) {
    text = strip(text);
    bool negative = false;
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
        negative = text[0] == '-';
        text.remove_prefix(1);
    }
    const auto prefix_base = [&] {
        if (text.size() < 2 || text[0] != '0') return 0;
        const char letter = static_cast<char>(text[1] | 0x20);
        return letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 0;
    }();
    bool decimal_literal = false;
    if (prefix_base != 0 && (base == 0 || base == prefix_base)) {
        base = prefix_base;
        text.remove_prefix(2);
        if (!text.empty() && text[0] == '_') text.remove_prefix(1);
    } else if (base == 0) {
        base = 10;
        decimal_literal = true;
    }
    const auto plain = plain_digits(text, base);
    if (!plain || plain->empty()) return std::nullopt;
    if (decimal_literal && (*plain)[0] == '0' && plain->find_first_not_of('0') != std::string::npos)
        return std::nullopt;
    if (!std::ranges::all_of(*plain, [&](char c) { return digit_value(c) < base; })) return std::nullopt;
    const bool power_of_two = (base & (base - 1)) == 0;
    if (!power_of_two && plain->size() > max_digits)
        m.raise("ValueError", "Exceeds the limit (" + std::to_string(max_digits) +
                                  " digits) for integer string conversion: value has " +
                                  std::to_string(plain->size()) +
                                  " digits; use sys.set_int_max_str_digits() to increase the limit");
    if (power_of_two && plain->size() > max_integer_bits) check_bits(m, plain->size());
    m.tick(plain->size() * plain->size() / 512);
    std::int64_t small = 0;
    const auto read = std::from_chars(plain->data(), plain->data() + plain->size(), small, base);
    if (read.ec == std::errc{}) return Value{negative ? -small : small};
    Integer value = 0;
    for (const char c : *plain) {
        value *= base;
        value += digit_value(c);
    }
    return number(m, negative ? Integer{-value} : value);
}

std::optional<double> parse_double(std::string_view text) {
    const auto plain = plain_digits(strip(text), 10);
    if (!plain || plain->empty()) return std::nullopt;
    std::string_view rest = *plain;
    bool negative = false;
    if (rest[0] == '+' || rest[0] == '-') {
        negative = rest[0] == '-';
        rest.remove_prefix(1);
    }
    std::string lowered{rest};
    std::ranges::transform(lowered, lowered.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    double x = 0;
    if (lowered == "inf" || lowered == "infinity") {
        x = std::numeric_limits<double>::infinity();
    } else if (lowered == "nan") {
        x = std::numeric_limits<double>::quiet_NaN();
    } else {
        if (lowered.empty() || lowered.find_first_not_of("0123456789.e+-") != std::string::npos)
            return std::nullopt;
        const auto read = std::from_chars(lowered.data(), lowered.data() + lowered.size(), x);
        if (read.ptr != lowered.data() + lowered.size() || lowered[0] == '-' || lowered[0] == '+')
            return std::nullopt;
        if (read.ec == std::errc::result_out_of_range) {
            x = encoding::to_double(lowered);
        } else if (read.ec != std::errc{}) {
            return std::nullopt;
        }
    }
    return negative ? -x : x;
}

Value round_number(Machine& m, Value v, Value places) {
    const bool to_int = !places || places.is(Type::none);
    if (v.is(Type::real)) {
        if (to_int) return truncate(m, std::nearbyint(v.real));
        const std::int64_t n = places.is(Type::big) ? (places.big->value < 0 ? -1000 : 1000)
                                                    : static_cast<std::int64_t>(to_integer(places));
        return round_double(m, v.real, n);
    }
    const Integer n = to_int ? Integer{0} : to_integer(places);
    if (n >= 0) return v.is(Type::boolean) ? Value{std::int64_t{v.boolean}} : v;
    if (n < -static_cast<int>(max_digits)) return std::int64_t{0};
    return number(m, round_to(to_integer(v), static_cast<unsigned>(-n), false));
}

}  // namespace fedmsg::dialect
