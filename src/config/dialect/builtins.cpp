/// \file
/// Functions, types and exceptions that need no import. Source: Python 3.11, "Built-in Functions", "Exception
/// hierarchy".
#include "config/dialect/builtins.h"

#include "config/dialect/format.h"
#include "config/dialect/number.h"
#include "config/dialect/operations.h"
#include "config/dialect/text.h"

#include <algorithm>
#include <climits>
#include <cmath>

namespace fedmsg::dialect {
namespace {

std::string quoted(std::string_view name) { return "'" + std::string{name} + "'"; }

// Lazy iterators.

class Zip final : public Iterator {
  public:
    Zip(std::span<Iterator* const> parts, bool strict) : parts_{parts}, strict_{strict} {}
    [[nodiscard]] std::string_view name() const override { return "zip"; }

  private:
    Value advance(Machine& m) override {
        Values items = m.values();
        items.reserve(parts_.size());
        for (Iterator* part : parts_) {
            const Value item = part->next(m);
            if (!item) return end(m, items.size());
            items.push_back(item);
        }
        return items.empty() ? Value{} : m.tuple(items);
    }

    /// Argument `shortest` is used up.
    Value end(Machine& m, std::size_t shortest) {
        if (!strict_) return {};
        const auto check = [&](std::size_t i, std::string_view relation) {
            m.raise("ValueError", "zip() argument " + std::to_string(i + 1) + " is " + std::string{relation} +
                                      " than argument" + (i == 1 ? " 1" : "s 1-" + std::to_string(i)));
        };
        if (shortest > 0) check(shortest, "shorter");
        for (std::size_t i = 1; i < parts_.size(); ++i)
            if (parts_[i]->next(m)) check(i, "longer");
        return {};
    }

    std::span<Iterator* const> parts_;
    bool strict_;
};

class Map final : public Iterator {
  public:
    Map(Value function, std::span<Iterator* const> parts) : function_{function}, parts_{parts} {}
    [[nodiscard]] std::string_view name() const override { return "map"; }

  private:
    Value advance(Machine& m) override {
        Values items = m.values();
        items.reserve(parts_.size());
        for (Iterator* part : parts_) {
            const Value item = part->next(m);
            if (!item) return {};
            items.push_back(item);
        }
        return m.call(function_, Arguments{items});
    }
    Value function_;
    std::span<Iterator* const> parts_;
};

class Filter final : public Iterator {
  public:
    Filter(Value function, Iterator* items) : function_{function}, items_{items} {}
    [[nodiscard]] std::string_view name() const override { return "filter"; }

  private:
    Value advance(Machine& m) override {
        while (const Value item = items_->next(m))
            if (truthy(function_.is(Type::none) ? item : m.call(function_, {item}))) return item;
        return {};
    }
    Value function_;
    Iterator* items_;
};

class Enumerate final : public Iterator {
  public:
    Enumerate(Iterator* items, Value start) : items_{items}, next_{start} {}
    [[nodiscard]] std::string_view name() const override { return "enumerate"; }

  private:
    Value advance(Machine& m) override {
        const Value item = items_->next(m);
        if (!item) return {};
        const Value n = next_;
        next_ = arithmetic(m, Operator::add, n, std::int64_t{1});
        return m.tuple({n, item});
    }
    Iterator* items_;
    Value next_;
};

class Reversed final : public Iterator {
  public:
    explicit Reversed(const Tuple* items) : items_{items}, at_{items->items.size()} {}
    [[nodiscard]] std::string_view name() const override { return "reversed"; }

