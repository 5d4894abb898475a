#include "config/dialect/operations.h"

#include "config/dialect/builtins.h"
#include "config/dialect/format.h"
#include "config/dialect/text.h"

#include <algorithm>
#include <cstring>

namespace fedmsg::dialect {
namespace {

std::string quoted(std::string_view name) { return "'" + std::string{name} + "'"; }

/// The items of a list or tuple.
std::optional<std::span<const Value>> sequence(Value v) {
    if (v.is(Type::list)) return std::span<const Value>{v.list->items};
    if (v.is(Type::tuple)) return v.tuple->items;
    return std::nullopt;
}

// Comparison.

bool equal_sequences(Machine& m, std::span<const Value> a, std::span<const Value> b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (!identical(m, a[i], b[i]) && !equal(m, a[i], b[i])) return false;
    return true;
}

bool equal_dicts(Machine& m, Dict& a, Dict& b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.entries().size(); ++i) {
        const auto entry = a.entries()[i];
        if (!entry.key) continue;
        const Value* other = b.find(m, entry.key);
        if (!other || (!identical(m, entry.value, *other) && !equal(m, entry.value, *other))) return false;
    }
    return true;
}

bool is_subset(Machine& m, Dict& a, Dict& b) {
    if (a.size() > b.size()) return false;
    for (const auto& entry : a.entries())
        if (entry.key && !b.find(m, entry.key)) return false;
    return true;
}

bool by_order(Comparator comparator, std::partial_ordering order) {
    switch (comparator) {
        case Comparator::less: return order < 0;
        case Comparator::less_equal: return order <= 0;
        case Comparator::greater: return order > 0;
        case Comparator::greater_equal: return order >= 0;
        case Comparator::equal:
        case Comparator::not_equal:
        case Comparator::in:
        case Comparator::not_in:
        case Comparator::is:
        case Comparator::is_not: break;
    }
    return false;
}

std::string_view symbol(Comparator comparator) {
    switch (comparator) {
        case Comparator::less: return "<";
        case Comparator::less_equal: return "<=";
        case Comparator::equal: return "==";
        case Comparator::not_equal: return "!=";
        case Comparator::greater: return ">";
        case Comparator::greater_equal: return ">=";
        case Comparator::in: return "in";
        case Comparator::not_in: return "not in";
        case Comparator::is: return "is";
        case Comparator::is_not: return "is not";
    }
    return "?";
}

std::strong_ordering compare_text(Machine& m, const Str& a, const Str& b) {
    m.tick_bytes(std::min(a.text.size(), b.text.size()));
    return a.text <=> b.text;  // UTF-8 has the order of the characters
}

bool compare_sequences(Machine& m, Comparator comparator, std::span<const Value> a,
                       std::span<const Value> b) {
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        if (!identical(m, a[i], b[i]) && !equal(m, a[i], b[i])) return compare(m, comparator, a[i], b[i]);
    return by_order(comparator, a.size() <=> b.size());
}

bool compare_sets(Machine& m, Comparator comparator, Dict& a, Dict& b) {
    const bool strict = comparator == Comparator::less || comparator == Comparator::greater;
    if (strict && a.size() == b.size()) return false;
    const bool less = comparator == Comparator::less || comparator == Comparator::less_equal;
    return less ? is_subset(m, a, b) : is_subset(m, b, a);
}

// repr.

std::string repr_text(std::string_view text, bool only_ascii = false) {
    const bool double_quotes =
        text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos;
    const char quote = double_quotes ? '"' : '\'';
    std::string out{quote};
    const auto hex = [&out](char letter, char32_t c, int width) {
        out += '\\';
        out += letter;
        for (int shift = 4 * (width - 1); shift >= 0; shift -= 4) out += "0123456789abcdef"[c >> shift & 0xf];
    };
    for (std::size_t at = 0; at < text.size();) {
        const char32_t c = next_character(text, at);
        if (c == static_cast<unsigned char>(quote) || c == '\\')
            (out += '\\') += static_cast<char>(c);
        else if (c == '\n')
            out += "\\n";
        else if (c == '\r')
            out += "\\r";
        else if (c == '\t')
            out += "\\t";
        else if (is_printable(c) && (c < 0x80 || !only_ascii))
            append(out, c);
        else if (c < 0x100)
            hex('x', c, 2);
        else if (c < 0x10000)
            hex('u', c, 4);
        else
            hex('U', c, 8);
    }
    return out += quote;
}

class Repr {
  public:
    explicit Repr(Machine& m) : m_{m} {}

    std::string run(Value v) {
        put(v);
        return std::move(out_);
    }

