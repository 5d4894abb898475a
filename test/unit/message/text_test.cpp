#include "message/text.h"

#include "data.h"

#include <gtest/gtest.h>

namespace fedmsg::message {
namespace {

using encoding::Node;

std::string without_colour(std::string_view text) {
    std::string out;
    for (bool in_escape = false; const char c : text) {
        if (c == '\x1B') in_escape = true;
        if (!in_escape) out += c;
        if (c == 'm') in_escape = false;
    }
    return out;
}

std::string write(std::string_view body, Layout layout, const encoding::Palette* palette = nullptr) {
    const auto message = Message::parse("org.x", body);
    std::string out;
    TextWriter{layout, palette}.write(*message, out);
    return out;
}

/// The outputs of the Python tail in one mode, by message.
std::vector<std::string> outputs(const encoding::Document& vectors, std::string_view mode) {
    std::vector<std::string> found;
    for (const Node entry : vectors.root().find("modes")->elements()) {
        if (string_in(entry, "mode") != mode) continue;
        for (const Node output : entry.find("outputs")->elements()) found.emplace_back(output.text());
    }
    return found;
}

TEST(Text, ReallyPrettyIsWhatThePythonTailPrinted) {
    const auto vectors = load("tail.json");
    const auto expected = outputs(vectors, "really-pretty");
    const auto messages = vectors.root().find("messages")->elements();
    ASSERT_EQ(expected.size(), messages.size());
    for (std::size_t i = 0; i < messages.size(); ++i) {
        EXPECT_EQ("\n" + write(messages[i].text(), Layout::really_pretty), without_colour(expected[i]));
    }
}

TEST(Text, PrettyTellsTheTimeAsThePythonTailDid) {
    const Zone zone{"UTC"};
    const auto vectors = load("tail.json");
    const auto expected = outputs(vectors, "pretty");
    const auto messages = vectors.root().find("messages")->elements();
    ASSERT_EQ(expected.size(), messages.size());
    const std::string_view before = "'timestamp': '";
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const auto begin = expected[i].find(before) + before.size();
        const auto ours = parse(write(messages[i].text(), Layout::pretty));
        EXPECT_EQ(string_in(ours.root(), "timestamp"),
                  expected[i].substr(begin, expected[i].find('\'', begin) - begin));
    }
}

TEST(Text, PrettyIsSortedAndReadable) {
    const Zone zone{"UTC"};
    EXPECT_EQ(
        write(
            R"({"topic":"t","msg":{"b":[1,{}],"a":"\u00e9\u009b\u001b"},"certificate":"c","timestamp":1307654321.9,"signature":"s"})",
            Layout::pretty),
        "{\n  \"msg\": {\n    \"a\": \"\u00e9\\u009b\\u001b\",\n    \"b\": [\n      1,\n      {}\n    ]\n  "
        "},\n"
        "  \"timestamp\": \"Thu Jun  9 21:18:41 2011\",\n  \"topic\": \"t\"\n}");
}

TEST(Text, PrettyLeavesATimestampThatIsNoTime) {
    for (const auto* timestamp :
         {"null", "\"now\"", "1e300", "NaN", "-Infinity", "[1]", "99999999999999999999999"}) {
        const auto ours =
            parse(write(std::string{R"({"topic":"t","timestamp":)"} + timestamp + "}", Layout::pretty));
        const auto expected = parse(timestamp);
        EXPECT_EQ(encoding::dumps(*ours.root().find("timestamp")), encoding::dumps(expected.root()));
    }
}

TEST(Text, CompactIsTheCanonicalLineWithoutCredentials) {
    EXPECT_EQ(
        write(
            R"( {"topic": "t", "signature": "s", "msg": {"signature": "kept", "a": [1.0, "é"]}, "certificate": 1, "crypto": "x509"} )",
            Layout::compact),
        R"({"crypto":"x509","msg":{"a":[1.0,"\u00e9"],"signature":"kept"},"topic":"t"})");
    EXPECT_EQ(write(R"({"topic":null})", Layout::compact), R"({"topic":null})");
    EXPECT_EQ(write("[1]", Layout::compact), R"({"msg":[1],"topic":"org.x"})");
}

TEST(Text, OnlyAddsColour) {
    const auto vectors = load("tail.json");
    for (const Node message : vectors.root().find("messages")->elements()) {
        for (const auto layout : {Layout::compact, Layout::pretty, Layout::really_pretty}) {
            const auto coloured = write(message.text(), layout, &terminal_palette);
            EXPECT_EQ(without_colour(coloured), write(message.text(), layout));
            EXPECT_NE(coloured, without_colour(coloured));
        }
    }
    EXPECT_EQ(write(R"({"topic":"t","n":1})", Layout::really_pretty, &terminal_palette),
              "{\n  \x1B[1;34m\"topic\"\x1B[0m: \x1B[32m\"t\"\x1B[0m,\n  \x1B[1;34m\"n\"\x1B[0m: "
              "\x1B[36m1\x1B[0m\n}");
}

TEST(Text, WriterKeepsNothingOfTheMessageBefore) {
    TextWriter writer{Layout::compact};
    const auto first = Message::parse("t", R"({"topic":"t","a":1,"b":2})"),
               second = Message::parse("t", R"({"topic":"u"})");
    std::string out;
    writer.write(*first, out);
    out += '\n';
    writer.write(*second, out);
    EXPECT_EQ(out, "{\"a\":1,\"b\":2,\"topic\":\"t\"}\n{\"topic\":\"u\"}");
}

TEST(Ctime, KnowsItsZoneAndItsLimits) {
    const Zone zone{"America/New_York"};
    std::string out;
    EXPECT_TRUE(write_ctime(0, out));
    EXPECT_EQ(out, "Wed Dec 31 19:00:00 1969");
    out.clear();
    EXPECT_TRUE(write_ctime(-0.5, out));
    EXPECT_EQ(out, "Wed Dec 31 18:59:59 1969");
    out.clear();
    EXPECT_FALSE(write_ctime(1e18, out));
    EXPECT_FALSE(write_ctime(-1e19, out));
    EXPECT_EQ(out, "");
}

}  // namespace
}  // namespace fedmsg::message
