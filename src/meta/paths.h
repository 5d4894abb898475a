#pragma once
/// \file
/// `msg.update.title`, `msg.list.1.name`: the way to a value, for get(), has() and fmt().

#include "meta/sandbox.h"

#include <string_view>

namespace fedmsg::meta {

/// Pushes the value at the end of a dotted path from the object, list or table at `index`; a number is the
/// place in a list, from 1. False, and nothing is pushed, where a step of it is not there.
[[nodiscard]] bool push_path(lua_State* state, int index, std::string_view path);

}  // namespace fedmsg::meta
