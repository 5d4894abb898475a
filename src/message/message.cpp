#include "message/message.h"

#include "encoding/write.h"
#include "util/utf8.h"

#include <limits>

namespace fedmsg::message {
namespace {

Drop to_drop(const encoding::ParseError& error, std::string_view body) {
    using Reason = encoding::ParseError::Reason;
    switch (error.reason) {
        case Reason::syntax: return is_utf8(body) ? Drop::not_json : Drop::not_utf8;
        case Reason::integer_too_long:
        case Reason::trailing_text:
        case Reason::empty: return Drop::not_json;
        case Reason::too_deep: return Drop::too_deep;
        case Reason::not_utf8: return Drop::not_utf8;
    }
    return Drop::not_json;
}

bool is_larger(std::size_t topic_size, std::size_t body_size, std::size_t limit) {
    return limit != 0 && (topic_size > limit || body_size > limit);
}

}  // namespace

std::string_view name(Drop reason) {
    switch (reason) {
        case Drop::not_two_frames: return "not_two_frames";
        case Drop::too_large: return "too_large";
        case Drop::empty_topic: return "empty_topic";
        case Drop::topic_not_utf8: return "topic_not_utf8";
        case Drop::not_utf8: return "not_utf8";
        case Drop::not_json: return "not_json";
        case Drop::too_deep: return "too_deep";
        case Drop::topic_mismatch: return "topic_mismatch";
        case Drop::not_signed: return "not_signed";
    }
    return "unknown";
}

std::string_view to_string(Drop reason) {
    switch (reason) {
        case Drop::not_two_frames: return "it has not two frames, topic and body";
        case Drop::too_large: return "a frame is larger than zmq_max_message_size";
        case Drop::empty_topic: return "the topic is empty";
        case Drop::topic_not_utf8: return "the topic is not UTF-8";
        case Drop::not_utf8: return "the body is not UTF-8";
        case Drop::not_json: return "the body is not JSON";
        case Drop::too_deep: return "the body is nested too deeply";
        case Drop::topic_mismatch:
            return "the topic in the body is not that of the frame, so nobody would take its signature";
        case Drop::not_signed: return "it could not be signed";
    }
    return "unknown";
}

std::optional<Drop> check_shape(std::size_t frame_count, std::string_view topic, std::size_t body_size,
                                std::size_t max_message_size) {
    if (frame_count != 2) return Drop::not_two_frames;
    if (is_larger(topic.size(), body_size, max_message_size)) return Drop::too_large;
    if (topic.empty()) return Drop::empty_topic;
    if (!is_utf8(topic)) return Drop::topic_not_utf8;
    return std::nullopt;
}

Result<Message, Drop> Message::parse(std::string_view topic, std::string_view body,
                                     std::size_t max_message_size) {
    if (is_larger(topic.size(), body.size(), max_message_size)) return Drop::too_large;
    if (!is_utf8(topic)) return Drop::topic_not_utf8;
    auto document = encoding::Document::parse(body);
    if (!document) return to_drop(document.error(), body);
    if (document->root().find("topic") != nullptr) return Message{topic, std::move(*document), false};

    // Rare enough that reading the body twice is cheaper than any other way to an envelope around it.
    std::string envelope = R"({"topic":)";
    encoding::write_string(topic, envelope);
    envelope.append(R"(,"msg":)").append(body).append(1, '}');
    document = encoding::Document::parse(envelope);
    if (!document) return to_drop(document.error(), body);
    return Message{topic, std::move(*document), true};
}

std::optional<double> Message::timestamp() const {
    const auto* node = envelope().find("timestamp");
    return node == nullptr ? std::nullopt : node->number();
}

}  // namespace fedmsg::message
