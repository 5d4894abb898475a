/// Many messages, many processes: every one arrives, in order, once.
#include "support/bus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>

namespace fedmsg::test {
namespace {

using testing::ContainsRegex;
using testing::ElementsAreArray;
using testing::HasSubstr;

std::string sequence(int last) {
    std::string text;
    for (int i = 1; i <= last; ++i) text += std::to_string(i) + "\n";
    return text;
}

std::vector<std::string> sorted(std::vector<std::string> lines) {
    std::sort(lines.begin(), lines.end());
    return lines;
}

class Pipeline : public testing::Test {
  protected:
    /// Prints the line of each message, bare.
    Process start_tail(Relay& at, std::vector<std::string> words = {}) {
        words.insert(words.begin(), {"tail", "--query", "msg.log"});
        return Process{at.fedmsg(std::move(words))};
    }

    TemporaryFolder folder;
    Relay relay;
};

TEST_F(Pipeline, AHundredThousandLinesArriveInOrder) {
    constexpr int count = sanitized ? 20'000 : 100'000;
    relay.start_and_wait_for_subscriber();
    auto tail = start_tail(relay, {"-n", std::to_string(count)});
    relay.ready();
    const auto logger = run(shell("seq " + std::to_string(count) + " | " + relay.command("logger")));
    EXPECT_EQ(logger.status, 0) << logger.errors;
    EXPECT_EQ(tail.wait(), 0) << tail.errors();
    EXPECT_TRUE(tail.output() == sequence(count)) << "lost, doubled or out of order";
    EXPECT_EQ(relay.stop(), 0);
    EXPECT_THAT(relay.process().errors(),
                HasSubstr("stopped: forwarded " + std::to_string(count) + " messages\n"));
}

TEST_F(Pipeline, EveryOneOfManyProcessesIsHeardOnce) {
    constexpr int count = sanitized ? 100 : 1000;
    relay.start_and_wait_for_subscriber();
    auto tail = start_tail(relay, {"-n", std::to_string(count)});
    relay.ready();
    const auto loggers = run(shell("for i in $(seq " + std::to_string(count) + "); do " +
                                   relay.command("logger --message $i") + " || exit; done"));
    EXPECT_EQ(loggers.status, 0) << loggers.errors;
    EXPECT_EQ(tail.wait(), 0) << tail.errors();
    EXPECT_TRUE(tail.output() == sequence(count)) << "lost or doubled";
    EXPECT_EQ(relay.stop(), 0);
    EXPECT_THAT(relay.process().errors(),
                HasSubstr("stopped: forwarded " + std::to_string(count) + " messages\n"));
}

TEST_F(Pipeline, EveryOneOfProcessesAtTheSameTimeIsHeardOnce) {
    constexpr int count = sanitized ? 100 : 400;
    relay.start_and_wait_for_subscriber();
    auto tail = start_tail(relay, {"-n", std::to_string(count)});
    relay.ready();
    const auto loggers = run(shell("seq " + std::to_string(count) + " | xargs -P 8 -I{} " +
                                   relay.command("logger --timeout 30 --message {}")));
    EXPECT_EQ(loggers.status, 0) << loggers.errors;
    EXPECT_EQ(tail.wait(), 0) << tail.errors();
    EXPECT_THAT(sorted(lines_of(tail.output())), ElementsAreArray(sorted(lines_of(sequence(count)))));
    EXPECT_EQ(relay.stop(), 0);
    EXPECT_THAT(relay.process().errors(),
                HasSubstr("stopped: forwarded " + std::to_string(count) + " messages\n"));
}

TEST_F(Pipeline, NothingIsLostWhileTheRelayIsRestarted) {
    constexpr int count = 200;
    relay.start_and_wait_for_subscriber();
    auto tail = start_tail(relay, {"-n", std::to_string(count)});
    relay.ready();
    Process loggers{shell("seq " + std::to_string(count) + " | xargs -P 4 -I{} " +
                          relay.command("logger --wait --message {}"))};
    for (const int restart : {1, 2, 3}) {
        while (lines_of(tail.output()).size() < static_cast<std::size_t>(restart) * count / 5)
            ASSERT_TRUE(tail.next_line()) << tail.errors();
        EXPECT_EQ(relay.stop(), 0) << relay.process().errors();
        relay.start_and_wait_for_subscriber();  // the tail has to come back
        relay.ready();
    }
    EXPECT_EQ(loggers.wait(), 0) << loggers.errors();
    EXPECT_EQ(tail.wait(), 0) << tail.errors();
    EXPECT_THAT(sorted(lines_of(tail.output())), ElementsAreArray(sorted(lines_of(sequence(count)))));
}

/// What a publisher has sent before the relay stopped passes through it.
TEST_F(Pipeline, NothingIsCutOffWhenTheRelayStops) {
    constexpr int count = 2000, rounds = 10;
    relay.start_and_wait_for_subscriber();
    auto tail = start_tail(relay);
    relay.ready();
    for (int round = 0; round < rounds; ++round) {
        Process logger{shell("seq " + std::to_string(count) + " | " + relay.command("logger --wait"))};
        for (int i = 1; i <= count; ++i) {
            ASSERT_EQ(tail.next_line(), std::to_string(i)) << "round " << round;
            if (i > 1) continue;
            ASSERT_EQ(relay.stop(), 0) << relay.process().errors();
            relay.start_and_wait_for_subscriber();
            relay.ready();
        }
        EXPECT_EQ(logger.wait(), 0) << logger.errors();
    }
}

TEST_F(Pipeline, ALongInputSurvivesARestartOfTheRelay) {
    constexpr int count = 4000;  // two seconds: the first second's worth goes at once
    relay.start_and_wait_for_subscriber();
    auto tail = start_tail(relay);
    relay.ready();
    Process logger{
        shell("seq " + std::to_string(count) + " | " + relay.command("logger --wait --rate 2000"))};
    for (int i = 1; i <= count; ++i) {
        ASSERT_EQ(tail.next_line(), std::to_string(i));
        if (i != count / 2) continue;
        ASSERT_EQ(relay.stop(), 0) << relay.process().errors();
        relay.start_and_wait_for_subscriber();
        relay.ready();
    }
    EXPECT_EQ(logger.wait(), 0) << logger.errors();
}

/// The last number in `text` before `unit`, "or more" or not; 0 when there is none.
int number_before(const std::string& text, const std::string& unit) {
    constexpr auto digits = "0123456789";
    const auto end = text.find_last_of(digits, text.find(unit));
    if (text.find(unit) == text.npos || end == text.npos) return 0;
    return std::stoi(text.substr(text.find_last_not_of(digits, end) + 1));
}

TEST_F(Pipeline, AKilledRelayIsToldByMsgIdWhenConfirmationIsAskedFor) {
    constexpr int count = 4000;  // two seconds: the first second's worth goes at once
    auto confirmed = relay.fedmsg({"logger", "--confirm", "--rate", "2000", "--timeout", "1"});
    confirmed.input = Start::Input::file;
    confirmed.input_file = folder.write("lines", sequence(count));
    relay.start_and_wait_for_subscriber();
    auto tail = start_tail(relay);
    relay.ready();
    Process logger{std::move(confirmed)};
    ASSERT_TRUE(tail.next_line()) << tail.errors();
    relay.process().send(SIGKILL);
    ASSERT_EQ(relay.process().wait(), 128 + SIGKILL);

    EXPECT_EQ(logger.wait(), 1);
    EXPECT_THAT(logger.errors(),
                ContainsRegex("no relay took messages within 1 s: " + relay.inbound() + ": "));
    const int unsent = number_before(logger.errors(), " messages not sent");
    EXPECT_GT(unsent, 0) << logger.errors();
    // What was sent and has not come back is named, ten at most.
    int unconfirmed = 0;
    if (const auto at = logger.errors().find("not confirmed by the relay: "); at != std::string::npos) {
        unconfirmed = number_before(logger.errors().substr(at), " more");
        EXPECT_THAT(logger.errors(), ContainsRegex("not confirmed by the relay: 2[0-9]{3}-[0-9a-f]{8}-"));
        unconfirmed += 1 + static_cast<int>(std::count(logger.errors().begin(), logger.errors().end(), ','));
    }
    EXPECT_EQ(tail.terminate(), 0);
    EXPECT_GE(static_cast<int>(lines_of(tail.output()).size()) + unsent + unconfirmed, count)
        << logger.errors();
}

TEST_F(Pipeline, EverythingConfirmedEndsWell) {
    relay.start_and_wait_for_subscriber();
    auto tail = start_tail(relay);
    relay.ready();
    auto start = relay.fedmsg({"logger", "--confirm"});
    const auto logger = run(start, sequence(5000));
    EXPECT_EQ(logger.status, 0) << logger.errors;
    EXPECT_EQ(logger.errors, "");
}

TEST_F(Pipeline, GoesOnWithTheNextRelayWhenOneIsLost) {
    Relay other;
    for (auto* each : {&relay, &other}) each->start_and_wait_for_subscriber();
    auto tail = start_tail(relay), other_tail = start_tail(other);
    for (auto* each : {&relay, &other}) each->ready();

    const auto config = folder.write(
        "both.json", R"({"relay_inbound": [")" + relay.inbound() + R"(", ")" + other.inbound() + R"("]})");
    auto start = fedmsg({"logger", "--config-filename", config});
    start.input = Start::Input::pipe;
    Process logger{std::move(start)};
    logger.write("first\n");
    const auto heard = [](Process& by) { return !by.output().empty(); };
    const auto deadline = Clock::now() + patience;
    while (!heard(tail) && !heard(other_tail) && Clock::now() < deadline) {
        logger.pump(-1, Clock::now());
        for (auto* each : {&tail, &other_tail}) each->pump(-1, Clock::now() + std::chrono::milliseconds{5});
    }
    ASSERT_TRUE(heard(tail) || heard(other_tail)) << logger.errors();

    EXPECT_EQ((heard(tail) ? relay : other).stop(), 0);
    logger.write("second\nthird\n");
    logger.close_input();
    EXPECT_EQ(logger.wait(), 0) << logger.errors();
    EXPECT_THAT(logger.errors(),
                ContainsRegex("lost tcp://127.0.0.1:[0-9]+, going on with tcp://127.0.0.1:[0-9]+"));
    auto& second = heard(tail) ? other_tail : tail;
    EXPECT_EQ(second.next_line(), "second");
    EXPECT_EQ(second.next_line(), "third");
}

TEST_F(Pipeline, AtMostSoManyMessagesASecond) {
    relay.start();
    const auto before = Clock::now();
    const auto logger = run(relay.fedmsg({"logger", "--rate", "100"}), sequence(150));
    EXPECT_EQ(logger.status, 0) << logger.errors;
    // A second's worth may go at once, the others at their pace.
    EXPECT_GE(Clock::now() - before, std::chrono::milliseconds{490});
}

}  // namespace
}  // namespace fedmsg::test
