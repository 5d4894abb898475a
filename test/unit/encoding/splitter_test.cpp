#include "encoding/splitter.h"

#include "encoding/write.h"
#include "unit/encoding/random_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace fedmsg::encoding {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Texts = std::vector<std::string>;

/// Everything that is there now: canonical forms, and the error as a text.
void drain(Splitter& splitter, Texts& texts) {
    while (const auto value = splitter.next())
        texts.push_back(*value ? dumps((*value)->root()) : to_string((*value).error()));
}

Texts split(std::initializer_list<std::string_view> chunks) {
    Splitter splitter;
    Texts texts;
    for (const auto chunk : chunks) {
        splitter.feed(chunk);
        drain(splitter, texts);
    }
    splitter.finish();
    drain(splitter, texts);
    return texts;
}

/// What is given out before the end of the stream is known.
Texts split_open(std::string_view text) {
    Splitter splitter;
    splitter.feed(text);
    Texts texts;
    drain(splitter, texts);
    return texts;
}

TEST(Splitter, GivesValuesAsSoonAsTheyAreComplete) {
    EXPECT_THAT(split_open(R"({"a":[1,{}]}[2]"x")"), ElementsAre(R"({"a":[1,{}]})", "[2]", R"("x")"));
    EXPECT_THAT(split_open("1"), IsEmpty());
    EXPECT_THAT(split_open("1 "), ElementsAre("1"));
    EXPECT_THAT(split_open("true\nnull{}"), ElementsAre("true", "null", "{}"));
    EXPECT_THAT(split_open("{\"a\":\"}\\\"\"} {"), ElementsAre(R"({"a":"}\""})"));
}

TEST(Splitter, EndsTheLastWordAtTheEnd) {
    EXPECT_THAT(split({"1 2"}), ElementsAre("1", "2"));
    EXPECT_THAT(split({"-Infinity"}), ElementsAre("-Infinity"));
    EXPECT_THAT(split({" \n"}), IsEmpty());
    EXPECT_THAT(split({}), IsEmpty());
}

TEST(Splitter, TakesDocumentsOfManyLines) {
    EXPECT_THAT(split({"{\n  \"a\": 1,\n  \"b\": [\n    2\n  ]\n}\n\n{\n}\n"}),
                ElementsAre(R"({"a":1,"b":[2]})", "{}"));
}

TEST(Splitter, IsTheSameForEverySplit) {
    for (const std::string text :
         {"{\"a\": [1, -2.5e3, \"x\\\"\\\\\", \"\\ud83d\\ude00é😀\"]}\n[]{}\"\\u00e9\" 1 "
          "2\ttrue\r\nnull\"\"[[[]]]-Infinity",
          "{\"é\": 1}\n  {\"b\":\n 'c'} 5", "[1] }", "1,2", "[1 2]", "\"a\nb\"", "{\"a\"", "\"é\\", "1\xff",
          "[tru]", "[\"\xff\"]"}) {
        const auto whole = split({text});
        for (std::size_t i = 0; i <= text.size(); ++i) {
            for (std::size_t j = i; j <= text.size(); ++j) {
                const std::string_view all{text};
                ASSERT_EQ(split({all.substr(0, i), all.substr(i, j - i), all.substr(j)}), whole)
                    << text << " at " << i << " and " << j;
            }
        }
    }
}

TEST(Splitter, FindsErrorsAtOnceAndInTheWholeStream) {
    EXPECT_THAT(split_open("{\"a\":1}\n{'a': 1}"),
                ElementsAre(R"({"a":1})", "line 2, column 2: expected a key in double quotes"));
    EXPECT_THAT(split_open("{}\n é"), ElementsAre("{}", "line 2, column 2: expected a value"));
    EXPECT_THAT(split_open("}"), ElementsAre("line 1, column 1: expected a value"));
    EXPECT_THAT(split_open("[}"), ElementsAre("line 1, column 2: expected a value"));
    EXPECT_THAT(split_open("{\"a\": 1\n{"), ElementsAre("line 2, column 1: expected ',' or '}'"));
    EXPECT_THAT(split_open("\"é\" {\"é\" 1"),
                ElementsAre("\"\\u00e9\"", "line 1, column 10: expected ':' after the key"));
    EXPECT_THAT(split_open("[True"),
                ElementsAre("line 1, column 2: expected a value; JSON spells true, false and null"));
    EXPECT_THAT(split_open("1,2"), ElementsAre("1", "line 1, column 2: expected a value"));
    EXPECT_EQ(split_open("\"abc\n").size(), 1U);
    EXPECT_THAT(split_open(std::string(501, '[')),
                ElementsAre("line 1, column 501: brackets are nested more than 500 deep"));
}

TEST(Splitter, SaysWhatAnUnfinishedValueLacks) {
    EXPECT_THAT(split({"{\"a\":\n[1"}), ElementsAre("line 2, column 3: expected ',' or ']'"));
    EXPECT_THAT(split({"["}), ElementsAre("line 1, column 2: expected a value, not the end of the text"));
    EXPECT_THAT(split({"tru"}), ElementsAre("line 1, column 1: expected a value"));
}

TEST(Splitter, StaysSilentAfterAnError) {
    Splitter splitter;
    splitter.feed("} {}");
    EXPECT_FALSE(*splitter.next());
    EXPECT_FALSE(splitter.next());
    splitter.feed("{}");
    splitter.finish();
    EXPECT_FALSE(splitter.next());
}

TEST(Splitter, GivesOffsetsInTheWholeStream) {
    Splitter splitter;
    splitter.feed("{} ");
    EXPECT_TRUE(splitter.next());
    splitter.feed("\n\n [1 2]");
    const auto wrong = splitter.next();
    ASSERT_TRUE(wrong && !*wrong);
    EXPECT_EQ(wrong->error().offset, 9U);
    EXPECT_EQ(wrong->error().line, 3U);
    EXPECT_EQ(wrong->error().column, 5U);
}

TEST(Splitter, BoundsOneValueNotTheStream) {
    Splitter splitter{10};
    std::size_t values = 0;
    for (int i = 0; i < 100; ++i) {
        splitter.feed("[12345678]");
        while (const auto value = splitter.next()) values += value->has_value();
    }
    EXPECT_EQ(values, 100U);
    splitter.feed("\n [1234567890");
    const auto wrong = splitter.next();
    ASSERT_TRUE(wrong && !*wrong);
    EXPECT_EQ(to_string(wrong->error()),
              "line 2, column 2: a value of a stream is longer than the limit, which is 64 MiB unless set "
              "otherwise");
}

TEST(Splitter, BoundsAValueThatComesInSmallPieces) {
    Splitter splitter{1000};
    std::size_t fed = 0;
    splitter.feed("\"");
    while (!splitter.next() && fed < 10'000) {
        splitter.feed("x");
        ++fed;
    }
    EXPECT_EQ(fed, 1000U);
}

TEST(Splitter, GivesWhatParsingEachGives) {
    RandomJson random{7};
    std::string stream;
    Texts expected;
    for (int i = 0; i < 3000; ++i) {
        const auto text = random.text();
        expected.push_back(dumps(Document::parse(text)->root()));
        stream += text + "\n";
    }
    Splitter splitter;
    Texts texts;
    for (std::string_view rest{stream}; !rest.empty();) {
        const auto size = std::min(rest.size(), random.below(300));
        splitter.feed(rest.substr(0, size));
        rest.remove_prefix(size);
        drain(splitter, texts);
    }
    EXPECT_EQ(texts, expected);
}

}  // namespace
}  // namespace fedmsg::encoding
