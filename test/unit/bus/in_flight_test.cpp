#include "bus/in_flight.h"

#include <poll.h>

#include <gtest/gtest.h>

#include <optional>

namespace fedmsg::bus {
namespace {

bool readable(int descriptor) {
    pollfd ready{descriptor, POLLIN, 0};
    return ::poll(&ready, 1, 0) == 1;
}

TEST(InFlight, CountsWhatIsNotReleased) {
    const auto context = make_context();
    const auto flight = InFlight::make(context);
    EXPECT_EQ(flight->messages(), 0U);
    {
        const auto one = flight->frame("12345");
        EXPECT_EQ(one.to_string_view(), "12345");
        const auto empty = flight->frame("");
        EXPECT_EQ(flight->messages(), 2U);
        EXPECT_EQ(flight->bytes(), 5U);
    }
    EXPECT_EQ(flight->messages(), 0U);
    EXPECT_EQ(flight->bytes(), 0U);
}

TEST(InFlight, SmallAndLargeFramesAreCountedAlike) {
    // libzmq copies frames of up to 33 bytes into the message itself, but not those that are given to it.
    const auto context = make_context();
    const auto flight = InFlight::make(context);
    for (const std::size_t size : {1U, 29U, 33U, 34U, 8192U, 1U << 20U}) {
        std::optional<zmq::message_t> frame{flight->frame(std::string(size, 'x'))};
        EXPECT_EQ(flight->messages(), 1U) << size;
        frame.reset();
        EXPECT_EQ(flight->messages(), 0U) << size;
    }
}

TEST(InFlight, AnEventTellsThatEnoughWasReleased) {
    const auto context = make_context();
    const auto flight = InFlight::make(context);
    EXPECT_FALSE(flight->arm(0)) << "nothing is in flight";
    std::optional<zmq::message_t> a{flight->frame("a")}, b{flight->frame("b")}, c{flight->frame("c")};
    EXPECT_FALSE(flight->arm(3));
    EXPECT_TRUE(flight->arm(1));
    a.reset();
    EXPECT_FALSE(readable(flight->descriptor()));
    b.reset();
    EXPECT_TRUE(readable(flight->descriptor()));
    flight->clear();
    EXPECT_FALSE(readable(flight->descriptor()));
    c.reset();
    EXPECT_FALSE(readable(flight->descriptor())) << "it was asked for once";
}

TEST(InFlight, WhatNobodyWantsIsKnown) {
    const auto context = make_context();
    const auto flight = InFlight::make(context);
    zmq::socket_t publisher{context->zmq(), zmq::socket_type::xpub},
        subscriber{context->zmq(), zmq::socket_type::sub};
    publisher.bind("tcp://127.0.0.1:*");
    (void)publisher.send(flight->frame("nobody is there"), zmq::send_flags::none);
    EXPECT_EQ(flight->unwanted(), 1U);
    EXPECT_EQ(flight->messages(), 0U);

    subscriber.set(zmq::sockopt::subscribe, "");
    subscriber.connect(publisher.get(zmq::sockopt::last_endpoint));
    zmq::message_t frame;
    ASSERT_TRUE(publisher.recv(frame));  // the subscription
    (void)publisher.send(flight->frame("somebody is"), zmq::send_flags::none);
    ASSERT_TRUE(subscriber.recv(frame));
    EXPECT_EQ(flight->unwanted(), 1U);
}

TEST(InFlight, OutlivesItsOwnerWhileTheContextLives) {
    auto context = make_context();
    zmq::message_t frame;
    {
        const auto flight = InFlight::make(context);
        frame = flight->frame("x");
    }
    frame.rebuild();  // calls back
    context.reset();
}

}  // namespace
}  // namespace fedmsg::bus
