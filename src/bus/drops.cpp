#include "bus/drops.h"

namespace fedmsg::bus {

std::uint64_t Drops::total() const {
    std::uint64_t total = 0;
    for (const auto& entry : entries_) total += entry.count;
    return total;
}

std::string Drops::summary() const {
    std::string text;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (entries_.at(i).count == 0) continue;
        if (!text.empty()) text += ", ";
        text += std::to_string(entries_.at(i).count) + " " + std::string{name(static_cast<message::Drop>(i))};
    }
    return text;
}

void Drops::report(message::Drop reason, const std::string& peer, std::uint64_t held_back) const {
    const auto from = peer.empty() ? std::string{"an unknown peer"} : peer;
    if (held_back == 0)
        log::warning(component_, "dropped a message from {}: {}", from, to_string(reason));
    else
        log::warning(component_, "dropped a message from {} (and {} more of the kind before it): {}", from,
                     held_back, to_string(reason));
}

}  // namespace fedmsg::bus
