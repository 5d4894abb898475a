#include "wire/subscriptions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace fedmsg::wire {
namespace {

TEST(Subscriptions, NothingMatchesNone) {
    const Subscriptions none;
    EXPECT_TRUE(none.empty());
    EXPECT_FALSE(none.match("a"));
    EXPECT_FALSE(none.match(""));
}

TEST(Subscriptions, TheEmptyPrefixIsEverything) {
    Subscriptions all;
    EXPECT_TRUE(all.add(""));
    EXPECT_TRUE(all.match(""));
    EXPECT_TRUE(all.match("a"));
}

TEST(Subscriptions, WhatWasAddedTwiceIsRemovedTwice) {
    Subscriptions some;
    EXPECT_TRUE(some.add("a"));
    EXPECT_TRUE(some.add("a"));
    some.remove("b");
    some.remove("a");
    EXPECT_TRUE(some.match("ab"));
    some.remove("a");
    EXPECT_FALSE(some.match("ab"));
    some.remove("a");
    EXPECT_TRUE(some.empty());
}

TEST(Subscriptions, AreBoundedAndMakeRoomWhenTheyGo) {
    Subscriptions some;
    std::size_t count = 0;
    while (some.add(std::to_string(count))) ++count;
    EXPECT_GT(count, 1000U);
    EXPECT_LT(count, 3000U);
    EXPECT_TRUE(some.add("0")) << "it is there";
    some.remove("1");
    EXPECT_TRUE(some.add("x"));
    EXPECT_FALSE(Subscriptions{}.add(std::string(Subscriptions::most_bytes, 'x')));
}

TEST(Subscriptions, MatchAsTheSimpleRuleSays) {
    std::mt19937 random{20261126};  // the same at each run
    const auto word = [&](std::size_t longest) {
        std::string text(random() % (longest + 1), '\0');
        for (auto& c : text) c = static_cast<char>("ab\xff"[random() % 3]);
        return text;
    };
    int matches = 0;
    for (int round = 0; round < 3000; ++round) {
        Subscriptions some;
        std::vector<std::string> prefixes;
        for (auto count = random() % 8; count > 0; --count) {
            prefixes.push_back(word(4) + word(1));
            if (prefixes.back().empty()) prefixes.back() = "b";
            ASSERT_TRUE(some.add(prefixes.back()));
        }
        for (int i = 0; i < 20; ++i) {
            const auto topic = word(7);
            const bool expected =
                std::ranges::any_of(prefixes, [&](auto& p) { return topic.starts_with(p); });
            ASSERT_EQ(some.match(topic), expected) << topic;
            matches += expected ? 1 : 0;
        }
    }
    EXPECT_GT(matches, 1000);
}

}  // namespace
}  // namespace fedmsg::wire
