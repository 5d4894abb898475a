#pragma once
/// \file
/// The counters of a running daemon, as `--status` has them.

#include "encoding/document.h"
#include "encoding/value.h"
#include "services/monitor/metrics.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::services {

struct Report {
    std::string service;  ///< "relay"
    std::chrono::system_clock::time_point started;
    std::string status;                 ///< one line, as for the service manager
    std::vector<std::string> warnings;  ///< what an operator should act on
    Metrics metrics;
};

/// {"service", "version", "pid", "started", "status", "warnings": […], "metrics": {NAME: {"type", "help",
/// "samples": [{"labels": {…}, "value": N}]}}}; a histogram's sample has "buckets": {BOUND: N}, "sum" and
/// "count" instead of a value. NaN and infinity are strings.
[[nodiscard]] encoding::Value to_json(const Report& report);

/// For people: several lines. Takes the JSON, which may come from another version of the program: what is not
/// as above is left out. \param answered_by  "process 4711 of user fedmsg", from the kernel
[[nodiscard]] std::string to_text(encoding::Node report, std::string_view answered_by,
                                  std::chrono::system_clock::time_point now);

}  // namespace fedmsg::services
