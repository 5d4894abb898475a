#pragma once
/// \file
/// What a rule finds in its sandbox: a harmless part of Lua's own library, and the helpers of the field.
/// fedmsg-meta(1) describes each. Source: spec "Processors are Lua 5.4 scripts".

#include "meta/sandbox.h"

#include <span>
#include <string_view>

namespace fedmsg::meta {

/// Opens everything. \param sandbox  its `host` must be a Host (meta/host.h) before helpers are called
void open_library(Sandbox& sandbox);

// Its parts.
void open_lua_library(lua_State* state);    ///< assert … type, string, table, math, utf8
void open_text_helpers(lua_State* state);   ///< fmt series plural truncate split rsplit strip urlencode _ re
void open_value_helpers(lua_State* state);  ///< get has truthy kind json fas config avatar … shared

/// Helpers get the string at `index`, or throw Lua's error, which names helper and argument.
[[nodiscard]] std::string_view string_argument(lua_State* state, int index);
void push_text(lua_State* state, std::string_view text);

}  // namespace fedmsg::meta
