#pragma once
/// \file
/// JSON in Lua. Objects and lists of a message are read where they are, without a copy: `msg.commit.name`,
/// `#list`, `list[1]`, `for key, value in pairs(object)` in the order of the message, `ipairs(list)`.
/// Strings, numbers and booleans are Lua's own; null is the value `null`, which is not nil. An integer beyond
/// 64 bits is a string of its digits.

#include "encoding/document.h"
#include "meta/sandbox.h"

#include <optional>
#include <string>
#include <string_view>

namespace fedmsg::meta {

/// Makes the types known to a state, and `null` a global.
void open_json(lua_State* state);

/// Pushes a value of a message. Valid for the call that goes on, or the next one: a script that keeps it
/// longer gets an error, not the memory of another message.
void push(lua_State* state, encoding::Node node);
/// Pushes a copy, made of tables; empty ones are empty tables.
void push(lua_State* state, const encoding::Value& value);

/// The object or list at `index`; nothing where another type is. Throws Lua's error for one of an earlier
/// call.
[[nodiscard]] std::optional<encoding::Node> node_at(lua_State* state, int index);
[[nodiscard]] bool is_null(lua_State* state, int index);
/// "a list", "an object", "null", "nothing", or Lua's name of a type, with its article.
[[nodiscard]] const char* kind_at(lua_State* state, int index);

/// The value at `index` as JSON: a table with t[1], or an empty one, is a list, any other an object with its
/// keys sorted. Throws Lua's error for what JSON has not, and for more than encoding::max_depth levels.
[[nodiscard]] encoding::Value value_at(lua_State* state, int index);

/// A string as it is, a number as Python prints it, True, False; nothing for anything else, null as well.
[[nodiscard]] std::optional<std::string> text_at(lua_State* state, int index);

}  // namespace fedmsg::meta
