#include "encoding/write.h"
#include "meta/host.h"
#include "meta/library.h"
#include "meta/lua_json.h"
#include "meta/paths.h"
#include "meta/processor.h"
#include "meta/series.h"

#include <md5.h>
#include <sha2.h>

#include <array>
#include <cmath>
#include <ctime>

namespace fedmsg::meta {
namespace {

const Host& host(lua_State* state) { return *static_cast<const Host*>(Sandbox::of(state).host); }

/// get(object, "a.b.c"): nil where a step of it is not there.
int get(lua_State* state) {
    if (!push_path(state, 1, string_argument(state, 2))) lua_pushnil(state);
    return 1;
}

/// has(object, "a.b.c"): whether it is there; null is.
int has(lua_State* state) {
    lua_pushboolean(state, push_path(state, 1, string_argument(state, 2)) ? 1 : 0);
    return 1;
}

/// truthy(value): as Python's bool(): false of nil, null, false, 0, "", and what is empty.
int truthy(lua_State* state) {
    bool is = false;
    switch (lua_type(state, 1)) {
        case LUA_TBOOLEAN: is = lua_toboolean(state, 1) != 0; break;
        case LUA_TNUMBER: is = lua_tonumber(state, 1) != 0; break;
        case LUA_TSTRING: is = lua_rawlen(state, 1) > 0; break;
        case LUA_TTABLE:
            lua_pushnil(state);
            is = lua_next(state, 1) != 0;
            break;
        case LUA_TFUNCTION: is = true; break;
        default:
            if (const auto node = node_at(state, 1)) is = node->truthy();
    }
    lua_pushboolean(state, is ? 1 : 0);
    return 1;
}

/// kind(value): "object", "list", "string", "number", "boolean", "null", "nil"; of Lua's own "table",
/// "function".
int kind(lua_State* state) {
    if (const auto node = node_at(state, 1))
        return push_text(state, node->is_object() ? "object" : "list"), 1;
    push_text(state, is_null(state, 1) ? "null" : lua_typename(state, lua_type(state, 1)));
    return 1;
}

/// json.encode(value[, indent]): on one line, or indented by so many spaces a level. Keys stay in their
/// order.
int json_encode(lua_State* state) {
    const auto indent = luaL_optinteger(state, 2, 0);
    luaL_argcheck(state, indent >= 0 && indent <= 16, 2, "must be from 0 to 16");
    std::string text;
    const encoding::Style style{.sort_keys = false, .indented = indent > 0};
    if (const auto node = node_at(state, 1))
        encoding::write(*node, style, text);
    else
        encoding::write(value_at(state, 1), style, text);
    if (indent > 0 && indent != 2) {  // the writer knows two spaces
        std::string wide;
        bool at_start = true;
        for (const char c : text) {
            if (at_start && c == ' ') {
                wide.append(static_cast<std::size_t>(indent) / 2, ' ');
                continue;
            }
            at_start = c == '\n';
            wide += c;
        }
        text = std::move(wide);
    }
    push_text(state, text);
    return 1;
}

std::string sha256_of(std::string_view text) {
    std::array<char, SHA256_DIGEST_STRING_LENGTH> digest{};
    ::SHA256Data(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), digest.data());
    return digest.data();
}

std::string md5_of(std::string_view text) {
    std::array<char, MD5_DIGEST_STRING_LENGTH> digest{};
    ::MD5Data(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), digest.data());
    return digest.data();
}

int sha256(lua_State* state) { return push_text(state, sha256_of(string_argument(state, 1))), 1; }
int md5(lua_State* state) { return push_text(state, md5_of(string_argument(state, 1))), 1; }

std::string icon_of(lua_State* state, const std::string& hash) {
    const auto size = luaL_optinteger(state, 2, 64);
    const std::string fallback = luaL_optstring(state, 3, "retro");
    return "https://seccdn.libravatar.org/avatar/" + hash + "?s=" + std::to_string(size) + "&d=" + fallback;
}

/// avatar(username[, size[, default]]): the picture of a user of the site, found by their OpenID.
int avatar(lua_State* state) {
    const auto id = "http://" + std::string{string_argument(state, 1)} + ".id." + host(state).domain() + "/";
    return push_text(state, icon_of(state, sha256_of(id))), 1;
}

