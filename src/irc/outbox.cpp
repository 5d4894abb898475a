#include "irc/outbox.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace fedmsg::irc {

bool Outbox::add(std::size_t channel, std::string text) {
    auto& to = channels_[channel];
    const bool room = to.lines.size() < most_waiting;
    if (!room) {
        to.lines.pop_front();
        ++to.skipped;
    }
    to.lines.push_back(std::move(text));
    if (const auto steps = to.lines.size() / behind_step; steps > to.behind) {
        to.behind = steps;
        to.tell_behind = true;
    }
    return room;
}

bool Outbox::has_something(std::size_t channel, const CanSpeak& can_speak) const {
    return !channels_[channel].lines.empty() && can_speak(channel);
}

std::optional<Outbox::Line> Outbox::next(Time now, const CanSpeak& can_speak) {
    if (now < busy_until_ - (burst - 1) * rate_) return std::nullopt;
    std::size_t looked_at = 0;
    while (looked_at < channels_.size() && !has_something(turn_, can_speak)) {
        turn_ = (turn_ + 1) % channels_.size();
        ++looked_at;
    }
    if (looked_at == channels_.size()) return std::nullopt;
    const auto channel = turn_;
    auto& from = channels_[channel];
    spend(1, now);
    if (from.skipped > 0 && from.until_told == 0) {
        from.until_told = behind_step;  // or, in a flood, every other line would be about the flood
        return Line{channel, fmt::format("* {} messages skipped", std::exchange(from.skipped, 0)), true};
    }
    if (std::exchange(from.tell_behind, false) && from.lines.size() >= behind_step)
        return Line{channel,
                    fmt::format("* backlogged by {} messages", from.lines.size() / behind_step * behind_step),
                    true};
    Line line{channel, std::move(from.lines.front()), false};
    from.lines.pop_front();
    if (from.until_told > 0) --from.until_told;
    if (from.lines.empty()) from.behind = 0;
    turn_ = (turn_ + 1) % channels_.size();
    return line;
}

std::optional<Outbox::Time> Outbox::due(const CanSpeak& can_speak) const {
    for (std::size_t i = 0; i < channels_.size(); ++i)
        if (has_something(i, can_speak)) return busy_until_ - (burst - 1) * rate_;
    return std::nullopt;
}

std::size_t Outbox::forget(std::size_t channel) { return std::exchange(channels_[channel], {}).lines.size(); }

void Outbox::spend(std::size_t lines, Time now) {
    busy_until_ = std::max(busy_until_, now) + static_cast<std::int64_t>(lines) * rate_;
}

}  // namespace fedmsg::irc
