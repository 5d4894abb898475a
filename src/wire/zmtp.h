#pragma once
/// \file
/// ZeroMQ on the wire, as far as publishers and subscribers speak it: ZMTP 3.0 (RFC 23) with the NULL
/// mechanism. Bytes in, bytes out; the connection itself is bus::Connection's, or bus::Outlet's. Here is what
/// both kinds of socket have in common, and the publisher; the subscriber is in subscriber_session.h.
///
/// Why not libzmq here: it frees a message before the kernel has it, cuts off what is under way when a
/// connection is closed, and aborts on some peers that are not ZeroMQ. A publisher that has to account for
/// every message needs to know what left; a subscriber has to outlive whatever is sent to it.

#include "wire/subscriptions.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace fedmsg::wire {

/// What is wrong with a peer: "it speaks ZMTP 2, and 3 is needed".
class ProtocolError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The first bytes that either side sends: signature, version, mechanism.
inline constexpr std::size_t greeting_size = 64;
std::string greeting();

/// Appends `payload` as one frame of a message. \param more  whether another one follows
void append_frame(std::string& out, std::string_view payload, bool more);

/// The front of a frame as it arrives.
struct FrameHeader {
    bool command;
    bool more;           ///< another frame of the same message follows
    std::size_t length;  ///< of the header itself
    std::uint64_t size;  ///< of the payload after it
};
/// Nothing while it is not complete. \throws ProtocolError
std::optional<FrameHeader> read_header(std::string_view bytes);

/// Commands, and what a subscriber sends, are short; a peer that announces more is not one of ours.
inline constexpr std::uint64_t longest_command = 64 * 1024;

enum class Role { publisher, subscriber };

/// How either side begins, and the commands that follow: greeting, READY, PING, ERROR.
class Handshake {
  public:
    /// \param role  ours
    explicit Handshake(Role role) : role_{role}, output_{greeting()} {}

    /// Takes what belongs to the peer's greeting off the front of `bytes`; whether it is whole.
    /// \throws ProtocolError
    bool take_greeting(std::string_view& bytes);
    /// \throws ProtocolError  when the peer is not what we need
    void on_command(std::string_view payload);
    /// \throws ProtocolError  when it comes before READY
    void on_message() const;

    /// Both sides have introduced themselves.
    [[nodiscard]] bool ready() const { return ready_; }
    /// Adds to what take_output() gives.
    void say(std::string_view frames) { output_ += frames; }
    /// What the protocol itself has to say; not to be put into the middle of a message.
    std::string take_output() { return std::exchange(output_, {}); }

  private:
    void read_greeting();
    void on_ready(std::string_view properties);

    Role role_;
    std::string greeting_;  // the peer's, as far as it is here
    std::string output_;
    bool ready_ = false;
};

/// What a publisher knows of its peer from the peer's bytes alone.
class PublisherSession {
  public:
    /// Takes what the peer sent. \throws ProtocolError  when this is no subscriber: say so, and hang up
    void feed(std::string_view bytes);
    std::string take_output() { return handshake_.take_output(); }

    [[nodiscard]] bool ready() const { return handshake_.ready(); }
    /// The peer wants messages.
    [[nodiscard]] bool subscribed() const { return !subscriptions_.empty(); }
    /// The peer wants those of this topic.
    [[nodiscard]] bool wants(std::string_view topic) const { return subscriptions_.match(topic); }
    /// Frames that were no subscriptions. Nobody reads them.
    [[nodiscard]] std::uint64_t ignored() const { return ignored_; }
    /// It wanted messages, and does not any more: a relay that stops.
    [[nodiscard]] bool dismissed() const { return wanted_ && !subscribed(); }

  private:
    void on_message(std::string_view payload);

    Handshake handshake_{Role::publisher};
    std::string bytes_;    // of a frame that is not whole
    bool wanted_ = false;  // at any time
    Subscriptions subscriptions_;
    std::uint64_t ignored_ = 0;
};

}  // namespace fedmsg::wire