  private:
    void put(Value v) {
        const Machine::Level level{m_};
        m_.tick();
        m_.check_text(out_.size());
        if (v.is(Type::none))
            out_ += "None";
        else if (v.is(Type::boolean))
            out_ += v.boolean ? "True" : "False";
        else if (is_integral(v))
            out_ += digits(m_, v);
        else if (v.is(Type::real))
            out_ += dialect::repr(v.real);
        else if (v.is(Type::string))
            put_text(v.string->text);
        else if (v.is(Type::range))
            put_range(*v.range);
        else if (v.is(Type::function))
            out_ += "<function>";
        else if (v.is(Type::builtin))
            out_ += "<built-in function " + std::string{v.builtin->info->name} + ">";
        else if (v.is(Type::type))
            out_ += "<class '" + std::string{v.type_info->name} + "'>";
        else if (v.is(Type::module))
            out_ += "<module '" + std::string{v.module->name} + "'>";
        else if (v.is(Type::iterator))
            out_ += "<" + std::string{v.iterator->name()} + " object>";
        else if (v.is(Type::exception))
            put_exception(*v.exception);
        else
            put_container(v);
    }

    void put_text(std::string_view text) {
        m_.tick(text.size() / 8);
        out_ += repr_text(text);
    }

    void put_range(const Range& r) {
        out_ += "range(" + std::to_string(r.start) + ", " + std::to_string(r.stop);
        if (r.step != 1) out_ += ", " + std::to_string(r.step);
        out_ += ")";
    }

    void put_exception(const Exception& e) {
        out_ += e.type->name;
        if (e.arguments->items.empty())
            out_ += "()";
        else if (e.arguments->items.size() > 1)
            put(e.arguments);
        else
            surround("(", ")", [&] { put(e.arguments->items[0]); });
    }

    template <class Inner>
    void surround(std::string_view open, std::string_view close, Inner inner) {
        out_ += open;
        inner();
        out_ += close;
    }

    void put_items(std::span<const Value> items) {
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (i > 0) out_ += ", ";
            put(items[i]);
        }
    }

    void put_entries(const Dict& dict, bool keys, bool values, bool pairs) {
        bool first = true;
        for (const auto& entry : dict.entries()) {
            if (!entry.key) continue;
            if (!first) out_ += ", ";
            first = false;
            if (pairs) out_ += "(";
            if (keys) put(entry.key);
            if (keys && values) out_ += pairs ? ", " : ": ";
            if (values) put(entry.value);
            if (pairs) out_ += ")";
        }
    }

    /// What may hold itself.
    void put_container(Value v) {
        if (std::ranges::find(inside_, v.list, &Value::list) != inside_.end()) {
            out_ += v.is(Type::list)    ? "[...]"
                    : v.is(Type::tuple) ? "(...)"
                    : v.is(Type::dict)  ? "{...}"
                                        : "...";
            return;
        }
        inside_.push_back(v);
        if (v.is(Type::list)) {
            surround("[", "]", [&] { put_items(v.list->items); });
        } else if (v.is(Type::tuple)) {
            surround("(", v.tuple->items.size() == 1 ? ",)" : ")", [&] { put_items(v.tuple->items); });
        } else if (v.is(Type::dict)) {
            const bool environment = v.dict->read_only;
            surround(environment ? "environ({" : "{", environment ? "})" : "}",
                     [&] { put_entries(*v.dict, true, true, false); });
        } else if (v.is(Type::set)) {
            if (v.set->members.size() == 0)
                out_ += "set()";
            else
                surround("{", "}", [&] { put_entries(v.set->members, true, false, false); });
        } else if (v.is(Type::view)) {
            const View& view = *v.view;
            const bool items = view.of == View::Of::items;
            const std::string_view name = items                       ? "dict_items(["
                                          : view.of == View::Of::keys ? "dict_keys(["
                                                                      : "dict_values([";
            surround(name, "])", [&] {
                put_entries(*view.dict, view.of != View::Of::values, view.of != View::Of::keys, items);
            });
        }
        inside_.pop_back();
    }

    Machine& m_;
    std::string out_;
    std::vector<Value> inside_;
};

// Iteration.

class SequenceIterator final : public Iterator {
  public:
    explicit SequenceIterator(Value v) : v_{v} {}
    [[nodiscard]] std::string_view name() const override {
        return v_.is(Type::list) ? "list_iterator" : "tuple_iterator";
    }

  private:
    Value advance(Machine&) override {
        const auto items = *sequence(v_);  // afresh: a list may grow meanwhile
        return at_ < items.size() ? items[at_++] : Value{};
    }
    Value v_;
    std::size_t at_ = 0;
};

class TextIterator final : public Iterator {
  public:
    explicit TextIterator(const Str* s) : s_{s} {}
    [[nodiscard]] std::string_view name() const override { return "str_iterator"; }

