#include "meta/processor.h"

#include "meta/library.h"
#include "meta/lua_json.h"
#include "util/error.h"
#include "util/log.h"

#include <algorithm>
#include <fstream>
#include <functional>

namespace fedmsg::meta {
namespace {

constexpr int no_function = 0;

/// In the order of their references.
constexpr std::array conglomerator_parts{"can_handle", "matches", "merge"};

std::string string_at(lua_State* state, int index) { return std::string{string_argument(state, index)}; }

encoding::Value text_of(lua_State* state, int index) {
    if (is_null(state, index)) return nullptr;
    if (lua_type(state, index) != LUA_TSTRING && lua_type(state, index) != LUA_TNUMBER)
        luaL_error(state, "gave %s instead of a text", kind_at(state, index));
    return *text_at(state, index);
}

/// \param keep_numbers  else they become texts. What is nil in a list, as members that are missing are, makes
/// it no shorter.
encoding::Value set_of(lua_State* state, int index, bool keep_numbers) {
    encoding::Array set;
    const auto add = [&](int at) {
        if (is_null(state, at)) return;
        if (lua_type(state, at) != LUA_TSTRING && lua_type(state, at) != LUA_TNUMBER)
            luaL_error(state, "gave a list with %s in it", kind_at(state, at));
        set.push_back(keep_numbers ? value_at(state, at) : encoding::Value{*text_at(state, at)});
    };
    const auto node = node_at(state, index);
    if (node && node->kind() == encoding::Kind::array) {
        for (const auto& element : node->elements()) {
            push(state, element);
            add(-1);
            lua_pop(state, 1);
        }
    } else if (lua_type(state, index) == LUA_TTABLE) {
        lua_pushnil(state);
        while (lua_next(state, index) != 0) {
            if (lua_isinteger(state, -2) == 0)
                luaL_error(state, "gave a table with the key '%s' instead of a list",
                           luaL_tolstring(state, -2, nullptr));
            add(-1);
            lua_pop(state, 1);
        }
    } else if (!is_null(state, index)) {
        luaL_error(state, "gave %s instead of a list", kind_at(state, index));
    }
    const auto before = [](const encoding::Value& a, const encoding::Value& b) {
        if (a.string() != nullptr && b.string() != nullptr) return *a.string() < *b.string();
        if (a.string() != nullptr || b.string() != nullptr) return b.string() != nullptr;  // numbers first
        return *a.number() < *b.number();
    };
    std::sort(set.begin(), set.end(), before);
    set.erase(std::unique(set.begin(), set.end()), set.end());
    return set;
}

encoding::Value map_of(lua_State* state, int index) {
    if (is_null(state, index)) return encoding::Object{};
    auto map = value_at(state, index);
    if (map.array() != nullptr && map.array()->empty()) return encoding::Object{};
    if (map.object() == nullptr)
        luaL_error(state, "gave %s instead of a table of names", kind_at(state, index));
    for (const auto& [key, value] : *map.object())
        if (value.string() == nullptr && !value.is_null())
            luaL_error(state, "gave %s under '%s' instead of a string",
                       std::string{to_string(value.kind())}.c_str(), key.c_str());
    return map;
}

std::optional<encoding::Value> shaped(lua_State* state, int index, Shape shape) {
    if (lua_isnoneornil(state, index)) return {};
    switch (shape) {
        case Shape::text:
        case Shape::optional_text: return text_of(state, index);
        case Shape::set: return set_of(state, index, false);
        case Shape::ids: return set_of(state, index, true);
        case Shape::map: return map_of(state, index);
    }
    return {};
}

}  // namespace

/// Something that runs in the sandbox, protected: what fails in it, in Lua or here, ends as a Failure.
struct Processor::Call {
    std::function<void(lua_State*)> body;

