#include "encoding/write.h"

#include <gtest/gtest.h>

#include <cmath>
#include <initializer_list>
#include <limits>
#include <random>
#include <string>
#include <utility>

namespace fedmsg::encoding {
namespace {

std::string text_of(std::string_view text, bool unicode = false) {
    std::string out;
    write_string(text, out, unicode);
    return out;
}

std::string text_of(double number) {
    std::string out;
    write_double(number, out);
    return out;
}

TEST(Write, AppendsToWhatIsThere) {
    std::string out = "x";
    write(Value{1}, canonical, out);
    write_string("a", out);
    write_double(2.5, out);
    EXPECT_EQ(out, "x1\"a\"2.5");
}

TEST(Write, SortsByCodePointAtEveryLevel) {
    const Value v{Object{{"b", Object{{"z", 1}, {"y", 2}}},
                         {"\xed\xa0\x80", 3},  // U+D800
                         {"\uE000", 4},
                         {"😀", 5},
                         {"\uD7FF", 6},
                         {"a", 7},
                         {"", 8}}};
    EXPECT_EQ(dumps(v),
              R"({"":8,"a":7,"b":{"y":2,"z":1},"\ud7ff":6,"\ud800":3,"\ue000":4,"\ud83d\ude00":5})");
}

TEST(Write, SortsKeysThatShareABeginning) {
    const Value v{
        Object{{"aaaaaaaab", 1}, {"aaaaaaaa", 2}, {"aaaaaaaaa", 3}, {"a", 4}, {std::string{"a\0", 2}, 5}}};
    EXPECT_EQ(dumps(v), R"({"a":4,"a\u0000":5,"aaaaaaaa":2,"aaaaaaaaa":3,"aaaaaaaab":1})");
}

TEST(Write, KeepsInsertionOrderWhenAsked) {
    const Value v{Object{{"b", 1}, {"a", Array{}}}};
    EXPECT_EQ(dumps(v, {.sort_keys = false}), R"({"b":1,"a":[]})");
    EXPECT_EQ(pretty_dumps(v), "{\n  \"b\": 1,\n  \"a\": []\n}");
    EXPECT_EQ(dumps(v, {.indented = true}), "{\n  \"a\": [],\n  \"b\": 1\n}");
}

TEST(Write, EscapesAsPython) {
    EXPECT_EQ(text_of("\"\\/\n\r\t\f\b"), R"("\"\\/\n\r\t\f\b")");
    EXPECT_EQ(text_of(std::string_view{"\0\x1f\x7f", 3}), R"("\u0000\u001f\u007f")");
    EXPECT_EQ(text_of("é\u2028😀\xed\xa0\x80"), R"("\u00e9\u2028\ud83d\ude00\ud800")");
}

TEST(Write, EscapesAtEveryPlaceOfALongString) {
    for (std::size_t size = 0; size < 70; ++size) {
        for (std::size_t at = 0; at < size; ++at) {
            std::string text(size, 'x');
            text[at] = '"';
            EXPECT_EQ(text_of(text), '"' + text.substr(0, at) + "\\\"" + text.substr(at + 1) + '"');
        }
    }
}

TEST(Write, UnicodeKeepsCharactersButNotControls) {
    EXPECT_EQ(text_of("é日本😀\u2028\uFFFD", true), "\"é日本😀\u2028\uFFFD\"");
    EXPECT_EQ(text_of("\x1b[2J\x7f\u0080\u009b\n", true), R"("\u001b[2J\u007f\u0080\u009b\n")");
    EXPECT_EQ(text_of("\u00a0", true), "\"\u00a0\"");
    EXPECT_EQ(text_of("\xed\xa0\x80\xed\xbf\xbf", true), R"("\ud800\udfff")");
}

TEST(Write, ReplacesWhatIsNotUtf8) {
    EXPECT_EQ(text_of("a\xff\xe2\x82z"), R"("a\ufffd\ufffd\ufffdz")");
    EXPECT_EQ(text_of("\xed", true), R"("\ufffd")");
}

TEST(Write, WritesStringsLargerThanAnyBuffer) {
    const std::string large(1'000'000, 'x');
    EXPECT_EQ(text_of(large), '"' + large + '"');
    EXPECT_EQ(dumps(Value{Array{large, large}}), "[\"" + large + "\",\"" + large + "\"]");
}

TEST(Write, WritesDoublesAsPython) {
    EXPECT_EQ(text_of(0.0), "0.0");
    EXPECT_EQ(text_of(-0.0), "-0.0");
    EXPECT_EQ(text_of(1e15), "1000000000000000.0");
    EXPECT_EQ(text_of(1e16), "1e+16");
    EXPECT_EQ(text_of(0.0001), "0.0001");
    EXPECT_EQ(text_of(0.00001), "1e-05");
    EXPECT_EQ(text_of(-1.5e300), "-1.5e+300");
    EXPECT_EQ(text_of(5e-324), "5e-324");
    EXPECT_EQ(text_of(123456.75), "123456.75");
    EXPECT_EQ(text_of(std::nan("")), "NaN");
    EXPECT_EQ(text_of(-std::numeric_limits<double>::infinity()), "-Infinity");
}

TEST(Write, WritesIntegersAsTheyAre) {
    EXPECT_EQ(dumps(Value{std::numeric_limits<std::int64_t>::min()}), "-9223372036854775808");
    EXPECT_EQ(dumps(Value{BigInteger{"123456789012345678901234567890"}}), "123456789012345678901234567890");
}

TEST(Write, PutsColourAroundTokens) {
    const Palette palette{.key = "<k>", .string = "<s>", .number = "<n>", .literal = "<l>", .reset = "</>"};
    const Value v{Object{{"a", Array{1, 2.5, "x", nullptr, true}}}};
    EXPECT_EQ(dumps(v, {.palette = &palette}),
              "{<k>\"a\"</>:[<n>1</>,<n>2.5</>,<s>\"x\"</>,<l>null</>,<l>true</>]}");

    const Palette only_keys{.key = "<k>", .reset = "</>"};
    EXPECT_EQ(dumps(v, {.palette = &only_keys}), "{<k>\"a\"</>:[1,2.5,\"x\",null,true]}");
}

TEST(Write, IsTheSameForNodeAndValue) {
    const auto document =
        Document::parse(R"({"b":[1,-2.50,"\ud800é",{"y":null,"x":NaN}],"a":123456789012345678901234567890})");
    ASSERT_TRUE(document);
    const Palette palette{.key = "<k>", .string = "<s>", .number = "<n>", .literal = "<l>", .reset = "</>"};
    for (const bool sort_keys : {false, true})
        for (const bool indented : {false, true})
            for (const bool unicode : {false, true})
                for (const Palette* p : {static_cast<const Palette*>(nullptr), &palette}) {
                    const Style style{
                        .sort_keys = sort_keys, .indented = indented, .unicode = unicode, .palette = p};
                    EXPECT_EQ(dumps(document->root(), style), dumps(to_value(document->root()), style));
                }
}

/// That a document is written as the values that it stands for.
void expect_same_for_node_and_value(const std::string& text, const Style& style = canonical) {
    const auto document = Document::parse(text);
    ASSERT_TRUE(document) << text;
    EXPECT_EQ(dumps(document->root(), style), dumps(to_value(document->root()), style));
}

TEST(Write, CopiesStringsOfDocumentsOfAnyLength) {
    for (const std::size_t size : {0, 1, 15, 16, 17, 31, 32, 33, 4095, 4096, 4097, 8192, 12'288, 50'000})
        for (const char* const end : {"", "\\n", "\x7f", "é", "\\ud800", "\\\"\\\\x"})
            expect_same_for_node_and_value("[\"" + std::string(size, 'x') + end + "\",\"y\"]");
}

TEST(Write, IndentsAsDeepAsDocumentsGo) {
    std::string text = "1";
    for (int depth = 1; depth <= max_depth; ++depth)
        text = depth % 2 != 0 ? "[" + text + ",2]" : R"({"a":)" + text + R"(,"b":[]})";
    expect_same_for_node_and_value(text, pretty);
}

TEST(Write, WritesDigitsOfDocumentsAsPython) {
    for (const auto& [digits, written] : std::initializer_list<std::pair<const char*, const char*>>{
             {"1372357199.0", "1372357199.0"},
             {"-1372357199.25", "-1372357199.25"},
             {"1372357199.00", "1372357199.0"},
             {"1372357199.250", "1372357199.25"},
             {"1.0", "1.0"},
             {"0.1", "0.1"},
             {"-0.0", "-0.0"},
             {"0.00001", "1e-05"},
             {"4503599627370495.5", "4503599627370495.5"},
             {"9007199254740993.0", "9007199254740992.0"},
             {"99999999999999999.0", "1e+17"},
             {"1.2345678901234567", "1.2345678901234567"},
             {"9.007199254740993", "9.007199254740993"},
             {"9007199.2547409931", "9007199.254740993"},
             {"1.5e3", "1500.0"},
             {"1E400", "Infinity"}}) {
        const auto document = Document::parse(digits);
        ASSERT_TRUE(document) << digits;
        EXPECT_EQ(dumps(document->root()), written);
    }
    std::mt19937_64 random{1};
    for (int i = 0; i < 100'000; ++i) {
        std::string digits = std::to_string(random() >> random() % 64);
        digits.insert(1 + random() % digits.size(), ".");
        if (digits.ends_with('.')) digits += '0';
        if (digits.starts_with('0')) continue;
        expect_same_for_node_and_value(digits);
    }
}

TEST(Write, WritesMembersAsAnObject) {
    const auto document = Document::parse(R"({"b":[1],"a":{"d":2,"c":3}})");
    ASSERT_TRUE(document);
    for (const Style& style : {canonical, pretty}) {
        std::string out;
        write(document->root().members(), style, out);
        EXPECT_EQ(out, dumps(document->root(), style));
    }
}

}  // namespace
}  // namespace fedmsg::encoding
