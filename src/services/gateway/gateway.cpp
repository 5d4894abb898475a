#include "services/gateway/gateway.h"

#include "bus/batch.h"
#include "loop/until_stopped.h"
#include "services/monitor/collect.h"
#include "util/descriptors.h"
#include "util/error.h"
#include "util/log.h"
#include "util/notify.h"
#include "util/trim.h"

#include <ifaddrs.h>
#include <netdb.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace fedmsg::services {
namespace {

/// The names and addresses of this host, as far as they are known without asking anybody.
std::vector<std::string> own_names() {
    std::vector<std::string> names{"localhost"};
    std::array<char, NI_MAXHOST> text{};
    if (::gethostname(text.data(), text.size() - 1) == 0) names.emplace_back(text.data());
    ifaddrs* interfaces = nullptr;
    if (::getifaddrs(&interfaces) != 0) return names;
    for (const auto* i = interfaces; i; i = i->ifa_next) {
        if (!i->ifa_addr || i->ifa_addr->sa_family != AF_INET) continue;  // it listens on IPv4 only
        if (::getnameinfo(i->ifa_addr, sizeof(sockaddr_in), text.data(), text.size(), nullptr, 0,
                          NI_NUMERICHOST) == 0)
            names.emplace_back(text.data());
    }
    ::freeifaddrs(interfaces);
    return names;
}

/// Without what leads back to the gateway, where every message would go round for ever.
Config without_itself(Config config) {
    const auto own = own_names();
    for (auto& [name, addresses] : config.endpoints)
        std::erase_if(addresses, [&, &entry = name](const std::string& address) {
            if (!leads_to(address, config.gateway_port, own)) return false;
            log::info("gateway", "not subscribing to {} ({}): that is this gateway", address, entry);
            return true;
        });
    std::erase_if(config.endpoints, [](const auto& entry) { return entry.second.empty(); });
    return config;
}

std::size_t count_addresses(const Config& config) {
    std::size_t count = 0;
    for (const auto& [name, addresses] : config.endpoints) count += addresses.size();
    return count;
}

std::string outside(const Config& config) { return "tcp://*:" + std::to_string(config.gateway_port); }

}  // namespace

bool leads_to(const std::string& address, int port, const std::vector<std::string>& own) {
    constexpr std::string_view tcp = "tcp://";
    const auto end = ":" + std::to_string(port);
    if (!address.starts_with(tcp) || !address.ends_with(end)) return false;
    const auto host = address.substr(tcp.size(), address.size() - tcp.size() - end.size());
    return host.starts_with("127.") || std::ranges::find(own, host) != own.end();
}

Gateway::Gateway(Loop& loop, const Config& config)
    : loop_{loop},
      config_{without_itself(config)},
      outlet_{loop, config, "gateway", static_cast<std::size_t>(config.gateway_high_water_mark)} {
    const auto addresses = count_addresses(config_);
    if (addresses == 0 && config_.srv_endpoints.empty())
        throw UsageError("nothing to subscribe to: set `endpoints`, or `srv_endpoints`");
    if (const auto limit = make_room_for_descriptors(expected_subscribers + addresses))
        log::warning("gateway",
                     "{} files may be open at once, which is less than {} subscribers and {} endpoints need: "
                     "raise the limit (LimitNOFILE, ulimit -Hn)",
                     *limit, expected_subscribers, addresses);
}

asio::awaitable<void> Gateway::run() {
    outlet_.listen(config_.gateway_port);
    bus_.emplace(loop_, config_, std::vector<std::string>{});
    outlet_.refuse([this](const auto& peer, const auto& here) { return is_itself(peer, here); });
    const auto what =
        fmt::format("forwarding from {} endpoints to {}", count_addresses(config_), outside(config_));
    log::info("gateway", "{}", what);
    notify("READY=1\nSTATUS=" + what);
    release_startup_memory();
    auto work = forward();
    co_await until_stopped(std::move(work));
    notify("STOPPING=1");
    co_await outlet_.close(config_.zmq_linger);
    log::info("gateway", "stopped: {}", status());
}

/// An endpoint may lead back to us by a name that own_names() does not know.
bool Gateway::is_itself(const bus::Connection::Stream::endpoint& peer,
                        const bus::Connection::Stream::endpoint& here) {
    const auto* origin = bus_->origin_between(peer, here);
    if (origin && itself_limit_.pass())
        log::error("gateway",
                   "{} ({}) is this gateway, and every message would go round for ever: not subscribed to; "
                   "remove it from `endpoints`",
                   origin->endpoint, origin->name);
    return origin != nullptr;
}

