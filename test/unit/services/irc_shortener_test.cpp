#include "services/irc/shortener.h"

#include "support/https_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fedmsg::services {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::Ge;
using testing::Lt;
using Clock = std::chrono::steady_clock;

class ShortLinks : public testing::Test {
  protected:
    /// \param page  of https_server.py, which looks at the first part of a path alone
    std::unique_ptr<Shortener> at(const std::string& page) {
        return std::make_unique<Shortener>(loop, server.url(page) + "/{url}", [this] { ++answered; });
    }
    std::string wait(const std::shared_ptr<const Shortener::Answer>& answer) {
        while (!answer->ready)
            if (loop.context().run_one_for(test::patience) == 0) throw std::runtime_error{"no answer"};
        return answer->link;
    }

    test::HttpsServer server{{"--plain"}};
    Loop loop;
    int answered = 0;
    const std::string link = "https://example.org/?a=b&c=é";
};

TEST_F(ShortLinks, AreAskedForOnce) {
    server.put("short", "https://da.gd/x\n");
    const auto shortener = at("short");
    const auto answer = shortener->shorten(link);
    EXPECT_FALSE(answer->ready);  // nobody waits
    EXPECT_EQ(wait(answer), "https://da.gd/x");
    EXPECT_EQ(answered, 1);
    EXPECT_EQ(server.next_request(), "GET /short/https%3A%2F%2Fexample.org%2F%3Fa%3Db%26c%3D%C3%A9");
    const auto again = shortener->shorten(link);
    EXPECT_TRUE(again->ready);
    EXPECT_EQ(again->link, "https://da.gd/x");
    EXPECT_EQ(shortener->counts(), (Shortener::Counts{1, 1, 0, 0}));
}

TEST_F(ShortLinks, StayLongWhenTheServiceFailsAndForAWhileAfterwards) {
    const auto shortener = at("status/503");
    EXPECT_EQ(wait(shortener->shorten(link)), link);
    const auto next = shortener->shorten(link);
    EXPECT_TRUE(next->ready);
    EXPECT_EQ(next->link, link);
    EXPECT_EQ(shortener->counts(), (Shortener::Counts{0, 0, 1, 1}));
}

TEST_F(ShortLinks, OnlyLinksAreAskedFor) {
    const auto shortener = at("short");
    for (const std::string text : {"", "ftp://x", "x"}) {
        EXPECT_TRUE(shortener->shorten(text)->ready);
        EXPECT_EQ(shortener->shorten(text)->link, text);
    }
    EXPECT_EQ(shortener->counts(), Shortener::Counts{});
}

TEST_F(ShortLinks, StayLongWhenTheAnswerIsNone) {
    server.put("page", "<html>");
    EXPECT_EQ(wait(at("page")->shorten(link)), link);
}

TEST_F(ShortLinks, AreNotWaitedForLongerThanThreeSeconds) {
    const auto shortener = at("silent");
    const auto begin = Clock::now();
    // More than there are threads: the last one is not asked for before the time is over.
    std::vector<std::shared_ptr<const Shortener::Answer>> answers;
    for (std::size_t i = 0; i <= Shortener::most_under_way; ++i)
        answers.push_back(shortener->shorten(link + std::to_string(i)));
    EXPECT_TRUE(answers.back()->ready);
    for (const auto& answer : answers) EXPECT_THAT(wait(answer), testing::StartsWith(link));
    EXPECT_THAT(Clock::now() - begin, AllOf(Ge(Shortener::patience), Lt(Shortener::patience + 2s)));
    EXPECT_EQ(shortener->counts(), (Shortener::Counts{0, 0, Shortener::most_under_way, 1}));
}

TEST_F(ShortLinks, ADownloadThatIsUnderWayEndsWithTheProgram) {
    auto shortener = at("silent");
    const auto answer = shortener->shorten(link);
    server.next_request();
    const auto begin = Clock::now();
    shortener.reset();
    EXPECT_LT(Clock::now() - begin, 2s);
}

}  // namespace
}  // namespace fedmsg::services
