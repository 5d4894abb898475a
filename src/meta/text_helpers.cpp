#include "meta/library.h"
#include "meta/lua_json.h"
#include "meta/paths.h"
#include "meta/series.h"
#include "meta/translation.h"

#include "message/regex.h"
#include "util/error.h"
#include "util/percent.h"
#include "util/utf8.h"

#include <algorithm>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace fedmsg::meta {
namespace {

using message::Regex;

/// fmt("{user} commented on {msg.title}", source…): each name is looked up in the sources, in their order.
/// What is not there, and what is no text, is an error: no sentence is shown that lacks a word.
int format(lua_State* state) {
    const auto text = string_argument(state, 1);
    const int sources = lua_gettop(state);
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c != '{' && c != '}') {
            out += c;
            continue;
        }
        if (text.substr(i + 1, 1) == std::string_view{&c, 1}) {  // {{ and }}
            out += c;
            ++i;
            continue;
        }
        const auto end = text.find('}', i);
        if (c == '}' || end == text.npos)
            luaL_error(state, "'%c' without its counterpart: write it twice to mean itself", c);
        const auto path = text.substr(i + 1, end - i - 1);
        bool found = false;
        for (int source = 2; source <= sources && !found; ++source) {
            lua_settop(state, sources);
            found = push_path(state, source, path);
        }
        if (!found) luaL_error(state, "{%s} is not there", std::string{path}.c_str());
        const auto word = text_at(state, -1);
        if (!word) luaL_error(state, "{%s} is %s", std::string{path}.c_str(), kind_at(state, -1));
        out += *word;
        i = end;
    }
    push_text(state, out);
    return 1;
}

/// The elements of a list, or table, as texts.
std::vector<std::string> texts_argument(lua_State* state, int index) {
    if (lua_type(state, index) != LUA_TTABLE && !node_at(state, index))
        luaL_error(state, "bad argument #%d (a list expected, got %s)", index, kind_at(state, index));
    std::vector<std::string> texts;
    for (lua_Integer i = 1;; ++i) {
        if (lua_geti(state, index, i) == LUA_TNIL) break;
        auto text = text_at(state, -1);
        if (!text) luaL_error(state, "element %I of the list is %s", i, kind_at(state, -1));
        texts.push_back(std::move(*text));
        lua_pop(state, 1);
    }
    lua_pop(state, 1);
    return texts;
}

/// series(list[, most[, oxford_comma]])
int make_series(lua_State* state) {
    auto texts = texts_argument(state, 1);
    const auto most = luaL_optinteger(state, 2, 3);
    luaL_argcheck(state, most >= 1, 2, "must be 1 or more");
    const bool comma = lua_isnoneornil(state, 3) || lua_toboolean(state, 3) != 0;
    push_text(state, series(std::move(texts), static_cast<std::size_t>(most), comma));
    return 1;
}

/// plural(n, "commit", "commits")
int plural(lua_State* state) {
    push_text(state, translate_plural(luaL_checkstring(state, 2), luaL_checkstring(state, 3),
                                      luaL_checkinteger(state, 1)));
    return 1;
}

int translated(lua_State* state) {
    push_text(state, translate(luaL_checkstring(state, 1)));
    return 1;
}

/// truncate(text, characters[, ending]): `ending` follows what was cut off.
int truncate(lua_State* state) {
    const auto text = string_argument(state, 1);
    const auto most = luaL_checkinteger(state, 2);
    const std::string_view ending =
        lua_isnoneornil(state, 3) ? std::string_view{} : string_argument(state, 3);
    std::size_t at = 0;
    for (lua_Integer i = 0; i < most && at < text.size(); ++i)
        at += std::max(utf8_length(text.substr(at)), std::size_t{1});
    push_text(state,
              at == text.size() ? std::string{text} : std::string{text.substr(0, at)} + std::string{ending});
    return 1;
}

int push_list(lua_State* state, const std::vector<std::string_view>& parts) {
    lua_createtable(state, static_cast<int>(parts.size()), 0);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        push_text(state, parts[i]);
        lua_rawseti(state, -2, static_cast<lua_Integer>(i) + 1);
    }
    return 1;
}

/// What is between white space, as `str.split()`.
std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    for (;;) {
        while (const auto space = white_space_length(text)) text.remove_prefix(space);
        if (text.empty()) return words;
        std::size_t end = 0;
        while (end < text.size() && white_space_length(text.substr(end)) == 0) ++end;
        words.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
}

/// The separator of split and rsplit; nothing: white space.
std::optional<std::string_view> separator_argument(lua_State* state) {
    if (lua_isnoneornil(state, 2)) return {};
    const auto separator = string_argument(state, 2);
    luaL_argcheck(state, !separator.empty(), 2, "the separator is empty");
    return separator;
}

