#include "services/collectd/wallboard.h"

#include "message/topic.h"

#include <fmt/core.h>

#include <iterator>
#include <utility>

namespace fedmsg::services {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

void Wallboard::count(std::string_view topic) {
    ++total_.at(message::known_category(message::category(topic)));
}

void Wallboard::dump(std::chrono::system_clock::time_point due, std::string& out) {
    const auto ms = duration_cast<milliseconds>(due.time_since_epoch()).count();
    auto time = std::to_string(ms / 1000);
    if (interval_.count() % 1000 != 0) time += fmt::format(".{:03}", ms % 1000);
    for (std::size_t i = 0; i < total_.size(); ++i)
        fmt::format_to(std::back_inserter(out), "PUTVAL {}/fedmsg/fedmsg_wallboard-{} interval={} {}:{}\n",
                       host_, message::known_categories.at(i),
                       std::chrono::duration<double>{interval_}.count(), time,
                       total_.at(i) - std::exchange(told_.at(i), total_.at(i)));
}

}  // namespace fedmsg::services
