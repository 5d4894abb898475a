/// What arrives from the bus: two frames, to every text that tail can make of them. The first byte is the
/// length of the topic.

#include "encoding/write.h"
#include "message/envelope.h"
#include "message/message.h"
#include "message/query.h"
#include "message/template.h"
#include "message/text.h"
#include "message/topic.h"
#include "util/utf8.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>

using namespace fedmsg;
using namespace fedmsg::message;

namespace {

/// A terminal does nothing but show it.
void check_shown(std::string_view text) {
    assert(is_utf8(text));
    assert(
        std::ranges::none_of(text, [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == '\x7F'; }));
    for (auto at = text.find('\xC2'); at != std::string_view::npos; at = text.find('\xC2', at + 1)) {
        assert(static_cast<unsigned char>(text[at + 1]) >= 0xA0);
    }
}

void check_texts(const Message& message) {
    for (const auto layout : {Layout::compact, Layout::pretty, Layout::really_pretty}) {
        std::string plain, coloured;
        TextWriter{layout}.write(message, plain);
        TextWriter{layout, &terminal_palette}.write(message, coloured);
        const auto again = encoding::Document::parse(plain);
        assert(again && again->root().find("signature") == nullptr);
        if (layout == Layout::compact) assert(encoding::dumps(again->root()) == plain);
        std::string lines = plain;
        std::erase(lines, '\n');
        check_shown(lines);
        assert(coloured.size() > plain.size());
    }
    static const Query query{"topic,msg,msg.a,timestamp,,a.b.c"};
    static const Template line{"{topic} {msg} {msg.a}"};
    std::string shown;
    query.write(message.envelope(), Controls::escape, shown);
    line.write(message.envelope(), Controls::escape, shown);
    check_shown(shown);
    query.write(message.envelope(), Controls::keep, shown);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view input{reinterpret_cast<const char*>(data), size};
    if (input.empty()) return 0;
    const auto length = static_cast<unsigned char>(input.front());
    const auto topic = input.substr(1, length);
    const auto body = input.substr(std::min<std::size_t>(1U + length, size));

    const auto shape = check_shape(2, topic, body.size(), 0);
    const auto message = Message::parse(topic, body);
    if (message) {
        assert(!shape || shape == Drop::empty_topic);
        assert(message->envelope().find("topic") != nullptr);
        (void)message->timestamp();
        (void)message->msg_id();
        (void)message->username();
        check_texts(*message);

        EnvelopeWriter writer{body};
        std::string envelope;
        writer.write(topic, encoding::dumps(message->envelope()), -1, "id", 1, envelope);
        const auto again = Message::parse(topic, envelope);
        // One level more may be one too many.
        assert(again ? again->topic() == topic && encoding::dumps(again->envelope()) == envelope
                     : again.error() == Drop::too_deep);
    }

    std::string line;
    write_log_body(body, line);
    const auto log = encoding::Document::parse(line);
    assert(log && encoding::dumps(log->root()) == line);

    (void)category(topic);
    (void)grammar_warning(topic, "org");
    const TopicPattern pattern{std::string{topic}};
    assert(!pattern.matches(body) || body.starts_with(pattern.prefix()));
    assert(!pattern.is_prefix() || pattern.matches(body) == body.starts_with(pattern.prefix()));
    return 0;
}
