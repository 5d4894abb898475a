#include "wire/subscriber_session.h"

#include "bytes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

namespace fedmsg::wire {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;

constexpr std::uint64_t limit = 1000;
const std::vector<std::string> everything{""};

std::string message(std::initializer_list<std::string> frames) {
    std::string text;
    std::size_t i = 0;
    for (const auto& frame : frames) append_frame(text, frame, ++i < frames.size());
    return text;
}

/// A session, and everything that it gave: "topic body", "not two frames", "too large".
struct Heard {
    explicit Heard(std::span<const std::string> prefixes = everything, std::uint64_t largest = limit)
        : session{prefixes, largest} {}

    /// In pieces of `size` bytes at most.
    void feed(std::string_view text, std::size_t size = std::string::npos) {
        while (!text.empty()) {
            const auto room = session.room();
            const auto part = text.substr(0, std::min(size, room.size()));
            std::memcpy(room.data(), part.data(), part.size());
            session.received(part.size());
            text.remove_prefix(part.size());
            most_held = std::max(most_held, session.held());
            if (session.shake_hands()) take();
        }
    }
    void take() {
        while (const auto next = session.next()) {
            if (*next)
                messages.push_back(std::string{(*next)->topic} + " " + std::string{(*next)->body});
            else
                messages.emplace_back(next->error() == Misshapen::too_large ? "too large" : "not two frames");
        }
        said += session.take_output();
    }

