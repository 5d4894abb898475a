#include "config/dialect/format.h"

#include "config/dialect/builtins.h"
#include "config/dialect/operations.h"
#include "config/dialect/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>

namespace fedmsg::dialect {
namespace {

struct Spec {
    std::string fill = " ";
    char align = '\0';  ///< '<', '>', '^', '='
    char sign = '\0';   ///< '+', '-', ' '
    bool no_negative_zero = false;
    bool alternate = false;
    bool zero = false;
    std::size_t width = 0;
    char grouping = '\0';  ///< ',' or '_'
    std::optional<std::size_t> precision;
    char type = '\0';
};

std::size_t parse_size(Machine& m, std::string_view text, std::size_t& at) {
    const std::size_t begin = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    std::size_t size = 0;
    const auto read = std::from_chars(text.data() + begin, text.data() + at, size);
    if (read.ec == std::errc::result_out_of_range)
        m.raise("ValueError", "Too many decimal digits in format string");
    m.check_text(size);
    return size;
}

Spec parse_spec(Machine& m, std::string_view text, Value v) {
    Spec spec;
    std::size_t at = 0;
    const auto is_align = [](char c) { return c == '<' || c == '>' || c == '^' || c == '='; };
    const auto take = [&](char c) {
        if (at >= text.size() || text[at] != c) return false;
        ++at;
        return true;
    };
    std::size_t behind_fill = 0;
    if (!text.empty()) next_character(text, behind_fill);
    if (behind_fill < text.size() && is_align(text[behind_fill])) {
        spec.fill = text.substr(0, behind_fill);
        spec.align = text[behind_fill];
        at = behind_fill + 1;
    } else if (!text.empty() && is_align(text[0])) {
        spec.align = text[at++];
    }
    const bool filled = at > 1;
    if (at < text.size() && (text[at] == '+' || text[at] == '-' || text[at] == ' ')) spec.sign = text[at++];
    spec.no_negative_zero = take('z');
    spec.alternate = take('#');
    if (!filled && take('0')) {
        spec.zero = true;
        spec.fill = "0";
        if (!spec.align && is_number(v)) spec.align = '=';
    }
    spec.width = parse_size(m, text, at);
    for (const char c : {',', '_'})
        if (take(c)) {
            if (spec.grouping) m.raise("ValueError", "Cannot specify both ',' and '_'.");
            spec.grouping = c;
        }
    if (take('.')) {
        const std::size_t begin = at;
        spec.precision = parse_size(m, text, at);
        if (at == begin) m.raise("ValueError", "Format specifier missing precision");
    }
    if (at < text.size()) {
        if (text.size() - at > 1)
            m.raise("ValueError", "Invalid format specifier '" + std::string{text} +
                                      "' for object of type '" + std::string{type_name(v)} + "'");
        spec.type = text[at];
    }
    const std::string_view groupable = spec.grouping == '_' ? "defgEG%FboxX" : "defgEG%F";
    const char type = spec.type || !v.is(Type::string) ? spec.type : 's';
    if (spec.grouping && type && groupable.find(type) == std::string_view::npos)
        m.raise("ValueError", std::string{"Cannot specify '"} + spec.grouping + "' with '" + type + "'.");
    return spec;
}

std::string pad(Machine& m, std::string text, const Spec& spec, char align) {
    const std::size_t size = count_characters(text);
    if (size >= spec.width) return text;
    const std::size_t missing = spec.width - size;
    const std::size_t left = align == '>' ? missing : align == '^' ? missing / 2 : 0;
    m.check_text(text.size() + missing * spec.fill.size());
    m.tick(missing / 8);
    std::string out;
    for (std::size_t i = 0; i < left; ++i) out += spec.fill;
    out += text;
    for (std::size_t i = left; i < missing; ++i) out += spec.fill;
    return out;
}

/// Digits in groups, with zeros in front up to `width`.
std::string group(std::string_view digits, std::size_t group_size, char separator, std::size_t width) {
    std::string reversed;
    auto remaining = static_cast<std::ptrdiff_t>(digits.size());
    auto missing = static_cast<std::ptrdiff_t>(width);
    for (;;) {
        const std::ptrdiff_t part = std::min<std::ptrdiff_t>(
            static_cast<std::ptrdiff_t>(group_size), std::max({remaining, missing, std::ptrdiff_t{1}}));
        for (std::ptrdiff_t i = 0; i < part; ++i)
            reversed += remaining > 0 ? digits[static_cast<std::size_t>(--remaining)] : '0';
        missing -= part;
        if (remaining <= 0 && missing <= 0) break;
        reversed += separator;
        --missing;
    }
    std::ranges::reverse(reversed);
    return reversed;
}

/// \param prefix  "0x" \param whole  the digits before the point \param rest  all behind them
std::string lay_out_number(Machine& m, bool negative, std::string_view prefix, std::string whole,
                           std::string_view rest, const Spec& spec, std::size_t group_size) {
    std::string head = negative ? "-" : spec.sign == '+' ? "+" : spec.sign == ' ' ? " " : "";
    head += prefix;
    const std::size_t used = head.size() + rest.size();
    const bool zeros = spec.fill == "0" && spec.align == '=';
    m.tick(whole.size() / 8 + (zeros ? spec.width / 8 : 0));
    if (spec.grouping)
        whole = group(whole, group_size, spec.grouping, zeros && spec.width > used ? spec.width - used : 0);
    if (spec.align == '=' && used + whole.size() < spec.width) {
        Spec inner = spec;
        inner.width = spec.width - used;
        whole = pad(m, whole, inner, '>');
    }
    return pad(m, head.append(whole).append(rest), spec, spec.align ? spec.align : '>');
}

// Numbers without sign and width.

std::string to_chars(Machine& m, double x, std::chars_format format, std::size_t precision) {
    m.check_text(precision);
    m.tick(precision / 8);
    std::string out(precision + 400, '\0');  // the largest double has 309 digits before the point
    const auto end =
        std::to_chars(out.data(), out.data() + out.size(), x, format, static_cast<int>(precision));
    out.resize(static_cast<std::size_t>(end.ptr - out.data()));
    return out;
}

void strip_zeros(std::string& text) {
    const auto exponent = text.find('e');
    std::string tail = exponent == std::string::npos ? "" : text.substr(exponent);
    text.resize(std::min(exponent, text.size()));
    if (text.find('.') != std::string::npos) {
        text.resize(text.find_last_not_of('0') + 1);
        if (text.back() == '.') text.pop_back();
    }
    text += tail;
}

/// `%g`. \param whole_marked  as Python shows a float: "1.0", and exponents from one digit earlier on
std::string general(Machine& m, double x, std::size_t precision, bool alternate, bool whole_marked) {
    precision = std::max<std::size_t>(precision, 1);
    std::string scientific = to_chars(m, x, std::chars_format::scientific, precision - 1);
    const int exponent = std::atoi(scientific.c_str() + scientific.find('e') + 1);
    const auto limit = static_cast<std::ptrdiff_t>(precision) - (whole_marked ? 1 : 0);
    const bool with_exponent = exponent < -4 || exponent >= limit;
    std::string text = with_exponent
                           ? scientific
                           : to_chars(m, x, std::chars_format::fixed,
                                      static_cast<std::size_t>(std::max<std::ptrdiff_t>(
                                          static_cast<std::ptrdiff_t>(precision) - 1 - exponent, 0)));
    if (!alternate) strip_zeros(text);
    const auto has_point = text.find('.') != std::string::npos;
    if (!has_point && (alternate || (whole_marked && !with_exponent))) {
        const std::size_t point = std::min(text.find('e'), text.size());
        text.insert(point, whole_marked && !with_exponent ? ".0" : ".");
    }
    return text;
}

/// Of a finite, positive number.
std::string plain_double(Machine& m, double x, const Spec& spec) {
    const auto letter = static_cast<char>(spec.type | 0x20);
    const std::size_t precision = spec.precision.value_or(6);
    if (spec.type == '\0') {
        if (spec.precision) return general(m, x, precision, spec.alternate, true);
        std::string text = repr(x);
        const bool has_point = text.find('.') != std::string::npos;
        return spec.alternate && !has_point ? text.insert(std::min(text.find('e'), text.size()), ".") : text;
    }
    if (letter == 'g' || letter == 'n') return general(m, x, precision, spec.alternate, false);
    const bool fixed = letter == 'f' || spec.type == '%';
    std::string text =
        to_chars(m, x, fixed ? std::chars_format::fixed : std::chars_format::scientific, precision);
    if (spec.alternate && precision == 0) text.insert(std::min(text.find('e'), text.size()), ".");
    return text;
}

std::string format_double(Machine& m, double x, const Spec& spec) {
    if (spec.type == '%') x *= 100;
    bool negative = std::signbit(x) && !std::isnan(x);
    std::string text = std::isfinite(x) ? plain_double(m, std::fabs(x), spec) : repr(std::fabs(x));
    if (spec.no_negative_zero && text.find_first_of("123456789i") == std::string::npos) negative = false;
    if (spec.type == 'E' || spec.type == 'F' || spec.type == 'G')
        std::ranges::transform(text, text.begin(),
                               [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    if (spec.type == '%') text += '%';
    const std::size_t whole = std::min(text.find_first_not_of("0123456789"), text.size());
    if (!std::isfinite(x)) {
        Spec ungrouped = spec;
        ungrouped.grouping = '\0';
        return lay_out_number(m, negative, "", text, "", ungrouped, 3);
    }
    return lay_out_number(m, negative, "", text.substr(0, whole), text.substr(whole), spec, 3);
}

std::string character(Machine& m, Value v) {
    if (v.is(Type::big)) m.raise("OverflowError", "Python int too large to convert to C long");
    const std::int64_t c = to_index(m, v);
    if (c < 0 || c > 0x10ffff) m.raise("OverflowError", "%c arg not in range(0x110000)");
    std::string text;
    append(text, static_cast<char32_t>(c));
    return text;
}

std::string format_integer(Machine& m, Value v, const Spec& spec) {
    if (spec.precision) m.raise("ValueError", "Precision not allowed in integer format specifier");
    if (spec.no_negative_zero)
        m.raise("ValueError", "Negative zero coercion (z) not allowed in integer format specifier");
    if (spec.type == 'c') {
        if (spec.sign) m.raise("ValueError", "Sign not allowed with integer format specifier 'c'");
        if (spec.alternate)
            m.raise("ValueError", "Alternate form (#) not allowed with integer format specifier 'c'");
        return pad(m, character(m, v), spec, spec.align && spec.align != '=' ? spec.align : '>');
    }
    const auto letter = static_cast<char>(spec.type | 0x20);
    const int base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 10;
    std::string text = digits(m, v, base);
    const bool negative = text[0] == '-';
    if (negative) text.erase(0, 1);
    std::string prefix = base == 10 || !spec.alternate ? "" : std::string{"0"} + spec.type;
    if (spec.type == 'X')
        std::ranges::transform(text, text.begin(),
                               [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return lay_out_number(m, negative, prefix, text, "", spec, base == 10 ? 3 : 4);
}

std::string format_str(Machine& m, std::string_view text, const Spec& spec) {
    if (spec.type != '\0' && spec.type != 's')
        m.raise("ValueError",
                std::string{"Unknown format code '"} + spec.type + "' for object of type 'str'");
    if (spec.sign == ' ') m.raise("ValueError", "Space not allowed in string format specifier");
    if (spec.sign) m.raise("ValueError", "Sign not allowed in string format specifier");
    if (spec.no_negative_zero)
        m.raise("ValueError", "Negative zero coercion (z) not allowed in string format specifier");
    if (spec.alternate) m.raise("ValueError", "Alternate form (#) not allowed in string format specifier");
    if (spec.align == '=') m.raise("ValueError", "'=' alignment not allowed in string format specifier");
    if (spec.precision) text = text.substr(0, character_offset(text, *spec.precision));
    return pad(m, std::string{text}, spec, spec.align ? spec.align : '<');
}

// str.format

class Formatter {
  public:
    Formatter(Machine& m, const Arguments& arguments, Value mapping)
        : m_{m}, arguments_{arguments}, mapping_{mapping} {}

    std::string run(std::string_view text, int depth = 2) {
        if (depth == 0) m_.raise("ValueError", "Max string recursion exceeded");
        std::string out;
        for (std::size_t at = 0; at < text.size();) {
            const char c = text[at];
            const bool doubled = at + 1 < text.size() && text[at + 1] == c;
            if (c != '{' && c != '}') {
                const std::size_t end = std::min(text.find_first_of("{}", at), text.size());
                out += text.substr(at, end - at);
                at = end;
            } else if (doubled) {
                out += c;
                at += 2;
            } else if (c == '}') {
                m_.raise("ValueError", "Single '}' encountered in format string");
            } else {
                out += field(text, ++at, depth);
            }
            m_.check_text(out.size());
        }
        return out;
    }

  private:
    /// Up to the brace that closes it, behind which `at` is then.
    std::string field(std::string_view text, std::size_t& at, int depth) {
        const std::size_t begin = at;
        int open = 1;
        for (bool bracket = false; at < text.size(); ++at) {
            const char c = text[at];
            if (bracket)
                bracket = c != ']';  // an index may hold braces
            else if (c == '[' && spec_start(text.substr(begin, at - begin)) == std::string_view::npos)
                bracket = true;
            else if (c == '{')
                ++open;
            else if (c == '}' && --open == 0)
                break;
        }
        if (at >= text.size())
            m_.raise("ValueError", begin == text.size() ? "Single '{' encountered in format string"
                                                        : "expected '}' before end of string");
        const std::string_view whole = text.substr(begin, at++ - begin);
        const std::size_t name_end = spec_start(whole);
        Value value = look_up(whole.substr(0, name_end));
        if (name_end == std::string_view::npos) return format_value(m_, value, {});
        std::string_view rest = whole.substr(name_end);
        if (rest[0] == '!') {
            if (rest.size() < 2) m_.raise("ValueError", "unmatched '{' in format spec");
            const char conversion = rest[1];
            if (conversion != 'r' && conversion != 's' && conversion != 'a')
                m_.raise("ValueError", std::string{"Unknown conversion specifier "} + conversion);
            value = convert(m_, value, conversion);
            rest.remove_prefix(2);
            if (!rest.empty() && rest[0] != ':')
                m_.raise("ValueError", "expected ':' after conversion specifier");
        }
        if (!rest.empty()) rest.remove_prefix(1);
        const bool nested = rest.find_first_of("{}") != std::string_view::npos;
        return format_value(m_, value, nested ? run(rest, depth - 1) : std::string{rest});
    }

    /// Where the conversion or the spec starts: at the first `!` or `:` outside of an index.
    static std::size_t spec_start(std::string_view field) {
        bool bracket = false;
        for (std::size_t i = 0; i < field.size(); ++i) {
            if (bracket)
                bracket = field[i] != ']';
            else if (field[i] == '[')
                bracket = true;
            else if (field[i] == '!' || field[i] == ':')
                return i;
        }
        return std::string_view::npos;
    }

    Value look_up(std::string_view name) {
        const std::size_t end = std::min(name.find_first_of(".["), name.size());
        Value value = first(name.substr(0, end));
        name.remove_prefix(end);
        while (!name.empty()) {
            if (name[0] == '.') {
                const std::size_t stop = std::min(name.find_first_of(".[", 1), name.size());
                if (stop == 1) m_.raise("ValueError", "Empty attribute in format string");
                value = get_attribute(m_, value, *m_.str(name.substr(1, stop - 1)));
                name.remove_prefix(stop);
            } else if (name[0] == '[') {
                const auto close = name.find(']');
                if (close == std::string_view::npos) m_.raise("ValueError", "Missing ']' in format string");
                if (close == 1) m_.raise("ValueError", "Empty attribute in format string");
                value = get_item(m_, value, index(name.substr(1, close - 1)));
                name.remove_prefix(close + 1);
            } else {
                m_.raise("ValueError", "Only '.' or '[' may follow ']' in format field specifier");
            }
        }
        return value;
    }

    static bool is_decimal_number(std::string_view text) {
        return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
    }

    Value index(std::string_view text) {
        if (!is_decimal_number(text)) return m_.text(text);
        return std::int64_t{position(text)};
    }

    std::int64_t position(std::string_view text) {
        std::int64_t value = 0;
        if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc{})
            m_.raise("ValueError", "Too many decimal digits in format string");
        return value;
    }

    Value first(std::string_view name) {
        const bool number = is_decimal_number(name);
        if (name.empty() || number) {
            if (mapping_) m_.raise("ValueError", "Format string contains positional fields");
            if (numbering_ != Numbering::unknown && (numbering_ == Numbering::manual) != number)
                m_.raise("ValueError",
                         number
                             ? "cannot switch from automatic field numbering to manual field specification"
                             : "cannot switch from manual field specification to automatic field numbering");
            numbering_ = number ? Numbering::manual : Numbering::automatic;
            const std::int64_t i = number ? position(name) : next_++;
            if (i >= static_cast<std::int64_t>(arguments_.positional.size()))
                m_.raise("IndexError", "Replacement index " + std::to_string(i) +
                                           " out of range for positional args tuple");
            return arguments_.positional[static_cast<std::size_t>(i)];
        }
        if (mapping_) return get_item(m_, mapping_, m_.text(name));
        for (const Keyword& keyword : arguments_.keywords)
            if (keyword.name->text == name) return keyword.value;
        m_.raise("KeyError", m_.text(name));
    }

    enum class Numbering { unknown, automatic, manual };

    Machine& m_;
    const Arguments& arguments_;
    Value mapping_;
    Numbering numbering_ = Numbering::unknown;
    std::int64_t next_ = 0;
};

// `%`

class PercentFormatter {
  public:
    PercentFormatter(Machine& m, std::string_view text, Value arguments)
        : m_{m}, text_{text}, arguments_{arguments} {
        is_tuple_ = arguments.is(Type::tuple);
        // As in Python, what can be indexed takes part as a mapping, and need not be used up.
        is_mapping_ = arguments.is(Type::dict) || arguments.is(Type::list) || arguments.is(Type::range);
    }

    std::string run() {
        while (at_ < text_.size()) {
            const std::size_t percent = std::min(text_.find('%', at_), text_.size());
            out_ += text_.substr(at_, percent - at_);
            at_ = percent + 1;
            if (percent < text_.size()) conversion();
            m_.check_text(out_.size());
        }
        const std::size_t given = is_tuple_ ? arguments_.tuple->items.size() : is_mapping_ ? used_ : 1;
        if (used_ < given) m_.raise("TypeError", "not all arguments converted during string formatting");
        return std::move(out_);
    }

  private:
    struct Flags {
        bool left = false, plus = false, space = false, alternate = false, zero = false;
    };

    [[nodiscard]] char peek() const {
        if (at_ >= text_.size()) m_.raise("ValueError", "incomplete format");
        return text_[at_];
    }

    Value next() {
        if (is_tuple_ && used_ < arguments_.tuple->items.size()) return arguments_.tuple->items[used_++];
        if (is_tuple_ || used_ > 0) m_.raise("TypeError", "not enough arguments for format string");
        ++used_;
        return arguments_;
    }

    void conversion() {
        if (peek() == '%') {
            out_ += '%';
            ++at_;
            return;
        }
        std::optional<Value> value;
        if (peek() == '(') value = named();
        Flags flags;
        for (;; ++at_) {
            const char c = peek();
            if (c == '-')
                flags.left = true;
            else if (c == '+')
                flags.plus = true;
            else if (c == ' ')
                flags.space = true;
            else if (c == '#')
                flags.alternate = true;
            else if (c == '0')
                flags.zero = true;
            else
                break;
        }
        Spec spec;
        const std::int64_t width = size(value);
        if (width < 0) flags.left = true;
        spec.width = static_cast<std::size_t>(width < 0 ? -width : width);
        m_.check_text(spec.width);
        if (peek() == '.') {
            ++at_;
            spec.precision = static_cast<std::size_t>(std::max<std::int64_t>(size(value), 0));
            m_.check_text(*spec.precision);
        }
        if (peek() == 'h' || peek() == 'l' || peek() == 'L') ++at_;
        const char type = peek();
        ++at_;
        spec.align = flags.left ? '<' : '>';
        if (std::string_view{"sra"}.find(type) != std::string_view::npos) {
            Spec text_spec = spec;
            out_ += format_str(m_, convert(m_, value ? *value : next(), type).string->text, text_spec);
        } else if (type == 'c') {
            spec.precision.reset();
            out_ += pad(m_, one_character(value ? *value : next()), spec, spec.align);
        } else if (std::string_view{"diuoxXeEfFgG"}.find(type) != std::string_view::npos) {
            spec.sign = flags.plus ? '+' : flags.space ? ' ' : '\0';
            spec.alternate = flags.alternate;
            spec.type = type;
            if (flags.zero && !flags.left) {
                spec.fill = "0";
                spec.align = '=';
            }
            number(value ? *value : next(), spec);
        } else {
            if (!value) next();
            std::size_t end = at_ - 1;
            const char32_t c = next_character(text_, end);
            const std::string shown{text_.substr(at_ - 1, end - (at_ - 1))};
            m_.raise("ValueError", "unsupported format character '" + shown + "' (0x" +
                                       digits(m_, std::int64_t{c}, 16) + ") at index " +
                                       std::to_string(count_characters(text_.substr(0, at_ - 1))));
        }
    }

    Value named() {
        if (!arguments_.is(Type::dict)) m_.raise("TypeError", "format requires a mapping");
        const std::size_t begin = ++at_;
        for (int open = 1; open > 0; ++at_) {
            if (at_ >= text_.size()) m_.raise("ValueError", "incomplete format key");
            open += text_[at_] == '(' ? 1 : text_[at_] == ')' ? -1 : 0;
        }
        return get_item(m_, arguments_, m_.text(text_.substr(begin, at_ - begin - 1)));
    }

    /// Digits, or `*`.
    std::int64_t size(const std::optional<Value>& named) {
        if (peek() == '*') {
            if (named) m_.raise("TypeError", "* wants int");
            ++at_;
            const Value v = next();
            if (!is_integral(v)) m_.raise("TypeError", "* wants int");
            const std::int64_t n = to_index(m_, v);
            return std::clamp<std::int64_t>(n, -static_cast<std::int64_t>(max_memory),
                                            static_cast<std::int64_t>(max_memory));
        }
        return static_cast<std::int64_t>(parse_size(m_, text_, at_));
    }

    std::string one_character(Value v) {
        if (v.is(Type::string)) {
            if (v.string->length != 1) m_.raise("TypeError", "%c requires int or char");
            return std::string{v.string->text};
        }
        if (!is_integral(v)) m_.raise("TypeError", "%c requires int or char");
        if (v.is(Type::big)) m_.raise("OverflowError", "%c arg not in range(0x110000)");
        return character(m_, v);
    }

    void number(Value v, Spec spec) {
        const char letter = spec.type;
        const bool real = std::string_view{"eEfFgG"}.find(letter) != std::string_view::npos;
        if (real) {
            if (!is_number(v)) m_.raise("TypeError", "must be real number, not " + std::string{type_name(v)});
            out_ += format_double(m_, to_double(m_, v), spec);
            return;
        }
        const bool decimal = letter == 'd' || letter == 'i' || letter == 'u';
        if (decimal && v.is(Type::real)) v = truncate(m_, v.real);
        if (!is_integral(v))
            m_.raise("TypeError", std::string{"%"} + letter +
                                      " format: " + (decimal ? "a real number" : "an integer") +
                                      " is required, not " + std::string{type_name(v)});
        std::string text = digits(m_, v, decimal ? 10 : letter == 'o' ? 8 : 16);
        const bool negative = text[0] == '-';
        if (negative) text.erase(0, 1);
        if (letter == 'X')
            std::ranges::transform(text, text.begin(),
                                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
        if (spec.precision && text.size() < *spec.precision)
            text.insert(0, *spec.precision - text.size(), '0');
        const std::string prefix = decimal || !spec.alternate ? "" : std::string{"0"} + letter;
        out_ += lay_out_number(m_, negative, prefix, text, "", spec, 3);
    }

    Machine& m_;
    std::string_view text_;
    Value arguments_;
    bool is_tuple_, is_mapping_;
    std::size_t at_ = 0, used_ = 0;
    std::string out_;
};

}  // namespace

Value percent_format(Machine& m, std::string_view text, Value arguments) {
    return m.text(PercentFormatter{m, text, arguments}.run());
}

Value format_text(Machine& m, std::string_view text, const Arguments& arguments, Value mapping) {
    return m.text(Formatter{m, arguments, mapping}.run(text));
}

std::string format_value(Machine& m, Value value, std::string_view spec_text) {
    if (spec_text.empty()) return str(m, value);
    if (!is_number(value) && !value.is(Type::string))
        m.raise("TypeError",
                "unsupported format string passed to " + std::string{type_name(value)} + ".__format__");
    const Spec spec = parse_spec(m, spec_text, value);
    if (value.is(Type::string)) return format_str(m, value.string->text, spec);
    const bool real_type = spec.type && std::string_view{"eEfFgG%"}.find(spec.type) != std::string_view::npos;
    if (value.is(Type::real) || real_type) {
        if (spec.type && !real_type && spec.type != 'n')
            m.raise("ValueError",
                    std::string{"Unknown format code '"} + spec.type + "' for object of type 'float'");
        return format_double(m, to_double(m, value), spec);
    }
    if (spec.type && std::string_view{"bcdoxXn"}.find(spec.type) == std::string_view::npos)
        m.raise("ValueError", std::string{"Unknown format code '"} + spec.type + "' for object of type '" +
                                  std::string{type_name(value)} + "'");
    return format_integer(m, value, spec);
}

Value convert(Machine& m, Value value, char conversion) {
    if (conversion == 'r') return m.text(repr(m, value));
    if (conversion == 'a') return m.text(ascii(m, value));
    if (conversion == 's') return to_str(m, value);
    return value;
}

std::size_t find_text(std::string_view text, std::string_view needle, std::size_t from) {
    if (from > text.size()) return std::string_view::npos;
    if (needle.empty()) return from;
    if (text.size() - from < needle.size()) return std::string_view::npos;
    const void* found = memmem(text.data() + from, text.size() - from, needle.data(), needle.size());
    return found ? static_cast<std::size_t>(static_cast<const char*>(found) - text.data())
                 : std::string_view::npos;
}

}  // namespace fedmsg::dialect
