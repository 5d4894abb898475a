#include "services/hub/message.h"

#include "encoding/write.h"

namespace fedmsg::services::hub {
namespace {

/// Two searches for a character: find_first_of calls memchr(3) for each byte of the text.
bool is_one_line(std::string_view text) {
    return text.find('\n') == text.npos && text.find('\r') == text.npos;
}

}  // namespace

MessagePtr make_message(bus::Received received, bool parse) {
    auto result = std::make_shared<Message>();
    const auto& message = received.message;
    result->topic = message.topic();
    if (message.wrapped() || !is_one_line(received.body)) {
        encoding::write(message.envelope(), encoding::canonical, result->line);
    } else {
        result->line.reserve(received.body.size() + 1);
        result->line = received.body;
    }
    result->line += '\n';
    result->msg_id = message.msg_id().value_or(std::string_view{});
    result->origin = received.origin;
    result->timestamp = message.timestamp();
    if (parse) result->parsed = std::move(received.message);
    return result;
}

MessagePtr make_message(std::string_view topic, std::string_view text) {
    auto parsed = message::Message::parse(topic, text);
    if (!parsed) return nullptr;
    return make_message(bus::Received{*std::move(parsed), text, nullptr}, false);
}

}  // namespace fedmsg::services::hub