/// How often split and rsplit may cut: all there is, unless the third argument says otherwise.
std::size_t cuts_argument(lua_State* state) {
    const auto most = luaL_optinteger(state, 3, -1);
    return most < 0 ? std::string_view::npos : static_cast<std::size_t>(most);
}

/// split(text[, separator[, most]]): as `str.split`.
int split(lua_State* state) {
    auto text = string_argument(state, 1);
    const auto separator = separator_argument(state);
    auto most = cuts_argument(state);
    std::vector<std::string_view> parts;
    if (!separator) {
        parts = words_of(text);
        if (most < parts.size()) {
            const auto rest = static_cast<std::size_t>(parts[most].data() - text.data());
            parts.resize(most);
            parts.push_back(rstrip(text.substr(rest)));
        }
        return push_list(state, parts);
    }
    for (std::size_t end; most != 0 && (end = text.find(*separator)) != text.npos; --most) {
        parts.push_back(text.substr(0, end));
        text.remove_prefix(end + separator->size());
    }
    parts.push_back(text);
    return push_list(state, parts);
}

/// rsplit(text[, separator[, most]]): as `str.rsplit`, which counts from the end.
int rsplit(lua_State* state) {
    auto text = string_argument(state, 1);
    const auto separator = separator_argument(state);
    auto most = cuts_argument(state);
    std::vector<std::string_view> parts;
    if (!separator) {
        parts = words_of(text);
        if (most < parts.size()) {
            const auto rest = parts[parts.size() - most - 1];
            const auto end = static_cast<std::size_t>(rest.data() + rest.size() - text.data());
            const auto begin = static_cast<std::size_t>(parts.front().data() - text.data());
            parts.erase(parts.begin(), parts.end() - static_cast<std::ptrdiff_t>(most));
            parts.insert(parts.begin(), text.substr(begin, end - begin));
        }
        return push_list(state, parts);
    }
    for (std::size_t begin; most != 0 && (begin = text.rfind(*separator)) != text.npos; --most) {
        parts.push_back(text.substr(begin + separator->size()));
        text = text.substr(0, begin);
    }
    parts.push_back(text);
    std::reverse(parts.begin(), parts.end());
    return push_list(state, parts);
}

/// strip(text[, characters]): as `str.strip`.
int strip_ends(lua_State* state) {
    auto text = string_argument(state, 1);
    if (lua_isnoneornil(state, 2)) return push_text(state, strip(text)), 1;
    const auto characters = string_argument(state, 2);
    const auto first = text.find_first_not_of(characters);
    push_text(state,
              first == text.npos ? "" : text.substr(first, text.find_last_not_of(characters) + 1 - first));
    return 1;
}

/// urlencode(text[, safe]): all but letters, digits, `_.-~` and what is safe as %XX. RFC 3986, 2.1.
int url_encode(lua_State* state) {
    const auto text = string_argument(state, 1);
    const std::string_view safe = lua_isnoneornil(state, 2) ? std::string_view{} : string_argument(state, 2);
    push_text(state, percent_encoded(text, safe));
    return 1;
}

/// The expressions of a script, compiled once. They are literals in it, so there are few; one that makes its
/// own does not fill the memory.
std::shared_ptr<const Regex> regex_argument(lua_State* state, int index) {
    constexpr std::size_t most = 500;
    const auto pattern = string_argument(state, index);
    thread_local std::unordered_map<std::string, std::shared_ptr<const Regex>> compiled;
    if (compiled.size() > most) compiled.clear();
    if (const auto known = compiled.find(std::string{pattern}); known != compiled.end()) return known->second;
    std::string wrong;
    try {
        auto regex = std::make_shared<const Regex>(pattern);
        return compiled[std::string{pattern}] = std::move(regex);
    } catch (const UsageError& e) {
        wrong = e.what();
    }
    luaL_error(state, "regular expression '%s': %s", std::string{pattern}.c_str(), wrong.c_str());
    std::abort();  // luaL_error does not return
}

bool next_match(lua_State* state, Regex::Matches& matches) {
    const auto found = matches.next();
    Sandbox::of(state).check_time();
    if (found == Regex::Found::gave_up) luaL_error(state, "a regular expression took too many steps");
    return found == Regex::Found::yes;
}

/// The groups of a match, or all of it where there are none; a group that took no part is nil.
int push_groups(lua_State* state, const Regex::Matches& matches) {
    const int count = static_cast<int>(matches.groups());
    luaL_checkstack(state, count, nullptr);
    for (int i = count == 1 ? 0 : 1; i < count; ++i) {
        const auto group = matches.group(static_cast<std::size_t>(i));
        group ? push_text(state, *group) : lua_pushnil(state);
    }
    return count == 1 ? 1 : count - 1;
}