  private:
    Value advance(Machine& m) override {
        if (at_ >= s_->text.size()) return {};
        const std::size_t begin = at_;
        next_character(s_->text, at_);
        return m.text(s_->text.substr(begin, at_ - begin));
    }
    const Str* s_;
    std::size_t at_ = 0;
};

class RangeIterator final : public Iterator {
  public:
    explicit RangeIterator(const Range* r) : range_{r}, size_{r->size()} {}
    [[nodiscard]] std::string_view name() const override { return "range_iterator"; }

  private:
    Value advance(Machine&) override { return at_ < size_ ? Value{range_->at(at_++)} : Value{}; }
    const Range* range_;
    std::int64_t size_, at_ = 0;
};

class DictIterator final : public Iterator {
  public:
    DictIterator(const Dict* dict, View::Of of, bool of_set)
        : dict_{dict}, size_{dict->size()}, of_{of}, of_set_{of_set} {}
    [[nodiscard]] std::string_view name() const override {
        return of_set_ ? "set_iterator" : "dict_keyiterator";
    }

  private:
    Value advance(Machine& m) override {
        if (dict_->size() != size_)
            m.raise("RuntimeError", of_set_ ? "Set changed size during iteration"
                                            : "dictionary changed size during iteration");
        while (at_ < dict_->entries().size()) {
            const auto& entry = dict_->entries()[at_++];
            if (!entry.key) {
                m.tick();
                continue;
            }
            if (of_ == View::Of::keys) return entry.key;
            if (of_ == View::Of::values) return entry.value;
            return m.tuple({entry.key, entry.value});
        }
        return {};
    }
    const Dict* dict_;
    std::size_t size_, at_ = 0;
    View::Of of_;
    bool of_set_;
};

// Arithmetic on what is no number.

Value concatenate(Machine& m, const Str& a, const Str& b) {
    m.check_text(a.text.size() + b.text.size());
    std::string text;
    text.reserve(a.text.size() + b.text.size());
    return m.text(text.append(a.text).append(b.text));
}

Values concatenate(Machine& m, std::span<const Value> a, std::span<const Value> b) {
    m.tick(a.size() + b.size());
    Values items = m.values();
    items.reserve(a.size() + b.size());
    items.assign(a.begin(), a.end());
    items.insert(items.end(), b.begin(), b.end());
    return items;
}

/// How often something of this size is to be repeated; not so often that sizes overflow.
std::size_t repetitions(Machine& m, Value count, std::size_t size) {
    if (size == 0) return 0;
    if (count.is(Type::big) && count.big->value > 0)
        m.raise("OverflowError", "cannot fit 'int' into an index-sized integer");
    const std::int64_t n = count.is(Type::big) ? 0 : count.is(Type::boolean) ? count.boolean : count.integer;
    if (n <= 0) return 0;
    m.tick(static_cast<std::size_t>(n) / 64);
    return static_cast<std::size_t>(n);
}

Values repeat(Machine& m, std::span<const Value> items, Value count) {
    const std::size_t n = repetitions(m, count, items.size());
    m.tick(n);
    m.tick(n * items.size());
    Values out = m.values();
    out.reserve(n * items.size());
    for (std::size_t i = 0; i < n; ++i) out.insert(out.end(), items.begin(), items.end());
    return out;
}

Value repeat(Machine& m, Value v, Value count) {
    if (v.is(Type::string)) {
        const std::size_t n = repetitions(m, count, v.string->text.size());
        m.tick(n / 8);
        m.check_text(n * v.string->text.size());
        std::string text;
        text.reserve(n * v.string->text.size());
        for (std::size_t i = 0; i < n; ++i) text += v.string->text;
        return m.text(text);
    }
    if (v.is(Type::list)) return m.make<List>(repeat(m, v.list->items, count));
    return m.tuple(repeat(m, v.tuple->items, count));
}

bool is_repeatable(Value v) { return v.is(Type::string) || v.is(Type::list) || v.is(Type::tuple); }

Dict* members(Machine& m, Value v) {
    if (v.is(Type::set)) return &v.set->members;
    if (!v.is(Type::view) || v.view->of == View::Of::values) return nullptr;
    Set* made = m.set();
    for_each(m, v, [&](Value item) { made->members.set(m, item, Value::none(), m.at); });
    return &made->members;
}

Value set_arithmetic(Machine& m, Operator op, Value a, Value b) {
    Dict *left = members(m, a), *right = members(m, b);
    if (!left || !right) return {};
    Set* made = m.set();
    const auto take = [&](Dict& from, Dict* other, bool present) {
        for (std::size_t i = 0; i < from.entries().size(); ++i) {
            m.tick();
            const Value key = from.entries()[i].key;
            if (key && (!other || (other->find(m, key) != nullptr) == present))
                made->members.set(m, key, Value::none(), m.at);
        }
    };
    if (op == Operator::bit_or) {
        take(*left, nullptr, true);
        take(*right, nullptr, true);
    } else if (op == Operator::bit_and) {
        // Of equal members, such as 1 and True, CPython keeps those of the smaller set.
        const bool left_is_smaller = left->size() < right->size();
        take(left_is_smaller ? *left : *right, left_is_smaller ? right : left, true);
    } else if (op == Operator::subtract) {
        take(*left, right, false);
    } else if (op == Operator::bit_xor) {
        take(*left, right, false);
        take(*right, left, false);
    } else {
        return {};
    }
    return made;
}

