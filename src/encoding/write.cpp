#include "encoding/write.h"

#include "encoding/code_point.h"
#include "encoding/key_prefix.h"
#include "encoding/number.h"
#include "encoding/scan.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

namespace fedmsg::encoding {
namespace {

using namespace std::string_view_literals;

/// Gathers what is written and hands it to the string in large pieces. Whoever writes keeps the place where
/// it goes on, `at`, so that it stays in a register.
class Sink {
  public:
    /// The most that room() gives.
    static constexpr std::size_t capacity = 4096;
    /// Bytes that may be written without asking, behind those that room() gave.
    static constexpr std::size_t margin = 96;

    explicit Sink(std::string& out) : out_{out} {}

    char* begin() { return buffer_; }
    /// Where to go on, so that `size` bytes and the margin fit.
    char* room(std::size_t size, char* at) {
        return static_cast<std::size_t>(std::end(buffer_) - at) >= size + margin ? at : flush(at);
    }
    char* flush(char* at) {
        out_.append(buffer_, at);
        return buffer_;
    }
    /// Text of any length.
    char* put(std::string_view text, char* at) {
        if (text.size() > capacity) {
            at = flush(at);
            out_.append(text);
            return at;
        }
        at = room(text.size(), at);
        if (!text.empty()) std::memcpy(at, text.data(), text.size());
        return at + text.size();
    }

