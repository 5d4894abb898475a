#include "meta/library.h"
#include "meta/lua_pattern.h"

#include <algorithm>
#include <string>

namespace fedmsg::meta {
namespace {

/// As the library counts: from 1, negative from the end. \return an offset, which may be beyond the end
std::size_t start_argument(lua_State* state, int index, std::size_t size) {
    const auto i = luaL_optinteger(state, index, 1);
    if (i > 0) return static_cast<std::size_t>(i) - 1;
    const auto back = static_cast<std::size_t>(0) - static_cast<std::size_t>(i);
    return i == 0 || back > size ? 0 : size - back;
}

void refuse_errors(lua_State* state, const LuaPattern& pattern) {
    if (pattern.error() != nullptr) luaL_error(state, "%s", pattern.error());
    Sandbox::of(state).check_time();
}

void push_capture(lua_State* state, const LuaPattern& pattern, std::string_view subject, std::size_t i) {
    const auto& capture = pattern.capture(i);
    if (capture.is_position)
        lua_pushinteger(state, static_cast<lua_Integer>(capture.begin + 1));
    else if (capture.end > subject.size())
        luaL_error(state, "unfinished capture");
    else
        push_text(state, subject.substr(capture.begin, capture.end - capture.begin));
}

/// All captures, or the whole match where there are none. \return how many
int push_captures(lua_State* state, const LuaPattern& pattern, std::string_view subject,
                  LuaPattern::Match match) {
    if (pattern.captures() == 0) {
        push_text(state, subject.substr(match.begin, match.end - match.begin));
        return 1;
    }
    luaL_checkstack(state, LuaPattern::most_captures, nullptr);
    for (std::size_t i = 0; i < pattern.captures(); ++i) push_capture(state, pattern, subject, i);
    return static_cast<int>(pattern.captures());
}

int find(lua_State* state) {
    const auto subject = string_argument(state, 1), text = string_argument(state, 2);
    const auto from = start_argument(state, 3, subject.size());
    if (from > subject.size()) return lua_pushnil(state), 1;
    if (lua_toboolean(state, 4) != 0 || LuaPattern::is_plain(text)) {
        const auto place = subject.find(text, from);
        if (place == subject.npos) return lua_pushnil(state), 1;
        lua_pushinteger(state, static_cast<lua_Integer>(place + 1));
        lua_pushinteger(state, static_cast<lua_Integer>(place + text.size()));
        return 2;
    }
    LuaPattern pattern{subject, text};
    const auto match = pattern.find(from);
    refuse_errors(state, pattern);
    if (!match) return lua_pushnil(state), 1;
    lua_pushinteger(state, static_cast<lua_Integer>(match->begin + 1));
    lua_pushinteger(state, static_cast<lua_Integer>(match->end));
    return 2 + (pattern.captures() == 0 ? 0 : push_captures(state, pattern, subject, *match));
}

int match(lua_State* state) {
    const auto subject = string_argument(state, 1);
    LuaPattern pattern{subject, string_argument(state, 2)};
    const auto from = start_argument(state, 3, subject.size());
    if (from > subject.size()) return lua_pushnil(state), 1;
    const auto match = pattern.find(from);
    refuse_errors(state, pattern);
    return match ? push_captures(state, pattern, subject, *match) : (lua_pushnil(state), 1);
}

/// Upvalues: subject, pattern, where to go on, where the last match ended (-1: none yet).
int next_match(lua_State* state) {
    const auto subject = string_argument(state, lua_upvalueindex(1));
    LuaPattern pattern{subject, string_argument(state, lua_upvalueindex(2))};
    auto from = static_cast<std::size_t>(lua_tointeger(state, lua_upvalueindex(3)));
    const auto last = lua_tointeger(state, lua_upvalueindex(4));
    for (; from <= subject.size(); ++from) {
        const auto match = pattern.find(from);
        refuse_errors(state, pattern);
        if (!match) return 0;
        from = match->begin;
        if (static_cast<lua_Integer>(match->end) == last) continue;
        lua_pushinteger(state, static_cast<lua_Integer>(match->end));
        lua_copy(state, -1, lua_upvalueindex(3));
        lua_replace(state, lua_upvalueindex(4));
        return push_captures(state, pattern, subject, *match);
    }
    return 0;
}

int gmatch(lua_State* state) {
    luaL_checkstring(state, 1);
    luaL_checkstring(state, 2);
    lua_settop(state, 2);
    lua_pushinteger(state, 0);
    lua_pushinteger(state, -1);
    lua_pushcclosure(state, next_match, 4);
    return 1;
}

/// What `%1` and `%%` of a replacement stand for.
void append_replacement(lua_State* state, std::string& out, const LuaPattern& pattern,
                        std::string_view subject, LuaPattern::Match match, std::string_view replacement) {
    for (std::size_t i = 0; i < replacement.size(); ++i) {
        if (replacement[i] != '%') {
            out += replacement[i];
            continue;
        }
        const char c = ++i < replacement.size() ? replacement[i] : '\0';
        if (c == '%') {
            out += c;
        } else if (c == '0' || (c == '1' && pattern.captures() == 0)) {
            out += subject.substr(match.begin, match.end - match.begin);
        } else if (c >= '1' && c <= '9' && static_cast<std::size_t>(c - '1') < pattern.captures()) {
            push_capture(state, pattern, subject, static_cast<std::size_t>(c - '1'));
            out += string_argument(state, -1);
            lua_pop(state, 1);
        } else {
            luaL_error(state, "invalid use of '%%' in replacement string");
        }
    }
}

void append_replaced(lua_State* state, std::string& out, const LuaPattern& pattern, std::string_view subject,
                     LuaPattern::Match match) {
    if (lua_type(state, 3) == LUA_TSTRING || lua_type(state, 3) == LUA_TNUMBER)
        return append_replacement(state, out, pattern, subject, match, string_argument(state, 3));
    if (lua_type(state, 3) == LUA_TFUNCTION) {
        lua_pushvalue(state, 3);
        lua_call(state, push_captures(state, pattern, subject, match), 1);
    } else {
        push_captures(state, pattern, subject, match);
        lua_settop(state, 5);  // the first of them
        lua_gettable(state, 3);
    }
    if (lua_toboolean(state, -1) == 0)
        out += subject.substr(match.begin, match.end - match.begin);
    else if (lua_isstring(state, -1) != 0)
        out += string_argument(state, -1);
    else
        luaL_error(state, "invalid replacement value (a %s)", luaL_typename(state, -1));
    lua_settop(state, 4);
}

int gsub(lua_State* state) {
    const auto subject = string_argument(state, 1);
    LuaPattern pattern{subject, string_argument(state, 2)};
    const int type = lua_type(state, 3);
    luaL_argexpected(
        state, type == LUA_TSTRING || type == LUA_TNUMBER || type == LUA_TFUNCTION || type == LUA_TTABLE, 3,
        "string/function/table");
    const auto most = luaL_optinteger(state, 4, static_cast<lua_Integer>(subject.size()) + 1);
    lua_settop(state, 4);
    std::string out;
    lua_Integer count = 0;
    std::size_t at = 0, last = subject.npos;
    while (count < most && at <= subject.size()) {
        const auto match = pattern.find(at);
        refuse_errors(state, pattern);
        if (!match) break;
        out += subject.substr(at, match->begin - at);
        at = match->begin;
        if (match->end != last) {
            ++count;
            append_replaced(state, out, pattern, subject, *match);
            at = last = match->end;
        } else if (at < subject.size()) {
            out += subject[at++];
        } else {
            break;
        }
        if (pattern.anchored()) break;
    }
    if (at < subject.size()) out += subject.substr(at);
    push_text(state, out);
    lua_pushinteger(state, count);
    return 2;
}

/// Lua's own does as many steps as are asked for, even where nothing is repeated.
int rep(lua_State* state) {
    const auto text = string_argument(state, 1);
    const auto n = luaL_checkinteger(state, 2);
    const auto separator = luaL_optstring(state, 3, "");
    constexpr lua_Integer most = 1 << 20;
    std::string out;
    if (n > 0 && (!text.empty() || *separator != '\0')) {
        const std::string between{separator};
        if (n > most || static_cast<lua_Integer>(text.size() + between.size()) > most / n)
            luaL_error(state, "resulting string too large");
        for (lua_Integer i = 0; i < n; ++i) {
            if (i > 0) out += between;
            out += text;
        }
    }
    push_text(state, out);
    return 1;
}

/// Lua's own is one instruction, and takes 10 ms for the largest table there can be.
int sort(lua_State* state) {
    Sandbox::of(state).check_time();
    lua_pushvalue(state, lua_upvalueindex(1));
    lua_insert(state, 1);
    lua_call(state, lua_gettop(state) - 1, 0);
    return 0;
}

/// Leaves of a library's table only what is named.
void keep_only(lua_State* state, const char* library, std::span<const std::string_view> names) {
    lua_newtable(state);
    lua_getglobal(state, library);
    for (const auto name : names) {
        push_text(state, name);
        lua_pushvalue(state, -1);
        lua_gettable(state, -3);
        lua_settable(state, -4);
    }
    lua_pop(state, 1);
    lua_setglobal(state, library);
}

}  // namespace

std::string_view string_argument(lua_State* state, int index) {
    if (lua_type(state, index) == LUA_TLIGHTUSERDATA)
        luaL_argerror(state, index, "string expected, got null");
    std::size_t size = 0;
    const char* text = luaL_checklstring(state, index, &size);
    return {text, size};
}

void push_text(lua_State* state, std::string_view text) { lua_pushlstring(state, text.data(), text.size()); }

void open_lua_library(lua_State* state) {
    const luaL_Reg libraries[] = {{LUA_GNAME, luaopen_base},
                                  {LUA_STRLIBNAME, luaopen_string},
                                  {LUA_TABLIBNAME, luaopen_table},
                                  {LUA_MATHLIBNAME, luaopen_math},
                                  {LUA_UTF8LIBNAME, luaopen_utf8}};
    for (const auto& library : libraries) {
        luaL_requiref(state, library.name, library.func, 1);
        lua_pop(state, 1);
    }
    // Not: whatever loads code, catches the error that ends a script, or changes metatables.
    constexpr std::string_view base[] = {"assert", "error",    "ipairs",   "next",    "pairs",
                                         "select", "tonumber", "tostring", "type",    "string",
                                         "table",  "math",     "utf8",     "_VERSION"};
    keep_only(state, LUA_GNAME, base);
    lua_getglobal(state, LUA_GNAME);
    lua_rawseti(state, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    // Not: table.move, which works as long as it is told to; math.random, which is another each time.
    constexpr std::string_view table[] = {"concat", "insert", "pack", "remove", "sort", "unpack"};
    keep_only(state, LUA_TABLIBNAME, table);
    lua_getglobal(state, LUA_TABLIBNAME);
    lua_getfield(state, -1, "sort");
    lua_pushcclosure(state, sort, 1);
    lua_setfield(state, -2, "sort");
    lua_pop(state, 1);
    constexpr std::string_view math[] = {"abs", "ceil", "exp",        "floor", "fmod",       "huge",
                                         "log", "max",  "maxinteger", "min",   "mininteger", "modf",
                                         "pi",  "sqrt", "tointeger",  "type",  "ult"};
    keep_only(state, LUA_MATHLIBNAME, math);
    constexpr std::string_view string[] = {"byte",  "char",    "format", "len",
                                           "lower", "reverse", "sub",    "upper"};
    keep_only(state, LUA_STRLIBNAME, string);
    lua_getglobal(state, LUA_STRLIBNAME);
    const luaL_Reg bounded[] = {{"find", find},   {"gmatch", gmatch}, {"gsub", gsub},
                                {"match", match}, {"rep", rep},       {nullptr, nullptr}};
    luaL_setfuncs(state, bounded, 0);
    // ("text"):find() is a method of this table, too.
    push_text(state, "");
    lua_getmetatable(state, -1);
    lua_pushvalue(state, -3);
    lua_setfield(state, -2, "__index");
    lua_pop(state, 3);
}

}  // namespace fedmsg::meta
