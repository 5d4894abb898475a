#pragma once
/// \file
/// What waits for one consumer: bounded in bytes, with a policy for when it is full.
///
/// `block` lets one message in after the limit and asks the hub to hold its endpoint back, so that what
/// follows stays with the publisher. That delays the other consumers of this endpoint as well, so a consumer
/// may do it for `block_for` at most: when it has not come down to half of its queue by then, it is too slow
/// for the bus, and loses its oldest messages (counted) until it has. `drop-oldest` does so at once. `spill`
/// goes on in a file, in order; only a full disk loses messages (the newest, counted).
///
/// With catch_up() it is fed from two sides: what was missed comes before everything else, and no msg_id is
/// handed out twice.
///
/// With a file for them, keep() saves what is left at the end, and the next queue begins with that.

#include "loop/loop.h"
#include "services/hub/seen.h"
#include "services/hub/spill.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace fedmsg::services::hub {

enum class WhenFull : std::uint8_t { block, drop_oldest, spill };

/// Safe to use from several threads.
class Queue {
  public:
    using Clock = std::chrono::steady_clock;

    struct Settings {
        WhenFull when_full = WhenFull::block;
        std::size_t bytes = 32 * 1024 * 1024;       ///< of memory (Message::cost)
        std::chrono::milliseconds block_for{5000};  ///< `block`
    };
    /// A message that is in the hands of the consumer: done() when it is finished.
    struct Taken {
        MessagePtr message;
        Spill* file = nullptr;  ///< null: in none
        Spill::Place place = 0;
    };
    struct Files {
        std::unique_ptr<Spill> kept{};     ///< by keep(); older than all others
        std::unique_ptr<Spill> spilled{};  ///< where `spill` goes on; newer than what is in memory
    };

    Queue(Settings settings, Files files);

    /// Takes it in, whatever happens to others; pop() hears of it by announce().
    /// \returns whether its endpoint is to be held back
    bool push(MessagePtr message, Clock::time_point now);
    /// Once after several: to wake a thread takes longer than all the rest.
    void announce();
    /// The oldest; nothing when there is none now.
    std::optional<Taken> try_pop();
    /// Waits for the oldest, and gives up to `most` that are there, and not much. Nothing after close().
    [[nodiscard]] bool pop(std::vector<Taken>& taken, std::size_t most);
    /// Finished, one way or the other.
    void done(const Taken& taken);
    /// Back to the front, in this order.
    void put_back(std::vector<Taken> taken);
    /// Ends pop(): nobody takes anything more.
    void close();

    /// From now on `seen`, and what is handed out, is not handed out again; and until open(), only what comes
    /// by push_ahead(). A full queue holds no endpoint back meanwhile: it drops its oldest, which can be
    /// fetched.
    void catch_up(Seen seen);
    void open();
    enum class Ahead : std::uint8_t { taken, known, stopped };
    /// Before everything that came by push(), unless it was handed out already. Waits while there is too
    /// much of it: on a thread.
    Ahead push_ahead(MessagePtr message, const std::stop_token& stop);
    /// Waits until all of that is handed out. \returns false when it was stopped
    bool wait_until_handed_out(const std::stop_token& stop);

    /// Whether the endpoints that it holds back are to be let go now. \param now  after `block_for` they are
    bool lets_go(Clock::time_point now);
    /// Saves what is left, and what is in hand and not finished, for the next start.
    /// \returns messages that could not be saved
    std::uint64_t keep(const std::vector<Taken>& in_hand);
    void change(const Settings& settings);

    struct State {
        std::uint64_t messages = 0;  ///< waiting, in memory and in files
        std::uint64_t bytes = 0;     ///< in memory
        std::uint64_t dropped = 0;   ///< so far
        std::uint64_t in_files = 0;  ///< of the messages
        std::uint64_t doublets = 0;  ///< not handed out a second time, so far
    };
    [[nodiscard]] State state();
    /// Why the file took no more, since the last call; empty: it did.
    [[nodiscard]] std::string take_trouble();
    [[nodiscard]] bool empty();

  private:
    void add(Taken taken);
    Taken take_front();
    std::optional<Taken> take_next();
    [[nodiscard]] bool has_next() const { return !ahead_.empty() || (!closed_gate_ && !waiting_.empty()); }
    void drop_oldest();
    void refill();
    [[nodiscard]] std::uint64_t in_files() const;

    std::mutex mutex_;
    std::condition_variable arrived_;
    std::condition_variable_any taken_ahead_;
    Settings settings_;
    Files files_;
    std::deque<Taken> waiting_;
    std::size_t bytes_ = 0;
    std::deque<Taken> ahead_;
    std::size_t bytes_ahead_ = 0;
    std::optional<Seen> seen_;
    bool closed_gate_ = false;
    std::uint64_t dropped_ = 0, doublets_ = 0;
    std::optional<Clock::time_point> full_since_;
    bool too_slow_ = false;
    bool closed_ = false;
    std::string trouble_;
};

}  // namespace fedmsg::services::hub