/// re.match(text, expression): the groups of the first match, or nil.
int re_match(lua_State* state) {
    const auto regex = regex_argument(state, 2);
    Regex::Matches matches{*regex, string_argument(state, 1)};
    return next_match(state, matches) ? push_groups(state, matches) : 0;
}

/// re.gmatch(text, expression): iterates over all matches. They are all looked for at once.
int re_gmatch(lua_State* state) {
    const auto regex = regex_argument(state, 2);
    Regex::Matches matches{*regex, string_argument(state, 1)};
    lua_settop(state, 2);
    lua_newtable(state);
    lua_Integer count = 0;
    while (next_match(state, matches)) {
        lua_createtable(state, 1, 0);
        const int groups = push_groups(state, matches);
        for (int i = groups; i > 0; --i) lua_rawseti(state, -1 - i, i);
        lua_pushinteger(state, groups);
        lua_setfield(state, -2, "n");
        lua_rawseti(state, 3, ++count);
    }
    lua_pushinteger(state, 0);
    const auto next = [](lua_State* s) {
        const auto i = lua_tointeger(s, lua_upvalueindex(2)) + 1;
        lua_pushinteger(s, i);
        lua_replace(s, lua_upvalueindex(2));
        if (lua_rawgeti(s, lua_upvalueindex(1), i) == LUA_TNIL) return 1;
        lua_getfield(s, -1, "n");
        const int groups = static_cast<int>(lua_tointeger(s, -1));
        lua_pop(s, 1);
        const int table = lua_gettop(s);
        luaL_checkstack(s, groups, nullptr);
        for (int group = 1; group <= groups; ++group) lua_rawgeti(s, table, group);
        return groups;
    };
    lua_pushcclosure(state, next, 2);
    return 1;
}

/// What `\1` and `\\` of a replacement stand for.
void append_replacement(lua_State* state, std::string& out, const Regex::Matches& matches,
                        std::string_view replacement) {
    for (std::size_t i = 0; i < replacement.size(); ++i) {
        if (replacement[i] != '\\') {
            out += replacement[i];
            continue;
        }
        const char c = ++i < replacement.size() ? replacement[i] : '\0';
        const auto group = static_cast<std::size_t>(c - '0');
        if (c == '\\')
            out += c;
        else if (c >= '0' && c <= '9' && group < matches.groups())
            out += matches.group(group).value_or("");
        else
            luaL_error(state, "the replacement has a '\\' that is followed by no group of the expression");
    }
}

/// re.sub(text, expression, replacement): a string with \1 for the first group, or a function of the groups.
int re_sub(lua_State* state) {
    const auto text = string_argument(state, 1);
    const auto regex = regex_argument(state, 2);
    Regex::Matches matches{*regex, text};
    const bool is_function = lua_type(state, 3) == LUA_TFUNCTION;
    const std::string_view replacement = is_function ? std::string_view{} : string_argument(state, 3);
    std::string out;
    std::size_t at = 0;
    while (next_match(state, matches)) {
        const auto whole = *matches.group(0);
        const auto begin = static_cast<std::size_t>(whole.data() - text.data());
        out += text.substr(at, begin - at);
        at = begin + whole.size();
        if (is_function) {
            lua_pushvalue(state, 3);
            lua_call(state, push_groups(state, matches), 1);
            const auto word = text_at(state, -1);
            if (!word) luaL_error(state, "the replacement is %s", kind_at(state, -1));
            out += *word;
            lua_pop(state, 1);
        } else {
            append_replacement(state, out, matches, replacement);
        }
    }
    out += text.substr(at);
    push_text(state, out);
    return 1;
}

}  // namespace

void open_text_helpers(lua_State* state) {
    const luaL_Reg globals[] = {{"fmt", format},    {"series", make_series}, {"plural", plural},
                                {"_", translated},  {"truncate", truncate},  {"split", split},
                                {"rsplit", rsplit}, {"strip", strip_ends},   {"urlencode", url_encode},
                                {nullptr, nullptr}};
    lua_rawgeti(state, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    luaL_setfuncs(state, globals, 0);
    const luaL_Reg expressions[] = {
        {"match", re_match}, {"gmatch", re_gmatch}, {"sub", re_sub}, {nullptr, nullptr}};
    luaL_newlib(state, expressions);
    lua_setfield(state, -2, "re");
    // Methods of strings as well: msg.topic:split(".")
    lua_getfield(state, -1, LUA_STRLIBNAME);
    const luaL_Reg methods[] = {
        {"split", split}, {"rsplit", rsplit}, {"strip", strip_ends}, {nullptr, nullptr}};
    luaL_setfuncs(state, methods, 0);
    lua_pop(state, 2);
}

}  // namespace fedmsg::meta
