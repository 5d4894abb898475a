#include "message/where.h"

#include "data.h"
#include "util/error.h"

#include <gtest/gtest.h>

namespace fedmsg::message {
namespace {

constexpr auto envelope = R"({
    "topic": "org.fedoraproject.prod.git.receive", "timestamp": 1700000000, "i": 5, "username": "apache",
    "msg": {
        "owner": "ralph", "real": 2.5, "whole": 2.0, "negative": -3, "big": 18446744073709551616, "nan": NaN,
        "inf": Infinity, "yes": true, "no": false, "nil": null, "list": [1], "object": {"key": "value"},
        "empty": "", "quote": "it's \"so\"", "name": "\u00e9t\u00e9", "line": "a\nb", "is-open": true, "0": "zero",
        "2to53": 9007199254740993, "max": 9223372036854775807, "same": 1700000000.0, "true": "word"
    }
})";

bool holds(std::string_view expression) {
    const auto document = parse(envelope);
    return Where{expression}.matches(document.root());
}

std::string error_of(std::string_view expression) {
    try {
        const Where where{expression};
    } catch (const UsageError& e) {
        return e.what();
    }
    return "no error";
}

struct Case {
    const char* expression;
    bool holds;
};

class Expressions : public testing::TestWithParam<Case> {};

TEST_P(Expressions, HoldWhenTheyShould) {
    EXPECT_EQ(holds(GetParam().expression), GetParam().holds) << GetParam().expression;
}

