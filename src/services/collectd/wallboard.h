#pragma once
/// \file
/// Messages counted by category, as collectd takes them: collectd-exec(5), "PUTVAL".
/// Source: fedmsg 1.1.7, `fedmsg-collectd` (the reference output of collectd.json).

#include "message/categories.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace fedmsg::services {

class Wallboard {
  public:
    /// \param host  as collectd names it \param interval  more than 0
    Wallboard(std::string host, std::chrono::milliseconds interval)
        : host_{std::move(host)}, interval_{interval} {}

    void count(std::string_view topic);

    /// Appends a line for each known category, zeros included; all counters are 0 again.
    /// \param due  the time of these values: whole seconds, unless the interval has fractions of one
    void dump(std::chrono::system_clock::time_point due, std::string& out);

    /// Messages counted since the beginning, in the order of `message::known_categories`.
    using Counts = std::array<std::uint64_t, message::known_categories.size()>;
    [[nodiscard]] const Counts& total() const { return total_; }

  private:
    std::string host_;
    std::chrono::milliseconds interval_;
    Counts total_{}, told_{};
};

}  // namespace fedmsg::services
