/// Errors in scripts that are found before a message is.
#include "meta/check.h"

#include "scripts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fedmsg::meta {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> findings(std::string_view script) {
    Scripts scripts;
    scripts.add("x", script);
    return check_scripts(scripts.rules(), site(), {});
}

TEST(Check, TellsOfSyntax) {
    EXPECT_THAT(findings("return { subtitle = function(msg) return end end }"),
                ElementsAre(HasSubstr("x.lua:1: '}' expected")));
    EXPECT_THAT(findings("\nreturn 7"), ElementsAre(HasSubstr("returns a number instead of a table")));
    EXPECT_THAT(findings("return { name = 'y' }"),
                ElementsAre(HasSubstr("name the file like the processor")));
}

TEST(Check, TellsOfUnknownFields) {
    EXPECT_THAT(findings("return { subtitel = function() end, packages = 7 }"),
                ElementsAre(AllOf(HasSubstr("'packages'"), HasSubstr("not of the type")),
                            AllOf(HasSubstr("'subtitel'"), HasSubstr("did you mean 'subtitle'?"))));
}

TEST(Check, TellsOfUnknownHelpers) {
    EXPECT_THAT(findings("return {\n subtitle = function(msg)\n return serise({ 'a' }) end }"),
                ElementsAre(AllOf(HasSubstr("x.lua:3: 'serise'"), HasSubstr("did you mean 'series'?"))));
    EXPECT_THAT(findings("local function f() return os.time() end return {}"),
                ElementsAre(HasSubstr("'os'")));
}

TEST(Check, KnowsWhatLuaKnows) {
    EXPECT_THAT(findings(R"lua(
        local a, b <const> = 1, 2 -- serise(in a comment)
        --[[ serise(in a long comment) ]]
        local text = "serise('in a text')" .. [[serise()]] .. 'it\'s'
        local t = {
        key = a, [b] = text, method = function(self, ...) return self.anything, ... end;
        other = 3 }
        local function f(x, y)
            for i, v in ipairs({ x, y }) do a = i .. v end
            for n = 1, 10, 2 do goto continue ::continue:: a = n end
            while true do if a then break end end
            repeat local z = 1 until z
            return t:method(x), #t, 0x1F, 1e-5, a // 2, utf8.char(65), shared.fedora
        end
        function t.named(q) return q end
        function t:bound() return self.key end
        return { subtitle = function(msg) return fmt("{x}", { x = f(msg.x, 1) }) end }
    )lua"),
                IsEmpty());
}

TEST(Check, WhatIsShippedHasNoErrors) {
    Rules rules{site(), {.folders = {std::getenv("FEDMSG_RULES")}}};
    EXPECT_THAT(check_scripts(rules, site(), {}), IsEmpty());
    EXPECT_GE(rules.processors().size(), 2U);
}

}  // namespace
}  // namespace fedmsg::meta