std::size_t checked_position(Machine& m, std::int64_t i, std::size_t size, std::string_view what) {
    const auto n = static_cast<std::int64_t>(size);
    if (i < 0) i += n;
    if (i < 0 || i >= n) m.raise("IndexError", std::string{what} + " out of range");
    return static_cast<std::size_t>(i);
}

/// \param what  of the text when it is out of range: "list index"
std::size_t position_of(Machine& m, Value index, std::size_t size, std::string_view type,
                        std::string_view what) {
    if (!is_integral(index))
        m.raise("TypeError", type == "string"
                                 ? "string indices must be integers, not " + quoted(type_name(index))
                                 : std::string{type} + " indices must be integers or slices, not " +
                                       std::string{type_name(index)});
    return checked_position(m, to_index(m, index), size, what);
}

[[noreturn]] void not_supported(Machine& m, Value v, std::string_view what) {
    m.raise("TypeError", quoted(type_name(v)) + " object " + std::string{what});
}

}  // namespace

std::string_view type_name(Value v) {
    constexpr std::string_view names[] = {"nothing",    "NoneType", "bool",      "int",
                                          "int",        "float",    "str",       "list",
                                          "tuple",      "dict",     "set",       "range",
                                          "dict_items", "iterator", "function",  "builtin_function_or_method",
                                          "type",       "module",   "exception", "foreign"};
    if (v.is(Type::view))
        return v.view->of == View::Of::keys     ? "dict_keys"
               : v.view->of == View::Of::values ? "dict_values"
                                                : "dict_items";
    if (v.is(Type::exception)) return v.exception->type->name;
    if (v.is(Type::iterator)) return v.iterator->name();
    return names[static_cast<std::size_t>(v.type)];
}

bool truthy(Value v) {
    if (v.is(Type::none) || v.is(Type::unset)) return false;
    if (v.is(Type::boolean)) return v.boolean;
    if (v.is(Type::integer)) return v.integer != 0;
    if (v.is(Type::real)) return v.real != 0;
    if (v.is(Type::string)) return v.string->length != 0;
    if (const auto items = sequence(v)) return !items->empty();
    if (v.is(Type::dict)) return v.dict->size() != 0;
    if (v.is(Type::set)) return v.set->members.size() != 0;
    if (v.is(Type::range)) return v.range->size() != 0;
    if (v.is(Type::view)) return v.view->dict->size() != 0;
    return true;
}

bool identical(Machine& m, Value a, Value b) {
    if (a.type != b.type) return false;
    if (a.is(Type::none)) return true;
    // What cannot change is the same when it is equal: Python, too, keeps one of most constants.
    if (is_integral(a) || a.is(Type::string)) return equal(m, a, b);
    if (a.is(Type::real)) return std::memcmp(&a.real, &b.real, sizeof a.real) == 0;
    return a.list == b.list || (a.is(Type::tuple) && a.tuple->items.empty() && b.tuple->items.empty());
}

bool equal(Machine& m, Value a, Value b) {
    m.tick();
    if (is_number(a) && is_number(b)) return compare_numbers(m, a, b) == 0;
    if (a.is(Type::string) && b.is(Type::string)) {
        if (a.string == b.string) return true;
        if (a.string->text.size() != b.string->text.size()) return false;
        m.tick_bytes(a.string->text.size());
        return a.string->text == b.string->text;
    }
    const Machine::Level level{m};
    if (a.is(Type::view) && b.is(Type::view) && members(m, a) && members(m, b))
        return equal_dicts(m, *members(m, a), *members(m, b));
    if (a.type != b.type) {
        if ((a.is(Type::view) || a.is(Type::set)) && (b.is(Type::view) || b.is(Type::set)) && members(m, a) &&
            members(m, b))
            return equal_dicts(m, *members(m, a), *members(m, b));
        return false;
    }
    if (const auto items = sequence(a)) return equal_sequences(m, *items, *sequence(b));
    if (a.is(Type::dict)) return equal_dicts(m, *a.dict, *b.dict);
    if (a.is(Type::set)) return equal_dicts(m, a.set->members, b.set->members);
    if (a.is(Type::range)) {
        const std::int64_t size = a.range->size();
        return size == b.range->size() && (size == 0 || (a.range->start == b.range->start &&
                                                         (size == 1 || a.range->step == b.range->step)));
    }
    if (a.is(Type::builtin))
        return a.builtin->info == b.builtin->info && a.builtin->self.type == b.builtin->self.type &&
               a.builtin->self.list == b.builtin->self.list;
    return identical(m, a, b);
}

