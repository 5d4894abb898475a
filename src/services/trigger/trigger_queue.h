#pragma once
/// \file
/// Which messages wait for a command, and until when. Source: spec "trigger"; fedmsg 1.1.7, `fedmsg-trigger`.

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>

namespace fedmsg::services {

class TriggerQueue {
  public:
    using Clock = std::chrono::steady_clock;

    /// What waits is bounded in any case; whoever reads from the bus must not add() while it is full().
    static constexpr std::size_t most_bytes = 64 * 1024 * 1024;

    struct Limits {
        std::chrono::milliseconds wait_for{0};  ///< of silence, before what has come is due
        std::size_t most_waiting = 0;           ///< more than so many are due at once; 0: no limit
    };
    struct Entry {
        std::string id, topic;  ///< for the log
        std::string line;       ///< for the command, with its end
    };

    explicit TriggerQueue(Limits limits) : limits_{limits} {}

    /// Everything that is not due yet waits anew.
    void add(Entry entry, Clock::time_point now);
    /// The first message, when it is due.
    [[nodiscard]] std::optional<Entry> take(Clock::time_point now);
    /// When the first one is due, which may be over; nothing when there is none.
    [[nodiscard]] std::optional<Clock::time_point> due() const;

    [[nodiscard]] std::size_t size() const { return entries_.size(); }
    [[nodiscard]] bool full() const { return bytes_ >= most_bytes; }
    [[nodiscard]] const std::deque<Entry>& entries() const { return entries_; }

  private:
    Limits limits_;
    std::deque<Entry> entries_;
    std::size_t due_ = 0;  // of them, from the front
    std::size_t bytes_ = 0;
    Clock::time_point quiet_at_{};  // the others are due then
};

}  // namespace fedmsg::services
