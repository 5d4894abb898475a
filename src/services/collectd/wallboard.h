#pragma once
/// \file
/// Messages counted by category, as collectd takes them: collectd-exec(5), "PUTVAL".
/// Source: fedmsg 1.1.7, `fedmsg-collectd` (the reference output of collectd.json).

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::services {

class Wallboard {
  public:
    /// \param host  as collectd names it \param interval  more than 0
    /// \param services  those that are known by name, as `git` and `ci.pipeline`; all others are `unhandled`,
    /// so that the lines do not grow with what strangers publish
    Wallboard(std::string host, std::chrono::milliseconds interval, std::vector<std::string> services);

    void count(std::string_view topic);

    /// Appends a line for each known category, zeros included; all counters are 0 again.
    /// \param due  the time of these values: whole seconds, unless the interval has fractions of one
    void dump(std::chrono::system_clock::time_point due, std::string& out);

    struct Count {
        std::string category;
        std::uint64_t total = 0;  ///< since the beginning
        std::uint64_t told = 0;   ///< of them, by dump()
    };
    /// Sorted by category.
    [[nodiscard]] const std::vector<Count>& counts() const { return counts_; }

  private:
    std::string host_;
    std::chrono::milliseconds interval_;
    std::vector<Count> counts_;
};

}  // namespace fedmsg::services
