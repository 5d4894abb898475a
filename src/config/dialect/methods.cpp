/// \file
/// The methods of list, tuple, dict and set, and `object.name`.
#include "config/dialect/builtins.h"
#include "config/dialect/operations.h"

#include <algorithm>

namespace fedmsg::dialect {
namespace {

// list, tuple

Value append(Machine& m, Value self, const Arguments& a) {
    const auto [item] = fit_arguments<1>(m, a, {""}, 1);
    self.list->items.push_back(item);
    return Value::none();
}

Value extend(Machine& m, Value self, const Arguments& a) {
    const auto [items] = fit_arguments<1>(m, a, {""}, 1);
    in_place(m, Operator::add, self, items);
    return Value::none();
}

Value insert(Machine& m, Value self, const Arguments& a) {
    const auto [index, item] = fit_arguments<2>(m, a, {"", ""}, 2);
    Values& items = self.list->items;
    const Bounds b = slice_bounds(m, static_cast<std::int64_t>(items.size()), Value{to_index(m, index)}, {});
    m.tick_bytes(items.size());
    items.insert(items.begin() + b.start, item);
    return Value::none();
}

std::span<const Value> items_of(Value self) {
    return self.is(Type::list) ? std::span<const Value>{self.list->items} : self.tuple->items;
}

std::size_t find_item(Machine& m, std::span<const Value> items, Value item, std::size_t begin,
                      std::size_t end) {
    for (std::size_t i = begin; i < end; ++i)
        if (identical(m, items[i], item) || equal(m, items[i], item)) return i;
    return items.size();
}

Value remove(Machine& m, Value self, const Arguments& a) {
    const auto [item] = fit_arguments<1>(m, a, {""}, 1);
    Values& items = self.list->items;
    const std::size_t i = find_item(m, items, item, 0, items.size());
    if (i == items.size()) m.raise("ValueError", "list.remove(x): x not in list");
    m.tick_bytes(items.size());
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(i));
    return Value::none();
}

Value pop_item(Machine& m, Value self, const Arguments& a) {
    const auto [index] = fit_arguments<1>(m, a, {""}, 0);
    Values& items = self.list->items;
    if (items.empty()) m.raise("IndexError", "pop from empty list");
    const auto n = static_cast<std::int64_t>(items.size());
    std::int64_t i = index ? to_index(m, index) : -1;
    if (i < 0) i += n;
    if (i < 0 || i >= n) m.raise("IndexError", "pop index out of range");
    const Value item = items[static_cast<std::size_t>(i)];
    m.tick_bytes(items.size());
    items.erase(items.begin() + i);
    return item;
}

Value index(Machine& m, Value self, const Arguments& a) {
    const auto [item, start, stop] = fit_arguments<3>(m, a, {"", "", ""}, 1);
    const auto items = items_of(self);
    const Bounds b = slice_bounds(m, static_cast<std::int64_t>(items.size()), start, stop);
    const std::size_t i = find_item(m, items, item, static_cast<std::size_t>(b.start),
                                    static_cast<std::size_t>(std::max(b.start, b.stop)));
    if (i == items.size())
        m.raise("ValueError",
                self.is(Type::list) ? repr(m, item) + " is not in list" : "tuple.index(x): x not in tuple");
    return static_cast<std::int64_t>(i);
}

Value count(Machine& m, Value self, const Arguments& a) {
    const auto [item] = fit_arguments<1>(m, a, {""}, 1);
    std::int64_t n = 0;
    for (const Value each : items_of(self)) n += identical(m, each, item) || equal(m, each, item) ? 1 : 0;
    return n;
}

Value sort_list(Machine& m, Value self, const Arguments& a) {
    constexpr std::string_view names[] = {"key", "reverse"};
    if (!a.positional.empty()) m.raise("TypeError", "sort() takes no positional arguments");
    std::array<Value, 2> given;
    fit_arguments(m, a, names, 0, given);
    Values items = collect(m, self);  // a key function may change the list
    sort(m, items, given[0], truthy(given[1]));
    self.list->items = std::move(items);
    return Value::none();
}

Value reverse(Machine& m, Value self, const Arguments& a) {
    no_arguments(m, a);
    m.tick(self.list->items.size() / 8);
    std::ranges::reverse(self.list->items);
    return Value::none();
}

Value clear_list(Machine& m, Value self, const Arguments& a) {
    no_arguments(m, a);
    self.list->items.clear();
    return Value::none();
}

Value copy_list(Machine& m, Value self, const Arguments& a) {
    no_arguments(m, a);
    return m.list_of(self.list->items);
}

// dict

Value get(Machine& m, Value self, const Arguments& a) {
    const auto [key, fallback] = fit_arguments<2>(m, a, {"", ""}, 1);
    if (const Value* found = self.dict->find(m, key)) return *found;
    return fallback ? fallback : Value::none();
}

template <View::Of of>
Value view(Machine& m, Value self, const Arguments& a) {
    no_arguments(m, a);
    return m.make<View>(of, self.dict);
}

Value update_dict(Machine& m, Value self, const Arguments& a) {
    const auto [other] = fit_arguments<1>(m, {a.positional}, {""}, 0);
    if (other) update(m, *self.dict, other);
    for (const Keyword& keyword : a.keywords) self.dict->set(m, keyword.name, keyword.value, keyword.at);
    return Value::none();
}

Value copy_dict(Machine& m, Value self, const Arguments& a) {
    no_arguments(m, a);
    Dict* made = m.dict();
    update(m, *made, self);
    return made;
}

Value setdefault(Machine& m, Value self, const Arguments& a) {
    const auto [key, given] = fit_arguments<2>(m, a, {"", ""}, 1);
    if (const Value* found = self.dict->find(m, key)) return *found;
    const Value value = given ? given : Value::none();
    self.dict->set(m, key, value, m.at);
    return value;
}

Value pop_key(Machine& m, Value self, const Arguments& a) {
    const auto [key, fallback] = fit_arguments<2>(m, a, {"", ""}, 1);
    if (const Value* found = self.dict->find(m, key)) {
        const Value value = *found;
        self.dict->erase(m, key);
        return value;
    }
    if (!fallback) m.raise("KeyError", key);
    return fallback;
}

Value popitem(Machine& m, Value self, const Arguments& a) {
    no_arguments(m, a);
    const auto entries = self.dict->entries();
    for (std::size_t i = entries.size(); i-- > 0;) {
        m.tick();
        if (!entries[i].key) continue;
        const Value item = m.tuple({entries[i].key, entries[i].value});
        self.dict->erase(m, entries[i].key);
        return item;
    }
    m.raise("KeyError", "popitem(): dictionary is empty");
}

Value clear_dict(Machine& m, Value self, const Arguments& a) {
    no_arguments(m, a);
    self.dict->clear(m);
    return Value::none();
}

Value fromkeys(Machine& m, Value, const Arguments& a) {
    const auto [keys, given] = fit_arguments<2>(m, a, {"", ""}, 1);
    const Value value = given ? given : Value::none();
    Dict* made = m.dict();
    for_each(m, keys, [&](Value key) { made->set(m, key, value, m.at); });
    return made;
}

// set

Value to_set(Machine& m, Value v) {
    if (v.is(Type::set)) return v;
    Set* made = m.set();
    for_each(m, v, [&](Value item) { made->members.set(m, item, Value::none(), m.at); });
    return made;
}

Value copy_set(Machine& m, Value self, const Arguments& a) {
    no_arguments(m, a);
    return binary(m, Operator::bit_or, self, m.set());
}

Value add(Machine& m, Value self, const Arguments& a) {
    const auto [item] = fit_arguments<1>(m, a, {""}, 1);
    if (!self.set->members.find(m, item)) self.set->members.set(m, item, Value::none(), m.at);
    return Value::none();
}

template <bool must_be_there>
Value discard(Machine& m, Value self, const Arguments& a) {
    const auto [item] = fit_arguments<1>(m, a, {""}, 1);
    if (!self.set->members.erase(m, item) && must_be_there) m.raise("KeyError", item);
    return Value::none();
}

Value pop_member(Machine& m, Value self, const Arguments& a) {
    no_arguments(m, a);
    for (const auto& entry : self.set->members.entries()) {
        m.tick();
        if (!entry.key) continue;
        const Value item = entry.key;
        self.set->members.erase(m, item);
        return item;
    }
    m.raise("KeyError", "pop from an empty set");
}

Value clear_set(Machine& m, Value self, const Arguments& a) {
    no_arguments(m, a);
    self.set->members.clear(m);
    return Value::none();
}

/// \param in_place  the set itself is changed
template <Operator op, bool in_place>
Value combine(Machine& m, Value self, const Arguments& a) {
    if (!a.keywords.empty()) m.raise("TypeError", "set methods take no keyword arguments");
    Value result = binary(m, Operator::bit_or, self, m.set());
    for (const Value other : a.positional) result = binary(m, op, result, to_set(m, other));
    if (!in_place) return result;
    std::swap(self.set->members, result.set->members);
    return Value::none();
}

template <Comparator comparator>
Value relate(Machine& m, Value self, const Arguments& a) {
    const auto [other] = fit_arguments<1>(m, a, {""}, 1);
    return compare(m, comparator, self, to_set(m, other));
}

Value isdisjoint(Machine& m, Value self, const Arguments& a) {
    const auto [other] = fit_arguments<1>(m, a, {""}, 1);
    return binary(m, Operator::bit_and, self, to_set(m, other)).set->members.size() == 0;
}

constexpr BuiltinInfo list_methods[] = {
    {"append", append}, {"clear", clear_list}, {"copy", copy_list}, {"count", count},
    {"extend", extend}, {"index", index},      {"insert", insert},  {"pop", pop_item},
    {"remove", remove}, {"reverse", reverse},  {"sort", sort_list},
};

constexpr BuiltinInfo tuple_methods[] = {{"count", count}, {"index", index}};

constexpr BuiltinInfo dict_methods[] = {
    {"clear", clear_dict},
    {"copy", copy_dict},
    {"fromkeys", fromkeys},
    {"get", get},
    {"items", view<View::Of::items>},
    {"keys", view<View::Of::keys>},
    {"pop", pop_key},
    {"popitem", popitem},
    {"setdefault", setdefault},
    {"update", update_dict},
    {"values", view<View::Of::values>},
};

constexpr BuiltinInfo set_methods[] = {
    {"add", add},
    {"clear", clear_set},
    {"copy", copy_set},
    {"difference", combine<Operator::subtract, false>},
    {"difference_update", combine<Operator::subtract, true>},
    {"discard", discard<false>},
    {"intersection", combine<Operator::bit_and, false>},
    {"intersection_update", combine<Operator::bit_and, true>},
    {"isdisjoint", isdisjoint},
    {"issubset", relate<Comparator::less_equal>},
    {"issuperset", relate<Comparator::greater_equal>},
    {"pop", pop_member},
    {"remove", discard<true>},
    {"symmetric_difference", combine<Operator::bit_xor, false>},
    {"symmetric_difference_update", combine<Operator::bit_xor, true>},
    {"union", combine<Operator::bit_or, false>},
    {"update", combine<Operator::bit_or, true>},
};

std::span<const BuiltinInfo> methods_of(Type type) {
    if (type == Type::list) return list_methods;
    if (type == Type::tuple) return tuple_methods;
    if (type == Type::dict) return dict_methods;
    if (type == Type::set) return set_methods;
    return {};
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::ranges::count(names, name) > 0;
}

}  // namespace