    SubscriberSession session;
    std::vector<std::string> messages;
    std::string said;
    std::size_t most_held = 0;
};

/// What is wrong with `text`.
std::string trouble_with(const std::string& text) {
    Heard heard;
    try {
        heard.feed(text);
    } catch (const ProtocolError& e) {
        return e.what();
    }
    return "";
}

const auto hello = greeting() + ready("PUB");

TEST(SubscriberSession, SubscribesOnceThePublisherHasIntroducedItself) {
    const std::vector<std::string> prefixes{"org.git", ""};
    Heard heard{prefixes};
    heard.feed(greeting());
    EXPECT_EQ(heard.session.take_output(), greeting() + ready("SUB"));
    EXPECT_FALSE(heard.session.ready());
    heard.feed(ready("XPUB"));
    EXPECT_TRUE(heard.session.ready());
    EXPECT_EQ(heard.said, subscription(1, "org.git") + subscription(1));
}

TEST(SubscriberSession, AnIdentityAndOtherPropertiesAreTolerated) {
    Heard heard;
    heard.feed(greeting() +
               command("\5READY\10Identity" + bytes({0, 0, 0, 2}) + "me" + "\13Socket-Type" +
                       bytes({0, 0, 0, 3}) + "PUB" + "\1X" + bytes({0, 0, 0, 0})) +
               message({"a", "b"}));
    EXPECT_THAT(heard.messages, ElementsAre("a b"));
}

TEST(SubscriberSession, MessagesAreTheSameHoweverTheirBytesAreCut) {
    const auto text = hello + message({"topic", "body"}) + message({"", ""}) + message({"one"}) +
                      message({"1", "2", "3", "4"}) + command("\4PING" + bytes({0, 1}) + "x") +
                      message({"t", std::string(limit + 1, 'x')}) +
                      message({std::string(limit + 1, 'x'), "b", "c"}) +
                      message({"t", std::string(limit, 'y')}) + message({"last", std::string(300, 'z')});
    const std::vector<std::string> expected{"topic body",
                                            " ",
                                            "not two frames",
                                            "not two frames",
                                            "too large",
                                            "too large",
                                            "t " + std::string(limit, 'y'),
                                            "last " + std::string(300, 'z')};
    for (std::size_t size = 1; size <= text.size(); size += 1 + size / 20) {
        Heard heard;
        heard.feed(text, size);
        EXPECT_THAT(heard.messages, ElementsAreArray(expected)) << size;
        EXPECT_THAT(heard.said, testing::EndsWith(command("\4PONGx"))) << size;
        EXPECT_EQ(heard.session.held(), 0U) << "everything was read";
    }
}

TEST(SubscriberSession, ACommandBetweenTwoFramesChangesNothing) {
    Heard heard;
    heard.feed(hello + bytes({1, 1}) + "a" + command("\4PING" + bytes({0, 1})) + bytes({0, 1}) + "b", 1);
    EXPECT_THAT(heard.messages, ElementsAre("a b"));
}

TEST(SubscriberSession, AMessageLargerThanAChunkIsWhole) {
    const std::string large(10 * SubscriberSession::chunk + 1, 'x');
    for (const std::size_t size : {std::size_t{100}, std::size_t{5000}, large.size()}) {
        Heard heard{everything, 0};
        heard.feed(hello + message({"a", "b"}) + message({"t", large}) + message({"c", "d"}), size);
        EXPECT_THAT(heard.messages, ElementsAre("a b", "t " + large, "c d"));
        EXPECT_LE(heard.most_held, 3 * large.size());
    }
}

TEST(SubscriberSession, RoomForALargeMessageIsGivenBack) {
    Heard heard{everything, 0};
    heard.feed(hello + message({"t", std::string(10 * SubscriberSession::chunk, 'x')}));
    heard.feed(message({"t", "x"}) + "\1");  // never empty
    heard.feed("\1");
    EXPECT_LE(heard.session.held(), 2 * SubscriberSession::chunk);
}

TEST(SubscriberSession, WhatIsTooLargeIsToldAtOnceAndNotKept) {
    Heard heard;
    heard.feed(hello + bytes({1, 1}) + "t" + bytes({2, 0, 0, 1, 0, 0, 0, 0, 0}));  // a frame of 2^40 bytes
    EXPECT_THAT(heard.messages, ElementsAre("too large"));
    const std::string noise(100'000, 'x');
    for (int i = 0; i < 100; ++i) heard.feed(noise);
    EXPECT_THAT(heard.messages, ElementsAre("too large"));
    EXPECT_LE(heard.most_held, SubscriberSession::chunk);
}

TEST(SubscriberSession, AMessageWithoutEndIsToldOnceAndNotKept) {
    Heard heard;
    heard.feed(hello);
    for (int i = 0; i < 1000; ++i) heard.feed(bytes({1, 200}) + std::string(200, 'x'));
    EXPECT_THAT(heard.messages, ElementsAre("not two frames"));
    heard.feed(message({"its end"}) + message({"a", "b"}));
    EXPECT_THAT(heard.messages, ElementsAre("not two frames", "a b"));
    EXPECT_LE(heard.most_held, SubscriberSession::chunk);
}

TEST(SubscriberSession, WithoutALimitNoFrameHasMoreThan4GiB) {
    Heard heard{everything, 0};
    heard.feed(hello + bytes({3, 0, 0, 0, 1, 0, 0, 0, 0}));
    heard.feed(std::string(100'000, 'x'));
    EXPECT_THAT(heard.messages, ElementsAre("too large"));
    EXPECT_LE(heard.most_held, SubscriberSession::chunk);
}

TEST(SubscriberSession, WhatIsNoPublisherIsNamed) {
    auto old = greeting();
    old[10] = 1;
    for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
             {"HTTP/1.1 400 Bad Request\r\n", "does not speak ZeroMQ"},
             {bytes({1, 0}), "does not speak ZeroMQ"},
             {old, "it speaks ZMTP 1, and 3 is needed"},
             {greeting() + ready("XSUB"),
              "it is a XSUB socket, not a publisher: is that the relay's inbound side?"},
             {greeting() + ready("PULL\x1b"), "it is a PULL? socket, not a publisher"},
             {hello + command("\5ERROR\4full"), "it refuses us: full"},
             {greeting() + command("\4PING"), "PING before READY"},
             {greeting() + message({"a", "b"}), "a message before READY"},
             {hello + command(""), "a command is cut off"},
             {hello + bytes({8, 0}), "unknown flags"},
             {hello + bytes({6, 0, 0, 0, 0, 0, 1, 0, 1}), "a command of 65537 bytes"},
             {greeting() + bytes({6, 255, 255, 255, 255, 255, 255, 255, 255}),
              "a command of 18446744073709551615"}})
        EXPECT_THAT(trouble_with(text), HasSubstr(expected));
}

}  // namespace
}  // namespace fedmsg::wire
