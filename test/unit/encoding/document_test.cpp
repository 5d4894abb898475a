#include "encoding/document.h"

#include "encoding/write.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace fedmsg::encoding {
namespace {

using Reason = ParseError::Reason;
using testing::ElementsAre;

/// Keeps its document beside the root.
struct Parsed {
    explicit Parsed(std::string_view text) : document{Document::parse(text)} {}
    Node root() const { return document->root(); }
    Result<Document, ParseError> document;
};

std::string error_of(std::string_view text) {
    const auto document = Document::parse(text);
    return document ? "no error" : to_string(document.error());
}

Reason reason_of(std::string_view text) {
    const auto document = Document::parse(text);
    return document ? throw std::logic_error{"no error"} : document.error().reason;
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(Document, ReadsEachKind) {
    const Parsed p{R"({"n":null,"t":true,"f":false,"i":-12,"r":1.50,"s":"a\u00e9","a":[1,[]],"o":{}})"};
    const Node root = p.root();
    EXPECT_EQ(root.members().size(), 8U);
    EXPECT_EQ(root.find("n")->kind(), Kind::null);
    EXPECT_TRUE(root.find("t")->boolean());
    EXPECT_FALSE(root.find("f")->boolean());
    EXPECT_EQ(root.find("i")->integer(), -12);
    EXPECT_EQ(root.find("i")->number(), -12.0);
    EXPECT_EQ(root.find("r")->number(), 1.5);
    EXPECT_EQ(root.find("r")->text(), "1.50");
    EXPECT_EQ(root.find_string("s"), "aé");
    EXPECT_EQ(root.find("a")->elements().size(), 2U);
    EXPECT_EQ(root.find("o")->kind(), Kind::object);
}

TEST(Document, GivesNothingWhereTheKindIsAnother) {
    const Parsed p{R"({"i":1,"s":"x","big":9223372036854775808})"};
    EXPECT_EQ(p.root().find("absent"), nullptr);
    EXPECT_EQ(p.root().find_string("i"), std::nullopt);
    EXPECT_EQ(p.root().find("s")->integer(), std::nullopt);
    EXPECT_EQ(p.root().find("s")->number(), std::nullopt);
    EXPECT_EQ(p.root().find("s")->find("x"), nullptr);
    EXPECT_TRUE(p.root().find("s")->elements().empty());
    EXPECT_TRUE(p.root().text().empty());
    EXPECT_EQ(p.root().find("big")->integer(), std::nullopt);
    EXPECT_EQ(p.root().find("big")->text(), "9223372036854775808");
    EXPECT_EQ(p.root().find("big")->number(), 9223372036854775808.0);
}

TEST(Document, IsAsTruthyAsInPython) {
    for (const auto* text : {"null", "false", "0", "-0", "0.0", "-0.0", "0e7", "1e-400", "\"\"", "[]", "{}"})
        EXPECT_FALSE(Parsed{text}.root().truthy()) << text;
    for (const auto* text : {"true", "1", "-1", "0.1", "NaN", "Infinity", "\"0\"", "[0]", R"({"":0})"})
        EXPECT_TRUE(Parsed{text}.root().truthy()) << text;
}

TEST(Document, FindsDuplicatesAmongAnyKeys) {
    for (int count = 1; count < 40; ++count) {
        for (int first = 0; first < count; first += 3) {
            const auto key = [&](int i) {
                return (i % 2 != 0 ? "\"longer than eight " : "\"") + std::to_string((count - i) * 7) + "\":";
            };
            std::string text = "{", expected = "{";
            for (int i = 0; i < count; ++i) {
                text += key(i) + "1,";
                expected += key(i) + (i == first ? "2," : "1,");
            }
            expected.back() = '}';
            const Parsed document{text + key(first) + "2}"};
            EXPECT_EQ(dumps(document.root(), {.sort_keys = false}), expected);
        }
    }
}

TEST(Document, KeepsLastOfDuplicatesAtPlaceOfFirst) {
    const Parsed few{R"({"b":1,"a":2,"b":3,"c":4,"a":5})"};
    EXPECT_EQ(dumps(few.root(), {.sort_keys = false}), R"({"b":3,"a":5,"c":4})");

    std::string text = "{";
    for (int i = 0; i < 300; ++i)
        text += "\"k" + std::to_string(i * 7 % 100) + "\":" + std::to_string(i) + ",";
    text.back() = '}';
    const Parsed many{text};
    ASSERT_EQ(many.root().members().size(), 100U);
    for (std::size_t i = 0; i < 100; ++i) {
        EXPECT_EQ(many.root().members()[i].key, "k" + std::to_string(i * 7 % 100));
        EXPECT_EQ(many.root().members()[i].value.integer(), 200 + static_cast<int>(i));
    }
}

TEST(Document, KnowsWhetherKeysAreSorted) {
    EXPECT_TRUE(Parsed{R"({"a":1,"b":2})"}.root().is_sorted());
    EXPECT_FALSE(Parsed{R"({"b":1,"a":2})"}.root().is_sorted());
    EXPECT_FALSE(Parsed{R"({"a":1,"a":2})"}.root().is_sorted());
}

TEST(Document, TakesLoneSurrogatesInThreeByteForm) {
    EXPECT_EQ(Parsed{R"("\ud800")"}.root().text(), "\xed\xa0\x80");
    EXPECT_EQ(Parsed{R"("\udc00x")"}.root().text(), "\xed\xb0\x80x");
    EXPECT_EQ(Parsed{R"("\ud83d\ud83d\ude00")"}.root().text(), "\xed\xa0\xbd😀");
    EXPECT_EQ(reason_of("\"\xed\xa0\x80\""), Reason::not_utf8);
}

TEST(Document, RefusesWhatIsNotUtf8) {
    for (const auto* text : {"\"\x80\"", "\"\xc0\xaf\"", "\"\xe0\x80\xaf\"", "\"\xf4\x90\x80\x80\"",
                             "\"\xf8\"", "\"\xe2\x82\"", "{\"\xff\":1}"})
        EXPECT_EQ(reason_of(text), Reason::not_utf8) << text;
    EXPECT_EQ(error_of("[\"é\xff\"]"), "line 1, column 4: this is not UTF-8");
}

TEST(Document, ReadsNumbersOfAnySize) {
    EXPECT_EQ(Parsed{"1e400"}.root().number(), std::numeric_limits<double>::infinity());
    EXPECT_EQ(Parsed{"-1e400"}.root().number(), -std::numeric_limits<double>::infinity());
    EXPECT_EQ(Parsed{"1e-400"}.root().number(), 0.0);
    EXPECT_TRUE(std::signbit(*Parsed{"-1e-400"}.root().number()));
    EXPECT_EQ(Parsed{"0e99999999999999999999"}.root().number(), 0.0);
    EXPECT_EQ(Parsed{"1" + std::string(400, '0') + ".5"}.root().number(),
              std::numeric_limits<double>::infinity());
    EXPECT_EQ(Parsed{"1" + std::string(400, '0') + "e-400"}.root().number(), 1.0);
    EXPECT_EQ(Parsed{"0." + std::string(400, '0') + "1"}.root().number(), 0.0);
    EXPECT_EQ(Parsed{"0." + std::string(400, '0') + "1e401"}.root().number(), 1.0);
    EXPECT_EQ(Parsed{std::string(max_integer_digits, '7')}.root().text().size(), max_integer_digits);
    EXPECT_EQ(reason_of(std::string(max_integer_digits + 1, '7')), Reason::integer_too_long);
}

TEST(Document, BoundsDepth) {
    EXPECT_TRUE(Document::parse(nested(max_depth)));
    EXPECT_EQ(reason_of(nested(max_depth + 1)), Reason::too_deep);
    EXPECT_EQ(reason_of(std::string(1'000'000, '[')), Reason::too_deep);
    EXPECT_EQ(error_of(nested(501)), "line 1, column 501: brackets are nested more than 500 deep");
}

TEST(Document, SaysWhereAndWhatIsWrong) {
    EXPECT_EQ(error_of(""), "line 1, column 1: expected a value, found nothing");
    EXPECT_EQ(error_of("{\n \"é\": 1\n \"b\": 2}"), "line 3, column 2: expected ',' or '}'");
    EXPECT_EQ(error_of("{\"é\" 1}"), "line 1, column 6: expected ':' after the key");
    EXPECT_EQ(error_of("[1 2]"), "line 1, column 4: expected ',' or ']'");
    EXPECT_EQ(error_of("[1"), "line 1, column 3: expected ',' or ']'");
    EXPECT_EQ(error_of("{\"a\":1,}"), "line 1, column 8: expected a key; there is none after the last ','");
    EXPECT_EQ(error_of("{'a': 1}"), "line 1, column 2: expected a key in double quotes");
    EXPECT_EQ(error_of("['a']"), "line 1, column 2: expected a value; strings take double quotes");
    EXPECT_EQ(error_of("[None]"), "line 1, column 2: expected a value; JSON spells true, false and null");
    EXPECT_EQ(error_of("[nul]"), "line 1, column 2: expected a value");
    EXPECT_EQ(error_of("[Inf]"), "line 1, column 2: expected a value");
    EXPECT_EQ(error_of("}"), "line 1, column 1: expected a value");
    EXPECT_EQ(error_of("[1.]"), "line 1, column 4: expected a digit after the decimal point");
    EXPECT_EQ(error_of("[1e+]"), "line 1, column 5: expected a digit of the exponent");
    EXPECT_EQ(error_of("\xef\xbb\xbf{}"), "line 1, column 1: expected a value, not a byte order mark");
    EXPECT_EQ(error_of(R"(["\x41"])"), R"(line 1, column 3: expected one of "\/bfnrtu after the backslash)");
    EXPECT_EQ(error_of(R"(["\u12"])"), R"(line 1, column 3: expected four hexadecimal digits after \u)");
    EXPECT_EQ(error_of("[1] x"), "line 1, column 5: expected nothing more after the value");
    EXPECT_EQ(error_of("[1] [2]"), "line 1, column 5: expected nothing more after the value");
}

TEST(Document, GivesEachReason) {
    EXPECT_EQ(reason_of(" \n"), Reason::empty);
    EXPECT_EQ(reason_of("}"), Reason::syntax);
    EXPECT_EQ(reason_of("1 2"), Reason::trailing_text);
    EXPECT_EQ(reason_of("1}"), Reason::trailing_text);
}

TEST(Document, DoesNotTakeNulForTheEnd) {
    using namespace std::string_view_literals;
    EXPECT_EQ(reason_of("1\0"sv), Reason::trailing_text);
    EXPECT_EQ(reason_of("1\0 2"sv), Reason::trailing_text);
    EXPECT_EQ(reason_of("\0"sv), Reason::syntax);
    for (const auto text : {"[1,\0"sv, "[1 \0]"sv, "\"ab\0\""sv, "[1]\0"sv})
        EXPECT_EQ(error_of(text),
                  "line 1, column 4: JSON has no NUL bytes; in a string it is written as \\u0000");
    EXPECT_EQ(reason_of("\"a\0b\""sv), Reason::syntax);
    EXPECT_EQ(Parsed{R"("a\u0000b")"}.root().text(), "a\0b"sv);
}

TEST(Document, OutlivesTextAndMove) {
    auto text = std::make_unique<std::string>(R"({"topic":"a.b","msg":[1,2]})");
    auto first = Document::parse(*text);
    text.reset();
    const Document second = std::move(*first);
    EXPECT_EQ(second.root().find_string("topic"), "a.b");
    EXPECT_EQ(dumps(second.root()), R"({"msg":[1,2],"topic":"a.b"})");
}

TEST(Document, ReadsLargeTexts) {
    constexpr std::size_t size = 50'000'000;
    const Parsed string{'"' + std::string(size, 'x') + '"'};
    EXPECT_EQ(string.root().text().size(), size);

    std::string array = "[0";
    while (array.size() < size) array += ",0";
    const Parsed zeros{array + "]"};
    EXPECT_EQ(zeros.root().elements().size(), size / 2);

    std::string object = "{";
    for (int i = 0; object.size() < size / 20; ++i)
        object += '"' + std::to_string(i * 7919L % 1'000'003) + "\":0,";
    object.back() = '}';
    const Parsed members{object};
    EXPECT_GT(members.root().members().size(), 150'000U);
    EXPECT_EQ(dumps(to_value(members.root())), dumps(members.root()));
}

TEST(Loads, GivesAValueOrAnError) {
    EXPECT_EQ(*loads(R"({"a":[1,2.5,"x",null,true,12345678901234567890]})"),
              (Object{{"a", Array{1, 2.5, "x", nullptr, true, BigInteger{"12345678901234567890"}}}}));
    EXPECT_FALSE(loads("{"));
}

}  // namespace
}  // namespace fedmsg::encoding
