/// Lua's patterns: the same answers as Lua's own library gives, in bounded time.
#include "meta/lua_pattern.h"

#include <lua.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>

namespace fedmsg::meta {
namespace {

/// What ours says of a search: "1 4 a,b", "nil", or "error".
std::string ours(std::string_view subject, std::string_view pattern) {
    if (LuaPattern::is_plain(pattern)) {
        const auto place = subject.find(pattern);
        return place == subject.npos
                   ? "nil"
                   : std::to_string(place + 1) + " " + std::to_string(place + pattern.size());
    }
    LuaPattern search{subject, pattern};
    const auto match = search.find(0);
    if (search.error() != nullptr) return "error";
    if (!match) return "nil";
    auto text = std::to_string(match->begin + 1) + " " + std::to_string(match->end);
    for (std::size_t i = 0; i < search.captures(); ++i) {
        const auto& capture = search.capture(i);
        if (capture.end > subject.size()) return "error";  // it is not closed
        text += " " + (capture.is_position
                           ? std::to_string(capture.begin + 1)
                           : std::string{subject.substr(capture.begin, capture.end - capture.begin)});
    }
    return text;
}

/// The same, said by string.find of Lua.
class Reference {
  public:
    Reference() { luaL_openlibs(state_); }
    ~Reference() { lua_close(state_); }
    Reference(const Reference&) = delete;
    Reference& operator=(const Reference&) = delete;

    std::string find(std::string_view subject, std::string_view pattern) {
        lua_settop(state_, 0);
        lua_getglobal(state_, "string");
        lua_getfield(state_, 1, "find");
        lua_remove(state_, 1);
        lua_pushlstring(state_, subject.data(), subject.size());
        lua_pushlstring(state_, pattern.data(), pattern.size());
        if (lua_pcall(state_, 2, LUA_MULTRET, 0) != LUA_OK) return "error";
        if (lua_isnil(state_, 1)) return "nil";
        std::string text;
        for (int i = 1; i <= lua_gettop(state_); ++i) {
            std::size_t size = 0;
            const char* part = luaL_tolstring(state_, i, &size);
            text += (i > 1 ? " " : "") + std::string{part, size};
            lua_pop(state_, 1);
        }
        return text;
    }

  private:
    lua_State* state_ = luaL_newstate();
};

TEST(LuaPattern, FindsWhatLuaFinds) {
    Reference lua;
    const std::pair<const char*, const char*> cases[] = {{"hello world", "o w"},
                                                         {"hello", "l+"},
                                                         {"hello", "(h)(.)"},
                                                         {"key = value", "(%w+)%s*=%s*(%w+)"},
                                                         {"x", "()x()"},
                                                         {"f(a(b)c)d", "%b()"},
                                                         {"THE (quick) fox", "%f[%a]%a+"},
                                                         {"abc", "^b"},
                                                         {"abc", "c$"},
                                                         {"a$c", "a$c"},
                                                         {"2024-01-02", "(%d+)-(%d+)-(%d+)"},
                                                         {"[x]", "[]x]+"},
                                                         {"a-b", "[a%-]+"},
                                                         {"a]b", "[^]]+"},
                                                         {"aXb", "%u"},
                                                         {"\"x\" 'y'", "([\"'])(.-)%1"},
                                                         {"aaa", "a-b"},
                                                         {"aaab", "a-b"},
                                                         {"ab", "a?b?c?"},
                                                         {"", ""},
                                                         {"abc", "%"},
                                                         {"abc", "[a"},
                                                         {"abc", "(a"},
                                                         {"abc", "a)"},
                                                         {"abc", "%1"},
                                                         {"abc", "%f"},
                                                         {"abc", "%b"},
                                                         {"x", "[a-]"},
                                                         {"-", "[a-]"},
                                                         {"é", "."},
                                                         {"a.b", "%."},
                                                         {"abc", "[%a"}};
    for (const auto& [subject, pattern] : cases)
        EXPECT_EQ(ours(subject, pattern), lua.find(subject, pattern)) << pattern << " in " << subject;
}

TEST(LuaPattern, FindsWhatLuaFindsInWhateverPattern) {
    Reference lua;
    std::mt19937 random{1};
    const std::string alphabet = "ab1 .%-+*?[]^$()wdfb,";
    const auto text = [&](std::string_view letters, std::size_t longest) {
        std::string result(random() % longest, ' ');
        for (char& c : result) c = letters[random() % letters.size()];
        return result;
    };
    for (int i = 0; i < 200'000; ++i) {
        const auto pattern = text(alphabet, 9), subject = text("ab1 (),", 12);
        ASSERT_EQ(ours(subject, pattern), lua.find(subject, pattern)) << pattern << " in " << subject;
    }
}

TEST(LuaPattern, GivesUpInTime) {
    const std::string subject(40, 'a');
    std::string pattern;
    for (int i = 0; i < 20; ++i) pattern += ".-";
    pattern += "b";
    LuaPattern search{subject, pattern};
    EXPECT_FALSE(search.find(0));
    EXPECT_STREQ(search.error(), "the pattern takes too long");
}

}  // namespace
}  // namespace fedmsg::meta
