#include "cli/options.h"

#include "util/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fedmsg::cli {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// One option of each kind.
struct Values {
    bool flag = false, letter = false;
    std::string text = "as it was", word;
    std::optional<std::string> maybe;
    std::vector<std::string> list, operands;
    std::optional<std::int64_t> count;
    std::optional<milliseconds> time;
    int waits = 0;
    std::string wait;

    Options options() {
        Options o;
        o.flag("flag", flag, "a flag");
        o.flag("letter", letter, "a flag with a letter").letter = 'l';
        o.value("text", text, "TEXT", "a text");
        o.value("maybe", maybe, "TEXT", "a text that may be absent");
        o.values("list", list, "ITEM", "some texts");
        o.number("count", count, 2, "N", "a number").letter = 'n';
        o.seconds("for", time, "a time");
        o.choice("word", word, {"red", "green"}, "a word");
        o.add({.name = "wait",
               .placeholder = "SECONDS",
               .meaning = "an optional value",
               .kind = Option::Kind::optional_value,
               .words = {},
               .store = [this](const std::string* given) {
                   ++waits;
                   wait = given ? *given : "none";
               }});
        o.operand("FILE", operands, 2);
        return o;
    }
    void parse(const std::vector<std::string>& words) { options().parse(words); }
};

std::string error_of(const std::vector<std::string>& words) {
    Values values;
    try {
        values.parse(words);
    } catch (const UsageError& e) {
        return e.what();
    }
    return "no error";
}

TEST(Options, WithoutWordsChangeNothing) {
    Values v;
    v.parse({});
    EXPECT_FALSE(v.flag);
    EXPECT_EQ(v.text, "as it was");
    EXPECT_EQ(v.maybe, std::nullopt);
    EXPECT_THAT(v.list, IsEmpty());
    EXPECT_EQ(v.count, std::nullopt);
    EXPECT_EQ(v.waits, 0);
}

TEST(Options, TakeEveryForm) {
    Values v;
    v.parse({"--flag", "-l", "--text", "a b", "--maybe=", "--count=7", "--for", "1.5", "--word", "green"});
    EXPECT_TRUE(v.flag);
    EXPECT_TRUE(v.letter);
    EXPECT_EQ(v.text, "a b");
    EXPECT_EQ(v.count, 7);
    EXPECT_EQ(v.time, milliseconds{1500});
    EXPECT_EQ(v.word, "green");
}

TEST(Options, AValueMayBeEmpty) {
    Values v;
    v.parse({"--text", "", "--maybe", ""});
    EXPECT_EQ(v.text, "");
    EXPECT_EQ(v.maybe, "");
}

TEST(Options, AValueMayHaveAnEqualsSign) {
    Values v;
    v.parse({"--text=a=b", "--maybe", "c=d"});
    EXPECT_EQ(v.text, "a=b");
    EXPECT_EQ(v.maybe, "c=d");
}

TEST(Options, AValueMayLookLikeAnOption) {
    Values v;
    v.parse({"--text", "-x", "--maybe=--flag"});
    EXPECT_EQ(v.text, "-x");
    EXPECT_EQ(v.maybe, "--flag");
    EXPECT_FALSE(v.flag);
}

TEST(Options, ALetterTakesItsValueEitherWay) {
    for (const auto& words : {std::vector<std::string>{"-n", "5"}, {"-n5"}}) {
        Values v;
        v.parse(words);
        EXPECT_EQ(v.count, 5);
    }
}

TEST(Options, RepeatableOnesAdd) {
    Values v;
    v.parse({"--list", "a", "--list=b", "--flag", "--list", "c"});
    EXPECT_THAT(v.list, ElementsAre("a", "b", "c"));
}

TEST(Options, OfOthersTheLastOneCounts) {
    Values v;
    v.parse({"--text", "a", "--text", "b"});
    EXPECT_EQ(v.text, "b");
}

TEST(Options, AnOptionalValueMayBeLeftOut) {
    for (const auto& [words, expected] :
         {std::pair<std::vector<std::string>, std::string>{{"--wait"}, "none"},
          {{"--wait=3"}, "3"},
          {{"--wait", "--flag"}, "none"},
          {{"--wait", "-l"}, "none"}}) {
        Values v;
        v.parse(words);
        EXPECT_EQ(v.waits, 1);
        EXPECT_EQ(v.wait, expected);
    }
}

