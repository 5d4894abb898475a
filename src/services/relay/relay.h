#pragma once
/// \file
/// The relay: what publishers that cannot bind send to `relay_inbound` is re-published on
/// `endpoints["relay_outbound"]`, byte for byte. Source: spec "relay", "Wire".

#include "bus/drops.h"
#include "bus/monitor.h"
#include "bus/socket.h"
#include "config/config.h"
#include "loop/loop.h"
#include "loop/ordered_pool.h"
#include "loop/wakeup.h"
#include "services/monitor/monitoring.h"
#include "services/relay/handshakes.h"
#include "services/relay/step.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fedmsg::services {

class Relay : public Monitored {
  public:
    /// \param step  what is done to each message on its way; empty: nothing
    Relay(Loop& loop, const Config& config, Step step = {});

    /// Binds, says READY, and forwards until the loop is stopped; then lets what is under way through.
    /// \throws SetupError  when an address is taken, naming it and who holds it
    asio::awaitable<void> run();

    /// Takes over what can change while it runs (`zmq_max_message_size`); the keys that need a restart.
    std::vector<std::string> apply(const Config& changed);
    /// For what is taken in from now on. Only where there was a step before.
    void replace_step(Step step) { step_ = std::make_shared<const Step>(std::move(step)); }

    /// "forwarded 12 messages, signed 10 of them, dropped 3 not_json, 1 failed handshakes".
    [[nodiscard]] std::string status() const override;
    void collect(Metrics& metrics) const override;
    [[nodiscard]] std::vector<crypto::InUse> in_use() const override;

  private:
    /// What one of the two sockets accepted.
    struct Connections {
        std::map<int, std::string> open;  // descriptor, peer
        Handshakes handshakes;
        bool failed = false;  // the handshake of the connection whose end comes next
    };

    asio::awaitable<void> bind_outbound();
    asio::awaitable<void> bind_inbound();
    asio::awaitable<void> bind_first_free(bus::Socket& socket, std::vector<std::string> addresses);
    asio::awaitable<void> forward();
    asio::awaitable<void> let_through();
    asio::awaitable<void> watch_subscriptions();
    asio::awaitable<void> watch_connections(bus::Monitor& monitor, Connections& connections);

    std::size_t forward_batch();
    void forward_one();
    void put_through_step();
    void let_out(bus::Frames& frames, const Result<Passed, message::Drop>& passed);
    void drop(message::Drop reason, bus::Frames& frames);
    void send(bus::Frames& frames, std::size_t size);
    [[nodiscard]] bool has_room() const { return !pool_ || pool_->has_room(); }
    void read_subscriptions();
    void on_event(Connections& connections, const bus::ConnectionEvent& event);
    void warn_of(const std::string& peer, const std::string& endpoint);

    asio::any_io_executor executor_;
    Config config_;
    bus::Context context_;
    bus::Socket inbound_;
    bus::Socket outbound_;
    bus::Monitor inbound_monitor_;
    bus::Monitor outbound_monitor_;
    Wakeup subscribed_;
    bus::Frames frames_;
    std::vector<std::string> bound_;  // inbound addresses

    bool has_subscriber_ = false;
    std::uint64_t forwarded_ = 0;
    std::uint64_t received_ = 0;
    std::uint64_t received_bytes_ = 0, forwarded_bytes_ = 0;  // of topics and bodies
    std::uint64_t signed_ = 0;                                // of those forwarded, by us
    std::uint64_t slow_ = 0;  // messages that at least one subscriber was too slow for
    bus::Drops drops_{"relay"};
    log::Limit slow_limit_;
    std::uint64_t accepted_ = 0, succeeded_ = 0;  // connections, handshakes
    Connections publishers_, subscribers_;
    log::Limit handshake_limit_;

    // Where there is a step. The pool is last: joined before what its work refers to is gone.
    std::shared_ptr<const Step> step_;
    std::optional<OrderedPool> pool_;
};

/// Whom `--status` asks.
[[nodiscard]] DaemonName name_of_relay(std::string_view command, const Config& config);

}  // namespace fedmsg::services
