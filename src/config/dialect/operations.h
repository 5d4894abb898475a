#pragma once
/// \file
/// What operators and displays do to values.

#include "config/dialect/ast.h"
#include "config/dialect/machine.h"

#include <string>

namespace fedmsg::dialect {

/// "str", "NoneType"
std::string_view type_name(Value v);
bool truthy(Value v);
bool identical(Machine& m, Value a, Value b);
bool equal(Machine& m, Value a, Value b);
/// \throws Raised  TypeError: not ordered
bool compare(Machine& m, Comparator comparator, Value a, Value b);
/// \throws Raised  TypeError: unhashable
std::uint64_t hash(Machine& m, Value v);
bool contains(Machine& m, Value container, Value item);

std::string repr(Machine& m, Value v);
/// As repr, with escapes for all that is not ASCII.
std::string ascii(Machine& m, Value v);
std::string str(Machine& m, Value v);
/// \return `v` itself when it is a str
Value to_str(Machine& m, Value v);

Iterator* iterate(Machine& m, Value v);
/// Calls `each` with every item of `v`.
template <class Each>
void for_each(Machine& m, Value v, Each each) {
    Iterator* items = iterate(m, v);
    while (const Value item = items->next(m)) each(item);
}
Values collect(Machine& m, Value v);
/// len(v) \throws Raised  TypeError: has none
std::size_t length(Machine& m, Value v);

Value binary(Machine& m, Operator op, Value a, Value b);
/// `a += b` and the like: lists, sets and dicts are changed in place.
Value in_place(Machine& m, Operator op, Value a, Value b);
/// \param op  '+', '-', '~'
Value unary(Machine& m, char op, Value v);

Value get_item(Machine& m, Value object, Value index);
/// \param lower, upper, step  none where absent
Value get_slice(Machine& m, Value object, Value lower, Value upper, Value step);
void set_item(Machine& m, Value object, Value index, Value value);
void delete_item(Machine& m, Value object, Value index);

/// The number that indexes, counts and widths are. \throws Raised  TypeError: no integer; IndexError or
/// OverflowError: beyond 64 bits
std::int64_t to_index(Machine& m, Value v);
/// Bounds of a slice, clamped to 0 … size. \param lower, upper  none or unset where absent
struct Bounds {
    std::int64_t start, stop, step;
    std::int64_t count;
};
Bounds slice_bounds(Machine& m, std::int64_t size, Value lower, Value upper, Value step = {});

/// Sorted, equal ones in their order. \param key  unset or none: the items themselves
void sort(Machine& m, std::span<Value> items, Value key, bool reverse);

/// dict.update(other), dict(other): of a dict, or of pairs.
void update(Machine& m, Dict& to, Value other);

}  // namespace fedmsg::dialect
