// What the other end of a connection may answer, to a publisher and to a subscriber. The first byte says how
// the rest is cut: the pieces do not change what is understood.
#include "wire/subscriber_session.h"
#include "wire/zmtp.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

using namespace fedmsg::wire;

struct Outcome {
    bool ready = false, subscribed = false, dismissed = false;
    std::string output, error, messages;
    bool operator==(const Outcome&) const = default;
};

/// The same bytes, a piece at a time. \param take  called for each
template <class Take>
std::string in_pieces(std::string_view bytes, std::size_t size, Take take) {
    try {
        for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size()))) take(bytes.substr(0, size));
    } catch (const ProtocolError& e) {
        return e.what();
    }
    return "";
}

Outcome publish(std::string_view bytes, std::size_t size) {
    PublisherSession session;
    Outcome outcome;
    outcome.error = in_pieces(bytes, size, [&](std::string_view piece) { session.feed(piece); });
    outcome.ready = session.ready();
    outcome.subscribed = session.subscribed();
    outcome.dismissed = session.dismissed();
    outcome.output = session.take_output();
    return outcome;
}

Outcome subscribe(std::string_view bytes, std::size_t size) {
    constexpr std::uint64_t largest_frame = 20;
    const std::string prefix = "prefix";
    SubscriberSession session{{&prefix, 1}, largest_frame};
    Outcome outcome;
    outcome.error = in_pieces(bytes, size, [&](std::string_view piece) {
        while (!piece.empty()) {
            const auto room = session.room();
            const auto part = piece.substr(0, room.size());
            std::memcpy(room.data(), part.data(), part.size());
            session.received(part.size());
            piece.remove_prefix(part.size());
            if (!session.shake_hands()) continue;
            while (const auto next = session.next()) {
                if (!*next) {
                    outcome.messages += next->error() == Misshapen::too_large ? "L" : "F";
                    continue;
                }
                const auto [topic, body] = **next;
                if (topic.size() > largest_frame || body.size() > largest_frame) std::abort();
                outcome.messages.append("M").append(topic).append(1, ' ').append(body);
            }
        }
        if (session.held() > 2 * SubscriberSession::chunk) std::abort();
    });
    outcome.ready = session.ready();
    outcome.output = session.take_output();
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
    const std::size_t all = bytes.size() + 1, few = 1 + data[0] % 16U;
    const auto relay = publish(bytes, all), publisher = subscribe(bytes, all);
    if (!(relay == publish(bytes, few)) || !(publisher == subscribe(bytes, few))) std::abort();
    if (relay.subscribed && !relay.ready) std::abort();
    if (!publisher.messages.empty() && !publisher.ready) std::abort();
    return 0;
}
