#pragma once
/// \file
/// Runs a command for each message that matches. Source: spec "trigger"; fedmsg 1.1.7, `fedmsg-trigger`.

#include "loop/wakeup.h"
#include "message/filter.h"
#include "services/listening/listening.h"
#include "services/monitor/monitoring.h"
#include "services/trigger/trigger_queue.h"
#include "util/terminal.h"

#include <unistd.h>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fedmsg::services {

class Trigger : public Monitored {
  public:
    /// How long commands may go on when trigger is stopped.
    static constexpr std::chrono::seconds stop_patience{10};
    /// From SIGTERM, to a command that has used up its time, to SIGKILL.
    static constexpr std::chrono::seconds kill_patience{5};

    struct Settings {
        std::string command;  ///< for /bin/sh -c; a message is never part of it, nor of the environment
        message::FilterOptions filter{};
        TriggerQueue::Limits limits{};
        std::size_t jobs = 1;                                   ///< commands that run at once
        std::optional<std::chrono::milliseconds> time_limit{};  ///< of each command; nothing: none
    };

    Trigger(Loop& loop, const Config& config, Settings settings);
    ~Trigger();

    /// Until a signal: then commands that run get their time, and what waits is logged as not run.
    asio::awaitable<void> run();

    void collect(Metrics& metrics) const override;
    [[nodiscard]] std::string status() const override;
    [[nodiscard]] std::vector<crypto::InUse> in_use() const override { return bus_.in_use(); }

  private:
    class Run;
    enum class Outcome : std::uint8_t { succeeded, failed, timed_out, not_started };
    static constexpr std::array<std::string_view, 4> outcome_names{"succeeded", "failed", "timed_out",
                                                                   "not_started"};

    asio::awaitable<void> take_in();
    asio::awaitable<void> finish();
    void start_due();
    void start(TriggerQueue::Entry entry);
    void ended(Run& run, Outcome outcome);
    void flush();
    void say_what_was_not_run() const;

    const RestoreFlags flags_{STDOUT_FILENO};
    Loop& loop_;
    Settings settings_;
    message::Filter filter_;
    Listening bus_;
    TriggerQueue queue_;
    asio::steady_timer due_;
    Wakeup changed_;                                       // a command has ended
    asio::posix::stream_descriptor out_{loop_.context()};  // a pipe; other outputs are written to as they are
    bool waits_to_write_ = false, stopping_ = false;
    std::array<std::uint64_t, outcome_names.size()> outcomes_{};
    std::vector<std::shared_ptr<Run>> running_;
};

}  // namespace fedmsg::services
