#pragma once
/// \file
/// A message as the hub hands it to its consumers: made once, shared by all of them, never changed.

#include "bus/subscriber.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fedmsg::services::hub {

struct Message {
    Message() = default;
    Message(const Message&) = delete;
    Message& operator=(const Message&) = delete;

    std::string bytes;                         ///< of these four
    std::string_view topic;                    ///< the topic frame
    std::string_view line;                     ///< one line of JSON with its end
    std::string_view msg_id;                   ///< empty: none
    std::string_view timestamp;                ///< seconds since the epoch, as JSON; empty: none
    const bus::Origin* origin = nullptr;       ///< null: it comes from a file
    std::optional<message::Message> parsed{};  ///< where a consumer wants to have it read

    [[nodiscard]] std::string_view text() const { return line.substr(0, line.size() - 1); }
    /// Bytes of memory, about: what a queue counts. A tree takes several times its text.
    [[nodiscard]] std::size_t cost() const {
        constexpr std::size_t of_its_own = 256, of_a_tree = 4;
        return of_its_own + topic.size() + line.size() * (parsed ? 1 + of_a_tree : 1);
    }
};
using MessagePtr = std::shared_ptr<const Message>;

/// The received bytes where they are one line already: no re-encoding. Otherwise, and for a body without an
/// envelope, the canonical form. \param parse  keep the tree, too
MessagePtr make_message(bus::Received&& received, bool parse);
/// The same for what was kept in a file. Null when it is not a message.
MessagePtr make_message(std::string_view topic, std::string_view text);

}  // namespace fedmsg::services::hub