bool compare(Machine& m, Comparator comparator, Value a, Value b) {
    const Machine::Level level{m};
    m.tick();
    if (comparator == Comparator::equal) return equal(m, a, b);
    if (comparator == Comparator::not_equal) return !equal(m, a, b);
    if (comparator == Comparator::is) return identical(m, a, b);
    if (comparator == Comparator::is_not) return !identical(m, a, b);
    if (comparator == Comparator::in) return contains(m, b, a);
    if (comparator == Comparator::not_in) return !contains(m, b, a);
    if (is_number(a) && is_number(b)) return by_order(comparator, compare_numbers(m, a, b));
    if (a.is(Type::string) && b.is(Type::string))
        return by_order(comparator, compare_text(m, *a.string, *b.string));
    if (a.type == b.type)
        if (const auto items = sequence(a)) return compare_sequences(m, comparator, *items, *sequence(b));
    if ((a.is(Type::set) || a.is(Type::view)) && (b.is(Type::set) || b.is(Type::view)))
        if (Dict* left = members(m, a), *right = members(m, b); left && right)
            return compare_sets(m, comparator, *left, *right);
    m.raise("TypeError", "'" + std::string{symbol(comparator)} + "' not supported between instances of " +
                             quoted(type_name(a)) + " and " + quoted(type_name(b)));
}

std::uint64_t hash(Machine& m, Value v) {
    if (v.is(Type::string)) {
        if (v.string->hash == 0) {
            m.tick_bytes(v.string->text.size());
            v.string->hash = std::hash<std::string_view>{}(v.string->text) | 1;
        }
        return v.string->hash;
    }
    if (v.is(Type::big)) m.tick(max_integer_bits / 64);
    if (is_number(v)) return hash_number(v);
    if (v.is(Type::tuple)) {
        const Machine::Level level{m};
        std::uint64_t h = 0x345678;
        for (const Value item : v.tuple->items) {
            m.tick();
            h = (h ^ hash(m, item)) * 0x100000001b3U;
        }
        return h;
    }
    if (v.is(Type::list) || v.is(Type::dict) || v.is(Type::set) ||
        (v.is(Type::view) && v.view->of != View::Of::values))
        m.raise("TypeError", "unhashable type: " + quoted(type_name(v)));
    if (v.is(Type::none)) return 0x9e3779b9;
    if (v.is(Type::range)) return hash_number(v.range->size()) ^ 0x5bd1e995;
    if (v.is(Type::builtin)) return std::hash<const void*>{}(v.builtin->info);
    return std::hash<const void*>{}(v.list);
}

bool contains(Machine& m, Value container, Value item) {
    if (container.is(Type::string)) {
        if (!item.is(Type::string))
            m.raise("TypeError",
                    "'in <string>' requires string as left operand, not " + std::string{type_name(item)});
        m.tick_bytes(container.string->text.size());
        return find_text(container.string->text, item.string->text) != std::string_view::npos;
    }
    if (container.is(Type::dict)) return container.dict->find(m, item) != nullptr;
    if (container.is(Type::set)) return container.set->members.find(m, item) != nullptr;
    if (container.is(Type::view) && container.view->of == View::Of::keys)
        return container.view->dict->find(m, item) != nullptr;
    if (container.is(Type::range) && (item.is(Type::integer) || item.is(Type::boolean))) {
        const Range& r = *container.range;
        const std::int64_t i = item.is(Type::boolean) ? item.boolean : item.integer;
        if (r.size() == 0 || (r.step > 0 ? i < r.start || i >= r.stop : i > r.start || i <= r.stop))
            return false;
        const auto distance = r.step > 0
                                  ? static_cast<std::uint64_t>(i) - static_cast<std::uint64_t>(r.start)
                                  : static_cast<std::uint64_t>(r.start) - static_cast<std::uint64_t>(i);
        const std::uint64_t stride =
            r.step > 0 ? static_cast<std::uint64_t>(r.step) : 0 - static_cast<std::uint64_t>(r.step);
        return distance % stride == 0;
    }
    if (!sequence(container) && !container.is(Type::view) && !container.is(Type::iterator) &&
        !container.is(Type::range))
        m.raise("TypeError", "argument of type " + quoted(type_name(container)) + " is not iterable");
    Iterator* items = iterate(m, container);
    while (const Value next = items->next(m))
        if (identical(m, next, item) || equal(m, next, item)) return true;
    return false;
}

std::string repr(Machine& m, Value v) { return Repr{m}.run(v); }

