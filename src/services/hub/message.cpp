#include "services/hub/message.h"

#include "encoding/write.h"

#include <array>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace fedmsg::services::hub {
namespace {

/// Two searches for a character: find_first_of calls memchr(3) for each byte of the text.
bool is_one_line(std::string_view text) {
    return text.find('\n') == text.npos && text.find('\r') == text.npos;
}

bool is_number(const encoding::Node& node) {
    return node.kind() == encoding::Kind::integer || node.kind() == encoding::Kind::real;
}

/// A message, and where its shared_ptr counts.
struct Pooled : Message {
    alignas(std::max_align_t) std::array<std::byte, 64> counts;
};

/// Messages whose memory is used again. The hub's thread makes them, 64 in a row, and lets go of nearly all:
/// malloc(3) takes longer for that than everything else here.
class Pool {
  public:
    static Pool& of_this_thread() {
        thread_local Pool pool;
        return pool;
    }
    std::unique_ptr<Pooled> take() {
        if (free_.empty()) return std::make_unique<Pooled>();
        auto message = std::move(free_.back());
        free_.pop_back();
        return message;
    }
    void give(std::unique_ptr<Pooled> message) {
        if (message->bytes.capacity() <= largest && free_.size() < most) free_.push_back(std::move(message));
    }

  private:
    /// More than are on their way to one consumer that is quick; a few megabytes at most.
    static constexpr std::size_t most = 1024, largest = 4096;
    std::vector<std::unique_ptr<Pooled>> free_;
};

/// Where the counts are; when they are needed no more, nor is the message.
template <class T>
struct InTheMessage {
    using value_type = T;
    explicit InTheMessage(Pooled* m) : message{m} {}
    template <class Other>
    explicit(false) InTheMessage(const InTheMessage<Other>& other) : message{other.message} {}

    T* allocate(std::size_t) {
        static_assert(sizeof(T) <= sizeof message->counts);
        return reinterpret_cast<T*>(message->counts.data());
    }
    void deallocate(T*, std::size_t) { Pool::of_this_thread().give(std::unique_ptr<Pooled>{message}); }
    bool operator==(const InTheMessage&) const = default;

    Pooled* message;
};

std::shared_ptr<Message> new_message() {
    auto* message = Pool::of_this_thread().take().release();
    const auto forget = [](Message* gone) { gone->parsed.reset(); };
    return {message, forget, InTheMessage<Pooled>{message}};
}

}  // namespace

MessagePtr make_message(bus::Received&& received, bool parse) {
    auto result = new_message();
    const auto& message = received.message;
    std::string_view msg_id, timestamp;
    for (const auto& [key, value] : message.envelope().members()) {
        if (key == "msg_id" && value.is_string()) msg_id = value.text();
        if (key == "timestamp" && is_number(value)) timestamp = value.text();
    }
    auto& bytes = result->bytes;
    bytes.clear();
    bytes.reserve(received.body.size() + 1 + message.topic().size() + msg_id.size() + timestamp.size());
    if (message.wrapped() || !is_one_line(received.body))
        encoding::write(message.envelope(), encoding::canonical, bytes);
    else
        bytes = received.body;
    bytes += '\n';
    const auto size = bytes.size();
    bytes.append(message.topic()).append(msg_id).append(timestamp);
    std::string_view rest = bytes;
    for (auto [part, length] : {std::pair{&result->line, size},
                                {&result->topic, message.topic().size()},
                                {&result->msg_id, msg_id.size()},
                                {&result->timestamp, timestamp.size()}}) {
        *part = rest.substr(0, length);
        rest.remove_prefix(length);
    }
    result->origin = received.origin;
    if (parse) result->parsed = std::move(received.message);
    return result;
}

MessagePtr make_message(std::string_view topic, std::string_view text) {
    auto parsed = message::Message::parse(topic, text);
    if (!parsed) return nullptr;
    return make_message(bus::Received{*std::move(parsed), text, nullptr}, false);
}

}  // namespace fedmsg::services::hub
