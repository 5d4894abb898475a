#include "wire/send_queue.h"

#include "wire/zmtp.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace fedmsg::wire {
namespace {

std::string on_the_wire(std::string_view topic, std::string_view body) {
    std::string bytes;
    append_frame(bytes, topic, true);
    append_frame(bytes, body, false);
    return bytes;
}

TEST(SendQueue, HandsOutWhatWasPushed) {
    SendQueue queue;
    EXPECT_TRUE(queue.empty());
    queue.push("a", "1");
    queue.push("b", "22");
    const auto bytes = on_the_wire("a", "1") + on_the_wire("b", "22");
    EXPECT_EQ(queue.unwritten(), bytes);
    EXPECT_EQ(queue.messages_unwritten(), 2U);
    EXPECT_EQ(queue.rest_of_message(), "") << "none has begun";
    queue.written(3);
    EXPECT_TRUE(queue.in_message());
    EXPECT_EQ(queue.rest_of_message(), on_the_wire("a", "1").substr(3));
    queue.written(queue.rest_of_message().size());
    EXPECT_FALSE(queue.in_message());
    EXPECT_EQ(queue.messages_unwritten(), 1U);
    queue.written(queue.unwritten().size());
    EXPECT_TRUE(queue.empty());
    EXPECT_EQ(queue.messages_unwritten(), 0U);
    EXPECT_EQ(queue.messages_unacknowledged(), 2U);
    queue.acknowledged_all_but(1);
    EXPECT_EQ(queue.messages_unacknowledged(), 1U);
    queue.acknowledged_all_but(0);
    EXPECT_EQ(queue.messages_unacknowledged(), 0U);
}

TEST(SendQueue, AfterALossAMessageBeginsAnew) {
    SendQueue queue;
    queue.push("a", "1");
    queue.push("b", "2");
    queue.push("c", "3");
    const auto size = on_the_wire("a", "1").size();
    queue.written(size + 2);
    queue.rewind();
    EXPECT_FALSE(queue.in_message());
    EXPECT_EQ(queue.unwritten(), on_the_wire("b", "2") + on_the_wire("c", "3"));
    EXPECT_EQ(queue.messages_unacknowledged(), 2U) << "the first one left";
    queue.written(1);
    queue.rewind();
    queue.drop_next();
    EXPECT_EQ(queue.unwritten(), on_the_wire("c", "3"));
    queue.written(size);
    EXPECT_TRUE(queue.empty());
    queue.drop_next();
    EXPECT_TRUE(queue.empty());
}

/// What a receiver makes of the bytes of a connection that was cut off: whole messages.
std::string_view whole_messages(std::string_view bytes) {
    std::size_t end = 0;
    for (std::size_t at = 0; at + 2 <= bytes.size();) {
        const auto flags = bytes[at];
        std::size_t size = static_cast<unsigned char>(bytes[at + 1]);
        std::size_t header = 2;
        if ((flags & 2) != 0) {
            header = 9;
            if (at + header > bytes.size()) break;
            size =
                static_cast<unsigned char>(bytes[at + 7]) * 256U + static_cast<unsigned char>(bytes[at + 8]);
        }
        at += header + size;
        if ((flags & 1) == 0 && at <= bytes.size()) end = at;
    }
    return bytes.substr(0, end);
}

TEST(SendQueue, HoweverOftenTheConnectionIsLostEachMessageArrivesOnceAndInOrder) {
    std::mt19937 random{1};
    const auto up_to = [&](std::size_t most) {
        return std::uniform_int_distribution<std::size_t>{0, most}(random);
    };
    SendQueue queue;
    std::string sent, received, connection;
    for (int step = 0; step < 20'000; ++step) {
        if (up_to(2) == 0) {
            const std::string topic(1 + up_to(20), 'a'), body(up_to(600), 'x');
            queue.push(topic, body);
            sent += on_the_wire(topic, body);
        }
        const auto size = std::min(up_to(300), queue.unwritten().size());
        connection += queue.unwritten().substr(0, size);
        queue.written(size);
        ASSERT_EQ(queue.in_message(), whole_messages(connection).size() != connection.size());
        if (up_to(20) == 0) queue.acknowledged_all_but(up_to(500));
        ASSERT_LE(queue.messages_unwritten(), queue.messages_unacknowledged());
        if (up_to(50) != 0) continue;
        received += whole_messages(connection);
        connection.clear();
        queue.rewind();
    }
    EXPECT_GT(received.size(), 1'000'000U);
    EXPECT_EQ(received + connection + std::string{queue.unwritten()}, sent);
}

}  // namespace
}  // namespace fedmsg::wire