  private:
    std::string& out_;
    char buffer_[3 * capacity];
};

/// A few bytes, for which the margin must be there.
char* put_few(std::string_view text, char* at) {
    std::memcpy(at, text.data(), text.size());
    return at + text.size();
}

char* put_colour(const Colour& colour, char* at) {
    std::memcpy(at, colour.bytes(), Colour::room);  // of constant length, which is faster
    return at + colour.size();
}

char* put_escape(char32_t unit, char* at) {
    constexpr char hex[] = "0123456789abcdef";
    const char escape[] = {'\\',          'u', hex[unit >> 12 & 15], hex[unit >> 8 & 15], hex[unit >> 4 & 15],
                           hex[unit & 15]};
    return put_few({escape, sizeof escape}, at);
}

/// A character that is not simply copied: takes it from the front of `text`.
char* put_special(std::string_view& text, bool unicode, char* at) {
    const char first = text.front();
    const auto put_short = [&](char letter) {
        text.remove_prefix(1);
        *at++ = '\\';
        *at++ = letter;
        return at;
    };
    switch (first) {
        case '"':
        case '\\': return put_short(first);
        case '\n': return put_short('n');
        case '\r': return put_short('r');
        case '\t': return put_short('t');
        case '\f': return put_short('f');
        case '\b': return put_short('b');
        default: break;
    }
    const auto [c, length] = first_code_point(text);
    const auto character = text.substr(0, length);
    text.remove_prefix(length);
    const bool control = c < 0xa0;  // C0, DEL, C1: a terminal obeys them
    if (unicode && !control && !is_surrogate(c) && (c != 0xfffd || length == 3))
        return put_few(character, at);
    if (c < 0x10000) return put_escape(c, at);
    at = put_escape(0xd800 + ((c - 0x10000) >> 10), at);
    return put_escape(0xdc00 + ((c - 0x10000) & 0x3ff), at);
}

/// The rest of a string, of which the first character is special or more are left than room() gives.
template <auto copy_run>
[[gnu::noinline]] char* put_rest(std::string_view text, bool unicode, Sink& sink, char* at) {
    while (!text.empty()) {
        const auto size = std::min(text.size(), Sink::capacity);
        at = sink.room(size, at);
        const auto run = copy_run(text.data(), size, at);
        at += run;
        text.remove_prefix(run);
        if (run < size) at = put_special(text, unicode, at);
    }
    return at;
}

/// A string with its quotes, for which the margin must be there, and is again in the end.
/// \tparam copy_run  copy_printable_run, or its padded sibling
template <auto copy_run>
char* put_string(std::string_view text, bool unicode, Sink& sink, char* at) {
    *at++ = '"';
    if (!text.empty()) {
        const auto size = std::min(text.size(), Sink::capacity);
        at = sink.room(size, at);
        const auto run = copy_run(text.data(), size, at);
        at += run;
        if (run < text.size()) at = put_rest<copy_run>(text.substr(run), unicode, sink, at);
    }
    *at++ = '"';
    return at;
}

/// Python's float.__repr__: the shortest digits that read back as the same number, with an exponent when the
/// decimal point would stand more than 16 digits to the right, or more than 3 zeros to the left.
char* put_double(double number, char* at) {
    if (std::isnan(number)) return put_few("NaN", at);
    if (std::isinf(number)) return put_few(number < 0 ? "-Infinity"sv : "Infinity"sv, at);
    char shortest[32];
    const auto end =
        std::to_chars(shortest, shortest + sizeof shortest, number, std::chars_format::scientific).ptr;
    std::string_view text{shortest, end};
    if (text.front() == '-') {
        *at++ = '-';
        text.remove_prefix(1);
    }
    const auto e = text.find('e');
    int exponent = 0;
    std::from_chars(text.data() + e + 1 + (text[e + 1] == '+'), end, exponent);
    if (exponent < -4 || exponent >= 16)
        return put_few(text, at);  // to_chars writes e-05 and 1e+16 as Python does

    char digits[24];
    std::size_t count = 0;
    for (const char c : text.substr(0, e))
        if (c != '.') digits[count++] = c;
    const std::string_view all{digits, count};
    constexpr std::string_view zeros = "0000000000000000";
    if (exponent < 0) {
        at = put_few("0.", at);
        at = put_few(zeros.substr(0, static_cast<std::size_t>(-exponent - 1)), at);
        return put_few(all, at);
    }
    const auto whole = static_cast<std::size_t>(exponent) + 1;
    at = put_few(all.substr(0, whole), at);
    if (count <= whole) {
        at = put_few(zeros.substr(0, whole - count), at);
        return put_few(".0", at);
    }
    *at++ = '.';
    return put_few(all.substr(whole), at);
}

/// Whether these digits of a real number are what put_double() would make of it, which most numbers in
/// messages are: no exponent, no zero too many, and so few digits that no shorter ones mean the same double.
/// That is sure below 2^52: doubles are closer to each other there than numbers of that many digits.
bool is_shortest(std::string_view digits) {
    if (digits.starts_with('-')) digits.remove_prefix(1);
    if (digits.size() > 17 || digits.front() < '1' || digits.front() > '9') return false;
    std::uint64_t all = 0;
    std::size_t decimals = 0;
    bool point = false;
    for (const char c : digits) {
        if (c >= '0' && c <= '9') {
            all = 10 * all + static_cast<std::uint64_t>(c - '0');
            decimals += point;
        } else if (c == '.') {
            point = true;
        } else {
            return false;
        }
    }
    return (digits.back() != '0' || decimals == 1) && all < std::uint64_t{1} << 52;
}

// What the two trees have in common.
std::string_view key_of(const Member& m) { return m.key; }
std::string_view key_of(const Object::Member& m) { return m.first; }
std::uint64_t prefix_of(const Member& m) { return padded_key_prefix(m.key); }
std::uint64_t prefix_of(const Object::Member& m) { return key_prefix(m.first); }
const Node& value_of(const Member& m) { return m.value; }
const Value& value_of(const Object::Member& m) { return m.second; }
std::span<const Node> elements_of(const Node& n) { return n.elements(); }
std::span<const Value> elements_of(const Value& v) { return *v.array(); }
std::span<const Member> members_of(const Node& n) { return n.members(); }
std::span<const Object::Member> members_of(const Value& v) {
    return {v.object()->begin(), v.object()->end()};
}
bool is_sorted(const Node& n) { return n.is_sorted(); }
bool is_sorted(const Value&) { return false; }

template <class Tree, class TreeMember>
class Writer {
  public:
    Writer(const Style& style, std::string& out) : style_{style}, sink_{out} {
        if (style.palette == nullptr) return;
        const Palette& p = *style.palette;
        for (const auto& [paint, colour] : {std::pair{&key_, &p.key},
                                            {&string_, &p.string},
                                            {&number_, &p.number},
                                            {&literal_, &p.literal}})
            if (colour->size() != 0) *paint = {*colour, p.reset};
    }

    void write(const Tree& value) { sink_.flush(put(value, sink_.begin())); }
    void write(std::span<const TreeMember> members) {
        sink_.flush(put_object(members, false, sink_.begin()));
    }

  private:
    struct Entry {
        std::uint64_t prefix;
        const TreeMember* member;
    };
    /// The characters of a document have scan_padding behind them.
    static constexpr auto copy_run =
        std::is_same_v<Tree, Node> ? copy_padded_printable_run : copy_printable_run;

    /// What is put before and behind a token.
    struct Paint {
        Colour colour, reset;
    };

    char* put(const Tree& value, char* at) {
        switch (value.kind()) {
            case Kind::null: return put_literal("null", at);
            case Kind::boolean: return put_literal(boolean_of(value) ? "true" : "false", at);
            case Kind::integer:
            case Kind::real:
                at = put_colour(number_.colour, sink_.room(0, at));
                return put_colour(number_.reset, sink_.room(0, put_number(value, at)));
            case Kind::string: return put_text(string_of(value), string_, at);
            case Kind::array: return put_array(elements_of(value), at);
            case Kind::object: return put_object(members_of(value), is_sorted(value), at);
        }
        return at;
    }

