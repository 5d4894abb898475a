#include "irc/line.h"
#include "util/utf8.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fedmsg::irc {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Line, HasPrefixCommandAndParameters) {
    const auto line = parse_line(":bot!~bot@127.0.0.1 NOTICE #one :a b :c");
    EXPECT_EQ(line.nick, "bot");
    EXPECT_EQ(line.prefix, "bot!~bot@127.0.0.1");
    EXPECT_EQ(line.command, "NOTICE");
    EXPECT_THAT(line.parameters, ElementsAre("#one", "a b :c"));
    EXPECT_EQ(line.parameter(0), "#one");
    EXPECT_EQ(line.parameter(2), "");
    EXPECT_EQ(line.text(), "a b :c");
}

TEST(Line, TagsAndSpacesAreSkipped) {
    const auto line = parse_line("@time=2026-01-01;x=y  :irc.test   001  bot :");
    EXPECT_EQ(line.nick, "irc.test");
    EXPECT_EQ(line.command, "001");
    EXPECT_THAT(line.parameters, ElementsAre("bot", ""));
    EXPECT_EQ(parse_line("PING x").command, "PING");
    for (const auto* text : {"", " ", ":", ":a", "@", "@a", ": "}) {
        EXPECT_EQ(parse_line(text).command, "") << text;
        EXPECT_THAT(parse_line(text).parameters, IsEmpty()) << text;
        EXPECT_EQ(parse_line(text).text(), "") << text;
    }
}

TEST(Line, NothingThatIsSaidEndsIt) {
    EXPECT_EQ(one_line("a\r\nQUIT :b\n\n\0c\rd"s + "\0"s), "a QUIT :b c d ");
    EXPECT_EQ(one_line("\x01"
                       "ACTION x\x01"),
              "ACTION x");
    EXPECT_EQ(one_line("a\xff\xc3"), "a\uFFFD\uFFFD");
    EXPECT_EQ(make_speech("NOTICE", "#one\r\nQUIT", "x\r\nQUIT", 0), "NOTICE #one :x QUIT");
    EXPECT_EQ(make_line("JOIN", {"#a b", ":key\nQUIT"}), "JOIN #a key");
    EXPECT_EQ(make_line("PASS", {}, "a b\r\nQUIT"), "PASS :a b QUIT");
}

TEST(Line, IsCutWhereTheRelayedLineStillFits) {
    const std::string prefix = "bot!~bot@127.0.0.1";
    for (std::size_t before = 0; before < 8; ++before) {
        std::string text(before, 'x');
        while (text.size() < 1000) text += "é日😀";
        const auto line = make_speech("NOTICE", "#one", text, prefix.size());
        EXPECT_TRUE(is_utf8(line));
        const auto relayed = ":" + prefix + " " + line + "\r\n";
        EXPECT_LE(relayed.size(), longest_line);
        EXPECT_GT(relayed.size(), longest_line - 4);
    }
    EXPECT_EQ(make_speech("NOTICE", "#one", std::string(1000, 'x'), 0).size(), 512U - 2 - 2);
    EXPECT_EQ(make_speech("NOTICE", "#one", "short", 5000), "");  // no server has such a prefix
    EXPECT_EQ(make_line("QUIT", {}, std::string(1000, 'x')).size(), 510U);
}

TEST(Line, CutsBetweenCharacters) {
    EXPECT_EQ(cut("aé", 3), "aé");
    EXPECT_EQ(cut("aé", 2), "a");
    EXPECT_EQ(cut("😀", 3), "");
    EXPECT_EQ(cut("a😀", 4), "a");
    EXPECT_EQ(cut("abc", 0), "");
}

TEST(Line, LosesItsFormatting) {
    EXPECT_EQ(without_formatting("\x03"
                                 "4git\x03 -- \x02"
                                 "bold\x0f \x03"
                                 "10http://x\x03"),
              "git -- bold http://x");
    EXPECT_EQ(without_formatting("\x03"
                                 "4,12a\x03,b\x03"
                                 "123c\x04"
                                 "ff0000d"),
              "a,b3cd");
    EXPECT_EQ(without_formatting("\x03"
                                 "1,é\x1d\x1f\x16"),
              ",é");
    EXPECT_EQ(without_formatting("plain"), "plain");
}

TEST(Line, IsPrintableInALog) {
    EXPECT_EQ(printable("a\x1b[31m\r\n\x03"
                        "4b\t"),
              "a?[31m b?");
    EXPECT_EQ(printable(std::string(1000, 'x')).size(), 200U);
}

}  // namespace
}  // namespace fedmsg::irc
