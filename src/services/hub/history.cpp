#include "services/hub/history.h"

#include "crypto/signed_message.h"
#include "encoding/write.h"

#include <fmt/format.h>

namespace fedmsg::services::hub {

Result<Status, Misread> read_status(std::string_view text) {
    const auto document = encoding::Document::parse(text);
    if (!document) return Misread{to_string(document.error())};
    const auto root = document->root();
    const auto* message = root.find("message");
    const auto* body = message ? message->find("body") : nullptr;
    const auto topic = message ? message->find_string("topic") : std::nullopt;
    const auto status = root.find_string("status");
    if (!body || !topic) return Misread{"it has no message with a body and a topic"};
    if (status != "pre" && status != "post") return Misread{"its status is neither pre nor post"};
    std::string envelope = body->is_string() ? std::string{body->text()} : encoding::dumps(*body);
    const auto read = encoding::Document::parse(envelope);
    if (!read) return Misread{"its body: " + to_string(read.error())};
    if (!read->root().is_object()) return Misread{"its body is no object"};
    Status result{std::string{*topic}, encoding::dumps(read->root()), {}, {}, status == "post"};
    result.msg_id = read->root().find_string("msg_id").value_or(std::string_view{});
    if (const auto* timestamp = read->root().find("timestamp")) result.timestamp = timestamp->number();
    return result;
}

std::string status_text(std::string_view topic, std::string_view envelope, bool as_string, bool finished) {
    std::string text = R"({"message":{"body":)";
    const auto document = encoding::Document::parse(envelope);
    if (as_string || !document)
        encoding::write_string(envelope, text);
    else
        encoding::write(document->root(), encoding::canonical, text);
    text += R"(,"topic":)";
    encoding::write_string(topic, text);
    text += finished ? R"(},"status":"post"})" : R"(},"status":"pre"})";
    return text;
}

std::string page_url(std::string_view datagrepper_url, double start, double end, std::size_t page) {
    return fmt::format("{}{}rows_per_page={}&page={}&start={:.6f}&end={:.6f}&order=asc", datagrepper_url,
                       datagrepper_url.find('?') == datagrepper_url.npos ? '?' : '&', messages_a_page, page,
                       start, end);
}

Result<Page, Misread> read_page(std::string_view text) {
    const auto document = encoding::Document::parse(text);
    if (!document) return Misread{"the answer is not JSON: " + to_string(document.error())};
    const auto* pages = document->root().find("pages");
    const auto* messages = document->root().find("raw_messages");
    const auto count = pages ? pages->integer() : std::nullopt;
    if (!count || *count < 0) return Misread{"the answer has no number of `pages`"};
    if (!messages || messages->kind() != encoding::Kind::array)
        return Misread{"the answer has no list of `raw_messages`"};
    Page page{static_cast<std::size_t>(*count)};
    for (const auto& entry : messages->elements()) {
        if (!entry.find_string("topic")) {
            ++page.unusable;
            continue;
        }
        auto value = encoding::to_value(entry);
        crypto::fix_datagrepper_message(*value.object());
        page.messages.push_back(std::move(*value.object()));
    }
    return page;
}

}  // namespace fedmsg::services::hub