  private:
    Value advance(Machine&) override { return at_ > 0 ? items_->items[--at_] : Value{}; }
    const Tuple* items_;
    std::size_t at_;
};

std::span<Iterator* const> iterators(Machine& m, std::span<const Value> values) {
    std::vector<Iterator*> parts;
    for (const Value v : values) parts.push_back(iterate(m, v));
    return m.copy(std::span<Iterator* const>{parts});
}

// Types.

Value make_bool(Machine& m, const TypeInfo&, const Arguments& a) {
    const auto [v] = fit_arguments<1>(m, a, {""}, 0);
    return truthy(v);
}

Value make_int(Machine& m, const TypeInfo&, const Arguments& a) {
    const auto [v, base] = fit_arguments<2>(m, a, {"", "base"}, 0);
    if (!v) {
        if (base) m.raise("TypeError", "int() missing string argument");
        return std::int64_t{0};
    }
    if (base && !v.is(Type::string))
        m.raise("TypeError", "int() can't convert non-string with explicit base");
    if (v.is(Type::real)) return truncate(m, v.real);
    if (v.is(Type::boolean)) return std::int64_t{v.boolean};
    if (is_integral(v)) return v;
    if (!v.is(Type::string))
        m.raise("TypeError", "int() argument must be a string, a bytes-like object or a real number, not " +
                                 quoted(type_name(v)));
    const std::int64_t radix = base ? to_index(m, base) : 10;
    if (radix != 0 && (radix < 2 || radix > 36))
        m.raise("ValueError", "int() base must be >= 2 and <= 36, or 0");
    if (const auto number = parse_integer(m, v.string->text, static_cast<int>(radix))) return *number;
    m.raise("ValueError", "invalid literal for int() with base " + std::to_string(radix) + ": " + repr(m, v));
}

Value make_float(Machine& m, const TypeInfo&, const Arguments& a) {
    const auto [v] = fit_arguments<1>(m, a, {""}, 0);
    if (!v) return 0.0;
    if (is_number(v)) return to_double(m, v);
    if (!v.is(Type::string))
        m.raise("TypeError",
                "float() argument must be a string or a real number, not " + quoted(type_name(v)));
    m.tick(v.string->text.size() / 8);
    if (const auto number = parse_double(v.string->text)) return *number;
    m.raise("ValueError", "could not convert string to float: " + repr(m, v));
}

Value make_str(Machine& m, const TypeInfo&, const Arguments& a) {
    const auto [v, encoding, errors] = fit_arguments<3>(m, a, {"object", "encoding", "errors"}, 0);
    return v ? to_str(m, v) : m.text("");
}

Value make_list(Machine& m, const TypeInfo&, const Arguments& a) {
    const auto [v] = fit_arguments<1>(m, a, {""}, 0);
    if (!v) return m.list();
    return m.make<List>(collect(m, v));
}

Value make_tuple(Machine& m, const TypeInfo&, const Arguments& a) {
    const auto [v] = fit_arguments<1>(m, a, {""}, 0);
    if (!v) return m.tuple({});
    return v.is(Type::tuple) && v.tuple->fields.empty() ? v : Value{m.tuple(collect(m, v))};
}

Value make_dict(Machine& m, const TypeInfo&, const Arguments& a) {
    const auto [other] = fit_arguments<1>(m, {a.positional}, {""}, 0);
    Dict* made = m.dict();
    if (other) update(m, *made, other);
    for (const Keyword& keyword : a.keywords) made->set(m, keyword.name, keyword.value, keyword.at);
    return made;
}

Value make_set(Machine& m, const TypeInfo&, const Arguments& a) {
    const auto [v] = fit_arguments<1>(m, a, {""}, 0);
    Set* made = m.set();
    if (v) for_each(m, v, [&](Value item) { made->members.set(m, item, Value::none(), m.at); });
    return made;
}

Value make_range(Machine& m, const TypeInfo&, const Arguments& a) {
    const auto given = fit_arguments<3>(m, a, {"", "", ""}, 1);
    std::array<std::int64_t, 3> n{0, 0, 1};
    for (std::size_t i = 0; i < 3; ++i) {
        if (!given[i]) continue;
        if (given[i].is(Type::big)) m.fail("a range beyond 64 bits", literal_or_json);
        n[i] = to_index(m, given[i]);
    }
    if (!given[1]) n = {0, n[0], 1};
    if (n[2] == 0) m.raise("ValueError", "range() arg 3 must not be zero");
    return m.make<Range>(n[0], n[1], n[2]);
}

Value make_zip(Machine& m, const TypeInfo&, const Arguments& a) {
    constexpr std::string_view names[] = {"strict"};
    std::array<Value, 1> strict;
    fit_arguments(m, {{}, a.keywords}, names, 0, strict);
    return m.make<Zip>(iterators(m, a.positional), truthy(strict[0]));
}

Value make_map(Machine& m, const TypeInfo&, const Arguments& a) {
    if (!a.keywords.empty()) m.raise("TypeError", "map() takes no keyword arguments");
    if (a.positional.size() < 2) m.raise("TypeError", "map() must have at least two arguments.");
    return m.make<Map>(a.positional[0], iterators(m, a.positional.subspan(1)));
}

Value make_filter(Machine& m, const TypeInfo&, const Arguments& a) {
    const auto [function, items] = fit_arguments<2>(m, a, {"", ""}, 2);
    return m.make<Filter>(function, iterate(m, items));
}

Value make_enumerate(Machine& m, const TypeInfo&, const Arguments& a) {
    const auto [items, start] = fit_arguments<2>(m, a, {"iterable", "start"}, 1);
    if (start && !is_integral(start)) to_index(m, start);
    return m.make<Enumerate>(iterate(m, items), start ? start : Value{std::int64_t{0}});
}

Value make_reversed(Machine& m, const TypeInfo&, const Arguments& a) {
    const auto [v] = fit_arguments<1>(m, a, {""}, 1);
    if (v.is(Type::set) || v.is(Type::iterator) || is_number(v) || v.is(Type::none))
        m.raise("TypeError", quoted(type_name(v)) + " object is not reversible");
    if (v.is(Type::range)) {
        const Value turned = get_slice(m, v, Value::none(), Value::none(), std::int64_t{-1});
        return iterate(m, turned);
    }
    return m.make<Reversed>(m.tuple(collect(m, v)));
}

Value make_exception(Machine& m, const TypeInfo& type, const Arguments& a) {
    if (!a.keywords.empty()) m.raise("TypeError", std::string{type.name} + "() takes no keyword arguments");
    return m.make<Exception>(&type, m.tuple(a.positional), m.at);
}

constexpr TypeInfo types[] = {
    {"bool", make_bool, Type::boolean}, {"dict", make_dict, Type::dict},
    {"enumerate", make_enumerate},      {"filter", make_filter},
    {"float", make_float, Type::real},  {"int", make_int, Type::integer},
    {"list", make_list, Type::list},    {"map", make_map},
    {"range", make_range, Type::range}, {"reversed", make_reversed},
    {"set", make_set, Type::set},       {"str", make_str, Type::string},
    {"tuple", make_tuple, Type::tuple}, {"zip", make_zip},
};

constexpr TypeInfo exceptions[] = {
    {"ArithmeticError", make_exception, Type::unset, "Exception"},
    {"AssertionError", make_exception, Type::unset, "Exception"},
    {"AttributeError", make_exception, Type::unset, "Exception"},
    {"BaseException", make_exception, Type::unset, ""},
    {"DeprecationWarning", make_exception, Type::unset, "Warning"},
    {"EOFError", make_exception, Type::unset, "Exception"},
    {"Exception", make_exception, Type::unset, "BaseException"},
    {"FileExistsError", make_exception, Type::unset, "OSError"},
    {"FileNotFoundError", make_exception, Type::unset, "OSError"},
    {"FloatingPointError", make_exception, Type::unset, "ArithmeticError"},
    {"ImportError", make_exception, Type::unset, "Exception"},
    {"IndexError", make_exception, Type::unset, "LookupError"},
    {"KeyError", make_exception, Type::unset, "LookupError"},
    {"KeyboardInterrupt", make_exception, Type::unset, "BaseException"},
    {"LookupError", make_exception, Type::unset, "Exception"},
    {"MemoryError", make_exception, Type::unset, "Exception"},
    {"ModuleNotFoundError", make_exception, Type::unset, "ImportError"},
    {"NameError", make_exception, Type::unset, "Exception"},
    {"NotImplementedError", make_exception, Type::unset, "RuntimeError"},
    {"OSError", make_exception, Type::unset, "Exception"},
    {"OverflowError", make_exception, Type::unset, "ArithmeticError"},
    {"PermissionError", make_exception, Type::unset, "OSError"},
    {"RecursionError", make_exception, Type::unset, "RuntimeError"},
    {"RuntimeError", make_exception, Type::unset, "Exception"},
    {"StopIteration", make_exception, Type::unset, "Exception"},
    {"SyntaxError", make_exception, Type::unset, "Exception"},
    {"SystemError", make_exception, Type::unset, "Exception"},
    {"SystemExit", make_exception, Type::unset, "BaseException"},
    {"TimeoutError", make_exception, Type::unset, "OSError"},
    {"TypeError", make_exception, Type::unset, "Exception"},
    {"UnboundLocalError", make_exception, Type::unset, "NameError"},
    {"UnicodeDecodeError", make_exception, Type::unset, "UnicodeError"},
    {"UnicodeEncodeError", make_exception, Type::unset, "UnicodeError"},
    {"UnicodeError", make_exception, Type::unset, "ValueError"},
    {"UserWarning", make_exception, Type::unset, "Warning"},
    {"ValueError", make_exception, Type::unset, "Exception"},
    {"Warning", make_exception, Type::unset, "Exception"},
    {"ZeroDivisionError", make_exception, Type::unset, "ArithmeticError"},
    {"gaierror", make_exception, Type::unset, "OSError"},
};

// Functions.

Value absolute(Machine& m, Value, const Arguments& a) {
    const auto [v] = fit_arguments<1>(m, a, {""}, 1);
    if (!is_number(v)) m.raise("TypeError", "bad operand type for abs(): " + quoted(type_name(v)));
    if (v.is(Type::real)) return std::fabs(v.real);
    return unary(m, compare(m, Comparator::less, v, std::int64_t{0}) ? '-' : '+', v);
}

Value all(Machine& m, Value, const Arguments& a) {
    const auto [v] = fit_arguments<1>(m, a, {""}, 1);
    Iterator* items = iterate(m, v);
    while (const Value item = items->next(m))
        if (!truthy(item)) return false;
    return true;
}

Value any(Machine& m, Value, const Arguments& a) {
    const auto [v] = fit_arguments<1>(m, a, {""}, 1);
    Iterator* items = iterate(m, v);
    while (const Value item = items->next(m))
        if (truthy(item)) return true;
    return false;
}

Value ascii_of(Machine& m, Value, const Arguments& a) {
    const auto [v] = fit_arguments<1>(m, a, {""}, 1);
    return m.text(ascii(m, v));
}

template <int base>
Value in_base(Machine& m, Value, const Arguments& a) {
    const auto [v] = fit_arguments<1>(m, a, {""}, 1);
    if (!is_integral(v)) to_index(m, v);
    std::string text = digits(m, v, base);
    return m.text(text.insert(text[0] == '-' ? 1 : 0, base == 2 ? "0b" : base == 8 ? "0o" : "0x"));
}

Value callable(Machine& m, Value, const Arguments& a) {
    const auto [v] = fit_arguments<1>(m, a, {""}, 1);
    return v.is(Type::function) || v.is(Type::builtin) || v.is(Type::type);
}

Value chr(Machine& m, Value, const Arguments& a) {
    const auto [v] = fit_arguments<1>(m, a, {""}, 1);
    if (v.is(Type::big)) m.raise("OverflowError", "Python int too large to convert to C int");
    const std::int64_t c = to_index(m, v);
    if (c < INT_MIN || c > INT_MAX) m.raise("OverflowError", "Python int too large to convert to C int");
    if (c < 0 || c > 0x10ffff) m.raise("ValueError", "chr() arg not in range(0x110000)");
    std::string text;
    append(text, static_cast<char32_t>(c));
    return m.text(text);
}

Value divmod(Machine& m, Value, const Arguments& a) {
    const auto [left, right] = fit_arguments<2>(m, a, {"", ""}, 2);
    if (!is_number(left) || !is_number(right))
        m.raise("TypeError", "unsupported operand type(s) for divmod(): " + quoted(type_name(left)) +
                                 " and " + quoted(type_name(right)));
    if ((left.is(Type::real) || right.is(Type::real)) && !truthy(right))
        m.raise("ZeroDivisionError", "float divmod()");
    const Value quotient = binary(m, Operator::floor_divide, left, right);
    return m.tuple({quotient, binary(m, Operator::modulo, left, right)});
}

Value format_one(Machine& m, Value, const Arguments& a) {
    const auto [v, spec] = fit_arguments<2>(m, a, {"", ""}, 1);
    if (spec && !spec.is(Type::string))
        m.raise("TypeError", "format() argument 2 must be str, not " + std::string{type_name(spec)});
    return m.text(format_value(m, v, spec ? spec.string->text : std::string_view{}));
}

bool is_instance(Value v, const TypeInfo& type) {
    if (v.is(Type::exception)) return is_exception(*v.exception->type, type.name);
    if (v.is(Type::iterator)) return v.iterator->name() == type.name;
    return v.type == type.of || (type.of == Type::integer && is_integral(v));
}

Value isinstance(Machine& m, Value, const Arguments& a) {
    const auto [v, type] = fit_arguments<2>(m, a, {"", ""}, 2);
    const Value value = v;
    const auto matches = [&](Value t) {
        if (!t.is(Type::type))
            m.raise("TypeError", "isinstance() arg 2 must be a type, a tuple of types, or a union");
        return is_instance(value, *t.type_info);
    };
    if (!type.is(Type::tuple)) return matches(type);
    m.tick(type.tuple->items.size());
    return std::ranges::any_of(type.tuple->items, matches);
}

Value iter(Machine& m, Value, const Arguments& a) {
    const auto [v] = fit_arguments<1>(m, a, {""}, 1);
    return iterate(m, v);
}

Value len(Machine& m, Value, const Arguments& a) {
    const auto [v] = fit_arguments<1>(m, a, {""}, 1);
    return static_cast<std::int64_t>(length(m, v));
}

template <Comparator comparator>
Value extreme(Machine& m, Value, const Arguments& a) {
    constexpr std::string_view function = comparator == Comparator::less ? "min" : "max";
    constexpr std::string_view names[] = {"key", "default"};
    std::array<Value, 2> given;
    fit_arguments(m, {{}, a.keywords}, names, 0, given);
    if (a.positional.empty())
        m.raise("TypeError", std::string{function} + " expected at least 1 argument, got 0");
    if (a.positional.size() > 1 && given[1])
        m.raise("TypeError", "Cannot specify a default for " + std::string{function} +
                                 "() with multiple positional arguments");
    const Value items = a.positional.size() > 1 ? Value{m.tuple(a.positional)} : a.positional[0];
    Value best, best_key;
    for_each(m, items, [&](Value item) {
        const Value key = !given[0] || given[0].is(Type::none) ? item : m.call(given[0], {item});
        if (best && !compare(m, comparator, key, best_key)) return;
        best = item;
        best_key = key;
    });
    if (best) return best;
    if (!given[1]) m.raise("ValueError", std::string{function} + "() arg is an empty sequence");
    return given[1];
}

Value next(Machine& m, Value, const Arguments& a) {
    const auto [v, fallback] = fit_arguments<2>(m, a, {"", ""}, 1);
    if (!v.is(Type::iterator)) m.raise("TypeError", quoted(type_name(v)) + " object is not an iterator");
    if (const Value item = v.iterator->next(m)) return item;
    if (!fallback) m.raise(*find_exception("StopIteration"), m.tuple({}));
    return fallback;
}

Value ord(Machine& m, Value, const Arguments& a) {
    const auto [v] = fit_arguments<1>(m, a, {""}, 1);
    if (!v.is(Type::string))
        m.raise("TypeError",
                "ord() expected string of length 1, but " + std::string{type_name(v)} + " found");
    if (v.string->length != 1)
        m.raise("TypeError", "ord() expected a character, but string of length " +
                                 std::to_string(v.string->length) + " found");
    std::size_t at = 0;
    return static_cast<std::int64_t>(next_character(v.string->text, at));
}

Value pow(Machine& m, Value, const Arguments& a) {
    const auto [base, exponent, modulus] = fit_arguments<3>(m, a, {"base", "exp", "mod"}, 2);
    if (modulus && !modulus.is(Type::none)) m.refuse("`pow` with a modulus");
    return binary(m, Operator::power, base, exponent);
}

Value print(Machine&, Value, const Arguments&) { return Value::none(); }

Value repr_of(Machine& m, Value, const Arguments& a) {
    const auto [v] = fit_arguments<1>(m, a, {""}, 1);
    return m.text(repr(m, v));
}

Value round(Machine& m, Value, const Arguments& a) {
    const auto [v, places] = fit_arguments<2>(m, a, {"number", "ndigits"}, 1);
    if (!is_number(v))
        m.raise("TypeError", "type " + std::string{type_name(v)} + " doesn't define __round__ method");
    if (places && !places.is(Type::none) && !is_integral(places)) to_index(m, places);
    return round_number(m, v, places);
}

Value sorted(Machine& m, Value, const Arguments& a) {
    constexpr std::string_view names[] = {"key", "reverse"};
    const auto [v] = fit_arguments<1>(m, {a.positional}, {""}, 1);
    std::array<Value, 2> given;
    fit_arguments(m, {{}, a.keywords}, names, 0, given);
    Values items = collect(m, v);
    sort(m, items, given[0], truthy(given[1]));
    return m.make<List>(std::move(items));
}

Value sum(Machine& m, Value, const Arguments& a) {
    const auto [v, start] = fit_arguments<2>(m, a, {"", "start"}, 1);
    if (start.is(Type::string)) m.raise("TypeError", "sum() can't sum strings [use ''.join(seq) instead]");
    Value total = start ? start : Value{std::int64_t{0}};
    for_each(m, v, [&](Value item) { total = binary(m, Operator::add, total, item); });
    return total;
}

constexpr BuiltinInfo functions[] = {
    {"abs", absolute},
    {"all", all},
    {"any", any},
    {"ascii", ascii_of},
    {"bin", in_base<2>},
    {"callable", callable},
    {"chr", chr},
    {"divmod", divmod},
    {"format", format_one},
    {"hex", in_base<16>},
    {"isinstance", isinstance},
    {"iter", iter},
    {"len", len},
    {"max", extreme<Comparator::greater>},
    {"min", extreme<Comparator::less>},
    {"next", next},
    {"oct", in_base<8>},
    {"ord", ord},
    {"pow", pow},
    {"print", print},
    {"repr", repr_of},
    {"round", round},
    {"sorted", sorted},
    {"sum", sum},
};

/// Python has these; a file that uses one must not take the NameError for an answer.
constexpr std::string_view outside_names[] = {
    "BaseExceptionGroup",
    "BlockingIOError",
    "BrokenPipeError",
    "BufferError",
    "BytesWarning",
    "ChildProcessError",
    "ConnectionAbortedError",
    "ConnectionError",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "Ellipsis",
    "EncodingWarning",
    "ExceptionGroup",
    "FutureWarning",
    "GeneratorExit",
    "ImportWarning",
    "IndentationError",
    "InterruptedError",
    "IsADirectoryError",
    "NotADirectoryError",
    "NotImplemented",
    "PendingDeprecationWarning",
    "ProcessLookupError",
    "ReferenceError",
    "ResourceWarning",
    "RuntimeWarning",
    "StopAsyncIteration",
    "SyntaxWarning",
    "TabError",
    "UnicodeTranslateError",
    "UnicodeWarning",
    "__build_class__",
    "__builtins__",
    "__debug__",
    "__doc__",
    "__import__",
    "__loader__",
    "__package__",
    "__spec__",
    "aiter",
    "anext",
    "breakpoint",
    "bytearray",
    "bytes",
    "classmethod",
    "compile",
    "complex",
    "copyright",
    "credits",
    "delattr",
    "dir",
    "eval",
    "exec",
    "exit",
    "frozenset",
    "getattr",
    "globals",
    "hasattr",
    "hash",
    "help",
    "id",
    "input",
    "issubclass",
    "license",
    "locals",
    "memoryview",
    "object",
    "open",
    "property",
    "quit",
    "setattr",
    "slice",
    "staticmethod",
    "super",
    "type",
    "vars",
};

template <class T>
const T* find_by_name(std::span<const T> table, std::string_view name) {
    const auto found = std::ranges::lower_bound(table, name, {}, &T::name);
    return found != table.end() && found->name == name ? &*found : nullptr;
}

}  // namespace

const TypeInfo* find_exception(std::string_view name) {
    if (name == "IOError" || name == "EnvironmentError") name = "OSError";
    return find_by_name<TypeInfo>(exceptions, name);
}

bool is_exception(const TypeInfo& type, std::string_view base) {
    for (const TypeInfo* t = &type; t && t->construct == make_exception; t = find_exception(t->base))
        if (t->name == base) return true;
    return false;
}

Value find_builtin(Machine& m, std::string_view name) {
    if (const auto* function = find_by_name<BuiltinInfo>(functions, name)) return m.make<Builtin>(function);
    if (const auto* type = find_by_name<TypeInfo>(types, name)) return type;
    if (const auto* exception = find_exception(name); exception && name != "gaierror") return exception;
    if (name == "__name__") return m.text("builtins");  // of the dict in which Python's loader runs a file
    if (std::ranges::binary_search(outside_names, name)) m.refuse("`" + std::string{name} + "`");
    return {};
}

}  // namespace fedmsg::dialect
