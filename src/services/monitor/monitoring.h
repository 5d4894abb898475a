#pragma once
/// \file
/// What operators see of a running daemon, all of it: what the service manager shows, `--status`, Prometheus,
/// and warnings before something ends. Source: spec "Monitoring".

#include "config/config.h"
#include "crypto/expiry.h"
#include "loop/loop.h"
#include "services/monitor/expiry_watch.h"
#include "services/monitor/metrics.h"
#include "services/monitor/status_socket.h"
#include "services/web/http_server.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fedmsg::services {

/// What a daemon tells of itself when it is asked, on the thread of the loop.
class Monitored {
  public:
    /// Its counters, under names that begin with `fedmsg_`.
    virtual void collect(Metrics& metrics) const = 0;
    /// One line: "forwarded 12 messages, dropped 3 not_json".
    [[nodiscard]] virtual std::string status() const = 0;
    /// What it signs with and validates against.
    [[nodiscard]] virtual std::vector<crypto::InUse> in_use() const { return {}; }

  protected:
    ~Monitored() = default;
};

class Monitoring {
  public:
    /// Where there is no watchdog, the service manager's line is renewed so often.
    static constexpr std::chrono::seconds status_interval{60};

    /// Serves while the loop runs. Needs `monitored` as long as it lives; both must be gone before the loop.
    /// A `metrics_listen` that cannot be had is a SetupError out of Loop::run.
    Monitoring(Loop& loop, const Config& config, DaemonName name, const Monitored& monitored);
    Monitoring(const Monitoring&) = delete;
    Monitoring& operator=(const Monitoring&) = delete;

  private:
    asio::awaitable<void> tell_supervisor();
    [[nodiscard]] Metrics collect() const;
    [[nodiscard]] std::string report() const;

    Loop& loop_;
    DaemonName name_;
    const Monitored& monitored_;
    std::chrono::system_clock::time_point started_ = std::chrono::system_clock::now();
    ExpiryWatch expiry_;
    StatusSocket status_;
    std::unique_ptr<HttpServer> http_;  // where metrics_listen is set
};

}  // namespace fedmsg::services
