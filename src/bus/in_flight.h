#pragma once
/// \file
/// How many of the messages that were handed to ZeroMQ have left it: libzmq has no such number, but it frees
/// a message's memory once the message is on its way, and tells us when the memory is ours.

#include "bus/context.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>
#include <thread>

namespace fedmsg::bus {

/// Lives as long as the context whose threads write to it.
class InFlight {
  public:
    static std::shared_ptr<InFlight> make(const Context& context);
    InFlight();
    ~InFlight();
    InFlight(const InFlight&) = delete;
    InFlight& operator=(const InFlight&) = delete;

    /// A frame with a copy of `bytes` that counts as in flight from here on.
    zmq::message_t frame(std::string_view bytes);

    [[nodiscard]] std::uint64_t messages() const { return sent_ - released_.load(std::memory_order_acquire); }
    [[nodiscard]] std::uint64_t bytes() const {
        return sent_bytes_ - released_bytes_.load(std::memory_order_acquire);
    }

    /// Of all so far, those that ZeroMQ took and had nobody to send to: they are released at once, by the
    /// thread that sends, which is the one that made this.
    [[nodiscard]] std::uint64_t unwanted() const { return unwanted_; }

    /// Makes descriptor() readable once no more than `left` messages are in flight; false when that is so
    /// already.
    bool arm(std::uint64_t left);
    /// An eventfd(2); stays ours.
    [[nodiscard]] int descriptor() const { return event_; }
    /// Takes the event.
    void clear() const;

  private:
    struct Block;
    static void release(void* data, void* hint);

    static constexpr std::uint64_t never = UINT64_MAX;
    int event_;
    std::thread::id owner_ = std::this_thread::get_id();
    std::uint64_t unwanted_ = 0;
    std::uint64_t sent_ = 0;
    std::uint64_t sent_bytes_ = 0;
    std::atomic<std::uint64_t> released_{0};
    std::atomic<std::uint64_t> released_bytes_{0};
    std::atomic<std::uint64_t> wake_at_{never};
};

}  // namespace fedmsg::bus