    static int enter(lua_State* state) {
        const auto& call = *static_cast<Call*>(lua_touserdata(state, 1));
        lua_settop(state, 0);
        call.body(state);
        return 0;
    }
};

std::optional<std::string> read_script(const std::string& file, std::string& wrong) {
    constexpr std::size_t largest = 1 << 20;  // the largest that is shipped has 20 KB
    std::ifstream in{file, std::ios::binary};
    std::string script(largest + 1, '\0');
    if (!in) {
        wrong = file + ": cannot be read: " + error_text(errno);
        return {};
    }
    in.read(script.data(), static_cast<std::streamsize>(script.size()));
    script.resize(static_cast<std::size_t>(in.gcount()));
    if (script.size() <= largest) return script;
    wrong = file + ": has more than 1 MiB";
    return {};
}

Processor::Processor(std::string name, std::string file, const Host& host, const Budget& budget)
    : name_{std::move(name)}, file_{std::move(file)}, host_{host}, budget_{budget} {}

std::optional<std::string> Processor::load() {
    if (!loaded_) {
        loaded_ = true;
        wrong_ = run_script();
        if (wrong_) sandbox_.reset();
    }
    return wrong_;
}

std::optional<std::string> Processor::run_script() {
    std::string wrong;
    const auto script = read_script(file_, wrong);
    if (!script) return wrong;

    functions_.fill(no_function);
    conglomerators_.clear();
    unknown_.clear();
    icon_.clear();
    prefix_.clear();
    topics_.reset();
    sandbox_ = std::make_unique<Sandbox>(budget_);
    sandbox_->host = &host_;
    open_library(*sandbox_);
    if (auto failure = sandbox_->compile(*script, name_ + ".lua")) return std::move(failure->text);
    Call call{[this](lua_State* state) { take_table(state); }};
    // The script itself, which enter() would drop, is handed over in the registry.
    lua_setfield(sandbox_->state(), LUA_REGISTRYINDEX, "script");
    lua_pushcfunction(sandbox_->state(), Call::enter);
    lua_pushlightuserdata(sandbox_->state(), &call);
    if (auto failure = sandbox_->call(1, 0)) return std::move(failure->text);
    return {};
}

void Processor::take_table(lua_State* state) {
    lua_getfield(state, LUA_REGISTRYINDEX, "script");
    lua_pushnil(state);
    lua_setfield(state, LUA_REGISTRYINDEX, "script");
    lua_call(state, 0, 1);
    if (lua_type(state, 1) != LUA_TTABLE)
        luaL_error(state, "%s.lua: returns %s instead of a table", name_.c_str(), kind_at(state, 1));
    for (lua_pushnil(state); lua_next(state, 1) != 0; lua_settop(state, 2)) {
        if (lua_type(state, 2) != LUA_TSTRING)
            luaL_error(state, "%s.lua: the table has a key that is no name", name_.c_str());
        take_member(state, string_at(state, 2));
    }
    std::sort(unknown_.begin(), unknown_.end());
}

/// The member's value is at index 3, which may be taken away.
void Processor::take_member(lua_State* state, const std::string& key) {
    const int type = lua_type(state, 3);
    if (const auto field = field_named(key); field && type == LUA_TFUNCTION) {
        functions_[static_cast<std::size_t>(*field)] = luaL_ref(state, LUA_REGISTRYINDEX);
        return;
    }
    if (key == "conglomerators" && type == LUA_TTABLE) return take_conglomerators(state);
    if (key == "name" && type == LUA_TSTRING) {
        if (string_at(state, 3) != name_)
            luaL_error(state, "%s.lua: its name is '%s': name the file like the processor", name_.c_str(),
                       lua_tostring(state, 3));
        return;
    }
    constexpr std::string_view about_the_service[] = {"description", "home", "link", "docs", "obj"};
    if (type == LUA_TSTRING && key == "icon")
        icon_ = string_at(state, 3);
    else if (type == LUA_TSTRING && key == "prefix")
        prefix_ = string_at(state, 3);
    else if (type != LUA_TSTRING || std::ranges::find(about_the_service, key) == std::end(about_the_service))
        unknown_.push_back(key);
}

void Processor::take_conglomerators(lua_State* state) {
    for (lua_Integer i = 1; lua_geti(state, 3, i) == LUA_TTABLE; ++i, lua_settop(state, 3)) {
        auto& references = conglomerators_.emplace_back();
        for (std::size_t part = 0; part < references.size(); ++part) {
            if (lua_getfield(state, 4, conglomerator_parts[part]) != LUA_TFUNCTION)
                luaL_error(state, "%s.lua: conglomerators[%I].%s is no function", name_.c_str(), i,
                           conglomerator_parts[part]);
            references[part] = luaL_ref(state, LUA_REGISTRYINDEX);
        }
    }
}

bool Processor::handles(std::string_view topic, const std::string& site_prefix) {
    if (load()) return false;
    if (!topics_) {
        const auto& prefix = prefix_.empty() ? site_prefix : prefix_;
        std::string escaped;
        for (const char c : name_) (c == '.' ? escaped += '\\' : escaped) += c;
        try {
            topics_.emplace("^(?:" + prefix + ")\\." + escaped + "(\\.|$)");
        } catch (const UsageError& e) {
            wrong_ = file_ + ": prefix: " + e.what();
            return false;
        }
    }
    return topics_->search(topic) == message::Regex::Found::yes;
}

bool Processor::run(Call& call, std::string_view what) {
    lua_State* const state = sandbox_->state();
    lua_pushcfunction(state, Call::enter);
    lua_pushlightuserdata(state, &call);
    const auto failure = sandbox_->call(1, 0);
    if (!failure) return true;
    ++failures_;
    last_failure_ = std::string{what} + ": " + failure->text;
    if (failure->stopped) {
        ++stops_;
        log::warning("meta", "{}: {}: {}", file_, what, failure->text);
        // What it was in the middle of is unknown: it begins anew.
        sandbox_.reset();
        loaded_ = false;
    } else {
        log::debug("meta", "{}: {}", what, failure->text);
    }
    return false;
}

std::optional<encoding::Value> Processor::value(Field field, encoding::Node envelope,
                                                std::string_view subject) {
    if (load()) return {};
    const int function = functions_[static_cast<std::size_t>(field)];
    if (function == no_function) {
        if (field == Field::icon && !icon_.empty()) return icon_;
        return {};
    }
    std::optional<encoding::Value> result;
    Call call{[&](lua_State* state) {
        lua_rawgeti(state, LUA_REGISTRYINDEX, function);
        push(state, envelope);
        push_text(state, subject);
        lua_call(state, 2, 1);
        result = shaped(state, 1, traits(field).shape);
    }};
    if (!run(call, traits(field).name)) return {};
    return result;
}

std::size_t Processor::conglomerators() { return load() ? 0 : conglomerators_.size(); }

bool Processor::holds(std::size_t conglomerator, std::size_t part,
                      std::initializer_list<encoding::Node> envelopes) {
    if (load()) return false;
    bool result = false;
    Call call{[&](lua_State* state) {
        lua_rawgeti(state, LUA_REGISTRYINDEX, conglomerators_[conglomerator][part]);
        for (const auto& envelope : envelopes) push(state, envelope);
        lua_call(state, static_cast<int>(envelopes.size()), 1);
        result = lua_toboolean(state, 1) != 0;
    }};
    return run(call, conglomerator_parts[part]) && result;
}

bool Processor::can_handle(std::size_t conglomerator, encoding::Node envelope) {
    return holds(conglomerator, 0, {envelope});
}

bool Processor::matches(std::size_t conglomerator, encoding::Node a, encoding::Node b) {
    return holds(conglomerator, 1, {a, b});
}

encoding::Value Processor::merge(std::size_t conglomerator, const std::vector<encoding::Node>& envelopes,
                                 const encoding::Value& template_entry, std::string_view subject) {
    if (load()) return nullptr;
    encoding::Value result;
    Call call{[&](lua_State* state) {
        lua_rawgeti(state, LUA_REGISTRYINDEX, conglomerators_[conglomerator][2]);
        lua_createtable(state, static_cast<int>(envelopes.size()), 0);
        lua_Integer i = 0;
        for (const auto& envelope : envelopes) {
            push(state, envelope);
            lua_rawseti(state, -2, ++i);
        }
        push_text(state, subject);
        push(state, template_entry);
        lua_call(state, 3, 1);
        result = value_at(state, 1);
    }};
    return run(call, conglomerator_parts[2]) ? std::move(result) : encoding::Value{};
}

}  // namespace fedmsg::meta