std::string ascii(Machine& m, Value v) {
    const std::string text = repr(m, v);
    std::string out;
    // Of what repr() gives, only characters beyond ASCII are left to be escaped.
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        const char32_t c = next_character(text, at);
        const std::string_view character = std::string_view{text}.substr(begin, at - begin);
        if (c < 0x80) {
            out += character;
        } else {
            const std::string escaped = repr_text(character, true);
            out.append(escaped, 1, escaped.size() - 2);
        }
    }
    return out;
}

std::string str(Machine& m, Value v) {
    if (v.is(Type::string)) return std::string{v.string->text};
    if (v.is(Type::exception)) {
        const auto arguments = v.exception->arguments->items;
        if (arguments.empty()) return {};
        // A KeyError shows which key, even when that is empty.
        if (arguments.size() == 1)
            return v.exception->type->name == "KeyError" ? repr(m, arguments[0]) : str(m, arguments[0]);
        if (arguments.size() == 2 && is_exception(*v.exception->type, "OSError"))
            return "[Errno " + str(m, arguments[0]) + "] " + str(m, arguments[1]);
        return repr(m, v.exception->arguments);
    }
    return repr(m, v);
}

Value to_str(Machine& m, Value v) { return v.is(Type::string) ? v : m.text(str(m, v)); }

Iterator* iterate(Machine& m, Value v) {
    if (v.is(Type::iterator)) return v.iterator;
    if (sequence(v)) return m.make<SequenceIterator>(v);
    if (v.is(Type::string)) return m.make<TextIterator>(v.string);
    if (v.is(Type::range)) return m.make<RangeIterator>(v.range);
    if (v.is(Type::dict)) return m.make<DictIterator>(v.dict, View::Of::keys, false);
    if (v.is(Type::set)) return m.make<DictIterator>(&v.set->members, View::Of::keys, true);
    if (v.is(Type::view)) return m.make<DictIterator>(v.view->dict, v.view->of, false);
    not_supported(m, v, "is not iterable");
}

Values collect(Machine& m, Value v) {
    Values items = m.values();
    if (const auto all = sequence(v)) {
        m.tick(all->size());
        items.assign(all->begin(), all->end());
    } else {
        if (v.is(Type::dict) || v.is(Type::set)) items.reserve(length(m, v));
        for_each(m, v, [&](Value item) { items.push_back(item); });
    }
    return items;
}

std::size_t length(Machine& m, Value v) {
    if (v.is(Type::string)) return v.string->length;
    if (const auto items = sequence(v)) return items->size();
    if (v.is(Type::dict)) return v.dict->size();
    if (v.is(Type::set)) return v.set->members.size();
    if (v.is(Type::view)) return v.view->dict->size();
    if (v.is(Type::range)) return static_cast<std::size_t>(v.range->size());
    m.raise("TypeError", "object of type " + quoted(type_name(v)) + " has no len()");
}

Value binary(Machine& m, Operator op, Value a, Value b) {
    if (is_number(a) && is_number(b))
        if (const Value result = arithmetic(m, op, a, b)) return result;
    if (op == Operator::modulo && a.is(Type::string)) return percent_format(m, a.string->text, b);
    if (op == Operator::add) {
        if (a.is(Type::string) && b.is(Type::string)) return concatenate(m, *a.string, *b.string);
        if (a.is(Type::list) && b.is(Type::list))
            return m.make<List>(concatenate(m, a.list->items, b.list->items));
        if (a.is(Type::tuple) && b.is(Type::tuple))
            return m.tuple(concatenate(m, a.tuple->items, b.tuple->items));
        if (a.is(Type::string))
            m.raise("TypeError",
                    "can only concatenate str (not \"" + std::string{type_name(b)} + "\") to str");
        if (a.is(Type::list))
            m.raise("TypeError",
                    "can only concatenate list (not \"" + std::string{type_name(b)} + "\") to list");
        if (a.is(Type::tuple))
            m.raise("TypeError",
                    "can only concatenate tuple (not \"" + std::string{type_name(b)} + "\") to tuple");
    }
    if (op == Operator::multiply) {
        if (is_repeatable(a) && is_integral(b)) return repeat(m, a, b);
        if (is_repeatable(b) && is_integral(a)) return repeat(m, b, a);
        if (is_repeatable(a) || is_repeatable(b))
            m.raise("TypeError", "can't multiply sequence by non-int of type " +
                                     quoted(type_name(is_repeatable(a) ? b : a)));
    }
    if (op == Operator::bit_or && a.is(Type::dict) && b.is(Type::dict)) {
        Dict* made = m.dict();
        update(m, *made, a);
        update(m, *made, b);
        return made;
    }
    if ((a.is(Type::set) || a.is(Type::view)) && (b.is(Type::set) || b.is(Type::view)))
        if (const Value result = set_arithmetic(m, op, a, b)) return result;
    m.raise("TypeError", "unsupported operand type(s) for " + std::string{symbol(op)} +
                             (op == Operator::power ? " or pow()" : "") + ": " + quoted(type_name(a)) +
                             " and " + quoted(type_name(b)));
}

