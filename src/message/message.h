#pragma once
/// \file
/// One message as it crosses the bus: a topic frame and a JSON body. Source: spec "Wire".

#include "encoding/document.h"
#include "util/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fedmsg::message {

/// Why something that arrived is not passed on. Whoever drops a message counts it under its reason.
enum class Drop : std::uint8_t {
    not_two_frames,
    too_large,  ///< a frame is larger than `zmq_max_message_size`
    empty_topic,
    topic_not_utf8,
    not_utf8,        ///< the body
    not_json,        ///< no JSON value, more than one, or an integer of more than 4300 digits
    too_deep,        ///< more than encoding::max_depth brackets open at once
    topic_mismatch,  ///< the body says another topic than the frame: nobody would take its signature
    not_signed,      ///< gpg could not sign it
};
inline constexpr std::size_t drop_reasons = 9;

/// As counters spell it: `not_json`.
std::string_view name(Drop reason);
/// As a sentence says it: "the body is not JSON".
std::string_view to_string(Drop reason);

/// What relay and gateway ask of a message that they pass on unread; nothing when it is fine.
/// \param max_message_size  bytes a frame may have; 0: any
[[nodiscard]] std::optional<Drop> check_shape(std::size_t frame_count, std::string_view topic,
                                              std::size_t body_size, std::size_t max_message_size);

/// Movable, not copyable; nodes stay valid when it moves, and no longer than it.
class Message {
  public:
    /// What a subscriber makes of two frames, hostile ones included. A body that is JSON but not an object
    /// with a `topic` becomes the `msg` of an envelope that has nothing else but the topic frame. An empty
    /// topic is fine. \param max_message_size  bytes a frame may have; 0: any
    [[nodiscard]] static Result<Message, Drop> parse(std::string_view topic, std::string_view body,
                                                     std::size_t max_message_size = 0);

    /// The topic frame; the envelope may say something else.
    [[nodiscard]] const std::string& topic() const { return topic_; }
    /// An object with at least `topic`.
    [[nodiscard]] encoding::Node envelope() const { return document_.root(); }
    /// Null when the envelope has none.
    [[nodiscard]] const encoding::Node* msg() const { return envelope().find("msg"); }
    // Nothing where the envelope has none, or one of another kind.
    [[nodiscard]] std::optional<std::string_view> msg_id() const { return envelope().find_string("msg_id"); }
    [[nodiscard]] std::optional<std::string_view> username() const {
        return envelope().find_string("username");
    }
    [[nodiscard]] std::optional<double> timestamp() const;  ///< seconds since the epoch
    /// The body came without an envelope.
    [[nodiscard]] bool wrapped() const { return wrapped_; }

  private:
    Message(std::string_view topic, encoding::Document document, bool wrapped)
        : topic_{topic}, document_{std::move(document)}, wrapped_{wrapped} {}

    std::string topic_;
    encoding::Document document_;
    bool wrapped_;
};

}  // namespace fedmsg::message
