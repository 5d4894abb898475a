#include "meta/lua_json.h"

#include "encoding/write.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace fedmsg::meta {
namespace {

using encoding::Kind;
using encoding::Node;

constexpr const char* type_name = "fedmsg.json";
constexpr int value_levels = 100;  // of a table that becomes JSON: it may contain itself

/// The memory of a userdata.
struct Held {
    Node node;
    std::uint64_t generation;
};

/// null is a light userdata with this address.
const char null_address = 0;
void push_null(lua_State* state) { lua_pushlightuserdata(state, const_cast<char*>(&null_address)); }

Node checked(lua_State* state, const Held& held) {
    if (held.generation != Sandbox::of(state).generation())
        luaL_error(state, "this value belongs to an earlier message: keep strings and numbers, not objects");
    return held.node;
}

/// For metamethods, which Lua calls with nothing else.
Node self(lua_State* state) { return checked(state, *static_cast<Held*>(lua_touserdata(state, 1))); }

int index(lua_State* state) {
    const Node node = self(state);
    if (lua_type(state, 2) == LUA_TSTRING) {
        std::size_t size = 0;
        const char* key = lua_tolstring(state, 2, &size);
        if (const Node* found = node.find({key, size})) {
            push(state, *found);
            return 1;
        }
    } else if (node.kind() == Kind::array) {
        int is_integer = 0;
        const auto i = lua_tointegerx(state, 2, &is_integer);
        const auto elements = node.elements();
        if (is_integer != 0 && i >= 1 && static_cast<lua_Unsigned>(i) <= elements.size()) {
            push(state, elements[static_cast<std::size_t>(i) - 1]);
            return 1;
        }
    }
    return 0;
}

int length(lua_State* state) {
    const Node node = self(state);
    lua_pushinteger(state, static_cast<lua_Integer>(std::max(node.elements().size(), node.members().size())));
    return 1;
}

/// The iterator of pairs(): upvalues are the object and how many of its members are done.
int next(lua_State* state) {
    const Node node = checked(state, *static_cast<Held*>(lua_touserdata(state, lua_upvalueindex(1))));
    const auto done = static_cast<std::size_t>(lua_tointeger(state, lua_upvalueindex(2)));
    lua_pushinteger(state, static_cast<lua_Integer>(done + 1));
    lua_replace(state, lua_upvalueindex(2));
    if (node.is_object()) {
        const auto members = node.members();
        if (done >= members.size()) return 0;
        lua_pushlstring(state, members[done].key.data(), members[done].key.size());
        push(state, members[done].value);
        return 2;
    }
    const auto elements = node.elements();
    if (done >= elements.size()) return 0;
    lua_pushinteger(state, static_cast<lua_Integer>(done + 1));
    push(state, elements[done]);
    return 2;
}

int pairs(lua_State* state) {
    lua_settop(state, 1);
    lua_pushinteger(state, 0);
    lua_pushcclosure(state, next, 2);
    return 1;
}

int to_string(lua_State* state) {
    const auto text = encoding::dumps(self(state), {.sort_keys = false, .unicode = true});
    lua_pushlstring(state, text.data(), text.size());
    return 1;
}

encoding::Value table_at(lua_State* state, int index, int levels);

encoding::Value value_within(lua_State* state, int index, int levels) {
    switch (lua_type(state, index)) {
        case LUA_TNIL: return nullptr;
        case LUA_TBOOLEAN: return lua_toboolean(state, index) != 0;
        case LUA_TNUMBER:
            if (lua_isinteger(state, index) != 0)
                return static_cast<std::int64_t>(lua_tointeger(state, index));
            return lua_tonumber(state, index);
        case LUA_TSTRING: {
            std::size_t size = 0;
            const char* text = lua_tolstring(state, index, &size);
            return std::string_view{text, size};
        }
        case LUA_TTABLE:
            if (levels == 0) luaL_error(state, "a table is nested too deeply for JSON, or contains itself");
            return table_at(state, index, levels - 1);
        default: break;
    }
    if (is_null(state, index)) return nullptr;
    if (const auto node = node_at(state, index)) return encoding::to_value(*node);
    luaL_error(state, "%s cannot be JSON", kind_at(state, index));
    return {};
}

encoding::Value table_at(lua_State* state, int index, int levels) {
    index = lua_absindex(state, index);
    luaL_checkstack(state, 4, nullptr);
    const auto size = lua_rawlen(state, index);
    lua_pushnil(state);
    const bool empty = lua_next(state, index) == 0;
    if (!empty) lua_pop(state, 2);
    if (size > 0 || empty) {
        encoding::Array list;
        for (lua_Unsigned i = 1; i <= size; ++i) {
            lua_rawgeti(state, index, static_cast<lua_Integer>(i));
            list.push_back(value_within(state, -1, levels));
            lua_pop(state, 1);
        }
        return list;
    }
    std::vector<encoding::Object::Member> members;
    lua_pushnil(state);
    while (lua_next(state, index) != 0) {
        lua_pushvalue(state, -2);  // lua_tolstring changes a number in place, and lua_next would be lost
        std::size_t length = 0;
        const char* key = lua_tolstring(state, -1, &length);
        if (key == nullptr) luaL_error(state, "%s cannot be a key of JSON", kind_at(state, -1));
        members.emplace_back(std::string{key, length}, value_within(state, -2, levels));
        lua_pop(state, 2);
    }
    // Lua's own order differs from run to run.
    std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return encoding::Object::of(std::move(members));
}

}  // namespace

