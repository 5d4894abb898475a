#pragma once
/// \file
/// What waits to be said over one connection, channel by channel, and when the next line may leave: networks
/// throw out who speaks too fast. Source: spec "IRC", Rate.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace fedmsg::irc {

class Outbox {
  public:
    using Time = std::chrono::steady_clock::time_point;
    /// Whether one can speak in a channel now.
    using CanSpeak = std::function<bool(std::size_t channel)>;

    /// Lines that wait for one channel; the oldest go first. Said at one line a second, they are eight
    /// minutes.
    static constexpr std::size_t most_waiting = 500;
    /// A channel is told when it is behind by so many, and each time it is so many more.
    static constexpr std::size_t behind_step = 20;
    /// Lines that may leave at once after silence. Servers take five or more: RFC 1459, 8.10.
    static constexpr int burst = 4;

    /// \param channels  how many there are \param line_rate  time between two lines, in the long run
    Outbox(std::size_t channels, std::chrono::milliseconds line_rate)
        : rate_{line_rate}, channels_(channels) {}

    /// False: the channel had too much, and its oldest line went.
    bool add(std::size_t channel, std::string text);

    struct Line {
        std::size_t channel;
        std::string text;
        bool notice;  ///< "* backlogged by 20 messages", "* 3 messages skipped": ours
    };
    /// The line that is due, if one is. Channels take turns.
    std::optional<Line> next(Time now, const CanSpeak& can_speak);
    /// When to ask again; nothing while there is nothing that can be said.
    [[nodiscard]] std::optional<Time> due(const CanSpeak& can_speak) const;

    /// Lines that waited, and will not be said.
    std::size_t forget(std::size_t channel);

    /// Other lines have left, which the server counts as well.
    void spend(std::size_t lines, Time now);
    /// A new connection: what has left over the old one does not count.
    void reset(Time now) { busy_until_ = now; }

    [[nodiscard]] std::size_t waiting(std::size_t channel) const { return channels_[channel].lines.size(); }

  private:
    struct Channel {
        std::deque<std::string> lines;
        std::uint64_t skipped = 0;   // since it was told
        std::size_t until_told = 0;  // lines that leave before it is told again
        std::size_t behind = 0;      // steps that it has been told of, since nothing waited
        bool tell_behind = false;
    };
    [[nodiscard]] bool has_something(std::size_t channel, const CanSpeak& can_speak) const;

    std::chrono::milliseconds rate_;
    std::vector<Channel> channels_;
    std::size_t turn_ = 0;
    // A token bucket as a time (ITU-T I.371, generic cell rate algorithm): when all that was sent is paid
    // for.
    Time busy_until_{};
};

}  // namespace fedmsg::irc
