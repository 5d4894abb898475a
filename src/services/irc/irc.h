#pragma once
/// \file
/// The IRC bot: what crosses the bus is said in channels. Source: spec "IRC"; fedmsg 1.1.7, `fedmsg-irc`.

#include "loop/wakeup.h"
#include "meta/rules.h"
#include "services/irc/format.h"
#include "services/irc/link.h"
#include "services/irc/settings.h"
#include "services/irc/shortener.h"
#include "services/listening/listening.h"
#include "services/monitor/monitoring.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fedmsg::services {

class Irc : public Monitored {
  public:
    /// Between two connections to one network at the start: it may take several at once for an attack.
    static constexpr std::chrono::seconds between_starts{5};
    /// Messages that wait for a short link; with more, the first one gets its long link.
    static constexpr std::size_t most_pending = 1000;

    /// \param settings  without errors \param rules  must live as long
    /// \throws UsageError  without connections, or endpoints \throws SetupError
    Irc(Loop& loop, const Config& config, CheckedIrc settings, meta::Rules& rules);

    /// Until a signal; then says QUIT everywhere.
    asio::awaitable<void> run();

    void collect(Metrics& metrics) const override;
    [[nodiscard]] std::string status() const override;
    [[nodiscard]] std::vector<crypto::InUse> in_use() const override { return bus_.in_use(); }

  private:
    /// A channel of a link.
    struct Target {
        IrcLink* link;
        std::size_t channel;
        [[nodiscard]] const IrcChannel& settings() const { return link->settings().channels[channel]; }
    };
    /// Sentences whose link is not short yet; they keep their order.
    struct Pending {
        Sentence sentence;
        std::vector<Target> targets;
        std::shared_ptr<const Shortener::Answer> answer;
    };

    void start_links();
    asio::awaitable<void> take_in();
    asio::awaitable<void> finish();
    asio::awaitable<void> run_link(IrcLink& link, std::chrono::milliseconds delay);
    void take(const Judged& judged);
    void say(Target target, const Sentence& sentence);
    void say_what_is_ready();

    Loop& loop_;
    IrcColours colours_;
    meta::Rules& rules_;
    std::vector<std::unique_ptr<IrcLink>> links_;
    std::vector<Target> targets_;
    bool needs_raw_ = false;  // a channel shows, or filters by, what raw_line() gives
    std::deque<Pending> pending_;
    std::vector<std::uint64_t> filtered_;  // by target
    std::uint64_t gave_up_ = 0;            // searches of regular expressions
    Wakeup ended_;
    std::unique_ptr<Shortener> shortener_;  // null: there is none
    Listening bus_;
};

/// Whom `--status` asks.
[[nodiscard]] DaemonName name_of_irc(const CheckedIrc& settings);

}  // namespace fedmsg::services