Value in_place(Machine& m, Operator op, Value a, Value b) {
    if (a.is(Type::list) && op == Operator::add) {
        const Values more = collect(m, b);
        a.list->items.insert(a.list->items.end(), more.begin(), more.end());
        return a;
    }
    if (a.is(Type::list) && op == Operator::multiply && is_integral(b)) {
        a.list->items = repeat(m, a.list->items, b);
        return a;
    }
    if (a.is(Type::dict) && op == Operator::bit_or) {
        update(m, *a.dict, b);
        return a;
    }
    if (a.is(Type::set) && b.is(Type::set))
        if (const Value result = set_arithmetic(m, op, a, b)) {
            std::swap(a.set->members, result.set->members);
            return a;
        }
    return binary(m, op, a, b);
}

Value unary(Machine& m, char op, Value v) {
    if (!is_number(v) || (op == '~' && v.is(Type::real)))
        m.raise("TypeError", std::string{"bad operand type for unary "} + op + ": " + quoted(type_name(v)));
    if (op == '-') return negate(m, v.is(Type::boolean) ? Value{std::int64_t{v.boolean}} : v);
    if (op == '~') return arithmetic(m, Operator::subtract, std::int64_t{-1}, v);
    return v.is(Type::boolean) ? Value{std::int64_t{v.boolean}} : v;
}

Value get_item(Machine& m, Value object, Value index) {
    if (object.is(Type::dict)) {
        if (const Value* found = object.dict->find(m, index)) return *found;
        m.raise("KeyError", index);
    }
    if (object.is(Type::list))
        return object.list->items[position_of(m, index, object.list->items.size(), "list", "list index")];
    if (object.is(Type::tuple))
        return object.tuple->items[position_of(m, index, object.tuple->items.size(), "tuple", "tuple index")];
    if (object.is(Type::string)) {
        const Str& s = *object.string;
        const std::size_t i = position_of(m, index, s.length, "string", "string index");
        if (s.ascii()) return m.text(s.text.substr(i, 1));
        m.tick_bytes(s.text.size());
        std::size_t end = character_offset(s.text, i);
        const std::size_t begin = end;
        next_character(s.text, end);
        return m.text(s.text.substr(begin, end - begin));
    }
    if (object.is(Type::range)) {
        if (!is_integral(index))
            m.raise("TypeError",
                    "range indices must be integers or slices, not " + std::string{type_name(index)});
        return object.range->at(static_cast<std::int64_t>(checked_position(
            m, to_index(m, index), static_cast<std::size_t>(object.range->size()), "range object index")));
    }
    not_supported(m, object, "is not subscriptable");
}

Bounds slice_bounds(Machine& m, std::int64_t size, Value lower, Value upper, Value step) {
    const auto absent = [](Value v) { return !v || v.is(Type::none); };
    const auto number_of = [&](Value v) -> std::int64_t {
        if (!is_integral(v))
            m.raise("TypeError", "slice indices must be integers or None or have an __index__ method");
        if (v.is(Type::big)) return v.big->value < 0 ? INT64_MIN : INT64_MAX;
        return v.is(Type::boolean) ? v.boolean : v.integer;
    };
    Bounds b{0, 0, absent(step) ? 1 : std::max<std::int64_t>(number_of(step), -INT64_MAX), 0};
    if (b.step == 0) m.raise("ValueError", "slice step cannot be zero");
    const std::int64_t first = b.step > 0 ? 0 : -1, last = b.step > 0 ? size : size - 1;
    const auto clamp = [&](Value v, std::int64_t fallback) {
        if (absent(v)) return fallback;
        const std::int64_t i = number_of(v);
        return std::clamp(i < 0 ? i + size : i, first, last);
    };
    b.start = clamp(lower, b.step > 0 ? first : last);
    b.stop = clamp(upper, b.step > 0 ? last : first);
    b.count = Range{b.start, b.stop, b.step}.size();
    return b;
}

