#include "bus/publisher.h"

#include "support/bus.h"
#include "util/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace fedmsg::bus {
namespace {

using std::chrono::milliseconds;
using test::Clock;
using test::Listener;
using test::Port;
using testing::AllOf;
using testing::HasSubstr;

constexpr milliseconds ten_seconds{10'000};

class Publishing : public testing::Test {
  protected:
    Port port;
    Config config = [this] {
        Config c;
        c.relay_inbound = {port.address()};
        c.endpoints["test"] = {port.address()};
        return c;
    }();
};

asio::awaitable<void> publish(Publisher& publisher, int first, int last, std::size_t size,
                              Publisher::Left& left) {
    const std::string body(size, 'x');
    for (int i = first; i <= last; ++i)
        while (!publisher.try_send(std::to_string(i), body)) {
            const bool room = co_await publisher.writable(ten_seconds);
            if (!room) throw std::runtime_error{"no room"};
        }
    left = co_await publisher.finish(ten_seconds);
}

TEST_F(Publishing, TheFirstMessageIsNeverLost) {
    constexpr int runs = 200;
    std::vector<std::string> heard;
    std::thread relay{[&] {
        auto listener = Listener::bound(port.address());
        for (int i = 0; i < runs; ++i) heard.push_back(listener.next().at(0));
    }};
    std::vector<std::string> expected;
    for (int i = 0; i < runs; ++i) {
        Loop loop;
        auto publisher = Publisher::connect(loop, config);
        Publisher::Left left{1};
        loop.run(publish(*publisher, i, i, 100, left));
        EXPECT_EQ(left.messages, 0U);
        expected.push_back(std::to_string(i));
    }
    relay.join();
    EXPECT_EQ(heard, expected);
}

/// A relay that begins to read when told to.
class SlowRelay {
  public:
    SlowRelay(const Port& port, int messages, int high_water_mark)
        : thread_{[this, address = port.address(), messages, high_water_mark] {
              zmq::context_t context;
              zmq::socket_t socket{context, zmq::socket_type::sub};
              socket.set(zmq::sockopt::rcvhwm, high_water_mark);
              socket.set(zmq::sockopt::rcvbuf, 4096);
              socket.set(zmq::sockopt::rcvtimeo, 20'000);
              socket.set(zmq::sockopt::subscribe, "");
              socket.bind(address);
              zmq::message_t topic, body;
              for (int i = 0; i < messages; ++i) {
                  if (!socket.recv(topic) || !socket.recv(body)) return;
                  in_order_ = in_order_ && topic.to_string() == std::to_string(i + 1);
                  ++count;
                  if (i == 0) go_.wait(false);
              }
          }} {}
    ~SlowRelay() {
        go();
        thread_.join();
    }
    SlowRelay(const SlowRelay&) = delete;
    SlowRelay& operator=(const SlowRelay&) = delete;

    void go() {
        go_ = true;
        go_.notify_all();
    }
    void join() {
        go();
        thread_.join();
        thread_ = std::thread{[] {}};
    }
    [[nodiscard]] bool in_order() const { return in_order_; }
    std::atomic<int> count{0};

  private:
    std::atomic<bool> go_{false};
    bool in_order_ = true;
    std::thread thread_;
};

asio::awaitable<void> publish_until_full(Publisher& publisher, SlowRelay& relay, int count, bool& was_full,
                                         Publisher::Left& left) {
    const std::string body(1000, 'x');
    for (int i = 1; i <= count; ++i) {
        while (!publisher.try_send(std::to_string(i), body)) {
            if (publisher.sent() > 0) {
                was_full = true;
                relay.go();
            }
            const bool room = co_await publisher.writable(ten_seconds);
            if (!room) throw std::runtime_error{"no room"};
        }
    }
    relay.go();
    left = co_await publisher.finish(ten_seconds);
}

TEST_F(Publishing, BackPressureIsAwaited) {
    constexpr int count = 20'000;
    config.high_water_mark = 10;
    config.zmq_linger = ten_seconds;
    SlowRelay relay{port, count, 10};
    Loop loop;
    auto publisher = Publisher::connect(loop, config);
    bool was_full = false;
    Publisher::Left left{1};
    loop.run(publish_until_full(*publisher, relay, count, was_full, left));
    relay.join();
    EXPECT_TRUE(was_full);
    EXPECT_EQ(left.messages, 0U);
    EXPECT_EQ(relay.count, count);
    EXPECT_TRUE(relay.in_order());
    EXPECT_EQ(publisher->sent(), static_cast<std::uint64_t>(count));
}

TEST_F(Publishing, WhatIsInFlightIsBoundedWithoutHighWaterMark) {
    constexpr int count = 80'000;
    config.zmq_linger = ten_seconds;
    SlowRelay relay{port, count, 10};
    Loop loop;
    auto publisher = Publisher::connect(loop, config);
    bool was_full = false;
    Publisher::Left left{1};
    loop.run(publish_until_full(*publisher, relay, count, was_full, left));
    relay.join();
    EXPECT_TRUE(was_full) << "80 MB were taken at once";
    EXPECT_EQ(left.messages, 0U);
    EXPECT_EQ(relay.count, count);
    EXPECT_TRUE(relay.in_order());
}

asio::awaitable<void> publish_while_there_is_room(Publisher& publisher, Publisher::Left& left) {
    const std::string body(100'000, 'x');
    for (bool room = co_await publisher.ready(ten_seconds); room;) {
        while (publisher.try_send("topic", body)) {
        }
        room = co_await publisher.writable(milliseconds{100});
    }
    left = co_await publisher.finish(ten_seconds);
}

TEST_F(Publishing, WhatCouldNotLeaveIsCounted) {
    config.zmq_linger = milliseconds{200};
    SlowRelay relay{port, 2, 1};
    Loop loop;
    auto publisher = Publisher::connect(loop, config);
    Publisher::Left left;
    loop.run(publish_while_there_is_room(*publisher, left));
    EXPECT_GT(left.messages, 0U);
    EXPECT_LT(left.messages, publisher->sent());
    EXPECT_FALSE(left.or_more);
}

TEST_F(Publishing, WhatALostRelayHadNotReadIsTold) {
    std::atomic<bool> done{false};
    std::thread relays{[&] {
        {
            // Closes the connection with unread bytes on it, in the middle of a message.
            zmq::context_t context;
            zmq::socket_t first{context, zmq::socket_type::sub};
            first.set(zmq::sockopt::rcvhwm, 1);
            first.set(zmq::sockopt::rcvbuf, 4096);
            first.set(zmq::sockopt::rcvtimeo, 20'000);
            first.set(zmq::sockopt::subscribe, "");
            first.bind(port.address());
            zmq::message_t topic;
            (void)first.recv(topic);
        }
        auto second = Listener::bound(port.address());
        while (!done) (void)second.next_for(milliseconds{10});
    }};
    Loop loop;
    auto publisher = Publisher::connect(loop, config);
    Publisher::Left left;
    loop.run(publish(*publisher, 1, 200, 100'000, left));
    done = true;
    relays.join();
    EXPECT_TRUE(left.or_more);
    EXPECT_GT(left.messages, 0U);
}

asio::awaitable<void> be_ready(Publisher& publisher, std::optional<milliseconds> patience,
                               std::optional<bool>& answer) {
    answer = co_await publisher.ready(patience);
}

TEST_F(Publishing, NobodyThereIsToldWithinPatience) {
    Loop loop;
    auto publisher = Publisher::connect(loop, config);
    EXPECT_FALSE(publisher->try_send("a", "b"));
    std::optional<bool> ready;
    const auto before = Clock::now();
    loop.run(be_ready(*publisher, milliseconds{100}, ready));
    EXPECT_EQ(ready, false);
    EXPECT_GE(Clock::now() - before, milliseconds{100});
    EXPECT_EQ(publisher->trouble(), port.address() + ": connection refused");
    EXPECT_EQ(publisher->address(), "");
    EXPECT_EQ(publisher->sent(), 0U);
}

TEST_F(Publishing, WhoDoesNotSubscribeIsNotSentTo) {
    // A REP socket answers the handshake as ZeroMQ does, and is no subscriber.
    zmq::context_t context;
    zmq::socket_t other{context, zmq::socket_type::rep};
    other.bind(port.address());
    Loop loop;
    auto publisher = Publisher::connect(loop, config);
    std::optional<bool> ready;
    loop.run(be_ready(*publisher, milliseconds{300}, ready));
    EXPECT_EQ(ready, false);
    EXPECT_THAT(publisher->trouble(), HasSubstr(port.address()));
}

TEST_F(Publishing, AnAddressThatZeroMQDoesNotTakeIsNamed) {
    config.relay_inbound = {"tcp://nonsense"};
    Loop loop;
    try {
        auto publisher = Publisher::connect(loop, config);
        ADD_FAILURE() << "no error";
    } catch (const SetupError& e) {
        EXPECT_THAT(e.what(), AllOf(HasSubstr("cannot connect to tcp://nonsense: "),
                                    HasSubstr("correct relay_inbound")));
    }
}

// Bound.

TEST_F(Publishing, BindsTheFirstAddressThatIsFree) {
    const auto taken = Listener::bound(port.address());
    Port other;
    config.endpoints["test"] = {port.address(), other.address()};
    Loop loop;
    const auto publisher = Publisher::bind(loop, make_context(), config, "test");
    EXPECT_THAT(publisher->address(), testing::EndsWith(":" + std::to_string(other.number())));
}

TEST_F(Publishing, WithoutAFreeAddressAllAreNamed) {
    Port other;
    const auto taken = Listener::bound(port.address()), also = Listener::bound(other.address());
    config.endpoints["test"] = {port.address(), other.address()};
    Loop loop;
    try {
        auto publisher = Publisher::bind(loop, make_context(), config, "test");
        ADD_FAILURE() << "no error";
    } catch (const SetupError& e) {
        EXPECT_EQ(e.what(), "no free endpoint for name test: tried " + port.address() +
                                " (Address already in use), " + other.address() +
                                " (Address already in use)");
    }
}

TEST_F(Publishing, ANameWithoutEndpointIsAUsageError) {
    Loop loop;
    config.endpoints["empty"] = {};
    for (const auto* name : {"unknown", "empty"}) {
        try {
            auto publisher = Publisher::bind(loop, make_context(), config, name);
            ADD_FAILURE() << "no error";
        } catch (const UsageError& e) {
            EXPECT_THAT(e.what(), HasSubstr(std::string{"no endpoint for name "} + name));
        }
    }
}

TEST_F(Publishing, ABoundOneWaitsForAFirstSubscriberSoLongAndNoLonger) {
    config.post_init_sleep = milliseconds{100};
    Loop loop;
    auto publisher = Publisher::bind(loop, make_context(), config, "test");
    std::optional<bool> ready;
    const auto before = Clock::now();
    loop.run(be_ready(*publisher, std::nullopt, ready));
    EXPECT_EQ(ready, true) << "to publish without subscribers is normal";
    EXPECT_GE(Clock::now() - before, milliseconds{100});
    EXPECT_TRUE(publisher->try_send("a", "b"));
}

asio::awaitable<void> wait_and_publish(Publisher& publisher, Publisher::Left& left) {
    (void)co_await publisher.ready(std::nullopt);
    co_await publish(publisher, 1, 3, 10, left);
}

TEST_F(Publishing, ABoundOneSendsWhenItsSubscriberIsThere) {
    config.post_init_sleep = std::chrono::minutes{1};
    std::vector<std::string> heard;
    std::thread subscriber{[&] {
        Listener listener{port.address()};
        for (int i = 0; i < 3; ++i) heard.push_back(listener.next().at(0));
    }};
    const auto before = Clock::now();
    {
        Loop loop;
        auto publisher = Publisher::bind(loop, make_context(), config, "test");
        Publisher::Left left{1};
        loop.run(wait_and_publish(*publisher, left));
    }
    subscriber.join();
    EXPECT_THAT(heard, testing::ElementsAre("1", "2", "3"));
    EXPECT_LT(Clock::now() - before, std::chrono::seconds{30}) << "it slept";
}

}  // namespace
}  // namespace fedmsg::bus