TEST(Options, OperandsStandAnywhere) {
    Values v;
    v.parse({"one", "--flag", "two"});
    EXPECT_THAT(v.operands, ElementsAre("one", "two"));
    Values after;
    after.parse({"--", "--flag", "-n"});
    EXPECT_THAT(after.operands, ElementsAre("--flag", "-n"));
    EXPECT_FALSE(after.flag);
}

TEST(Options, TooManyOperandsAreNamed) {
    EXPECT_EQ(error_of({"one", "two", "three"}), "unexpected `three`: see --help");
    Options none;
    EXPECT_THROW(none.parse({"word"}), UsageError);
}

TEST(Options, AnUnknownOneIsSuggested) {
    EXPECT_EQ(error_of({"--flagg"}), "there is no option --flagg: did you mean --flag?");
    EXPECT_EQ(error_of({"--counts=3"}), "there is no option --counts: did you mean --count?");
    EXPECT_THAT(error_of({"--xyzzy"}), "there is no option --xyzzy");
    EXPECT_THAT(error_of({"-x"}), "there is no option -x");
}

TEST(Options, EveryWrongValueSaysWhatIsAllowed) {
    EXPECT_EQ(error_of({"--count", "1"}), "--count is 1: must be an integer, 2 or more");
    EXPECT_EQ(error_of({"--count", "7x"}), "--count is 7x: must be an integer, 2 or more");
    EXPECT_EQ(error_of({"-n", "99999999999999999999"}),
              "--count is 99999999999999999999: must be an integer, 2 or more");
    EXPECT_EQ(error_of({"--for", "soon"}), "--for is soon: must be a number of seconds, 0 or more");
    EXPECT_EQ(error_of({"--for=-1"}), "--for is -1: must be a number of seconds, 0 or more");
    EXPECT_EQ(error_of({"--word", "blue"}), "--word is blue: must be one of red, green");
}

TEST(Options, AMissingOrSuperfluousValueNamesTheOption) {
    EXPECT_THAT(error_of({"--text"}), HasSubstr("--text"));
    EXPECT_THAT(error_of({"--flag=yes"}), HasSubstr("--flag"));
    EXPECT_THAT(error_of({"-n"}), HasSubstr("--count"));
}

TEST(Options, AnAbbreviationThatIsAmbiguousIsRefused) {
    EXPECT_THAT(error_of({"--w"}), HasSubstr("--w"));  // --word, --wait
}

TEST(Options, HelpHasTwoColumnsWithin80) {
    Values v;
    Options o = v.options();
    bool flag = false;
    o.flag("an-option-with-quite-a-long-name", flag,
           "a meaning that is longer than what fits into one line of the second column, and goes on in the "
           "next one");
    const auto help = o.help();
    EXPECT_THAT(help, HasSubstr("      --flag                  a flag\n"));
    EXPECT_THAT(help, HasSubstr("  -l, --letter                a flag with a letter\n"));
    EXPECT_THAT(help, HasSubstr("  -n, --count N               a number\n"));
    EXPECT_THAT(help, HasSubstr("      --wait[=SECONDS]        an optional value\n"));
    EXPECT_THAT(help, HasSubstr("      --word red|green        a word\n"));
    EXPECT_THAT(
        help, HasSubstr("      --an-option-with-quite-a-long-name\n                              a meaning"));
    std::size_t begin = 0;
    for (auto end = help.find('\n'); end != help.npos; begin = end + 1, end = help.find('\n', begin)) {
        EXPECT_LE(end - begin, 80U);
        EXPECT_NE(help[end - 1], ' ');
    }
}

TEST(Seconds, AreDecimalAndNotNegative) {
    EXPECT_EQ(parse_seconds("0"), milliseconds{0});
    EXPECT_EQ(parse_seconds("2"), milliseconds{2000});
    EXPECT_EQ(parse_seconds("0.25"), milliseconds{250});
    EXPECT_EQ(parse_seconds("1e3"), milliseconds{1000000});
    for (const auto* text : {"", " 1", "1 ", "-1", "1s", "nan", "inf", "1e10", "+1", "0x10"})
        EXPECT_EQ(parse_seconds(text), std::nullopt) << text;
}

}  // namespace
}  // namespace fedmsg::cli
