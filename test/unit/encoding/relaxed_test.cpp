#include "encoding/relaxed.h"

#include "encoding/write.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace fedmsg::encoding {
namespace {

using testing::HasSubstr;

struct Pair {
    const char* in;
    const char* out;
};

class TakenByRelaxedJson : public testing::TestWithParam<Pair> {};

TEST_P(TakenByRelaxedJson, IsTheSameAsWithoutIt) {
    const auto read = loads_relaxed(GetParam().in);
    ASSERT_TRUE(read) << to_string(read.error());
    EXPECT_EQ(dumps(read->value), GetParam().out);
}

INSTANTIATE_TEST_SUITE_P(
    Relaxed, TakenByRelaxedJson,
    testing::Values(Pair{"{}", "{}"}, Pair{"// a\n[1] # b", "[1]"},
                    Pair{"/* [ \n { */ [1, /* 2, */ 3]", "[1,3]"}, Pair{"[1, 2, ]", "[1,2]"},
                    Pair{"{\"a\": [1,], // b,\n}", "{\"a\":[1]}"}, Pair{"[[],[1,],]", "[[],[1]]"},
                    Pair{"[1, /* x */ ]", "[1]"}, Pair{"[1 // x\n, // y\n]", "[1]"},
                    Pair{R"(["// no", "/* no */", "# no", ",]", "\"//"])",
                         R"(["// no","/* no */","# no",",]","\"//"])"},
                    Pair{"[\"a\",]", "[\"a\"]"}, Pair{"[{},]", "[{}]"}, Pair{"/**/1/***/", "1"},
                    Pair{"[\n#\n]", "[]"}, Pair{"[1]//", "[1]"}));

class RefusedByRelaxedJson : public testing::TestWithParam<const char*> {};

TEST_P(RefusedByRelaxedJson, IsRefused) { EXPECT_FALSE(loads_relaxed(GetParam())); }

INSTANTIATE_TEST_SUITE_P(Relaxed, RefusedByRelaxedJson,
                         testing::Values("", "//", "[,]", "{,}", "[1,,]", "[,1]", "[1,],", "{\"a\":,}",
                                         "{\"a\",}", ",", "[1] /* x", "[1] /", "/*/ [1]", "[\"a]", "{a: 1}",
                                         "['a']", "[1}", "]", "}", "[1 2]", "\"\\", "[1,/*]"));

TEST(RelaxedErrors, PointIntoTheTextAsItWasGiven) {
    const auto read = loads_relaxed("{\n  // é é é\n  \"a\": [1,],\n  /* é */ \"b\" 5\n}");
    ASSERT_FALSE(read);
    EXPECT_THAT(to_string(read.error()), HasSubstr("line 4, column 15"));
}

TEST(RelaxedKeys, HaveTheirLines) {
    const auto read = loads_relaxed(R"(// 1
{ "a": 1, /*
3 */ "b": { "c": [ {"deep": "deep"} ], # "x": 1
  "d\u00e9": {"deeper": 1} },
  "e": ["f", {"g": "h"}],
  "i": "j"
})");
    ASSERT_TRUE(read) << to_string(read.error());
    std::string keys;
    for (const KeyLine& at : read->keys)
        keys += (at.inner ? "." : "") + at.key + ":" + std::to_string(at.line) + " ";
    EXPECT_EQ(keys, "a:2 b:3 .c:3 .d\u00e9:4 e:5 i:6 ");
}

TEST(RelaxedJson, SurvivesDeepAndBrokenInput) {
    EXPECT_FALSE(loads_relaxed(std::string(1'000'000, '[')));
    EXPECT_FALSE(loads_relaxed(std::string(1'000'000, ',')));
    EXPECT_FALSE(loads_relaxed(std::string(100'000, '/')));
    EXPECT_FALSE(loads_relaxed(std::string_view{"[\0]", 3}));
    EXPECT_FALSE(loads_relaxed("{\"\xff\": 1}"));
}

TEST(RelaxedJson, IsTheStrictOneForStrictInput) {
    const std::string text =
        R"({"a": [1, 2.5, true, null, "x,]"], "b": {"c": {}}, "a2": 12345678901234567890})";
    const auto strict = loads(text);
    const auto relaxed = loads_relaxed(text);
    ASSERT_TRUE(strict && relaxed);
    EXPECT_EQ(*strict, relaxed->value);
}

TEST(RelaxedJson, TakesAllThatIsStrictAndSurvivesTheRest) {
    constexpr std::string_view pieces[] = {"[",     "]",      "{",  "}",  ",",  ":",    "\"",
                                           "/",     "*",      "#",  "\\", " ",  "\n",   "1",
                                           "\"a\"", "\"a\":", "//", "/*", "*/", "null", "\xc3\xa9"};
    std::mt19937 random{1};
    int strict_ones = 0;
    for (int i = 0; i < 100'000; ++i) {
        std::string text;
        for (auto length = random() % 8; length > 0; --length) text += pieces[random() % std::size(pieces)];
        const auto relaxed = loads_relaxed(text);
        const auto strict = loads(text);
        if (!strict) continue;
        ++strict_ones;
        ASSERT_TRUE(relaxed) << text;
        ASSERT_EQ(*strict, relaxed->value) << text;
    }
    EXPECT_GT(strict_ones, 1000);
}

}  // namespace
}  // namespace fedmsg::encoding
