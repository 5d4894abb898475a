#pragma once
/// \file
/// The subscriber's side of a connection: what a publisher sends is cut into messages where it arrived,
/// without a copy, and without keeping what nobody will read.

#include "util/result.h"
#include "wire/zmtp.h"

#include <array>
#include <memory>
#include <span>
#include <vector>

namespace fedmsg::wire {

/// A message of two frames.
struct TwoFrames {
    std::string_view topic, body;
};

/// What is published there: messages, or frames that stand alone and are taken for the body of a message
/// without a topic, as those of a monitoring socket.
enum class Shape : std::uint8_t { two_frames, one_frame };

/// Why a message is not handed out. Each is told once, as soon as it is known; what follows of the message is
/// skipped while it arrives.
enum class Misshapen : std::uint8_t {
    not_two_frames,
    too_large,  ///< its first or second frame
};

class SubscriberSession {
  public:
    /// Read at once, at least as far as there is so much.
    static constexpr std::size_t chunk = 64 * 1024;

    /// \param prefixes       what to subscribe to, once the peer has introduced itself
    /// \param largest_frame  in bytes; 0: as large as any reader takes, 4 GiB
    SubscriberSession(std::span<const std::string> prefixes, std::uint64_t largest_frame,
                      Shape shape = Shape::two_frames);

    /// Room for what the peer sends next, and received() says how much that was. What next() gave is not
    /// valid any more.
    std::span<char> room();
    void received(std::size_t bytes) { end_ += bytes; }

    /// Reads as far as the handshake goes; ready(). \throws ProtocolError  when this is no publisher
    bool shake_hands();
    /// The next message of what was received, valid until the next call of a member that is not const;
    /// nothing when none is whole. \throws ProtocolError
    std::optional<Result<TwoFrames, Misshapen>> next();

    [[nodiscard]] bool ready() const { return handshake_.ready(); }
    std::string take_output() { return handshake_.take_output(); }
    /// Bytes that are held for what is not whole.
    [[nodiscard]] std::size_t held() const { return capacity_; }

  private:
    [[nodiscard]] std::string_view unread() const { return {bytes_.get() + at_, end_ - at_}; }
    [[nodiscard]] std::string_view frame(std::size_t number) const {
        return {bytes_.get() + begin_ + frames_.at(number).offset, frames_.at(number).size};
    }
    bool take_command(const FrameHeader& header);
    bool skip();
    void forget();
    void release();

    struct Place {
        std::size_t offset, size;  // offset from begin_
    };

    Handshake handshake_{Role::subscriber};
    std::string subscriptions_;
    std::uint64_t largest_frame_;
    std::size_t due_;  // frames of a message
    std::unique_ptr<char[]> bytes_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;  // of the message that is being read
    std::size_t at_ = 0;     // of what is read next
    std::size_t end_ = 0;    // of what was received
    std::array<Place, 2> frames_{};
    std::size_t count_ = 0;      // of those that are whole
    bool handed_out_ = false;    // the message from begin_ to at_
    bool skipping_ = false;      // the rest of the message
    bool last_ = false;          // what is being skipped is its last frame
    std::uint64_t to_skip_ = 0;  // of the frame
};

}  // namespace fedmsg::wire
