#include "wire/subscriptions.h"

#include <algorithm>

namespace fedmsg::wire {

bool Subscriptions::add(std::string_view prefix) {
    const auto found = counts_.find(prefix);
    if (found == counts_.end()) {
        if (bytes_ + overhead + prefix.size() > most_bytes) return false;
        bytes_ += overhead + prefix.size();
        counts_.emplace(prefix, 1);
    } else {
        ++found->second;
    }
    return true;
}

void Subscriptions::remove(std::string_view prefix) {
    const auto found = counts_.find(prefix);
    if (found == counts_.end() || --found->second > 0) return;
    bytes_ -= overhead + prefix.size();
    counts_.erase(found);
}

bool Subscriptions::match(std::string_view topic) const {
    // What sorts before the topic and is no prefix of it differs from it somewhere; a prefix of both is no
    // longer than what they have in common, and sorts before that or is it.
    for (;;) {
        auto before = counts_.upper_bound(topic);
        if (before == counts_.begin()) return false;
        const std::string_view candidate = (--before)->first;
        if (topic.starts_with(candidate)) return true;
        topic = topic.substr(
            0, static_cast<std::size_t>(std::ranges::mismatch(topic, candidate).in1 - topic.begin()));
    }
}

}  // namespace fedmsg::wire
