#include "services/trigger/trigger_queue.h"

#include <utility>

namespace fedmsg::services {

void TriggerQueue::add(Entry entry, Clock::time_point now) {
    bytes_ += entry.line.size();
    entries_.push_back(std::move(entry));
    quiet_at_ = now + limits_.wait_for;
    const auto waiting = entries_.size() - due_;
    if (full() || (limits_.most_waiting > 0 && waiting > limits_.most_waiting)) due_ = entries_.size();
}

std::optional<TriggerQueue::Entry> TriggerQueue::take(Clock::time_point now) {
    if (now >= quiet_at_) due_ = entries_.size();
    if (due_ == 0) return std::nullopt;
    --due_;
    auto entry = std::move(entries_.front());
    entries_.pop_front();
    bytes_ -= entry.line.size();
    return entry;
}

std::optional<TriggerQueue::Clock::time_point> TriggerQueue::due() const {
    if (entries_.empty()) return std::nullopt;
    return due_ > 0 ? Clock::time_point{} : quiet_at_;
}

}  // namespace fedmsg::services
