#include "services/hub/ledger.h"

#include <algorithm>

namespace fedmsg::services::hub {

Ledger::Ticket Ledger::hand_out(Queue::Taken taken, Clock::time_point now) {
    bytes_ += taken.message->cost();
    ++out_;
    entries_.push_back({.taken = std::move(taken), .since = now});
    return std::prev(entries_.end());
}

std::optional<Ledger::Ticket> Ledger::hand_out_again(Clock::time_point now) {
    if (out_ == entries_.size()) return std::nullopt;
    const auto found =
        std::ranges::find_if(entries_, [now](const Entry& e) { return !e.out && e.since <= now; });
    if (found == entries_.end()) return std::nullopt;
    found->out = true;
    found->since = now;
    ++out_;
    return found;
}

std::optional<Ledger::Clock::time_point> Ledger::next_due() const {
    std::optional<Clock::time_point> next;
    if (out_ == entries_.size()) return next;
    for (const auto& entry : entries_)
        if (!entry.out && (!next || entry.since < *next)) next = entry.since;
    return next;
}

std::optional<Ledger::Ticket> Ledger::find(std::optional<std::string_view> msg_id) {
    const auto found = std::ranges::find_if(
        entries_, [&](const Entry& e) { return e.out && (!msg_id || e.taken.message->msg_id == *msg_id); });
    if (found == entries_.end()) return std::nullopt;
    return found;
}

Queue::Taken Ledger::finish(Ticket ticket) {
    if (ticket->out) --out_;
    bytes_ -= ticket->taken.message->cost();
    auto taken = std::move(ticket->taken);
    entries_.erase(ticket);
    return taken;
}

Ledger::Failed Ledger::fail(Ticket ticket, Clock::time_point now) {
    const int exponent = std::min(ticket->attempts, 20);
    if (++ticket->attempts > settings_.retries) return Failed::given_up;
    if (ticket->out) --out_;
    ticket->out = false;
    ticket->since = now + std::min(settings_.longest_pause, settings_.retry_after * (1 << exponent));
    return Failed::again;
}

Ledger::Failed Ledger::lose_all(std::optional<Ticket> suspect, bool killed, Clock::time_point now) {
    for (auto& entry : entries_) {
        if (!entry.out) continue;
        entry.out = false;
        entry.since = now;
    }
    out_ = 0;
    if (!suspect) return Failed::again;
    auto& entry = **suspect;
    if (killed && ++entry.killings <= most_killings) return Failed::again;
    // No pause of its own: the program is started again with one.
    return ++entry.attempts > settings_.retries ? Failed::given_up : Failed::again;
}

std::vector<Queue::Taken> Ledger::all() const {
    std::vector<Queue::Taken> result;
    for (const auto& entry : entries_) result.push_back(entry.taken);
    return result;
}

}  // namespace fedmsg::services::hub
