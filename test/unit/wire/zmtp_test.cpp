#include "wire/zmtp.h"

#include "bytes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace fedmsg::wire {
namespace {

using testing::HasSubstr;

/// Feeds `text` and says what was wrong with it.
std::string trouble_with(const std::string& text) {
    PublisherSession session;
    try {
        session.feed(text);
    } catch (const ProtocolError& e) {
        return e.what();
    }
    return "";
}

TEST(Zmtp, TheGreetingIsThatOfRfc23) {
    const auto text = greeting();
    ASSERT_EQ(text.size(), greeting_size);
    EXPECT_EQ(text.substr(0, 12), bytes({0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0}));
    EXPECT_EQ(text.substr(12, 20), "NULL" + std::string(16, '\0'));
    EXPECT_EQ(text.substr(32), std::string(32, '\0'));
}

TEST(Zmtp, FramesAreShortOrLong) {
    std::string out;
    append_frame(out, "topic", true);
    append_frame(out, std::string(255, 'x'), false);
    append_frame(out, std::string(256, 'y'), false);
    EXPECT_EQ(out, bytes({1, 5}) + "topic" + bytes({0, 255}) + std::string(255, 'x') +
                       bytes({2, 0, 0, 0, 0, 0, 0, 1, 0}) + std::string(256, 'y'));
}

TEST(Zmtp, ASubscriberIsRecognizedHoweverItsBytesAreCut) {
    const auto text = greeting() + ready("XSUB") + subscription(1);
    for (std::size_t size = 1; size <= text.size(); ++size) {
        PublisherSession session;
        std::string said;
        for (std::size_t at = 0; at < text.size(); at += size) {
            EXPECT_FALSE(session.subscribed());
            session.feed(std::string_view{text}.substr(at, size));
            said += session.take_output();
        }
        EXPECT_TRUE(session.ready());
        EXPECT_TRUE(session.subscribed());
        EXPECT_EQ(said, greeting() + ready("XPUB"));
    }
}

TEST(Zmtp, WhoUnsubscribesDismissesUs) {
    PublisherSession session;
    session.feed(greeting() + ready("SUB") + subscription(1, "a") + subscription(1, "b") +
                 subscription(0, "a"));
    EXPECT_TRUE(session.subscribed());
    EXPECT_FALSE(session.dismissed());
    session.feed(subscription(0, "b") + subscription(0, "b"));
    EXPECT_FALSE(session.subscribed());
    EXPECT_TRUE(session.dismissed());
    session.feed(subscription(1));
    EXPECT_TRUE(session.subscribed());
}

TEST(Zmtp, ASubscriberWantsItsPrefixesAndWhatElseItSaysIsIgnored) {
    PublisherSession session;
    session.feed(greeting() + ready("SUB") + subscription(1, "a.b") + subscription(7, "x") + bytes({0, 0}));
    EXPECT_TRUE(session.wants("a.bc"));
    EXPECT_FALSE(session.wants("a.c"));
    EXPECT_FALSE(session.wants("x"));
    EXPECT_EQ(session.ignored(), 2U);
}

TEST(Zmtp, SubscriptionsAreBounded) {
    auto text = greeting() + ready("SUB");
    for (int i = 0; i < 100; ++i) text += subscription(1, std::string(20, static_cast<char>(i)));
    EXPECT_EQ(trouble_with(text), "");
    for (int i = 0; i < 3000; ++i) text += subscription(1, std::to_string(i));
    EXPECT_EQ(trouble_with(text), "its subscriptions take more than 65536 bytes");
}

TEST(Zmtp, APingIsAnswered) {
    PublisherSession session;
    session.feed(greeting() + ready("SUB"));
    (void)session.take_output();
    session.feed(command("\4PING" + bytes({0, 10}) + "context"));
    EXPECT_EQ(session.take_output(), command("\4PONGcontext"));
    session.feed(command("\4PING"));
    EXPECT_EQ(session.take_output(), command("\4PONG"));
}

TEST(Zmtp, WhatIsNoSubscriberIsNamed) {
    auto old = greeting();
    old[10] = 1;
    auto secret = greeting();
    secret.replace(12, 5, "CURVE");
    for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
             {"HTTP/1.1 400 Bad Request\r\n", "does not speak ZeroMQ"},
             {bytes({1, 0}), "does not speak ZeroMQ"},
             {std::string(10, '\xff').substr(0, 9) + bytes({0}), "does not speak ZeroMQ"},
             {old, "it speaks ZMTP 1, and 3 is needed"},
             {secret, "the mechanism CURVE"},
             {greeting() + ready("XPUB"),
              "it is a XPUB socket, not a subscriber: is that the relay's outbound"},
             {greeting() + ready("REP\x1b"), "it is a REP? socket, not a subscriber"},
             {greeting() + command("\5ERROR\4full"), "it refuses us: full"},
             {greeting() + command("\4PING"), "PING before READY"},
             {greeting() + command(""), "a command is cut off"},
             {greeting() + command("\7READY"), "a command is cut off"},
             {greeting() + command("\5READY\2a"), "a command is cut off"},
             {greeting() + subscription(1), "a message before READY"},
             {greeting() + bytes({8, 0}), "unknown flags"},
             {greeting() + bytes({2, 0, 0, 0, 0, 0, 1, 0, 1}), "a frame of 65537 bytes"},
             {greeting() + bytes({2, 255, 255, 255, 255, 255, 255, 255, 255}),
              "a frame of 18446744073709551615"}})
        EXPECT_THAT(trouble_with(text), HasSubstr(expected));
}

}  // namespace
}  // namespace fedmsg::wire
