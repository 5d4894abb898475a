#include "encoding/number.h"

#include <charconv>
#include <limits>

namespace fedmsg::encoding {
namespace {

/// Whether a number that no double can hold is too large, rather than too small. Its first digit that is not
/// zero stands `place` digits left of the decimal point; from_chars has seen that the exponent decides.
bool overflows(std::string_view digits) {
    const auto exponent_at = digits.find_first_of("eE");
    const auto mantissa = digits.substr(0, exponent_at);
    const auto point = mantissa.find('.');
    const auto first = mantissa.find_first_of("123456789");
    const auto whole = point == std::string_view::npos ? mantissa.size() : point;
    const auto place = static_cast<long long>(whole) - static_cast<long long>(first);
    if (exponent_at == std::string_view::npos) return place > 0;

    auto exponent_digits = digits.substr(exponent_at + 1);
    if (exponent_digits.starts_with('+')) exponent_digits.remove_prefix(1);
    long long exponent = 0;
    const auto* end = exponent_digits.data() + exponent_digits.size();
    if (std::from_chars(exponent_digits.data(), end, exponent).ec != std::errc{})
        return !exponent_digits.starts_with('-');
    constexpr long long far = 1LL << 40;  // beyond any count of digits: a text is shorter than 4 GiB
    if (exponent > far || exponent < -far) return exponent > 0;
    return place + exponent > 0;
}

}  // namespace

double to_double(std::string_view digits) {
    double number = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (read.ec != std::errc::result_out_of_range) return number;
    const double size = overflows(digits) ? std::numeric_limits<double>::infinity() : 0.0;
    return digits.starts_with('-') ? -size : size;
}

}  // namespace fedmsg::encoding
