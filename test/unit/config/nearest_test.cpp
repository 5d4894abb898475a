#include "util/nearest.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace fedmsg {
namespace {

TEST(EditDistance, CountsLettersInsertedLeftOutReplacedAndSwapped) {
    EXPECT_EQ(edit_distance("", ""), 0U);
    EXPECT_EQ(edit_distance("tail", "tail"), 0U);
    EXPECT_EQ(edit_distance("tail", "tails"), 1U);
    EXPECT_EQ(edit_distance("tail", "til"), 1U);
    EXPECT_EQ(edit_distance("tail", "taxl"), 1U);
    EXPECT_EQ(edit_distance("tail", "tial"), 1U);
    EXPECT_EQ(edit_distance("", "tail"), 4U);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
    EXPECT_EQ(edit_distance("ca", "abc"), 3U);  // a swapped pair is not touched again
    EXPECT_EQ(edit_distance(std::string(64, 'a'), std::string(64, 'b')), 64U);
}

constexpr std::array<std::string_view, 5> commands{"tail", "relay", "logger", "config", "announce"};

TEST(Nearest, IsTheClosestWithinAThirdOfTheLengthAndAtMostTwo) {
    EXPECT_EQ(nearest("tial", commands), "tail");
    EXPECT_EQ(nearest("lgger", commands), "logger");
    EXPECT_EQ(nearest("confgi", commands), "config");
    EXPECT_EQ(nearest("anounc", commands), "announce");
    EXPECT_EQ(nearest("anoun", commands), std::nullopt);
    EXPECT_EQ(nearest("toil", commands), "tail");
    EXPECT_EQ(nearest("toll", commands), std::nullopt);  // two letters of four
    EXPECT_EQ(nearest("t", commands), std::nullopt);
    EXPECT_EQ(nearest("", commands), std::nullopt);
    EXPECT_EQ(nearest(std::string(1000, 'x'), commands), std::nullopt);
    EXPECT_EQ(nearest("tail", {}), std::nullopt);
}

TEST(Nearest, NeverSuggestsTheWordItself) { EXPECT_EQ(nearest("relay", commands), std::nullopt); }

TEST(Nearest, PrefersTheCloserAndThenTheFirst) {
    constexpr std::array<std::string_view, 3> words{"abcdeg", "abcdex", "abcdef1"};
    EXPECT_EQ(nearest("abcdef", words), "abcdeg");
    EXPECT_EQ(nearest("abcdexx", words), "abcdex");
}

}  // namespace
}  // namespace fedmsg
