#pragma once
/// \file
/// ZeroMQ on the wire, as far as a publisher that connects speaks it: ZMTP 3.0 (RFC 23) with the NULL
/// mechanism. Bytes in, bytes out; the connection itself is RelayLink's.
///
/// Why not libzmq here: it frees a message before the kernel has it, cuts off what is under way when a
/// connection is closed, and aborts on some peers that are not ZeroMQ. A publisher that has to account for
/// every message needs to know what left.

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

/// A frame as it arrives.
struct Frame {
    bool command = false;
    std::string_view payload;  ///< valid until the next call of the reader
};

/// Splits what a peer sends after its greeting into frames.
class FrameReader {
  public:
    /// Subscriptions and commands are short; a peer that announces more is not one of ours.
    static constexpr std::uint64_t longest = 64 * 1024;

    void feed(std::string_view bytes);
    /// The next frame; nothing when it is not complete. \throws ProtocolError
    std::optional<Frame> next();

  private:
    std::string bytes_;
    std::size_t read_ = 0;
};

/// What a publisher knows of its peer from the peer's bytes alone.
class PublisherSession {
  public:
    PublisherSession() : output_{greeting()} {}

    /// Takes what the peer sent. \throws ProtocolError  when this is no subscriber: say so, and hang up
    void feed(std::string_view bytes);
    /// What the protocol itself has to say; not to be put into the middle of a message.
    std::string take_output() { return std::exchange(output_, {}); }

    /// Both sides have introduced themselves.
    [[nodiscard]] bool ready() const { return ready_; }
    /// The peer wants messages. Prefixes are not looked into: a relay takes everything.
    [[nodiscard]] bool subscribed() const { return subscriptions_ > 0; }
    /// It wanted messages, and does not any more: a relay that stops.
    [[nodiscard]] bool dismissed() const { return wanted_ && !subscribed(); }

  private:
    void read_greeting(std::string_view greeting);
    void on_command(std::string_view payload);
    void on_ready(std::string_view properties);

    std::string greeting_;  // the peer's, as far as it is here
    FrameReader frames_;
    std::string output_;
    bool ready_ = false;
    bool wanted_ = false;  // at any time
    int subscriptions_ = 0;
};

}  // namespace fedmsg::wire
