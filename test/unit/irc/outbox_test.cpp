#include "irc/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace fedmsg::irc {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

const auto anywhere = [](std::size_t) { return true; };
const auto nowhere = [](std::size_t) { return false; };

class OutboxOfTwo : public testing::Test {
  protected:
    /// Everything that leaves until nothing is left, with the seconds since the beginning.
    std::vector<std::string> drain(const Outbox::CanSpeak& can_speak = anywhere) {
        std::vector<std::string> lines;
        while (const auto due = outbox.due(can_speak)) {
            now = std::max(now, *due);
            const auto line = outbox.next(now, can_speak);
            if (!line) throw std::logic_error{"nothing is due when it should be"};
            lines.push_back(std::to_string((now - begin) / 1s) + " " + std::to_string(line->channel) + " " +
                            line->text);
            notices += line->notice ? 1 : 0;
        }
        return lines;
    }
    void add(std::size_t channel, int count) {
        for (int i = 0; i < count; ++i)
            if (!outbox.add(channel, std::to_string(added++))) ++refused;
    }

    const Outbox::Time begin{1000s};
    Outbox::Time now = begin;
    Outbox outbox{2, 1s};
    int added = 0, refused = 0, notices = 0;
};

TEST_F(OutboxOfTwo, LetsABurstGoAndThenALineASecond) {
    add(0, 7);
    EXPECT_THAT(drain(), ElementsAre("0 0 0", "0 0 1", "0 0 2", "0 0 3", "1 0 4", "2 0 5", "3 0 6"));
    now += 100s;
    add(0, 5);
    EXPECT_THAT(drain(), ElementsAre("103 0 7", "103 0 8", "103 0 9", "103 0 10", "104 0 11"));
    EXPECT_EQ(outbox.due(anywhere), std::nullopt);
    EXPECT_FALSE(outbox.next(now + 1000s, anywhere));
}

TEST_F(OutboxOfTwo, IsNeverFasterThanItsRateOverAnyWindow) {
    add(0, 400);
    std::vector<long> times;
    for (const auto& line : drain()) times.push_back(std::stol(line));
    for (std::size_t i = Outbox::burst; i < times.size(); ++i)
        EXPECT_GE(times[i] - times[i - Outbox::burst], 1);
    EXPECT_GE(times.back(), static_cast<long>(times.size()) - Outbox::burst);
}

TEST_F(OutboxOfTwo, OtherLinesCountAsWell) {
    outbox.reset(now);
    outbox.spend(4, now);
    add(0, 2);
    EXPECT_THAT(drain(), ElementsAre("1 0 0", "2 0 1"));
}

TEST_F(OutboxOfTwo, ChannelsTakeTurns) {
    add(0, 3);
    add(1, 2);
    EXPECT_THAT(drain(), ElementsAre("0 0 0", "0 1 3", "0 0 1", "0 1 4", "1 0 2"));
}

TEST_F(OutboxOfTwo, LinesWaitForTheirChannel) {
    add(0, 2);
    add(1, 1);
    EXPECT_THAT(drain([](std::size_t channel) { return channel == 1; }), ElementsAre("0 1 2"));
    EXPECT_EQ(outbox.due(nowhere), std::nullopt);
    EXPECT_EQ(outbox.waiting(0), 2U);
    EXPECT_THAT(drain(), ElementsAre("0 0 0", "0 0 1"));
}

TEST_F(OutboxOfTwo, TellsOnceThatItIsBehindByTwenty) {
    add(0, 19);
    EXPECT_EQ(outbox.next(now, anywhere)->text, "0");
    add(0, 1);
    EXPECT_FALSE(outbox.next(now, anywhere)->notice);  // 19 again
    add(0, 2);
    EXPECT_EQ(outbox.next(now, anywhere)->text, "* backlogged by 20 messages");
    EXPECT_EQ(outbox.next(now, anywhere)->text, "2");
    add(0, 1);  // 20 again: that is known
    now += 1s;
    EXPECT_EQ(outbox.next(now, anywhere)->text, "3");
    add(0, 25);
    now += 1s;
    EXPECT_EQ(outbox.next(now, anywhere)->text, "* backlogged by 40 messages");
    drain();
    EXPECT_EQ(notices, 0);
    add(0, 20);
    now += 100s;
    EXPECT_EQ(outbox.next(now, anywhere)->text, "* backlogged by 20 messages");
}

TEST_F(OutboxOfTwo, ForgetsTheOldestAndSaysHowMany) {
    add(0, static_cast<int>(Outbox::most_waiting) + 7);
    EXPECT_EQ(refused, 7);
    EXPECT_EQ(outbox.waiting(0), Outbox::most_waiting);
    EXPECT_EQ(outbox.next(now, anywhere)->text, "* 7 messages skipped");
    EXPECT_EQ(outbox.next(now, anywhere)->text, "* backlogged by 500 messages");
    EXPECT_EQ(outbox.next(now, anywhere)->text, "7");
    EXPECT_EQ(drain().size(), Outbox::most_waiting - 1);
    EXPECT_EQ(notices, 0);
}

TEST_F(OutboxOfTwo, ForgetsWhatWillNotBeSaid) {
    add(0, 30);
    add(1, 1);
    EXPECT_EQ(outbox.forget(0), 30U);
    EXPECT_THAT(drain(), ElementsAre("0 1 30"));
}

TEST_F(OutboxOfTwo, InAFloodItDoesNotSpeakAboutTheFloodAlone) {
    std::set<std::string> said;
    for (int i = 0; i < 1000; ++i) {
        add(0, 100);
        now += 1s;
        if (const auto line = outbox.next(now, anywhere)) notices += line->notice ? 1 : 0;
    }
    EXPECT_GT(notices, 20);
    EXPECT_LT(notices, 100);
}

}  // namespace
}  // namespace fedmsg::irc
