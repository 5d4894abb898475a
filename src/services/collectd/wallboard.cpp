#include "services/collectd/wallboard.h"

#include "message/topic.h"
#include "meta/rules.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace fedmsg::services {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

namespace {

/// The service that a topic belongs to: its category, or more parts where those have a name of their own.
bool belongs(std::string_view topic, std::string_view category, std::string_view service) {
    const auto rest = topic.substr(static_cast<std::size_t>(category.data() - topic.data()));
    return rest.starts_with(service) && (rest.size() == service.size() || rest[service.size()] == '.');
}

}  // namespace

Wallboard::Wallboard(std::string host, milliseconds interval, std::vector<std::string> services)
    : host_{std::move(host)}, interval_{interval} {
    std::erase(services, meta::unhandled);
    std::sort(services.begin(), services.end());
    services.erase(std::unique(services.begin(), services.end()), services.end());
    for (auto& service : services) counts_.push_back({std::move(service)});
    counts_.push_back({std::string{meta::unhandled}});
}

void Wallboard::count(std::string_view topic) {
    const auto last = counts_.end() - 1;
    auto found = last;
    if (const auto category = message::category(topic); !category.empty()) {
        // `ci.pipeline` stands right behind where `ci` would.
        auto it = std::lower_bound(counts_.begin(), last, category,
                                   [](const Count& count, std::string_view c) { return count.category < c; });
        for (; it != last && it->category.starts_with(category); ++it)
            if (belongs(topic, category, it->category)) found = it;
    }
    ++found->total;
}

void Wallboard::dump(std::chrono::system_clock::time_point due, std::string& out) {
    const auto ms = duration_cast<milliseconds>(due.time_since_epoch()).count();
    auto time = std::to_string(ms / 1000);
    if (interval_.count() % 1000 != 0) time += fmt::format(".{:03}", ms % 1000);
    for (auto& [category, total, told] : counts_)
        fmt::format_to(std::back_inserter(out), "PUTVAL {}/fedmsg/fedmsg_wallboard-{} interval={} {}:{}\n",
                       host_, category, std::chrono::duration<double>{interval_}.count(), time,
                       total - std::exchange(told, total));
}

}  // namespace fedmsg::services
