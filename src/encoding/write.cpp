#include "encoding/write.h"

#include "encoding/code_point.h"
#include "encoding/number.h"
#include "encoding/scan.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <vector>

namespace fedmsg::encoding {
namespace {

using namespace std::string_view_literals;

/// Gathers short pieces and hands them to the string in large ones.
class Sink {
  public:
    static constexpr std::size_t capacity = 4096;

    explicit Sink(std::string& out) : out_{out} {}

    void put(char c) { *room(1) = c, ++size_; }
    void put(std::string_view text) {
        if (text.size() > capacity) {
            flush();
            out_.append(text);
            return;
        }
        std::memcpy(room(text.size()), text.data(), text.size());
        size_ += text.size();
    }
    /// The place for the next `size` bytes, at most `capacity`.
    char* room(std::size_t size) {
        if (size > capacity - size_) flush();
        return buffer_ + size_;
    }
    /// That many of them were written.
    void wrote(std::size_t size) { size_ += size; }
    void flush() {
        out_.append(buffer_, size_);
        size_ = 0;
    }

  private:
    std::string& out_;
    std::size_t size_ = 0;
    char buffer_[capacity];
};

void put_escape(char32_t unit, Sink& sink) {
    constexpr char hex[] = "0123456789abcdef";
    const char escape[] = {'\\',          'u', hex[unit >> 12 & 15], hex[unit >> 8 & 15], hex[unit >> 4 & 15],
                           hex[unit & 15]};
    sink.put({escape, sizeof escape});
}

/// A character that is not simply copied. Returns the bytes of `text` that it took.
std::size_t put_special(std::string_view text, bool unicode, Sink& sink) {
    switch (text.front()) {
        case '"': sink.put("\\\""); return 1;
        case '\\': sink.put("\\\\"); return 1;
        case '\n': sink.put("\\n"); return 1;
        case '\r': sink.put("\\r"); return 1;
        case '\t': sink.put("\\t"); return 1;
        case '\f': sink.put("\\f"); return 1;
        case '\b': sink.put("\\b"); return 1;
        default: break;
    }
    const auto [c, length] = first_code_point(text);
    const bool control = c < 0xa0;  // C0, DEL, C1: a terminal obeys them
    if (unicode && !control && !is_surrogate(c) && (c != 0xfffd || length == 3)) {
        sink.put(text.substr(0, length));
    } else if (c >= 0x10000) {
        put_escape(0xd800 + ((c - 0x10000) >> 10), sink);
        put_escape(0xdc00 + ((c - 0x10000) & 0x3ff), sink);
    } else {
        put_escape(c, sink);
    }
    return length;
}

void put_string(std::string_view text, bool unicode, Sink& sink) {
    sink.put('"');
    while (!text.empty()) {
        const auto size = std::min(text.size(), Sink::capacity);
        const auto run = copy_printable_run(text.data(), size, sink.room(size));
        sink.wrote(run);
        text.remove_prefix(run);
        if (run < size) text.remove_prefix(put_special(text, unicode, sink));
    }
    sink.put('"');
}

/// Python's float.__repr__: the shortest digits that read back as the same number, with an exponent when the
/// decimal point would stand more than 16 digits to the right, or more than 3 zeros to the left.
void put_double(double number, Sink& sink) {
    if (std::isnan(number)) return sink.put("NaN");
    if (std::isinf(number)) return sink.put(number < 0 ? "-Infinity" : "Infinity");
    char shortest[32];
    const auto end =
        std::to_chars(shortest, shortest + sizeof shortest, number, std::chars_format::scientific).ptr;
    std::string_view text{shortest, end};
    if (text.front() == '-') {
        sink.put('-');
        text.remove_prefix(1);
    }
    const auto e = text.find('e');
    int exponent = 0;
    std::from_chars(text.data() + e + 1 + (text[e + 1] == '+'), end, exponent);
    if (exponent < -4 || exponent >= 16)
        return sink.put(text);  // to_chars writes e-05 and 1e+16 as Python does

    char digits[24];
    std::size_t count = 0;
    for (const char c : text.substr(0, e))
        if (c != '.') digits[count++] = c;
    const std::string_view all{digits, count};
    constexpr std::string_view zeros = "0000000000000000";
    if (exponent < 0) {
        sink.put("0.");
        sink.put(zeros.substr(0, static_cast<std::size_t>(-exponent - 1)));
        sink.put(all);
        return;
    }
    const auto whole = static_cast<std::size_t>(exponent) + 1;
    sink.put(all.substr(0, whole));
    if (count <= whole) {
        sink.put(zeros.substr(0, whole - count));
        sink.put(".0");
    } else {
        sink.put('.');
        sink.put(all.substr(whole));
    }
}

template <class Word>
std::uint64_t load_big_endian(const char* p) {
    Word word;
    std::memcpy(&word, p, sizeof word);
    if constexpr (std::endian::native == std::endian::big) return word;
    return sizeof word == 8 ? __builtin_bswap64(word) : __builtin_bswap32(static_cast<std::uint32_t>(word));
}

/// The first eight bytes of a key, with zeros for those that it does not have, as a number that compares as
/// they do.
std::uint64_t prefix_of(std::string_view key) {
    const char* const p = key.data();
    const std::size_t size = key.size();
    if (size >= 8) return load_big_endian<std::uint64_t>(p);
    if (size >= 4) {  // the first four and the last four
        const auto last = load_big_endian<std::uint32_t>(p + size - 4) << 8 * (8 - size);
        return load_big_endian<std::uint32_t>(p) << 32 | (last & 0xffffffff);
    }
    std::uint64_t prefix = 0;
    for (std::size_t i = 0; i < size; ++i)
        prefix |= std::uint64_t{static_cast<unsigned char>(p[i])} << (56 - 8 * i);
    return prefix;
}

// What the two trees have in common.
std::string_view key_of(const Member& m) { return m.key; }
std::string_view key_of(const Object::Member& m) { return m.first; }
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
    Writer(const Style& style, std::string& out) : style_{style}, sink_{out}, depth_{style.level} {}

