#pragma once
/// \file
/// One connection to an IRC network that comes back, and what waits to be said over it.

#include "bus/resolver.h"
#include "irc/outbox.h"
#include "irc/session.h"
#include "loop/loop.h"
#include "loop/wakeup.h"
#include "services/irc/settings.h"
#include "services/irc/stream.h"
#include "util/log.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::services {

class IrcLink {
  public:
    using Clock = std::chrono::steady_clock;

    /// Before the second attempt; twice as long before each other one, up to the longest.
    static constexpr std::chrono::milliseconds shortest_pause{1000}, longest_pause{300'000};
    /// A connection that has lasted so long was a good one: the next attempt comes soon.
    static constexpr std::chrono::seconds good_after{60};
    /// What the server may take to hang up after QUIT.
    static constexpr std::chrono::seconds quit_patience{2};

    enum class State : std::uint8_t { waiting, connecting, registering, up };
    static constexpr std::array<std::string_view, 4> state_names{"waiting", "connecting", "registering",
                                                                 "up"};

    /// Why a line was not said.
    enum class Drop : std::uint8_t {
        queue_full,  ///< the channel had more than Outbox::most_waiting lines
        not_joined,  ///< the same, while we were not in it
        stopped,     ///< it waited when we stopped
    };
    static constexpr std::array<std::string_view, 3> drop_names{"queue_full", "not_joined", "stopped"};

    /// \param resolver  may be shared \throws SetupError, UsageError  when TLS cannot be had
    IrcLink(Loop& loop, IrcLinkSettings settings, std::shared_ptr<bus::Resolver> resolver);
    IrcLink(const IrcLink&) = delete;
    IrcLink& operator=(const IrcLink&) = delete;

    /// Connects after `delay`, and again whenever it is lost, until stop(); done when it returns.
    [[nodiscard]] asio::awaitable<void> run(std::chrono::milliseconds delay);
    /// Says QUIT, where there is somebody to say it to.
    void stop();
    [[nodiscard]] bool ended() const { return ended_; }

    /// Queues a line for one of settings().channels. \param text  with colours, where it has any
    void say(std::size_t channel, std::string_view text);

    struct Counters {
        std::uint64_t connected = 0;  ///< connections that were welcomed
        std::uint64_t failed = 0;     ///< attempts that came to nothing
        std::uint64_t lost = 0;       ///< of those that were welcomed
        std::uint64_t notices = 0;    ///< about our backlog
        std::uint64_t refused = 0;    ///< lines that the server did not pass on
    };
    struct ChannelCounters {
        std::uint64_t sent = 0;
        std::array<std::uint64_t, drop_names.size()> dropped{};
    };
    [[nodiscard]] const IrcLinkSettings& settings() const { return settings_; }
    [[nodiscard]] Counters counters() const;
    [[nodiscard]] const ChannelCounters& counters(std::size_t channel) const {
        return channel_counters_[channel];
    }
    [[nodiscard]] std::size_t waiting(std::size_t channel) const { return outbox_.waiting(channel); }
    [[nodiscard]] bool is_in(std::size_t channel) const { return session_ && session_->is_in(channel); }
    [[nodiscard]] State state() const { return state_; }
    /// "irc.libera.chat:6697 (bot) in 2 of 2 channels", "… connection refused".
    [[nodiscard]] std::string summary() const;

  private:
    [[nodiscard]] asio::awaitable<void> attempt();
    [[nodiscard]] asio::awaitable<std::optional<asio::ip::tcp::endpoint>> look_up();
    void open(const asio::ip::tcp::endpoint& where);
    /// Does what can be done now; when to come back, or nothing when the connection is at an end.
    [[nodiscard]] std::optional<Clock::time_point> step(Stream& stream, Clock::time_point now);
    [[nodiscard]] std::string trouble_of(const Stream& stream, Clock::time_point now) const;
    void hear(Stream& stream, Clock::time_point now);
    void speak(Stream& stream, Clock::time_point now);
    void send(Stream& stream, const irc::Session::Lines& lines, Clock::time_point now);
    void drop(std::size_t channel, Drop reason, std::size_t lines);
    [[nodiscard]] std::chrono::milliseconds next_pause();
    void tell(std::chrono::milliseconds pause);

    Loop& loop_;
    IrcLinkSettings settings_;
    std::shared_ptr<bus::Resolver> resolver_;
    irc::Outbox outbox_;
    irc::Outbox::CanSpeak can_speak_;
    std::vector<ChannelCounters> channel_counters_;
    Counters counters_;
    std::optional<irc::Session> session_;  // while there is a connection
    std::shared_ptr<Stream> stream_;
    Wakeup stop_;
    State state_ = State::waiting;
    std::chrono::milliseconds pause_ = shortest_pause;
    std::string trouble_, told_;
    Clock::time_point connect_until_{};
    std::optional<Clock::time_point> quit_until_;
    log::Limit hourly_{std::chrono::hours{1}};
    bool stopping_ = false, ended_ = false;
};

}  // namespace fedmsg::services
