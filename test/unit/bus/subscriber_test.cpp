#include "bus/subscriber.h"

#include "support/bus.h"
#include "util/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fedmsg::bus {
namespace {

using std::chrono::milliseconds;
using test::Clock;
using test::Frames;
using testing::ElementsAre;
using testing::HasSubstr;

const auto far_away = [] { return Clock::now() + test::patience; };

class Subscribing : public testing::Test {
  protected:
    test::Bus bus;
    Config config = [this] {
        Config c;
        c.endpoints = {{"test", {bus.address()}}};
        return c;
    }();
    Loop loop;
};

/// Topics until one that is "end".
asio::awaitable<void> listen(Subscriber& subscriber, std::vector<std::string>& topics) {
    for (;;) {
        while (const auto received = subscriber.try_next()) {
            if (received->message.topic() == "end") co_return;
            topics.push_back(received->message.topic());
        }
        const bool in_time = co_await subscriber.wait_until(far_away());
        if (!in_time) throw std::runtime_error{"nothing came"};
    }
}

TEST_F(Subscribing, MessagesArriveInOrder) {
    Subscriber subscriber{loop, make_context(), config, {}};
    bus.wait_for_subscriber();
    std::vector<std::string> expected, topics;
    for (int i = 0; i < 1000; ++i) {
        expected.push_back(std::to_string(i));
        bus.publish(expected.back(), "{}");
    }
    bus.publish("end", "{}");
    loop.run(listen(subscriber, topics));
    EXPECT_EQ(topics, expected);
    EXPECT_EQ(subscriber.received(), 1001U);
    EXPECT_EQ(subscriber.drops().total(), 0U);
}

TEST_F(Subscribing, PatternsNarrowThePrefix) {
    Subscriber subscriber{loop, make_context(), config, {"a.*.c", "end*"}};
    EXPECT_THAT((std::vector{bus.wait_for_subscriber(), bus.wait_for_subscriber()}),
                testing::UnorderedElementsAre("a.", "end"));
    for (const auto* topic : {"a.b.c", "a.b.d", "a.b.b.c", "a.b.c.d", "end"}) bus.publish(topic, "{}");
    std::vector<std::string> topics;
    loop.run(listen(subscriber, topics));
    EXPECT_THAT(topics, ElementsAre("a.b.c", "a.b.c.d"));
}

TEST_F(Subscribing, StrictTopicsAreWhole) {
    config.zmq_strict = true;
    Subscriber subscriber{loop, make_context(), config, {"a.b", "end"}};
    bus.wait_for_subscriber();
    bus.wait_for_subscriber();
    for (const auto* topic : {"a.b.c", "a.b", "a.bc", "end"}) bus.publish(topic, "{}");
    std::vector<std::string> topics;
    loop.run(listen(subscriber, topics));
    EXPECT_THAT(topics, ElementsAre("a.b"));
}

TEST_F(Subscribing, WhatIsMalformedIsCountedByReason) {
    config.zmq_max_message_size = 100;
    Subscriber subscriber{loop, make_context(), config, {}};
    bus.wait_for_subscriber();
    bus.publish(Frames{"one"});
    bus.publish(Frames{"1", "2", "3"});
    bus.publish("t", "no");
    bus.publish("t", "\"\xFF\"");
    bus.publish("\xFF", "{}");
    bus.publish("t", std::string(101, ' '));
    bus.publish("good", "{}");
    bus.publish("end", "{}");
    std::vector<std::string> topics;
    loop.run(listen(subscriber, topics));
    EXPECT_THAT(topics, ElementsAre("good"));
    EXPECT_EQ(subscriber.drops().summary(),
              "2 not_two_frames, 1 too_large, 1 topic_not_utf8, 1 not_utf8, 1 not_json");
}

asio::awaitable<void> connect(Subscriber& subscriber, milliseconds time, std::optional<bool>& answer) {
    answer = co_await subscriber.connected(Clock::now() + time);
}

TEST_F(Subscribing, KnowsWhichEndpointsAreUp) {
    test::Port down;
    config.endpoints["down"] = {down.address()};
    Subscriber subscriber{loop, make_context(), config, {}};
    std::optional<bool> connected;
    loop.run(connect(subscriber, milliseconds{test::patience}, connected));
    EXPECT_EQ(connected, true);
    EXPECT_THAT(subscriber.waiting_for(), ElementsAre(HasSubstr(down.address() + " (")));
}

TEST_F(Subscribing, NoEndpointIsUpInTime) {
    test::Port down;
    config.endpoints = {{"down", {down.address()}}};
    Subscriber subscriber{loop, make_context(), config, {}};
    std::optional<bool> connected;
    const auto before = Clock::now();
    loop.run(connect(subscriber, milliseconds{100}, connected));
    EXPECT_EQ(connected, false);
    EXPECT_GE(Clock::now() - before, milliseconds{100});
    EXPECT_THAT(subscriber.waiting_for(), ElementsAre(HasSubstr("refused")));
}

asio::awaitable<void> take_one(Subscriber& subscriber, std::optional<Origin>& origin) {
    for (;;) {
        if (auto received = subscriber.try_next()) {
            origin = subscriber.origin(*received);
            co_return;
        }
        const bool in_time = co_await subscriber.wait_until(far_away());
        if (!in_time) co_return;
    }
}

TEST_F(Subscribing, SaysWhereAMessageCameFrom) {
    test::Bus other;
    config.endpoints["other"] = {other.address()};
    Subscriber subscriber{loop, make_context(), config, {}};
    bus.wait_for_subscriber();
    other.wait_for_subscriber();
    std::optional<Origin> origin;
    other.publish("a", "{}");
    loop.run(take_one(subscriber, origin));
    ASSERT_TRUE(origin);
    EXPECT_EQ(origin->name, "other");
    EXPECT_EQ(origin->endpoint, other.address());
}

TEST_F(Subscribing, AnAddressThatZeroMQDoesNotTakeIsNamed) {
    config.endpoints = {{"wrong", {"tcp://nonsense"}}};
    try {
        Subscriber subscriber{loop, make_context(), config, {}};
        ADD_FAILURE() << "no error";
    } catch (const SetupError& e) {
        EXPECT_THAT(e.what(), HasSubstr("cannot connect to tcp://nonsense (wrong): "));
    }
}

TEST_F(Subscribing, WaitUntilEndsAtTheDeadline) {
    Subscriber subscriber{loop, make_context(), config, {}};
    bus.wait_for_subscriber();
    std::optional<bool> came;
    auto wait = [](Subscriber& s, std::optional<bool>& answer) -> asio::awaitable<void> {
        const auto deadline = Clock::now() + milliseconds{50};
        // The descriptor may tell of something that is no message: then there is more time to wait.
        do {
            if (s.try_next()) co_return;
            answer = co_await s.wait_until(deadline);
        } while (*answer);
    };
    loop.run(wait(subscriber, came));
    EXPECT_EQ(came, false);
}

}  // namespace
}  // namespace fedmsg::bus