/// gravatar(mail[, size[, default]]): the picture of a mail address.
int gravatar(lua_State* state) {
    return push_text(state, icon_of(state, md5_of(string_argument(state, 1)))), 1;
}

int humanize_time(lua_State* state) {
    return push_text(state, humanize(luaL_checknumber(state, 1), host(state).now())), 1;
}

/// time.format(seconds, "%Y-%m-%d"): as strftime(3), in UTC.
int format_time(lua_State* state) {
    const auto seconds = luaL_checknumber(state, 1);
    luaL_argcheck(state, std::abs(seconds) < 1e11, 1, "no time of our age");
    const auto time = static_cast<std::time_t>(std::floor(seconds));
    std::tm utc{};
    ::gmtime_r(&time, &utc);
    std::array<char, 256> text{};
    return push_text(state, {text.data(),
                             std::strftime(text.data(), text.size(), luaL_checkstring(state, 2), &utc)}),
           1;
}

int now(lua_State* state) { return lua_pushnumber(state, host(state).now()), 1; }

/// fas(nickname or mail address): the user name.
int fas(lua_State* state) { return push_text(state, host(state).fas(string_argument(state, 1))), 1; }

/// config("key"): nil where it is not set. Secrets are not given.
int config(lua_State* state) {
    const auto* value = host(state).config(string_argument(state, 1));
    value != nullptr ? push(state, *value) : lua_pushnil(state);
    return 1;
}

/// shared.NAME: what shared/NAME.lua returns; it is run once.
int load_shared(lua_State* state) {
    const std::string name{string_argument(state, 2)};
    const auto file = host(state).shared_file(name);
    if (!file) luaL_error(state, "there is no shared/%s.lua", name.c_str());
    std::string wrong;
    const auto script = read_script(*file, wrong);
    if (!script) luaL_error(state, "%s", wrong.c_str());
    if (const auto failure = Sandbox::of(state).compile(*script, "shared/" + name + ".lua"))
        luaL_error(state, "%s", failure->text.c_str());
    lua_call(state, 0, 1);
    if (lua_type(state, -1) != LUA_TTABLE) luaL_error(state, "shared/%s.lua returns no table", name.c_str());
    lua_pushvalue(state, 2);
    lua_pushvalue(state, -2);
    lua_rawset(state, 1);
    return 1;
}

int unknown_name(lua_State* state) {
    return luaL_error(state, "'%s' is no local variable, and no helper of that name exists",
                      luaL_tolstring(state, 2, nullptr));
}

int new_global(lua_State* state) {
    return luaL_error(state, "'%s' is no local variable: it would outlive the message",
                      luaL_tolstring(state, 2, nullptr));
}

void set_function_of_metatable(lua_State* state, const char* event, lua_CFunction function) {
    if (lua_getmetatable(state, -1) == 0) lua_newtable(state);
    lua_pushcfunction(state, function);
    lua_setfield(state, -2, event);
    lua_setmetatable(state, -2);
}

}  // namespace

void open_value_helpers(lua_State* state) {
    const luaL_Reg globals[] = {{"get", get},       {"has", has},           {"truthy", truthy},
                                {"kind", kind},     {"sha256", sha256},     {"md5", md5},
                                {"avatar", avatar}, {"gravatar", gravatar}, {"fas", fas},
                                {"config", config}, {nullptr, nullptr}};
    lua_rawgeti(state, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    luaL_setfuncs(state, globals, 0);
    const luaL_Reg json[] = {{"encode", json_encode}, {nullptr, nullptr}};
    luaL_newlib(state, json);
    lua_setfield(state, -2, "json");
    const luaL_Reg time[] = {
        {"humanize", humanize_time}, {"format", format_time}, {"now", now}, {nullptr, nullptr}};
    luaL_newlib(state, time);
    lua_setfield(state, -2, "time");
    lua_newtable(state);
    set_function_of_metatable(state, "__index", load_shared);
    lua_setfield(state, -2, "shared");
    lua_pop(state, 1);
}

void open_library(Sandbox& sandbox) {
    lua_State* const state = sandbox.state();
    open_lua_library(state);
    open_json(state);
    open_text_helpers(state);
    open_value_helpers(state);
    lua_rawgeti(state, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    set_function_of_metatable(state, "__index", unknown_name);
    set_function_of_metatable(state, "__newindex", new_global);
    lua_pop(state, 1);
}

}  // namespace fedmsg::meta