asio::awaitable<void> Gateway::forward() {
    for (;;) {
        std::size_t handled = 0;
        for (; handled < bus::batch_size; ++handled) {
            const auto message = bus_->try_next_bytes();
            if (!message) break;
            received_bytes_ += message->topic.size() + message->body.size();
            outlet_.publish(message->topic, message->body);
        }
        // Nothing more is read before everybody has been given this: who has room does not lose it.
        if (handled > 0) co_await outlet_.flush();
        if (handled == bus::batch_size)
            co_await bus::yield();
        else
            co_await bus_->wait();
    }
}

std::vector<std::string> Gateway::apply(const Config& changed) {
    const auto now = without_itself(changed);
    std::vector<std::string> need_restart;
    if (now.endpoints != config_.endpoints) need_restart.emplace_back("endpoints");
    if (now.srv_endpoints != config_.srv_endpoints) need_restart.emplace_back("srv_endpoints");
    if (now.gateway_port != config_.gateway_port) need_restart.emplace_back("fedmsg.consumers.gateway.port");
    if (now.zmq_max_message_size != config_.zmq_max_message_size)
        need_restart.emplace_back("zmq_max_message_size");
    if (now.metrics_listen != config_.metrics_listen) need_restart.emplace_back("metrics_listen");
    config_.zmq_linger = now.zmq_linger;
    outlet_.set_high_water_mark(static_cast<std::size_t>(now.gateway_high_water_mark));
    return need_restart;
}

std::string Gateway::status() const {
    const auto& sent = outlet_.counters();
    auto text = fmt::format("forwarded {} messages", sent.published);
    if (bus_ && bus_->drops().total() > 0) text += ", dropped " + bus_->drops().summary();
    const auto add = [&](std::uint64_t count, std::string_view what) {
        if (count > 0) text += fmt::format(", {} {}", count, what);
    };
    add(sent.lost, "lost by slow subscribers");
    add(sent.left_behind, "queued for subscribers that left");
    add(sent.ignored, "ignored that subscribers sent");
    add(sent.misbehaved, "connections that broke the protocol");
    add(sent.failed, "failed handshakes");
    return text;
}

void Gateway::collect(Metrics& metrics) const {
    const auto& sent = outlet_.counters();
    metrics.counter("fedmsg_received_messages_total", "messages received",
                    bus_ ? bus_->received() + bus_->drops().total() : 0);
    metrics.counter("fedmsg_received_bytes_total", "bytes received, of messages that were not dropped",
                    received_bytes_);
    metrics.counter("fedmsg_sent_messages_total", "messages sent, once for all subscribers", sent.published);
    metrics.counter("fedmsg_sent_bytes_total", "bytes sent, once for all subscribers", sent.published_bytes);
    metrics.counter("fedmsg_delivered_messages_total", "messages delivered, for each subscriber",
                    sent.delivered);
    collect_drops(bus_ ? bus_->drops() : bus::Drops{"gateway"}, metrics);
    metrics.counter("fedmsg_slow_subscriber_messages_total",
                    "messages that slow subscribers have lost, for each", sent.lost);
    metrics.counter("fedmsg_left_behind_messages_total", "messages queued for subscribers that left",
                    sent.left_behind);
    metrics.counter("fedmsg_ignored_messages_total", "messages that subscribers sent, ignored", sent.ignored);
    metrics.gauge("fedmsg_connected_publishers", "connected publishers",
                  static_cast<double>(bus_ ? bus_->connected_count() : 0));
    metrics.gauge("fedmsg_connected_subscribers", "connected subscribers",
                  static_cast<double>(outlet_.subscribers()));
    metrics.gauge("fedmsg_slow_subscribers", "subscribers whose queue is full",
                  static_cast<double>(outlet_.slow_subscribers()));
    metrics.gauge("fedmsg_queued_messages", "messages in the queues of subscribers",
                  static_cast<double>(outlet_.queued()));
    metrics.counter("fedmsg_connections_total", "connections accepted", sent.accepted);
    metrics.counter("fedmsg_failed_handshakes_total", "failed handshakes", sent.failed);
    metrics.counter("fedmsg_protocol_errors_total", "connections that broke the protocol", sent.misbehaved);
}

DaemonName name_of_gateway(const Config& config) { return {"gateway", outside(config)}; }

}  // namespace fedmsg::services
