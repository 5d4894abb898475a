#pragma once
/// \file
/// Messages between Publisher::try_send and the peer's kernel: which of them left, which have to be sent
/// again.

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace fedmsg::wire {

class SendQueue {
  public:
    /// Appends a message of two frames.
    void push(std::string_view topic, std::string_view body);

    /// What is to be written next; valid until the next call of a member that is not const.
    [[nodiscard]] std::string_view unwritten() const { return std::string_view{bytes_}.substr(front_); }
    /// The same, but no further than the end of a message that has begun.
    [[nodiscard]] std::string_view rest_of_message() const;
    /// The kernel has taken that many bytes of unwritten().
    void written(std::size_t bytes);
    /// The kernel's own queue holds no more than so many bytes that the peer's has not acknowledged.
    void acknowledged_all_but(std::uint64_t bytes);
    /// The connection is gone: a message that was written in part will be written from its beginning; what
    /// was written whole is not ours any more.
    void rewind();
    /// After rewind(): gives up the message that is written next.
    void drop_next();

    [[nodiscard]] bool empty() const { return front_ == bytes_.size(); }
    /// Part of a message is written, and the rest is not.
    [[nodiscard]] bool in_message() const { return position_ > boundary(); }
    /// Messages of which the kernel has not taken everything.
    [[nodiscard]] std::size_t messages_unwritten() const { return ends_.size() - written_; }
    /// Those that the peer's kernel has not acknowledged, as far as it is known; includes the former.
    [[nodiscard]] std::size_t messages_unacknowledged() const { return ends_.size(); }
    /// The place in the stream of the message that is written next: tells one attempt from another.
    [[nodiscard]] std::uint64_t boundary() const {
        return written_ > 0 ? ends_[written_ - 1] : acknowledged_;
    }

  private:
    std::string bytes_;
    std::size_t front_ = 0;           // bytes_ before it are written
    std::uint64_t position_ = 0;      // of front_ in the stream of everything ever sent
    std::deque<std::uint64_t> ends_;  // positions, of the messages that are not known to be acknowledged
    std::size_t written_ = 0;         // the first so many of ends_ lie before front_
    std::uint64_t acknowledged_ = 0;  // the last end that was taken off ends_
};

}  // namespace fedmsg::wire