    char* put_array(std::span<const Tree> elements, char* at) {
        if (elements.empty()) return put_few("[]", sink_.room(0, at));
        char separator = '[';
        ++depth_;
        for (const Tree& element : elements) {
            at = put(element, next_line(separator, at));
            separator = ',';
        }
        --depth_;
        return end(']', at);
    }

    char* put_object(std::span<const TreeMember> members, bool sorted, char* at) {
        if (members.empty()) return put_few("{}", sink_.room(0, at));
        char separator = '{';
        ++depth_;
        const auto put_member = [&](const TreeMember& m) {
            at = put_text(key_of(m), key_, next_line(separator, at));
            *at++ = ':';
            if (style_.indented) *at++ = ' ';
            at = put(value_of(m), at);
            separator = ',';
        };
        if (!style_.sort_keys || sorted) {
            for (const TreeMember& m : members) put_member(m);
        } else {
            const auto first = sort(members);
            for (std::size_t i = first; i < first + members.size(); ++i) put_member(*order_[i].member);
            order_.resize(first);
        }
        --depth_;
        return end('}', at);
    }

    /// Puts the members on order_, sorted by code point, and returns where they begin there. In UTF-8 the
    /// order of the bytes is that of the code points, also where surrogates are in three-byte form.
    std::size_t sort(std::span<const TreeMember> members) {
        const auto first = order_.size();
        if (order_.capacity() == 0) order_.reserve(64);
        for (const TreeMember& m : members) order_.push_back({prefix_of(m), &m});
        std::sort(order_.begin() + static_cast<std::ptrdiff_t>(first), order_.end(),
                  [](const Entry& a, const Entry& b) {
                      return a.prefix != b.prefix ? a.prefix < b.prefix
                                                  : key_of(*a.member) < key_of(*b.member);
                  });
        return first;
    }

    /// Puts `separator`, goes to where the next member or element begins.
    char* next_line(char separator, char* at) {
        at = sink_.room(0, at);
        *at++ = separator;
        return style_.indented ? indent(at) : at;
    }
    char* end(char bracket, char* at) {
        at = sink_.room(0, at);
        if (style_.indented) at = indent(at);
        *at++ = bracket;
        return at;
    }
    char* indent(char* at) {
        *at++ = '\n';
        constexpr int step = 16;
        int spaces = 2 * depth_;
        for (; spaces > step; spaces -= step) {
            std::memset(at, ' ', step);
            at = sink_.room(0, at + step);
        }
        std::memset(at, ' ', step);
        return at + spaces;
    }

    /// A string or a key; there is room for what may follow without asking.
    char* put_text(std::string_view text, const Paint& paint, char* at) {
        at = put_colour(paint.colour, sink_.room(0, at));
        return put_colour(paint.reset, put_string<copy_run>(text, style_.unicode, sink_, at));
    }

    char* put_literal(std::string_view word, char* at) {
        at = put_colour(literal_.colour, sink_.room(0, at));
        return put_colour(literal_.reset, put_few(word, at));
    }

    static bool boolean_of(const Node& node) { return node.boolean(); }
    static bool boolean_of(const Value& value) { return *value.boolean(); }
    static std::string_view string_of(const Node& node) { return node.text(); }
    static std::string_view string_of(const Value& value) { return *value.string(); }

    char* put_number(const Node& node, char* at) {
        const auto digits = node.text();
        if (node.kind() == Kind::integer || is_shortest(digits)) return sink_.put(digits, at);
        return put_double(*node.number(), at);
    }
    char* put_number(const Value& value, char* at) {
        if (value.kind() == Kind::real) return put_double(*value.number(), at);
        if (const auto* big = value.big_integer()) return sink_.put(big->digits, at);
        return std::to_chars(at, at + Sink::margin, *value.integer()).ptr;
    }

    const Style& style_;
    Paint key_, string_, number_, literal_;
    Sink sink_;
    int depth_ = 0;
    std::vector<Entry> order_;  // a stack: the sorted members of the objects that are open
};

}  // namespace

void write(Node node, const Style& style, std::string& out) { Writer<Node, Member>{style, out}.write(node); }

void write(const Value& value, const Style& style, std::string& out) {
    Writer<Value, Object::Member>{style, out}.write(value);
}

void write(std::span<const Member> members, const Style& style, std::string& out) {
    Writer<Node, Member>{style, out}.write(members);
}

void write_string(std::string_view text, std::string& out, bool unicode) {
    Sink sink{out};
    sink.flush(put_string<copy_printable_run>(text, unicode, sink, sink.begin()));
}

void write_double(double number, std::string& out) {
    char text[32];
    out.append(text, put_double(number, text));
}

std::string dumps(Node node, const Style& style) {
    std::string out;
    write(node, style, out);
    return out;
}

std::string dumps(const Value& value, const Style& style) {
    std::string out;
    write(value, style, out);
    return out;
}

std::string pretty_dumps(const Value& value) { return dumps(value, pretty); }

}  // namespace fedmsg::encoding