Value get_slice(Machine& m, Value object, Value lower, Value upper, Value step) {
    if (object.is(Type::dict)) m.raise("TypeError", "unhashable type: 'slice'");
    if (!object.is(Type::string) && !sequence(object) && !object.is(Type::range))
        not_supported(m, object, "is not subscriptable");
    const Bounds b = slice_bounds(m, static_cast<std::int64_t>(length(m, object)), lower, upper, step);
    const auto at = [&](std::int64_t i) { return static_cast<std::size_t>(b.start + i * b.step); };
    if (object.is(Type::range)) {
        const Range& r = *object.range;
        std::int64_t stride = 0;
        if (__builtin_mul_overflow(r.step, b.step, &stride))
            m.fail("a range beyond 64 bits", literal_or_json);
        return m.make<Range>(r.at(b.start), r.at(b.stop), stride);
    }
    m.tick(static_cast<std::size_t>(b.count) / 8);
    if (object.is(Type::string)) {
        const Str& s = *object.string;
        std::string text;
        if (s.ascii()) {
            if (b.step == 1) return m.text(s.text.substr(at(0), static_cast<std::size_t>(b.count)));
            for (std::int64_t i = 0; i < b.count; ++i) text += s.text[at(i)];
        } else {
            m.tick(s.length / 8);
            const std::u32string all = decode(s.text);
            for (std::int64_t i = 0; i < b.count; ++i) append(text, all[at(i)]);
        }
        return m.text(text);
    }
    const auto items = *sequence(object);
    m.tick(static_cast<std::size_t>(b.count));
    Values out = m.values();
    out.reserve(static_cast<std::size_t>(b.count));
    for (std::int64_t i = 0; i < b.count; ++i) out.push_back(items[at(i)]);
    if (object.is(Type::list)) return m.make<List>(std::move(out));
    return m.tuple(out);
}

void set_item(Machine& m, Value object, Value index, Value value) {
    if (object.is(Type::dict)) return object.dict->set(m, index, value, m.at);
    if (!object.is(Type::list)) not_supported(m, object, "does not support item assignment");
    object.list->items[position_of(m, index, object.list->items.size(), "list", "list assignment index")] =
        value;
}

void delete_item(Machine& m, Value object, Value index) {
    if (object.is(Type::dict)) {
        if (!object.dict->erase(m, index)) m.raise("KeyError", index);
        return;
    }
    if (!object.is(Type::list)) not_supported(m, object, "doesn't support item deletion");
    Values& items = object.list->items;
    m.tick_bytes(items.size());
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(
                                    position_of(m, index, items.size(), "list", "list assignment index")));
}

std::int64_t to_index(Machine& m, Value v) {
    if (!is_integral(v))
        m.raise("TypeError", quoted(type_name(v)) + " object cannot be interpreted as an integer");
    if (v.is(Type::big)) m.raise("IndexError", "cannot fit 'int' into an index-sized integer");
    return v.is(Type::boolean) ? v.boolean : v.integer;
}

void sort(Machine& m, std::span<Value> items, Value key, bool reverse) {
    struct Keyed {
        Value key, item;
    };
    m.tick(items.size());
    std::vector<Keyed> from;
    from.reserve(items.size());
    for (const Value item : items)
        from.push_back({!key || key.is(Type::none) ? item : m.call(key, {item}), item});
    // Merging bottom up: with NaN among the items there is no order, and std::stable_sort may do anything
    // then.
    std::vector<Keyed> to(from.size());
    const std::size_t n = from.size();
    for (std::size_t width = 1; width < n; width *= 2) {
        for (std::size_t begin = 0; begin < n; begin += 2 * width) {
            const std::size_t middle = std::min(begin + width, n), end = std::min(begin + 2 * width, n);
            std::size_t left = begin, right = middle;
            for (std::size_t i = begin; i < end; ++i) {
                const bool take_right =
                    left == middle ||
                    (right < end &&
                     (reverse ? compare(m, Comparator::less, from[left].key, from[right].key)
                              : compare(m, Comparator::less, from[right].key, from[left].key)));
                to[i] = from[take_right ? right++ : left++];
            }
        }
        std::swap(from, to);
    }
    std::ranges::transform(from, items.begin(), &Keyed::item);
}

void update(Machine& m, Dict& to, Value other) {
    const Offset at = m.at;
    if (other.is(Type::dict)) {
        m.tick(other.dict->size());
        for (std::size_t i = 0; i < other.dict->entries().size(); ++i) {
            const auto entry = other.dict->entries()[i];
            if (entry.key) to.set(m, entry.key, entry.value, at);
        }
        return;
    }
    std::size_t n = 0;
    for_each(m, other, [&](Value pair) {
        if (!sequence(pair) && !pair.is(Type::string) && !pair.is(Type::set) && !pair.is(Type::range) &&
            !pair.is(Type::iterator))
            m.raise("TypeError", "cannot convert dictionary update sequence element #" + std::to_string(n) +
                                     " to a sequence");
        const Values parts = collect(m, pair);
        if (parts.size() != 2)
            m.raise("ValueError", "dictionary update sequence element #" + std::to_string(n) +
                                      " has length " + std::to_string(parts.size()) + "; 2 is required");
        to.set(m, parts[0], parts[1], at);
        ++n;
    });
}

}  // namespace fedmsg::dialect