const BuiltinInfo* find_method(Type type, std::string_view name) {
    if (type == Type::string) return find_str_method(name);
    const auto methods = methods_of(type);
    const auto found = std::ranges::find(methods, name, &BuiltinInfo::name);
    return found != methods.end() ? &*found : nullptr;
}

bool is_method_outside(Type type, std::string_view name) {
    if (name.starts_with("__") && name.ends_with("__")) return true;
    if (type == Type::string) return is_one_of(name, {"casefold", "isidentifier", "maketrans", "translate"});
    if (type == Type::integer || type == Type::big || type == Type::boolean)
        return is_one_of(name, {"as_integer_ratio", "bit_count", "bit_length", "conjugate", "denominator",
                                "from_bytes", "imag", "numerator", "real", "to_bytes"});
    if (type == Type::real)
        return is_one_of(name,
                         {"as_integer_ratio", "conjugate", "fromhex", "hex", "imag", "is_integer", "real"});
    if (type == Type::range) return is_one_of(name, {"count", "index", "start", "step", "stop"});
    if (type == Type::view) return is_one_of(name, {"isdisjoint", "mapping"});
    if (type == Type::iterator) return is_one_of(name, {"close", "send", "throw"});
    if (type == Type::exception)
        return is_one_of(name, {"add_note", "code", "errno", "filename", "msg", "name", "path", "strerror",
                                "value", "with_traceback"});
    return false;
}

