#include "message/regex.h"

#include "util/error.h"

#include <gtest/gtest.h>

#include <chrono>

namespace fedmsg::message {
namespace {

using Found = Regex::Found;

std::string error_of(std::string_view pattern) {
    try {
        const Regex regex{pattern};
    } catch (const UsageError& e) {
        return e.what();
    }
    return "no error";
}

struct Case {
    const char *pattern, *text;
    bool found;
};

class RegexCases : public testing::TestWithParam<Case> {};

TEST_P(RegexCases, AreAsEcmaScriptSays) {
    EXPECT_EQ(Regex{GetParam().pattern}.search(GetParam().text), GetParam().found ? Found::yes : Found::no)
        << GetParam().pattern << " in " << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(Regex, RegexCases,
                         testing::ValuesIn(std::initializer_list<Case>{
                             {"", "", true},
                             {"_heartbeat", "org._heartbeat.x", true},
                             {"_heartbeat", "org.heartbeat.x", false},
                             {"bodhi|koji", "org.koji.x", true},
                             {"\\.git\\.", "org.git.x", true},
                             {"\\.git\\.", "org-git-x", false},
                             {"^org\\.", "an.org.x", false},
                             {"x$", "org.x", true},
                             {"x$", "x\n", false},
                             {"^b", "a\nb", false},
                             {"a.b", "a\nb", false},
                             {"[^a]b", "a\nb", true},
                             {"^((?!_heartbeat).)*$", "org.x", true},
                             {"^((?!_heartbeat).)*$", "org._heartbeat.x", false},
                             {"foo(?=bar)", "foobar", true},
                             {"(?<!un)tag", "untag", false},
                             {"\\d{4}-\\w+", "2026-abc", true},
                             {"(a|b)\\1", "ab", false},
                             {"(a|b)\\1", "xbb", true},
                             {"a*?b", "aab", true},
                             {"(?:ab)+c", "ababc", true},
                             {"^.$", "\u00e9", true},
                             {"^.{3}$", "\u65e5\u672c\u8a9e", true},
                             {"[\u00e9\u00fc]x", "\u00fcx", true},
                             {"[\u00e9\u00fc]x", "\u00c3x", false},
                             {"^[^a]$", "\U0001F600", true},
                             {"\u00e9", "caf\u00e9", true},
                             {"^.$", "\xFF", true},
                             {"^\uFFFD+x$", "\xED\xA0\x80x", true},
                         }));

TEST(Regex, NamesTheColumnOfAnError) {
    EXPECT_EQ(error_of("a(b"), "column 4: a parenthesis is not closed, or not opened");
    EXPECT_EQ(error_of("\u00e9["), "column 3: '[' is not closed");
    EXPECT_EQ(error_of("a**"), "column 4: nothing to repeat");
    EXPECT_EQ(error_of("a\\"), "column 3: an escape that means nothing, or a backslash at the end");
    EXPECT_EQ(error_of("a{3,1}"), "column 5: expected numbers between '{' and '}'");
    EXPECT_EQ(error_of("(.\xFF"), "not UTF-8");
    EXPECT_EQ(error_of(std::string(10'000, '.')), "no error");
    EXPECT_EQ(error_of(std::string(10'001, '.')), "more than 10000 characters");
    EXPECT_NE(error_of(std::string(5000, '(') + std::string(5000, ')')), "no error");
}

TEST(Regex, GivesUpOnHostileTextBeforeItHurts) {
    const std::pair<const char*, std::string> hostile[] = {
        {"(a+)+$", std::string(255, 'a') + "b"},
        {"(a|aa)+$", std::string(10'000, 'a') + "b"},
        {"(.*)*x", std::string(1 << 20, 'a')},
        {"^(.*?,){50}P", std::string(100'000, ',')},
        {".*.*.*.*x", std::string(100'000, 'a')},
        {"([a-z]+)*\\d", std::string(5000, 'a')},
        {"a{1,1000}a{1,1000}a{1,1000}b", std::string(100'000, 'a')},
        {"a(?=x)", std::string((1 << 20) + 1, 'a')},
    };
    for (const auto& [pattern, text] : hostile) {
        const Regex regex{pattern};
        const auto begin = std::chrono::steady_clock::now();
        EXPECT_EQ(regex.search(text), Found::gave_up) << pattern;
        // Some 5 ms; the rest is for a machine that is busy, or that checks every memory access.
        EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{1}) << pattern;
    }
    EXPECT_EQ(Regex{"(a+)+$"}.search("xaaa"), Found::yes);
}

TEST(Regex, SearchesForPlainTextOfAnyLength) {
    EXPECT_EQ(Regex{"needle"}.search(std::string(3 << 20, 'a') + "needle"), Found::yes);
}

}  // namespace
}  // namespace fedmsg::message
