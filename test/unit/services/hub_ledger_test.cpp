#include "services/hub/ledger.h"

#include "support/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fedmsg::services::hub {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class LedgerOfAnswers : public testing::Test {
  protected:
    Ledger::Ticket hand_out(const std::string& id) {
        return ledger.hand_out({make_message("t", R"({"topic":"t","msg_id":")" + id + "\"}")}, now);
    }
    std::vector<std::string> ids() const {
        std::vector<std::string> result;
        for (const auto& taken : ledger.all()) result.emplace_back(taken.message->msg_id);
        return result;
    }
    /// What is handed out again now.
    std::vector<std::string> again() {
        std::vector<std::string> result;
        while (const auto ticket = ledger.hand_out_again(now))
            result.emplace_back((*ticket)->taken.message->msg_id);
        return result;
    }

    Ledger::Clock::time_point now{};
    Ledger ledger{{.retries = 2, .retry_after = 1s, .longest_pause = 60s}};
};

TEST_F(LedgerOfAnswers, AMessageThatIsAnsweredIsGone) {
    hand_out("a");
    hand_out("b");
    ledger.finish(*ledger.find("a"));
    EXPECT_THAT(ids(), ElementsAre("b"));
    EXPECT_FALSE(ledger.find("a"));
    EXPECT_EQ(ledger.lose_all({}, false, now), Ledger::Failed::again);
    EXPECT_THAT(again(), ElementsAre("b")) << "a was answered: never again";
    ledger.finish(*ledger.find("b"));
    EXPECT_EQ(ledger.bytes(), 0U);
}

TEST_F(LedgerOfAnswers, AnAnswerWithoutAnIdIsForTheOldest) {
    hand_out("a");
    hand_out("b");
    EXPECT_EQ((*ledger.find(std::nullopt))->taken.message->msg_id, "a");
    ledger.finish(*ledger.find("a"));
    EXPECT_EQ((*ledger.oldest())->taken.message->msg_id, "b");
}

TEST_F(LedgerOfAnswers, TheSameIdTwiceIsAnsweredTwice) {
    hand_out("a");
    hand_out("a");
    ledger.finish(*ledger.find("a"));
    ASSERT_TRUE(ledger.find("a"));
    ledger.finish(*ledger.find("a"));
    EXPECT_FALSE(ledger.find("a"));
}

TEST_F(LedgerOfAnswers, AnAttemptThatFailsIsRepeatedAfterOneSecondThenTwoThenGivenUp) {
    const auto ticket = hand_out("a");
    for (const auto pause : {1s, 2s}) {
        EXPECT_EQ(ledger.fail(ticket, now), Ledger::Failed::again);
        EXPECT_FALSE(ledger.find("a")) << "nobody works on it";
        EXPECT_EQ(ledger.next_due(), now + pause);
        now += pause - 1ms;
        EXPECT_THAT(again(), ElementsAre());
        now += 1ms;
        EXPECT_THAT(again(), ElementsAre("a"));
    }
    EXPECT_EQ(ledger.fail(ticket, now), Ledger::Failed::given_up);
    EXPECT_EQ(ticket->attempts, 3);
    ledger.finish(ticket);
    EXPECT_EQ(ledger.size(), 0U);
}

TEST_F(LedgerOfAnswers, PausesEndAtTheLongest) {
    ledger.change({.retries = 100, .retry_after = 1s, .longest_pause = 60s});
    const auto ticket = hand_out("a");
    for (int i = 0; i < 50; ++i) EXPECT_EQ(ledger.fail(ticket, now), Ledger::Failed::again);
    EXPECT_EQ(ledger.next_due(), now + 60s);
}

TEST_F(LedgerOfAnswers, WhatAProgramHadWhenItDiedIsHandedOutAgainInOrder) {
    for (const auto* id : {"a", "b", "c"}) hand_out(id);
    EXPECT_EQ(ledger.lose_all(ledger.oldest(), false, now), Ledger::Failed::again);
    EXPECT_THAT(again(), ElementsAre("a", "b", "c"));
    EXPECT_EQ((*ledger.find("a"))->attempts, 1) << "it died on this one";
    EXPECT_EQ((*ledger.find("b"))->attempts, 0);
}

TEST_F(LedgerOfAnswers, AMessageThatProgramsDieOnIsGivenUp) {
    hand_out("a");
    hand_out("b");
    auto died = Ledger::Failed::again;
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(died, Ledger::Failed::again);
        (void)again();
        died = ledger.lose_all(ledger.oldest(), false, now);
    }
    EXPECT_EQ(died, Ledger::Failed::given_up);
    EXPECT_THAT(ids(), ElementsAre("a", "b"));
}

TEST_F(LedgerOfAnswers, BeingKilledFromOutsideCountsOnlyAfterManyTimes) {
    hand_out("a");
    for (int i = 0; i < most_killings + 2; ++i) {
        EXPECT_EQ(ledger.lose_all(ledger.oldest(), true, now), Ledger::Failed::again) << i;
        (void)again();
    }
    EXPECT_EQ(ledger.lose_all(ledger.oldest(), true, now), Ledger::Failed::given_up);
}

TEST_F(LedgerOfAnswers, OneThatWaitsForItsRetryIsLeftAloneByADeath) {
    const auto ticket = hand_out("a");
    EXPECT_EQ(ledger.fail(ticket, now), Ledger::Failed::again);
    hand_out("b");
    EXPECT_EQ(ledger.lose_all({}, false, now), Ledger::Failed::again);
    EXPECT_THAT(again(), ElementsAre("b"));
    EXPECT_EQ(ledger.next_due(), now + 1s);
}

}  // namespace
}  // namespace fedmsg::services::hub
