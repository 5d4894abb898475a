/// What rules find in their sandbox.
#include "scripts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fedmsg::meta {
namespace {

using testing::HasSubstr;

class Helpers : public testing::Test {
  protected:
    std::string says(std::string_view expression, const std::string& msg = "{}") {
        return scripts.says(expression, msg);
    }
    std::string failure() { return scripts.failure(); }
    Scripts scripts;
};

TEST_F(Helpers, ReadMessagesAsTables) {
    const auto msg =
        R"({"a":{"b":[1,{"c":"x"}]},"n":null,"t":true,"r":1.0,"big":123456789012345678901234567890})";
    EXPECT_EQ(says("msg.msg.a.b[2].c", msg), "x");
    EXPECT_EQ(says("#msg.msg.a.b .. '' .. #msg.msg", msg), "25");
    EXPECT_EQ(says("tostring(msg.msg.n == null) .. tostring(msg.msg.x == nil)", msg), "truetrue");
    EXPECT_EQ(says("fmt('{msg.big} {msg.r} {msg.t}', msg)", msg), "123456789012345678901234567890 1.0 True");
    EXPECT_EQ(says("msg.msg.a.x.y", msg), "");
    EXPECT_THAT(failure(), HasSubstr("attempt to index a nil value (field 'x')"));
    EXPECT_EQ(says("msg.msg.b[0]", R"({"b":[1]})"), "");
    EXPECT_EQ(says("tostring(msg.msg)", R"({"b":[1, "é"]})"), R"({"b":[1,"é"]})");
}

TEST_F(Helpers, KeepTheOrderOfKeys) {
    const std::string_view loop =
        "(function() local s = '' for k, v in pairs(msg.msg) do s = s .. k .. v end return s end)()";
    EXPECT_EQ(says(loop, R"({"z":1,"a":2,"m":3})"), "z1a2m3");
    EXPECT_EQ(says(loop, R"(["x","y"])"), "1x2y");
    EXPECT_EQ(says("(function() local s = '' for i, v in ipairs(msg.msg) do s = s .. v end return s end)()",
                   R"(["x","y"])"),
              "xy");
}

TEST_F(Helpers, GetAndHas) {
    const auto msg = R"({"a":{"b":[{"c":"x"}]},"n":null})";
    EXPECT_EQ(says("get(msg, 'msg.a.b.1.c')", msg), "x");
    EXPECT_EQ(says("tostring(get(msg, 'msg.a.q.z'))", msg), "nil");
    EXPECT_EQ(says("tostring(has(msg, 'msg.n')) .. tostring(has(msg, 'msg.n.x'))", msg), "truefalse");
    EXPECT_EQ(says("tostring(truthy(msg.msg.n)) .. tostring(truthy(0)) .. tostring(truthy('')) .. "
                   "tostring(truthy({}))",
                   msg),
              "falsefalsefalsefalse");
    EXPECT_EQ(says("tostring(truthy(msg.msg.a)) .. tostring(truthy({1}))", msg), "truetrue");
    EXPECT_EQ(says("kind(msg) .. kind(msg.msg.a.b) .. kind(msg.msg.n) .. kind(nil) .. kind('')", msg),
              "objectlistnullnilstring");
}

TEST_F(Helpers, FormatLacksNoWord) {
    EXPECT_EQ(says("fmt('{who} did {msg.what} {{x}}', {who = 'I'}, msg)", R"({"what":"it"})"),
              "I did it {x}");
    EXPECT_EQ(says("fmt('{who} did', msg)"), "");
    EXPECT_THAT(failure(), HasSubstr("{who} is not there"));
    EXPECT_EQ(says("fmt('{msg}', msg)"), "");
    EXPECT_THAT(failure(), HasSubstr("{msg} is an object"));
    EXPECT_EQ(says("fmt('{msg.n}', msg)", R"({"n":null})"), "");
    EXPECT_THAT(failure(), HasSubstr("{msg.n} is null"));
    EXPECT_EQ(says("fmt('{msg', msg)"), "");
}

TEST_F(Helpers, TextsAsInPython) {
    EXPECT_EQ(says("table.concat(split('  a  b c '), '|')"), "a|b|c");
    EXPECT_EQ(says("table.concat(split('a b  c d ', nil, 2), '|')"), "a|b|c d");
    EXPECT_EQ(says("table.concat(split('a,b,,c', ','), '|')"), "a|b||c");
    EXPECT_EQ(says("table.concat(('a.b.c.d'):split('.', 2), '|')"), "a|b|c.d");
    EXPECT_EQ(says("table.concat(('a.b.c.d'):rsplit('.', 1), '|')"), "a.b.c|d");
    EXPECT_EQ(says("table.concat(rsplit(' a b  c ', nil, 1), '|')"), "a b|c");
    EXPECT_EQ(says("#split('', ',') .. #split('')"), "10");
    EXPECT_EQ(says("strip('\\u{a0} x ') .. strip('/x/', '/') .. ('y '):strip()"), "xxy");
    EXPECT_EQ(says("truncate('ééé', 2) .. truncate('ééé', 2, '…') .. truncate('ab', 2, '…')"), "éééé…ab");
    EXPECT_EQ(says("urlencode('a b/ü~') .. urlencode('a/b', '/')"), "a%20b%2F%C3%BC~a/b");
    EXPECT_EQ(says("series({'b', 'a'}) .. series(msg.msg.l, 2)", R"({"l":["x","y","z"]})"),
              "a and bx and 2 others");
    EXPECT_EQ(says("plural(1, 'commit', 'commits') .. plural(2, 'commit', 'commits')"), "commitcommits");
}

TEST_F(Helpers, RegularExpressions) {
    EXPECT_EQ(says("(function() local a, b = re.match('x-1.2', '(\\\\d)\\\\.(\\\\d)') return b .. a end)()"),
              "21");
    EXPECT_EQ(says("re.match('ünïx-1', '[ï]x')"), "ïx");
    EXPECT_EQ(says("tostring(re.match('abc', 'x'))"), "");
    EXPECT_EQ(says("(function() local s = '' for k, v in re.gmatch('a=1,b=2', '(\\\\w)=(\\\\w)') do s = s .. "
                   "k .. v end return s end)()"),
              "a1b2");
    EXPECT_EQ(says("re.sub('a1b2', '([a-z])(\\\\d)', '\\\\2\\\\1-')"), "1a-2b-");
    EXPECT_EQ(says("re.sub('a1', '[a-z]', function(c) return c:upper() end)"), "A1");
    EXPECT_EQ(says("re.match('x', '(')"), "");
    EXPECT_THAT(failure(), HasSubstr("regular expression '(': column"));
}

TEST_F(Helpers, StringFunctionsOfLua) {
    EXPECT_EQ(says("('k=v'):match('(%w)=(%w)')"), "k");
    EXPECT_EQ(says("('abc'):gsub('b', '[%0]')"), "a[b]c");
    EXPECT_EQ(says("('hello world'):gsub('o', {o = '0'})"), "hell0 w0rld");
    EXPECT_EQ(says("('abc'):gsub('', '-')"), "-a-b-c-");
    EXPECT_EQ(says("('abc'):gsub('%w', function(c) return c .. c end, 2)"), "aabbc");
    EXPECT_EQ(
        says("(function() local s = '' for w in ('a b c'):gmatch('%w') do s = s .. w end return s end)()"),
        "abc");
    EXPECT_EQ(says("('x'):rep(3, ',') .. tostring(('ab'):find('b', 1, true)) .. ('%d'):format(7)"),
              "x,x,x27");
}

TEST_F(Helpers, DigestsAndPictures) {
    EXPECT_EQ(says("md5('x')"), "9dd4e461268c8034f5c8564e155c67a6");
    EXPECT_EQ(says("sha256('x')"), "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881");
    EXPECT_EQ(says("avatar('jnovy')"),
              "https://seccdn.libravatar.org/avatar/"
              "e0e8e0c4d995109cdac8ae4eb5766a73cf09c7a8d2d8bac57f761e6223ca094b?s=64&d=retro");
    EXPECT_EQ(says("gravatar('x', 32, 'mm')"),
              "https://seccdn.libravatar.org/avatar/9dd4e461268c8034f5c8564e155c67a6?s=32&d=mm");
}

TEST_F(Helpers, Json) {
    EXPECT_EQ(says("json.encode(msg.msg)", R"({"b":1.0,"a":["é",null]})"),
              R"({"b":1.0,"a":["\u00e9",null]})");
    EXPECT_EQ(says("json.encode({1, {x = true}})"), R"([1,{"x":true}])");
    EXPECT_EQ(says("json.encode({b = {1}}, 4)"), "{\n    \"b\": [\n        1\n    ]\n}");
    EXPECT_EQ(says("(function() local t = {} t.t = t return json.encode(t) end)()"), "");
    EXPECT_THAT(failure(), HasSubstr("contains itself"));
}

TEST_F(Helpers, Time) {
    EXPECT_EQ(says("time.humanize(1464739200 - 60)"), "a minute ago");
    EXPECT_EQ(says("time.format(0, '%Y-%m-%d')"), "1970-01-01");
    EXPECT_EQ(says("time.now()"), "1464739200.0");
}

TEST_F(Helpers, TheSite) {
    Config config = site();
    config.values["fas"] = encoding::Object{{"threebean", "ralph"}, {"x@y.z", "ralph"}};
    config.values["datagrepper_url"] = "https://x";
    config.values["stomp_pass"] = "secret";
    Scripts ours{config};
    EXPECT_EQ(ours.says("fas('threebean') .. fas('x@y.z') .. fas('a@fedoraproject.org') .. fas('other')"),
              "ralphralphaother");
    EXPECT_EQ(ours.says("config('datagrepper_url')"), "https://x");
    EXPECT_EQ(
        ours.says("tostring(config('stomp_pass')) .. tostring(config('irc')) .. tostring(config('none'))"),
        "nilnilnil");
}

TEST_F(Helpers, SharedScriptsAreFound) {
    scripts.add("shared/ours", "return { greet = function(who) return 'hello ' .. who end }");
    EXPECT_EQ(says("shared.ours.greet('you')"), "hello you");
    EXPECT_EQ(says("shared['../x'].greet"), "");
    EXPECT_THAT(failure(), HasSubstr("there is no shared/../x.lua"));
}

TEST_F(Helpers, NothingElseIsThere) {
    for (const auto* name :
         {"io", "os", "load", "loadstring", "dofile", "loadfile", "require", "package", "debug", "pcall",
          "print", "setmetatable", "getmetatable", "rawset", "coroutine", "collectgarbage", "_G"}) {
        EXPECT_EQ(says(name), "") << name;
        EXPECT_THAT(failure(), HasSubstr("no helper of that name exists")) << name;
    }
    EXPECT_EQ(says("string.dump and 'yes' or 'no'"), "no");
    EXPECT_EQ(says("(function() leaked = 1 end)()"), "");
    EXPECT_THAT(failure(), HasSubstr("it would outlive the message"));
}

}  // namespace
}  // namespace fedmsg::meta