    void write(const Tree& value) {
        put(value);
        sink_.flush();
    }

  private:
    struct Entry {
        std::uint64_t prefix;
        const TreeMember* member;
    };

    void put(const Tree& value) {
        switch (value.kind()) {
            case Kind::null: return coloured(&Palette::literal, [&] { sink_.put("null"sv); });
            case Kind::boolean: return coloured(&Palette::literal, [&] { put_boolean(value); });
            case Kind::integer:
            case Kind::real: return coloured(&Palette::number, [&] { put_number(value); });
            case Kind::string: return coloured(&Palette::string, [&] { put_text(value); });
            case Kind::array: return put_array(elements_of(value));
            case Kind::object: return put_object(value);
        }
    }

    void put_array(std::span<const Tree> elements) {
        if (elements.empty()) return sink_.put("[]");
        char separator = '[';
        ++depth_;
        for (const Tree& element : elements) {
            next_line(separator);
            put(element);
            separator = ',';
        }
        --depth_;
        end_line();
        sink_.put(']');
    }

    void put_object(const Tree& object) {
        const std::span<const TreeMember> members = members_of(object);
        if (members.empty()) return sink_.put("{}");
        char separator = '{';
        ++depth_;
        const auto put_member = [&](const TreeMember& m) {
            next_line(separator);
            put_key(key_of(m));
            put(value_of(m));
            separator = ',';
        };
        if (!style_.sort_keys || is_sorted(object)) {
            for (const TreeMember& m : members) put_member(m);
        } else {
            const auto first = sort(members);
            for (std::size_t i = first; i < first + members.size(); ++i) put_member(*order_[i].member);
            order_.resize(first);
        }
        --depth_;
        end_line();
        sink_.put('}');
    }

    /// Puts the members on order_, sorted by code point, and returns where they begin there. In UTF-8 the
    /// order of the bytes is that of the code points, also where surrogates are in three-byte form.
    std::size_t sort(std::span<const TreeMember> members) {
        const auto first = order_.size();
        if (order_.capacity() == 0) order_.reserve(64);
        for (const TreeMember& m : members) order_.push_back({prefix_of(key_of(m)), &m});
        std::sort(order_.begin() + static_cast<std::ptrdiff_t>(first), order_.end(),
                  [](const Entry& a, const Entry& b) {
                      return a.prefix != b.prefix ? a.prefix < b.prefix
                                                  : key_of(*a.member) < key_of(*b.member);
                  });
        return first;
    }

    void next_line(char separator) {
        sink_.put(separator);
        if (style_.indented) indent();
    }
    void end_line() {
        if (style_.indented) indent();
    }
    void indent() {
        sink_.put('\n');
        for (int i = 0; i < depth_; ++i) sink_.put("  ");
    }

    void put_key(std::string_view key) {
        coloured(&Palette::key, [&] { put_string(key, style_.unicode, sink_); });
        sink_.put(':');
        if (style_.indented) sink_.put(' ');
    }

    template <class Put>
    void coloured(std::string_view Palette::*kind, Put put_token) {
        const std::string_view colour = style_.palette == nullptr ? ""sv : style_.palette->*kind;
        if (colour.empty()) return put_token();
        sink_.put(colour);
        put_token();
        sink_.put(style_.palette->reset);
    }

    void put_boolean(const Node& node) { sink_.put(node.boolean() ? "true"sv : "false"sv); }
    void put_boolean(const Value& value) { sink_.put(*value.boolean() ? "true"sv : "false"sv); }

    void put_number(const Node& node) {
        if (node.kind() == Kind::integer) return sink_.put(node.text());
        put_double(*node.number(), sink_);
    }
    void put_number(const Value& value) {
        if (value.kind() == Kind::real) return put_double(*value.number(), sink_);
        if (const auto* big = value.big_integer()) return sink_.put(big->digits);
        char digits[24];
        sink_.put({digits, std::to_chars(digits, digits + sizeof digits, *value.integer()).ptr});
    }

    void put_text(const Node& node) { put_string(node.text(), style_.unicode, sink_); }
    void put_text(const Value& value) { put_string(*value.string(), style_.unicode, sink_); }

    const Style& style_;
    Sink sink_;
    int depth_;
    std::vector<Entry> order_;  // a stack: the sorted members of the objects that are open
};

}  // namespace

void write(Node node, const Style& style, std::string& out) { Writer<Node, Member>{style, out}.write(node); }

void write(const Value& value, const Style& style, std::string& out) {
    Writer<Value, Object::Member>{style, out}.write(value);
}

void write_string(std::string_view text, std::string& out, bool unicode) {
    Sink sink{out};
    put_string(text, unicode, sink);
    sink.flush();
}

void write_double(double number, std::string& out) {
    Sink sink{out};
    put_double(number, sink);
    sink.flush();
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
