#pragma once
/// \file
/// The state of the hub as the Python system publishes it. Source: spec "Monitoring"; monitoring.json of the
/// reference data.

#include "bus/socket.h"
#include "config/config.h"
#include "loop/loop.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fedmsg::services::hub {

inline constexpr std::chrono::seconds monitoring_interval{5};

/// Counters since the report before.
struct ConsumerReport {
    std::string name, module;
    std::vector<std::string> topics;
    bool topic_is_list = false;
    bool initialized = true;
    std::uint64_t exceptions = 0;
    bool jsonify = true;
    std::uint64_t backlog = 0;  ///< messages that wait
    std::uint64_t headcount_out = 0, headcount_in = 0;
    std::vector<double> times;  ///< seconds of each handled message
};

/// One frame, with the white space of Python's json.dumps. \param now  seconds since the epoch
std::string monitoring_frame(const std::vector<ConsumerReport>& consumers, double now);

/// `moksha.monitoring.socket`, with `moksha.monitoring.socket.mode`.
class MonitoringSocket {
  public:
    /// \throws SetupError  when the address cannot be bound
    MonitoringSocket(Loop& loop, const Config& config, const std::string& address,
                     const std::optional<std::string>& mode);
    ~MonitoringSocket();
    void send(const std::string& frame);

  private:
    bus::Socket socket_;
};

}  // namespace fedmsg::services::hub
