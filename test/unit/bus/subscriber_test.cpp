#include "bus/subscriber.h"

#include "support/bus.h"
#include "util/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>

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

    /// Runs the loop until every endpoint is up: what is published then arrives.
    void connect(const Subscriber& subscriber) {
        while (!subscriber.waiting_for().empty()) loop.context().run_one();
    }
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
    Subscriber subscriber{loop, config, {}};
    connect(subscriber);
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
    Subscriber subscriber{loop, config, {"a.*.c", "end*"}};
    connect(subscriber);
    EXPECT_THAT((std::vector{bus.wait_for_subscriber(), bus.wait_for_subscriber()}),
                testing::UnorderedElementsAre("a.", "end"));
    for (const auto* topic : {"a.b.c", "a.b.d", "a.b.b.c", "a.b.c.d", "end"}) bus.publish(topic, "{}");
    std::vector<std::string> topics;
    loop.run(listen(subscriber, topics));
    EXPECT_THAT(topics, ElementsAre("a.b.c", "a.b.c.d"));
}

TEST_F(Subscribing, StrictTopicsAreWhole) {
    config.zmq_strict = true;
    Subscriber subscriber{loop, config, {"a.b", "end"}};
    connect(subscriber);
    bus.wait_for_subscriber();
    bus.wait_for_subscriber();
    for (const auto* topic : {"a.b.c", "a.b", "a.bc", "end"}) bus.publish(topic, "{}");
    std::vector<std::string> topics;
    loop.run(listen(subscriber, topics));
    EXPECT_THAT(topics, ElementsAre("a.b"));
}

