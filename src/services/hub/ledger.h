#pragma once
/// \file
/// Who has which message in hand, and what is tried again when: the protocol of `ack` and `each`, in values.
///
/// An attempt that fails is repeated after `retry_after`, then after twice that, and so on; after `retries`
/// repetitions the message is given up. When a program dies, all that it has not answered is handed out
/// again; only the oldest message that it had read counts it as an attempt, because that is the one it was
/// working on. (A death by SIGKILL or SIGTERM says little about a message: such count only after
/// `most_killings`.)

#include "services/hub/queue.h"

#include <chrono>
#include <cstdint>
#include <list>
#include <optional>
#include <string_view>
#include <vector>

namespace fedmsg::services::hub {

/// SIGKILLs that a message survives; then they count as attempts. The kernel kills for want of memory, too.
inline constexpr int most_killings = 20;

/// Used on the loop.
class Ledger {
  public:
    using Clock = Queue::Clock;

    struct Settings {
        int retries = 3;
        std::chrono::milliseconds retry_after{1000};
        std::chrono::milliseconds longest_pause{60'000};
    };
    /// A message that is not finished.
    struct Entry {
        Queue::Taken taken;
        Clock::time_point since{};  ///< out: since when; else: when it is due
        int attempts = 0;           ///< that failed
        int killings = 0;
        bool out = true;                ///< somebody works on it
        std::uint64_t end_of_line = 0;  ///< where it ends in what was written to the process: mode ack
    };
    using Ticket = std::list<Entry>::iterator;
    enum class Failed : std::uint8_t { again, given_up };

    explicit Ledger(Settings settings) : settings_{settings} {}
    void change(const Settings& settings) { settings_ = settings; }

    /// A message from the queue is handed out.
    Ticket hand_out(Queue::Taken taken, Clock::time_point now);
    /// One that is due again is handed out; nothing when there is none.
    std::optional<Ticket> hand_out_again(Clock::time_point now);
    /// When the next one is due; nothing when none waits.
    [[nodiscard]] std::optional<Clock::time_point> next_due() const;

    /// The oldest that is out and has this msg_id. \param msg_id  nothing: the oldest of all
    [[nodiscard]] std::optional<Ticket> find(std::optional<std::string_view> msg_id);
    /// The oldest that is out.
    [[nodiscard]] std::optional<Ticket> oldest() { return find(std::nullopt); }

    /// It is handled: never again.
    Queue::Taken finish(Ticket ticket);
    /// It is not; given up, it stays until finish().
    [[nodiscard]] Failed fail(Ticket ticket, Clock::time_point now);
    /// The program has died: all that was out is due at once. \param suspect  the message that it died on
    /// \param killed  by SIGKILL or SIGTERM \returns whether that one is given up
    [[nodiscard]] Failed lose_all(std::optional<Ticket> suspect, bool killed, Clock::time_point now);

    [[nodiscard]] std::size_t size() const { return entries_.size(); }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    /// In the order in which they were taken from the queue.
    [[nodiscard]] std::vector<Queue::Taken> all() const;

  private:
    Settings settings_;
    std::list<Entry> entries_;  // in the order of the queue
    std::size_t out_ = 0, bytes_ = 0;
};

}  // namespace fedmsg::services::hub