Value get_attribute(Machine& m, Value object, const Str& name) {
    if (object.is(Type::module)) {
        const Value member = import_from(m, *object.module, name);
        if (member.is(Type::foreign)) m.refuse("`" + std::string{member.string->text} + "`");
        return member;
    }
    if (object.is(Type::tuple)) {
        const auto fields = object.tuple->fields;
        const auto field = std::ranges::find(fields, name.text);
        if (field != fields.end())
            return object.tuple->items[static_cast<std::size_t>(field - fields.begin())];
    }
    if (object.is(Type::exception) && name.text == "args") return object.exception->arguments;
    if (object.is(Type::type)) {
        const Type of = object.type_info->of;
        const BuiltinInfo* method = of == Type::unset ? nullptr : find_method(of, name.text);
        if (method) return m.make<Builtin>(method, Value{}, name.text == "fromkeys" ? Type::unset : of);
        if (of == Type::unset || is_method_outside(of, name.text))
            m.refuse("`" + std::string{object.type_info->name} + "." + std::string{name.text} + "`");
        m.raise("AttributeError", "type object '" + std::string{object.type_info->name} +
                                      "' has no attribute '" + std::string{name.text} + "'");
    }
    if (const BuiltinInfo* method = find_method(object.type, name.text))
        return m.make<Builtin>(method, object);
    if (object.is(Type::function) || object.is(Type::builtin) || is_method_outside(object.type, name.text))
        m.refuse("`." + std::string{name.text} + "` of '" + std::string{type_name(object)} + "'");
    m.raise("AttributeError", "'" + std::string{type_name(object)} + "' object has no attribute '" +
                                  std::string{name.text} + "'");
}

}  // namespace fedmsg::dialect