TEST_F(Subscribing, WhatIsMalformedIsCountedByReason) {
    config.zmq_max_message_size = 100;
    Subscriber subscriber{loop, config, {}};
    connect(subscriber);
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

TEST_F(Subscribing, BytesAreHandedOutUnreadWhereTheirShapeIsRight) {
    config.zmq_max_message_size = 100;
    Subscriber subscriber{loop, config, {}};
    connect(subscriber);
    bus.wait_for_subscriber();
    for (const auto& frames :
         {Frames{"one"}, Frames{"1", "2", "3"}, Frames{"\xFF", "{}"}, Frames{"", "{}"},
          Frames{"t", std::string(101, ' ')}, Frames{"t", "no \xFF"}, Frames{"t", ""}, Frames{"end", "{ }"}})
        bus.publish(frames);
    std::vector<std::string> bodies;
    const asio::executor_work_guard<asio::io_context::executor_type> stay{loop.context().get_executor()};
    for (std::string topic; topic != "end";) {
        const auto received = subscriber.try_next_bytes();
        if (!received) {
            loop.context().run_one();
            continue;
        }
        topic = received->topic;
        bodies.emplace_back(received->body);
        EXPECT_EQ(received->origin->endpoint, bus.address());
    }
    EXPECT_THAT(bodies, ElementsAre("no \xFF", "", "{ }"));
    EXPECT_EQ(subscriber.received(), 3U);
    EXPECT_EQ(subscriber.drops().summary(), "2 not_two_frames, 1 too_large, 1 empty_topic, 1 topic_not_utf8");
}

TEST_F(Subscribing, AnEndpointThatIsHeldKeepsItsMessagesAndNobodyElses) {
    test::Bus other;
    config.endpoints["other"] = {other.address()};
    Subscriber subscriber{loop, config, {}};
    connect(subscriber);
    bus.wait_for_subscriber();
    other.wait_for_subscriber();
    for (int i = 0; i < 1000; ++i) bus.publish("held." + std::to_string(i), std::string(1000, ' ') + "{}");
    std::vector<std::string> topics, expected;
    const asio::executor_work_guard<asio::io_context::executor_type> stay{loop.context().get_executor()};
    const auto next = [&] {
        for (;;) {
            if (auto received = subscriber.try_next()) {
                topics.push_back(received->message.topic());
                return received->origin;
            }
            loop.context().run_one();
        }
    };
    const auto* origin = next();
    subscriber.hold(*origin);
    other.publish("other", "{}");
    EXPECT_NE(next(), origin);
    EXPECT_THAT(topics, ElementsAre("held.0", "other"));
    // Holding twice, and releasing twice, is the same as once.
    subscriber.hold(*origin);
    subscriber.release(*origin);
    subscriber.release(*origin);
    topics.erase(topics.begin() + 1);
    while (topics.size() < 1000) next();
    for (int i = 0; i < 1000; ++i) expected.push_back("held." + std::to_string(i));
    EXPECT_EQ(topics, expected);
}

asio::awaitable<void> wait_until(Subscriber& subscriber, Clock::time_point deadline,
                                 std::optional<bool>& answer) {
    answer = co_await subscriber.wait_until(deadline);
}

TEST_F(Subscribing, AnInterruptEndsTheNextWaitOnce) {
    Subscriber subscriber{loop, config, {}};
    connect(subscriber);
    while (subscriber.try_next()) {
    }
    subscriber.interrupt();
    std::optional<bool> answer;
    loop.run(wait_until(subscriber, far_away(), answer));
    EXPECT_EQ(answer, false);
    const auto deadline = Clock::now() + milliseconds{20};
    loop.context().restart();
    loop.run(wait_until(subscriber, deadline, answer));
    EXPECT_EQ(answer, false);
    EXPECT_GE(Clock::now(), deadline);
}

asio::awaitable<void> be_connected(Subscriber& subscriber, milliseconds time, std::optional<bool>& answer) {
    answer = co_await subscriber.connected(Clock::now() + time);
}

TEST_F(Subscribing, KnowsWhichEndpointsAreUp) {
    test::Port down;
    config.endpoints["down"] = {down.address()};
    Subscriber subscriber{loop, config, {}};
    std::optional<bool> connected;
    loop.run(be_connected(subscriber, milliseconds{test::patience}, connected));
    EXPECT_EQ(connected, true);
    EXPECT_THAT(subscriber.waiting_for(), ElementsAre(HasSubstr(down.address() + " (")));
}

TEST_F(Subscribing, NoEndpointIsUpInTime) {
    test::Port down;
    config.endpoints = {{"down", {down.address()}}};
    Subscriber subscriber{loop, config, {}};
    std::optional<bool> connected;
    const auto before = Clock::now();
    loop.run(be_connected(subscriber, milliseconds{100}, connected));
    EXPECT_EQ(connected, false);
    EXPECT_GE(Clock::now() - before, milliseconds{100});
    EXPECT_THAT(subscriber.waiting_for(), ElementsAre(HasSubstr("refused")));
}

asio::awaitable<void> take_one(Subscriber& subscriber, std::optional<Origin>& origin) {
    for (;;) {
        if (auto received = subscriber.try_next()) {
            origin = *received->origin;
            co_return;
        }
        const bool in_time = co_await subscriber.wait_until(far_away());
        if (!in_time) co_return;
    }
}

class SubscribingToTwo : public Subscribing {
  protected:
    SubscribingToTwo() {
        connect(subscriber);
        bus.wait_for_subscriber();
        other.wait_for_subscriber();
    }

    test::Bus other;
    Subscriber subscriber{loop,
                          [this] {
                              config.endpoints["other"] = {other.address()};
                              return config;
                          }(),
                          {}};
};

TEST_F(SubscribingToTwo, SaysWhereAMessageCameFrom) {
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
        Subscriber subscriber{loop, config, {}};
        ADD_FAILURE() << "no error";
    } catch (const SetupError& e) {
        EXPECT_THAT(e.what(), HasSubstr("cannot connect to tcp://nonsense (wrong): "));
    }
}

TEST_F(Subscribing, WhatIsInsideOfAnotherProcessCannotBeReached) {
    config.endpoints = {{"inside", {"inproc://x"}}};
    try {
        Subscriber subscriber{loop, config, {}};
        ADD_FAILURE() << "no error";
    } catch (const SetupError& e) {
        EXPECT_THAT(e.what(),
                    HasSubstr("cannot connect to inproc://x (inside): one can connect to tcp:// and "
                              "ipc:// addresses only"));
    }
}