INSTANTIATE_TEST_SUITE_P(Where, Expressions,
                         testing::ValuesIn(std::initializer_list<Case>{
                             // comparisons
                             {R"(msg.owner == "ralph")", true},
                             {R"(msg.owner == 'ralph')", true},
                             {R"("ralph" == msg.owner)", true},
                             {R"(msg.owner != "ralph")", false},
                             {R"(msg.owner < "s")", true},
                             {R"(msg.owner < "R")", false},
                             {R"(msg.owner == "x" && timestamp >= 1700000000)", false},
                             {R"(msg.owner == "ralph" && timestamp >= 1700000000)", true},
                             {"timestamp > 1700000000", false},
                             {"timestamp <= 1700000000", true},
                             {"timestamp < 1.7e9", false},
                             {"timestamp == 1.7e9", true},
                             {"msg.same == timestamp", true},
                             {"msg.real > 2", true},
                             {"msg.whole == 2", true},
                             {"msg.negative < -2.5", true},
                             {"msg.negative >= -3", true},
                             {"-3 == msg.negative", true},
                             {"i==5&&i<6", true},
                             // exact numbers
                             {"msg.2to53 == 9007199254740992.0", false},
                             {"msg.2to53 > 9007199254740992.0", true},
                             {"msg.max < 9223372036854775808.0", true},
                             {"msg.max >= 9223372036854774784.0", true},
                             {"msg.big == 18446744073709551616", true},
                             {"msg.big == 18446744073709551616.0", true},
                             {"msg.big < 18446744073709551617", true},
                             {"msg.big > 9223372036854775807", true},
                             {"msg.big > -99999999999999999999999", true},
                             {"-99999999999999999999999 < -99999999999999999999998", true},
                             {"msg.big < 1e300", true},
                             {"msg.big > -1e300", true},
                             {"msg.big < msg.inf", true},
                             {"msg.inf > 1e308", true},
                             {"1e999 == msg.inf", true},
                             {"99999999999999991611392 == 1e23", true},
                             {"100000000000000000000000 > 1e23", true},
                             {"-100000000000000000000000 < -1e23", true},
                             {"0.1 == 0.1", true},
                             {"0 == -0.0", true},
                             {"msg.nan == msg.nan", false},
                             {"msg.nan != msg.nan", true},
                             {"msg.nan < 1", false},
                             // kinds
                             {"msg.yes == true", true},
                             {"msg.no < msg.yes", true},
                             {"msg.nil == null", true},
                             {"msg.nil <= null", true},
                             {"msg.nil < null", false},
                             {R"(timestamp == "1700000000")", false},
                             {R"(timestamp != "1700000000")", true},
                             {R"(timestamp < "x")", false},
                             {R"(timestamp >= "x")", false},
                             {"msg.yes == 1", false},
                             {"msg.no == 0", false},
                             {"msg.nil != 0", true},
                             {R"(msg.empty == "")", true},
                             // missing values, arrays and objects
                             {"nope == 1", false},
                             {"nope != 1", false},
                             {"nope == null", false},
                             {"nope == nope", false},
                             {"!(nope == 1)", true},
                             {"msg.owner.x == 1", false},
                             {"msg.list == 1", false},
                             {"msg.list != 1", false},
                             {"msg.object == msg.object", false},
                             {"has(msg.list)", true},
                             {"has(msg.nil)", true},
                             {"has(msg.nope)", false},
                             {"has( msg.object )", true},
                             {"has (msg.object.key )", true},
                             {"has == 1", false},
                             // paths
                             {"msg.yes", true},
                             {"msg.no", false},
                             {"msg.owner", false},
                             {"nope", false},
                             {"msg.is-open", true},
                             {R"(msg.0 == "zero")", true},
                             {R"(msg.true == "word")", true},
                             // strings
                             {R"(msg.quote == 'it\'s "so"')", true},
                             {R"(msg.quote == "it's \"so\"")", true},
                             {R"(msg.name == "été")", true},
                             {R"(msg.name == '\u00e9t\u00E9')", true},
                             {R"(msg.line == "a\nb")", true},
                             {R"(msg.line == 'a\\nb')", false},
                             // joints
                             {"true", true},
                             {"false", false},
                             {"!true", false},
                             {"!!true", true},
                             {"! msg.no", true},
                             {"true || false && false", true},
                             {"(true || false) && false", false},
                             {"false || false || true", true},
                             {"true && true && false", false},
                             {"!false && false", false},
                             {"!(false && false)", true},
                             {" ( ( msg.yes ) ) ", true},
                             // regular expressions
                             {R"(topic ~ "\.git\.")", true},
                             {R"(topic ~ '^org\.(?!stg)')", true},
                             {R"(topic ~ 'koji')", false},
                             {R"(msg.quote ~ 'it\'s')", true},
                             {R"(msg.quote ~ "\"so\"$")", true},
                             {R"(msg.name ~ "^.t.$")", true},
                             {R"(msg.line ~ "a\sb")", true},
                             {R"(timestamp ~ "17")", false},
                             {R"(nope ~ "")", false},
                             {R"(!(topic ~ "git") || msg.yes)", true},
                         }));

TEST(Where, NamesTheColumnAndWhatWasExpected) {
    const std::pair<const char*, const char*> cases[] = {
        {"", "column 1: expected a path, a value, '!' or '('"},
        {"  ", "column 3: expected a path, a value, '!' or '('"},
        {"msg.owner = 1", "column 11: expected '=='"},
        {"msg.owner ==", "column 13: expected a path or a value after '=='"},
        {"a == 1 b", "column 8: expected '&&', '||' or the end"},
        {"a & b", "column 3: expected '&&', '||' or the end"},
        {"a && ", "column 6: expected a path, a value, '!' or '('"},
        {"(a || b", "column 8: expected ')' for the '(' in column 1"},
        {"a)", "column 2: expected '&&', '||' or the end"},
        {"msg. == 1", "column 5: expected a key after '.'"},
        {"a == \"x", "column 6: the string is not closed"},
        {"a == 'x\\", "column 6: the string is not closed"},
        {"1", "column 2: expected a comparison such as '==' after the value"},
        {"\"x\" && a", "column 5: expected a comparison such as '==' after the value"},
        {"a ~ 5", "column 5: expected a regular expression in quotes after '~'"},
        {"\"a\" ~ 'b'", "column 1: expected a path to the left of '~'"},
        {"a ~ 'x('",
         "column 5: in the regular expression: column 3: a parenthesis is not closed, or not opened"},
        {"has(5)", "column 5: expected a path such as msg.user"},
        {"has(msg . a)", "column 9: expected ')' after the path"},
        {"has(a", "column 6: expected ')' after the path"},
        {"a == b == c", "column 8: expected '&&', '||' or the end"},
        {"\u00e9 == $", "column 6: expected a path or a value after '=='"},
        {"!= 1", "column 1: expected a path, a value, '!' or '('"},
    };
    for (const auto& [expression, error] : cases)
        EXPECT_EQ(error_of(expression), std::string{"where: "} + error);
    EXPECT_EQ(error_of("a == 1.2.3").substr(0, 32), "where: column 6: no JSON number:");
    EXPECT_EQ(error_of("a == '\\x'").substr(0, 32), "where: column 6: no JSON string:");
    EXPECT_EQ(error_of("\xFF"), "where: not UTF-8");
}

TEST(Where, IsBounded) {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '(') + "true" + std::string(depth, ')');
    };
    EXPECT_TRUE(holds(nested(100)));
    EXPECT_EQ(error_of(nested(101)), "where: column 101: more than 100 '(' and '!'");
    EXPECT_EQ(error_of(std::string(50'000, '!') + "true"), "where: column 101: more than 100 '(' and '!'");
    EXPECT_EQ(error_of(std::string(70'000, ' ')), "where: more than 65536 bytes");
    std::string chain = "false";
    for (int i = 0; i < 6000; ++i) chain += "||false";
    EXPECT_FALSE(holds(chain));
}

TEST(Where, CountsExpressionsThatGiveUp) {
    const auto document = parse("{\"a\":\"" + std::string(5000, 'a') + "b\"}");
    Where where{"a ~ '(a+)+$' || true"};
    EXPECT_TRUE(where.matches(document.root()));
    EXPECT_EQ(where.gave_up(), 1U);
}

TEST(Where, CanBeMoved) {
    const auto document = parse(envelope);
    Where first{"msg.yes"};
    Where second = std::move(first);
    EXPECT_TRUE(second.matches(document.root()));
}

}  // namespace
}  // namespace fedmsg::message