void open_json(lua_State* state) {
    luaL_newmetatable(state, type_name);
    const luaL_Reg methods[] = {{"__index", index},
                                {"__len", length},
                                {"__pairs", pairs},
                                {"__tostring", to_string},
                                {nullptr, nullptr}};
    luaL_setfuncs(state, methods, 0);
    lua_pop(state, 1);
    push_null(state);
    lua_setglobal(state, "null");
}

void push(lua_State* state, Node node) {
    const auto text = node.text();
    switch (node.kind()) {
        case Kind::null: return push_null(state);
        case Kind::boolean: return lua_pushboolean(state, node.boolean() ? 1 : 0);
        case Kind::integer:
            if (const auto integer = node.integer()) return lua_pushinteger(state, *integer);
            lua_pushlstring(state, text.data(), text.size());
            return;
        case Kind::real: return lua_pushnumber(state, *node.number());
        case Kind::string: lua_pushlstring(state, text.data(), text.size()); return;
        case Kind::array:
        case Kind::object: break;
    }
    luaL_checkstack(state, 3, nullptr);
    auto* held = static_cast<Held*>(lua_newuserdatauv(state, sizeof(Held), 0));
    *held = {node, Sandbox::of(state).generation()};
    luaL_setmetatable(state, type_name);
}

void push(lua_State* state, const encoding::Value& value) {
    luaL_checkstack(state, 4, "values are nested too deeply");
    switch (value.kind()) {
        case Kind::null: return push_null(state);
        case Kind::boolean: return lua_pushboolean(state, *value.boolean() ? 1 : 0);
        case Kind::integer:
            if (const auto integer = value.integer()) return lua_pushinteger(state, *integer);
            lua_pushstring(state, value.big_integer()->digits.c_str());
            return;
        case Kind::real: return lua_pushnumber(state, *value.number());
        case Kind::string: lua_pushlstring(state, value.string()->data(), value.string()->size()); return;
        case Kind::array: {
            lua_newtable(state);
            lua_Integer i = 0;
            for (const auto& element : *value.array()) {
                push(state, element);
                lua_rawseti(state, -2, ++i);
            }
            return;
        }
        case Kind::object:
            lua_newtable(state);
            for (const auto& [key, member] : *value.object()) {
                lua_pushlstring(state, key.data(), key.size());
                push(state, member);
                lua_rawset(state, -3);
            }
            return;
    }
}

std::optional<Node> node_at(lua_State* state, int index) {
    if (lua_type(state, index) != LUA_TUSERDATA) return {};
    return checked(state, *static_cast<Held*>(lua_touserdata(state, index)));
}

bool is_null(lua_State* state, int index) {
    return lua_islightuserdata(state, index) != 0 && lua_touserdata(state, index) == &null_address;
}

const char* kind_at(lua_State* state, int index) {
    switch (lua_type(state, index)) {
        case LUA_TNONE:
        case LUA_TNIL: return "nothing";
        case LUA_TBOOLEAN: return "a boolean";
        case LUA_TNUMBER: return "a number";
        case LUA_TSTRING: return "a string";
        case LUA_TTABLE: return "a table";
        case LUA_TFUNCTION: return "a function";
        case LUA_TLIGHTUSERDATA: return "null";
        default: break;
    }
    const auto node = node_at(state, index);
    return node && node->is_object() ? "an object" : "a list";
}

encoding::Value value_at(lua_State* state, int index) { return value_within(state, index, value_levels); }

std::optional<std::string> text_at(lua_State* state, int index) {
    switch (lua_type(state, index)) {
        case LUA_TSTRING: {
            std::size_t size = 0;
            const char* text = lua_tolstring(state, index, &size);
            return std::string{text, size};
        }
        case LUA_TBOOLEAN: return lua_toboolean(state, index) != 0 ? "True" : "False";
        case LUA_TNUMBER: {
            if (lua_isinteger(state, index) != 0) return std::to_string(lua_tointeger(state, index));
            std::string text;
            encoding::write_double(lua_tonumber(state, index), text);
            return text;
        }
        default: return {};
    }
}

}  // namespace fedmsg::meta