TEST_F(Subscribing, EveryKindOfAddressIsConnectedTo) {
    const test::TemporaryFolder folder;
    zmq::context_t context;
    std::vector<zmq::socket_t> publishers;
    std::vector<std::string> topics;
    config.endpoints.clear();
    for (const auto& address :
         {"ipc://" + (folder / "socket").string(), "ipc://@fedmsg-test-" + folder.path().filename().string(),
          std::string{"tcp://[::1]:*"}, std::string{"tcp://127.0.0.1:*"}}) {
        zmq::socket_t publisher{context, zmq::socket_type::pub};
        publisher.set(zmq::sockopt::ipv6, address.find('[') != address.npos);
        try {
            publisher.bind(address);
        } catch (const zmq::error_t&) {
            continue;  // a machine without IPv6
        }
        auto bound = publisher.get(zmq::sockopt::last_endpoint);
        if (const auto host = bound.find("127.0.0.1"); host != bound.npos)
            bound.replace(host, 9, "localhost");
        config.endpoints["all"].push_back(bound);
        topics.push_back(bound);
        publishers.push_back(std::move(publisher));
    }
    ASSERT_GE(topics.size(), 3U);
    Subscriber subscriber{loop, config, {}};
    connect(subscriber);
    for (std::size_t i = 0; i < topics.size(); ++i) {
        // A PUB does not say when it has heard of a subscription.
        std::optional<Received> received;
        const auto deadline = far_away();
        while (!received && Clock::now() < deadline) {
            publishers[i].send(zmq::buffer(topics[i]), zmq::send_flags::sndmore);
            publishers[i].send(zmq::str_buffer("{}"));
            loop.context().restart();
            loop.context().run_for(milliseconds{1});
            while (auto next = subscriber.try_next())
                if (next->message.topic() == topics[i]) received = std::move(next);
        }
        ASSERT_TRUE(received) << topics[i];
        EXPECT_EQ(received->origin->endpoint, topics[i]);
    }
}

TEST_F(Subscribing, WhatIsNoPublisherIsNamed) {
    zmq::context_t context;
    zmq::socket_t relay{context, zmq::socket_type::xsub};
    relay.bind("tcp://127.0.0.1:*");
    config.endpoints = {{"wrong", {relay.get(zmq::sockopt::last_endpoint)}}};
    Subscriber subscriber{loop, config, {}};
    const auto deadline = far_away();
    while (subscriber.waiting_for().front().find("XSUB") == std::string::npos && Clock::now() < deadline)
        loop.context().run_one();
    EXPECT_THAT(
        subscriber.waiting_for(),
        ElementsAre(HasSubstr("it is a XSUB socket, not a publisher: is that the relay's inbound side?")));
}

TEST_F(SubscribingToTwo, ManySourcesTakeTurns) {
    constexpr int count = 2000;
    const std::string body = '"' + std::string(1000, 'x') + '"';
    // One sender may be done before the other one gets a processor; then there were no turns to take.
    for (int attempt = 0; attempt < 10; ++attempt) {
        for (int i = 0; i < count; ++i) {
            bus.publish("one", body);
            other.publish("two", body);
        }
        bus.publish("end", "{}");
        other.publish("end", "{}");
        std::vector<std::string> before_one_ends, rest;
        loop.context().restart();
        loop.run(listen(subscriber, before_one_ends));
        loop.context().restart();
        loop.run(listen(subscriber, rest));
        // Not all of one before any of the other: more than one turn's worth of each.
        if (std::ranges::count(before_one_ends, "one") > count / 20 &&
            std::ranges::count(before_one_ends, "two") > count / 20)
            return;
    }
    FAIL() << "each time, one of them had to wait for the end of the other";
}

TEST_F(Subscribing, WaitUntilEndsAtTheDeadline) {
    Subscriber subscriber{loop, config, {}};
    connect(subscriber);
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
