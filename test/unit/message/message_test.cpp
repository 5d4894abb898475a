#include "message/message.h"

#include "data.h"
#include "encoding/write.h"

#include <gtest/gtest.h>

#include <map>

namespace fedmsg::message {
namespace {

using encoding::Node;

std::string from_base64(std::string_view text) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    unsigned bits = 0, count = 0;
    for (const char c : text) {
        if (c == '=') break;
        bits = bits << 6 | static_cast<unsigned>(digits.find(c));
        count += 6;
        if (count >= 8) out += static_cast<char>(bits >> (count -= 8));
    }
    return out;
}

std::string bytes_of(Node frame) {
    const auto text = frame.find_string("utf8");
    return text ? std::string{*text} : from_base64(string_in(frame, "b64"));
}

/// What the original hands to a consumer although the wire specification drops it, and what it drops itself.
const std::map<std::string_view, Drop> dropped = {
    {"body is not JSON", Drop::not_json},
    {"body is truncated JSON", Drop::not_json},
    {"body is empty", Drop::not_json},
    {"body with a BOM", Drop::not_json},
    {"body with a NUL", Drop::not_json},
    {"two empty frames", Drop::not_json},
    {"ONE frame: topic NUL body", Drop::not_two_frames},
    {"ONE frame without NUL", Drop::not_two_frames},
    {"THREE frames", Drop::not_two_frames},
    {"THREE frames, the first has topic NUL body", Drop::not_two_frames},
    {"one empty frame", Drop::not_two_frames},
    {"invalid utf-8 body", Drop::not_utf8},
    {"invalid utf-8 topic", Drop::topic_not_utf8},
    {"nesting too deep for Python (2000)", Drop::too_deep},
};

TEST(Message, IsWhatTheHubHandsToAConsumer) {
    const auto vectors = load("hub_consume.json");
    int taken = 0, refused = 0;
    for (const Node entry : vectors.root().find("cases")->elements()) {
        const auto what = string_in(entry, "name");
        SCOPED_TRACE(what);
        const auto frames = entry.find("in")->elements();
        if (frames.size() != 2) {
            EXPECT_EQ(check_shape(frames.size(), bytes_of(frames[0]), 1, 0), dropped.at(what));
            ++refused;
            continue;
        }
        const auto message = Message::parse(bytes_of(frames[0]), bytes_of(frames[1]));
        if (const auto drop = dropped.find(what); drop != dropped.end()) {
            ASSERT_FALSE(message);
            EXPECT_EQ(message.error(), drop->second);
            ++refused;
            continue;
        }
        ASSERT_TRUE(message) << to_string(message.error());
        const auto consumed = parse(entry.find("consumed")->elements()[0].text());
        EXPECT_EQ(message->topic(), string_in(consumed.root(), "topic"));
        EXPECT_EQ(encoding::dumps(message->envelope()), encoding::dumps(*consumed.root().find("body")));
        ++taken;
    }
    EXPECT_EQ(taken, 37);
    EXPECT_EQ(refused, static_cast<int>(dropped.size()));
}

TEST(Message, GivesItsFields) {
    const auto message = Message::parse(
        "org.x", R"({"topic":"org.y","msg":{"a":1},"timestamp":1.5,"msg_id":"2026-1","i":3,"username":"u"})");
    ASSERT_TRUE(message);
    EXPECT_EQ(message->topic(), "org.x");
    EXPECT_EQ(message->msg_id(), "2026-1");
    EXPECT_EQ(message->username(), "u");
    EXPECT_EQ(message->timestamp(), 1.5);
    EXPECT_EQ(encoding::dumps(*message->msg()), R"({"a":1})");
    EXPECT_FALSE(message->wrapped());
}

TEST(Message, HasNothingWhereAFieldIsMissingOrOfAnotherKind) {
    const auto message = Message::parse("org.x", R"({"topic":null,"timestamp":"now","msg_id":5})");
    ASSERT_TRUE(message);
    EXPECT_EQ(message->msg_id(), std::nullopt);
    EXPECT_EQ(message->username(), std::nullopt);
    EXPECT_EQ(message->timestamp(), std::nullopt);
    EXPECT_EQ(message->msg(), nullptr);
}

TEST(Message, IsWrappedWithoutATopic) {
    const auto message = Message::parse("org.\"\u00e9\"", " [1, {\"topic\": 2}] ");
    ASSERT_TRUE(message);
    EXPECT_TRUE(message->wrapped());
    EXPECT_EQ(encoding::dumps(message->envelope()), R"({"msg":[1,{"topic":2}],"topic":"org.\"\u00e9\""})");
    EXPECT_EQ(Message::parse("t", R"(1,"x":2)").error(), Drop::not_json);
    EXPECT_EQ(Message::parse("t", R"({}{})").error(), Drop::not_json);
}

TEST(Message, StaysValidWhenItMoves) {
    auto first = Message::parse("org.x", R"({"topic":"org.x","msg":{"a":"b"}})");
    ASSERT_TRUE(first);
    const Node envelope = first->envelope();
    const Message second = std::move(*first);
    EXPECT_EQ(string_in(*envelope.find("msg"), "a"), "b");
    EXPECT_EQ(second.topic(), "org.x");
    EXPECT_EQ(encoding::dumps(second.envelope()), encoding::dumps(envelope));
}

TEST(Message, IsBounded) {
    EXPECT_EQ(Message::parse("t", "[1234]", 5).error(), Drop::too_large);
    EXPECT_EQ(Message::parse("topic!", "[]", 5).error(), Drop::too_large);
    EXPECT_TRUE(Message::parse("t", "[123]", 5));
    EXPECT_EQ(Message::parse("t", std::string(1'000'000, '[')).error(), Drop::too_deep);
    EXPECT_EQ(Message::parse("t", std::string(5000, '1')).error(), Drop::not_json);
}

TEST(Shape, IsWhatARelayForwards) {
    EXPECT_EQ(check_shape(2, "org.x", 0, 0), std::nullopt);
    EXPECT_EQ(check_shape(2, "org.\u00e9\U0001F600", 100, 100), std::nullopt);
    EXPECT_EQ(check_shape(1, "org.x", 10, 0), Drop::not_two_frames);
    EXPECT_EQ(check_shape(3, "org.x", 10, 0), Drop::not_two_frames);
    EXPECT_EQ(check_shape(2, "org.x", 101, 100), Drop::too_large);
    EXPECT_EQ(check_shape(2, std::string(101, 'x'), 1, 100), Drop::too_large);
    EXPECT_EQ(check_shape(2, "", 10, 0), Drop::empty_topic);
    for (const auto* topic : {"\x80", "a\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                              "\xF5\x80\x80\x80", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF", "twelve chars\xFF"}) {
        EXPECT_EQ(check_shape(2, topic, 10, 0), Drop::topic_not_utf8) << topic;
    }
}

TEST(Drop, HasANameAndASentenceForEachReason) {
    std::map<std::string_view, std::string_view> texts;
    for (std::size_t i = 0; i < drop_reasons; ++i) {
        texts[name(static_cast<Drop>(i))] = to_string(static_cast<Drop>(i));
    }
    EXPECT_EQ(texts.size(), drop_reasons);
    EXPECT_EQ(texts.at("not_json"), "the body is not JSON");
    EXPECT_FALSE(texts.contains("unknown"));
}

}  // namespace
}  // namespace fedmsg::message
