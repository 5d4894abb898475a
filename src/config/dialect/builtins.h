#pragma once
/// \file
/// The names that are there without an import, the methods of values, and the modules.

#include "config/dialect/machine.h"

#include <optional>

namespace fedmsg::dialect {

/// `len`, `dict`, `KeyError`, `__name__`, …; unset: no such name.
/// \throws Failure  a name that Python has and the dialect has not
Value find_builtin(Machine& m, std::string_view name);

/// The class of an exception, `IOError` being `OSError`; null: no such class.
const TypeInfo* find_exception(std::string_view name);
/// Whether `type` is the class `base` or below it.
bool is_exception(const TypeInfo& type, std::string_view base);

/// `object.name`
/// \throws Raised  AttributeError
/// \throws Failure  what Python has and the dialect has not
Value get_attribute(Machine& m, Value object, const Str& name);

/// `import name`; unset: no such module.
Value import_module(Machine& m, std::string_view name);
/// What `name` stands for in `from module import name`: of a module outside of the dialect, a foreign value.
Value import_from(Machine& m, const Module& module, const Str& name);

/// Of a built-in type, by type and name; null: none. Those of str are in str_methods.cpp, of others in
/// methods.cpp.
const BuiltinInfo* find_method(Type type, std::string_view name);
/// Whether Python has a method of that name, which the dialect has not.
bool is_method_outside(Type type, std::string_view name);
const BuiltinInfo* find_str_method(std::string_view name);

/// The elements of os.path that work on text alone. Source: Python 3.11, posixpath.
std::string join_paths(std::string_view path, std::string_view next);
std::string normalize_path(std::string_view path);
std::pair<std::string_view, std::string_view> split_path(std::string_view path);
std::pair<std::string_view, std::string_view> split_extension(std::string_view path);

}  // namespace fedmsg::dialect
