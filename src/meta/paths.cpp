#include "meta/paths.h"

#include "meta/lua_json.h"

#include <charconv>

namespace fedmsg::meta {
namespace {

bool has_members(lua_State* state, int index) {
    return lua_type(state, index) == LUA_TTABLE || node_at(state, index).has_value();
}

/// Replaces the value on the top by its member.
bool step(lua_State* state, std::string_view key) {
    if (!has_members(state, -1)) return false;
    lua_pushlstring(state, key.data(), key.size());
    if (lua_gettable(state, -2) == LUA_TNIL) {
        lua_Integer place = 0;
        const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), place);
        if (error != std::errc{} || end != key.data() + key.size()) return false;
        lua_pop(state, 1);
        if (lua_geti(state, -1, place) == LUA_TNIL) return false;
    }
    lua_remove(state, -2);
    return true;
}

}  // namespace

bool push_path(lua_State* state, int index, std::string_view path) {
    const int top = lua_gettop(state);
    lua_pushvalue(state, index);
    for (;;) {
        const auto dot = path.find('.');
        if (!step(state, path.substr(0, dot))) {
            lua_settop(state, top);
            return false;
        }
        if (dot == path.npos) return true;
        path.remove_prefix(dot + 1);
    }
}

}  // namespace fedmsg::meta
