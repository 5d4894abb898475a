#include "crypto/pem.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fedmsg::crypto {
namespace {

std::vector<std::string> blocks(std::string_view text) {
    std::vector<std::string> result;
    std::size_t offset = 0;
    while (const auto block = next_pem_block(text, offset))
        result.push_back(std::string{block->label} + "=" + std::string{block->body});
    return result;
}

TEST(Pem, FindsBlocksAmongOtherText) {
    EXPECT_THAT(
        blocks("hello\n-----BEGIN A B-----\nx\ny\n-----END A B-----\n-- \n-----BEGIN C----------END C-----"),
        testing::ElementsAre("A B=\nx\ny\n", "C="));
}

TEST(Pem, SkipsWhatHasNoEnd) {
    EXPECT_THAT(blocks("-----BEGIN A-----\nx\n"), testing::IsEmpty());
    EXPECT_THAT(blocks("-----BEGIN A-----\nx\n-----BEGIN B-----\ny\n-----END B-----\n-----END A-----\n"),
                testing::ElementsAre("B=\ny\n"));
    EXPECT_THAT(blocks("-----BEGIN A\n-----\n-----BEGIN B-----\n-----END B-----"),
                testing::ElementsAre("B=\n"));
    EXPECT_THAT(blocks("-----BEGIN "), testing::IsEmpty());
    EXPECT_THAT(blocks(""), testing::IsEmpty());
}

TEST(Pem, KeepsTheWholeBlockWithItsLineEnd) {
    const std::string text = "-----BEGIN CERTIFICATE-----\r\nx\r\n-----END CERTIFICATE-----\r\nmore";
    EXPECT_EQ(first_certificate("before\n" + text)->whole, text.substr(0, text.size() - 4));
    EXPECT_FALSE(
        first_certificate("-----BEGIN TRUSTED CERTIFICATE-----\n-----END TRUSTED CERTIFICATE-----\n"));
}

TEST(Pem, TakesTimeInProportionToTheText) {
    // With a search to the end for each BEGIN this would take hours.
    for (const std::string& line : {std::string{"-----BEGIN A-----"}, std::string{"-----BEGIN A-----\n"},
                                    std::string{"-----BEGIN "}, std::string{"-----BEGIN \n"}}) {
        std::string text;
        while (text.size() < 8'000'000) text += line;
        for (const std::string& end : {std::string{}, std::string{"-----END B-----"}}) {
            const auto hostile = text + end;
            EXPECT_THAT(blocks(hostile), testing::IsEmpty());
        }
    }
}

}  // namespace
}  // namespace fedmsg::crypto
