#pragma once
/// \file
/// The gateway: what is published at any endpoint is re-published on one port, byte for byte, for subscribers
/// outside of the site. One way only. Source: spec "gateway", "Wire".

#include "bus/outlet.h"
#include "bus/subscriber.h"
#include "config/config.h"
#include "loop/loop.h"
#include "services/monitor/monitoring.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fedmsg::services {

class Gateway : public Monitored {
  public:
    /// Subscribers that it makes room for, each with a descriptor: spec "gateway".
    static constexpr std::size_t expected_subscribers = 10'000;

    Gateway(Loop& loop, const Config& config);

    /// Listens, says READY, and forwards until the loop is stopped; then lets what is queued leave.
    /// \throws SetupError  when the port is taken, naming who holds it
    asio::awaitable<void> run();

    /// Takes over what can change while it runs (`fedmsg.consumers.gateway.high_water_mark`, `zmq_linger`);
    /// the keys that need a restart.
    std::vector<std::string> apply(const Config& changed);

    /// "forwarded 12 messages, dropped 3 empty_topic, 5 lost by slow subscribers".
    [[nodiscard]] std::string status() const override;
    void collect(Metrics& metrics) const override;

  private:
    asio::awaitable<void> forward();
    [[nodiscard]] bool is_itself(const bus::Connection::Stream::endpoint& peer,
                                 const bus::Connection::Stream::endpoint& here);

    Loop& loop_;
    Config config_;
    bus::Outlet outlet_;
    std::optional<bus::Subscriber> bus_;  // while it runs
    std::uint64_t received_bytes_ = 0;
    log::Limit itself_limit_;
};

/// Whether a connection to `address` ends at the port of this host: its names and addresses are `own`.
[[nodiscard]] bool leads_to(const std::string& address, int port, const std::vector<std::string>& own);

/// Whom `--status` asks.
[[nodiscard]] DaemonName name_of_gateway(const Config& config);

}  // namespace fedmsg::services
