#include "services/relay/relay.h"

#include "bus/resolver.h"
#include "loop/until_stopped.h"
#include "services/monitor/collect.h"
#include "util/error.h"
#include "util/log.h"
#include "util/notify.h"
#include "util/port_holder.h"
#include "util/trim.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace fedmsg::services {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int watched_events = ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED |
                               ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                               ZMQ_EVENT_DISCONNECTED;

/// After the publishers were told to stop, silence for so long means that nothing more is on its way.
constexpr std::chrono::milliseconds quiet{1000};

std::string held_by(const std::string& address) {
    const auto holder = port_holder(address);
    return holder.empty() ? "" : ", held by " + holder;
}

}  // namespace

Relay::Relay(Loop& loop, const Config& config, Step step)
    : executor_{loop.context().get_executor()},
      config_{config},
      context_{bus::make_context(config.io_threads)},
      // XSUB, not SUB: it lets everything through that arrives after it has unsubscribed (let_through).
      inbound_{executor_, context_, zmq::socket_type::xsub},
      outbound_{executor_, context_, zmq::socket_type::xpub},
      inbound_monitor_{executor_, inbound_, watched_events},
      outbound_monitor_{executor_, outbound_, watched_events},
      subscribed_{executor_} {
    inbound_.configure(config_, config_.high_water_mark);
    outbound_.configure(config_, config_.high_water_mark);
    outbound_.zmq().set(zmq::sockopt::xpub_nodrop, true);
    outbound_.on_input([this] { read_subscriptions(); });
    if (!step) return;
    replace_step(std::move(step));
    pool_.emplace(loop, config_.crypto_workers.value_or(0));
}

asio::awaitable<void> Relay::run() {
    co_await bind_outbound();
    asio::co_spawn(executor_, watch_subscriptions(), rethrow_unless_cancelled);
    asio::co_spawn(executor_, watch_connections(inbound_monitor_, publishers_), rethrow_unless_cancelled);
    asio::co_spawn(executor_, watch_connections(outbound_monitor_, subscribers_), rethrow_unless_cancelled);

    // Subscribers that were here before a restart come back within moments: what is forwarded before would
    // pass them by.
    const auto deadline = Clock::now() + config_.post_init_sleep;
    while (!has_subscriber_ && Clock::now() < deadline) co_await subscribed_.wait_until(deadline);

    co_await bind_inbound();
    const auto out = outbound_.zmq().get(zmq::sockopt::last_endpoint);
    std::string in;
    for (const auto& address : bound_) in += (in.empty() ? "" : ", ") + address;
    log::info("relay", "forwarding from {} to {}", in, out);
    notify("READY=1\nSTATUS=forwarding from " + in + " to " + out);
    release_startup_memory();
    auto work = forward();
    co_await until_stopped(std::move(work));
    notify("STOPPING=1");
    co_await let_through();
    log::info("relay", "stopped: {}", status());
}

asio::awaitable<void> Relay::bind_outbound() {
    const auto addresses = config_.endpoints.find("relay_outbound");
    if (addresses == config_.endpoints.end() || addresses->second.empty())
        throw UsageError(
            "no address to publish on: set `relay_outbound`, or `endpoints[\"relay_outbound\"]`");
    co_await bind_first_free(outbound_, addresses->second);
}

asio::awaitable<void> Relay::bind_first_free(bus::Socket& socket, std::vector<std::string> addresses) {
    std::string tried;
    bus::Resolver resolver{executor_};
    for (const auto& address : addresses) {
        std::string trouble;
        std::string resolved = address;
        if (bus::Resolver::needed(address)) resolved = co_await resolver.resolve(address, trouble);
        try {
            if (resolved.empty()) throw SetupError(trouble);
            socket.bind(resolved);
            co_return;
        } catch (const zmq::error_t& e) {
            trouble = e.what() + held_by(resolved);
        } catch (const SetupError&) {
        }
        tried += (tried.empty() ? "" : "; ") + address + ": " + trouble;
    }
    throw SetupError("cannot bind an address for relay_outbound: " + tried);
}

asio::awaitable<void> Relay::bind_inbound() {
    zmq::message_t subscribe_to_all{std::string_view{"\1"}};
    (void)inbound_.send(subscribe_to_all, false);
    bus::Resolver resolver{executor_};
    for (const auto& address : config_.relay_inbound) {
        std::string trouble;
        std::string resolved = address;
        if (bus::Resolver::needed(address)) resolved = co_await resolver.resolve(address, trouble);
        if (resolved.empty()) throw SetupError("cannot bind relay_inbound " + address + ": " + trouble);
        try {
            inbound_.bind(resolved);
        } catch (const zmq::error_t& e) {
            throw SetupError("cannot bind relay_inbound " + address + ": " + e.what() + held_by(resolved));
        }
        bound_.push_back(inbound_.zmq().get(zmq::sockopt::last_endpoint));
    }
}

asio::awaitable<void> Relay::forward() {
    for (;;) {
        if (forward_batch() == bus::batch_size)
            co_await bus::yield();
        else if (!has_room())
            co_await pool_->room();
        else
            co_await inbound_.signalled();
    }
}

std::size_t Relay::forward_batch() {
    // Subscriptions first: who subscribed before a message came must get it.
    read_subscriptions();
    std::size_t handled = 0;
    while (handled < bus::batch_size && has_room() && inbound_.receive(frames_)) {
        ++handled;
        forward_one();
    }
    if (handled > 0) outbound_.after_send();
    return handled;
}

void Relay::forward_one() {
    ++received_;
    const auto topic = frames_.topic_text();
    const auto body_size = frames_.body.size();
    const auto size = topic.size() + body_size;
    received_bytes_ += size;
    if (const auto reason =
            message::check_shape(frames_.count, topic, body_size, config_.zmq_max_message_size))
        drop(*reason, frames_);
    else if (pool_)
        put_through_step();
    else
        send(frames_, size);
}

void Relay::put_through_step() {
    auto frames = std::make_shared<bus::Frames>(std::move(frames_));
    pool_->add([this, frames = std::move(frames), step = step_]() -> OrderedPool::Delivery {
        return [this, frames, passed = (*step)(*frames)] { let_out(*frames, passed); };
    });
}

void Relay::let_out(bus::Frames& frames, const Result<Passed, message::Drop>& passed) {
    if (!passed) return drop(passed.error(), frames);
    // It may have grown.
    const auto topic = frames.topic_text();
    const auto body_size = frames.body.size();
    if (const auto reason = message::check_shape(2, topic, body_size, config_.zmq_max_message_size))
        return drop(*reason, frames);
    if (*passed == Passed::signed_here) ++signed_;
    send(frames, topic.size() + body_size);
    outbound_.after_send();
}

void Relay::drop(message::Drop reason, bus::Frames& frames) {
    drops_.count(reason, [&frames] { return bus::peer_address(frames.topic); });
}

void Relay::send(bus::Frames& frames, std::size_t size) {
    if (!outbound_.send(frames.topic, true)) {
        // A subscriber's queue has reached the high-water mark. It loses this message, and nobody else does.
        ++slow_;
        if (const auto held_back = slow_limit_.pass())
            log::warning("relay",
                         "a subscriber is too slow and has lost {} message(s): raise high_water_mark",
                         *held_back + 1);
        outbound_.zmq().set(zmq::sockopt::xpub_nodrop, false);
        (void)outbound_.send(frames.topic, true);
        outbound_.zmq().set(zmq::sockopt::xpub_nodrop, true);
    }
    (void)outbound_.send(frames.body, false);
    ++forwarded_;
    forwarded_bytes_ += size;
}

asio::awaitable<void> Relay::let_through() {
    // Publishers that wait for subscriptions stop sending when this one ends; what they sent before still
    // arrives. (No unbind: it would cut the connections, and lose what is on them.)
    zmq::message_t unsubscribe_from_all{std::string_view{"\0", 1}};
    (void)inbound_.send(unsubscribe_from_all, false);
    auto deadline = Clock::now() + std::max(config_.zmq_linger, std::chrono::milliseconds{0}) + quiet;
    asio::steady_timer timer{executor_};
    auto last = Clock::now();
    for (;;) {
        if (forward_batch() > 0) {
            last = Clock::now();
            co_await bus::yield();
            continue;
        }
        if (!has_room()) {
            // What we take longer for is no silence of the publishers.
            const auto full = Clock::now();
            co_await pool_->room();
            last = Clock::now();
            deadline += last - full;
            continue;
        }
        // With nobody connected, nothing can be on its way.
        const auto enough = publishers_.open.empty() ? last : last + quiet;
        if (Clock::now() >= std::min(deadline, enough)) break;
        timer.expires_after(std::chrono::milliseconds{10});
        co_await timer.async_wait(asio::use_awaitable);
    }
    if (pool_) co_await pool_->drain();
    inbound_monitor_.close();
    outbound_monitor_.close();
    inbound_.close(std::chrono::milliseconds{0});
    outbound_.close(config_.zmq_linger);
}

asio::awaitable<void> Relay::watch_subscriptions() {
    for (;;) {
        read_subscriptions();
        co_await outbound_.signalled();
    }
}

void Relay::read_subscriptions() {
    for (bus::Frames subscription; outbound_.receive(subscription);) {
        if (has_subscriber_ || !subscription.topic_text().starts_with('\1')) continue;
        has_subscriber_ = true;
        subscribed_.notify();
    }
}

asio::awaitable<void> Relay::watch_connections(bus::Monitor& monitor, Connections& connections) {
    for (;;) {
        while (const auto event = monitor.receive()) on_event(connections, *event);
        co_await monitor.signalled();
    }
}

void Relay::on_event(Connections& connections, const bus::ConnectionEvent& event) {
    switch (event.type) {
        case ZMQ_EVENT_ACCEPTED:
            ++accepted_;
            connections.open[event.value] = bus::peer_of(event.value);
            connections.handshakes.accepted(event.value);
            break;
        case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
            ++succeeded_;
            connections.handshakes.succeeded();
            break;
        case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
        case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL: connections.failed = true; break;
        case ZMQ_EVENT_DISCONNECTED:
            if (std::exchange(connections.failed, false))
                warn_of(connections.open[event.value], event.endpoint);
            connections.open.erase(event.value);
            connections.handshakes.ended(event.value);
            break;
        default: break;
    }
}

void Relay::warn_of(const std::string& peer, const std::string& endpoint) {
    if (const auto held_back = handshake_limit_.pass())
        log::warning("relay", "{} connected to {} and did not speak ZeroMQ PUB/SUB{}",
                     peer.empty() ? "a peer" : peer, endpoint,
                     *held_back ? fmt::format(" (and {} more before it)", *held_back) : "");
}

std::vector<std::string> Relay::apply(const Config& changed) {
    std::vector<std::string> need_restart;
    if (changed.relay_inbound != config_.relay_inbound) need_restart.emplace_back("relay_inbound");
    const auto outbound = [](const Config& c) {
        const auto found = c.endpoints.find("relay_outbound");
        return found == c.endpoints.end() ? std::vector<std::string>{} : found->second;
    };
    if (outbound(changed) != outbound(config_)) need_restart.emplace_back("relay_outbound");
    if (changed.high_water_mark != config_.high_water_mark) need_restart.emplace_back("high_water_mark");
    if (changed.io_threads != config_.io_threads) need_restart.emplace_back("io_threads");
    if (pool_ && changed.crypto_workers != config_.crypto_workers)
        need_restart.emplace_back("crypto_workers");
    if (changed.metrics_listen != config_.metrics_listen) need_restart.emplace_back("metrics_listen");
    config_.zmq_max_message_size = changed.zmq_max_message_size;
    config_.zmq_linger = changed.zmq_linger;
    return need_restart;
}

DaemonName name_of_relay(std::string_view command, const Config& config) {
    return {std::string{command}, config.relay_inbound.empty() ? "" : config.relay_inbound.front()};
}

std::vector<crypto::InUse> Relay::in_use() const {
    return step_ ? step_->in_use : std::vector<crypto::InUse>{};
}

std::string Relay::status() const {
    std::string text = fmt::format("forwarded {} messages", forwarded_);
    if (pool_) text += fmt::format(", signed {} of them", signed_);
    if (drops_.total() > 0) text += ", dropped " + drops_.summary();
    if (slow_ > 0) text += fmt::format(", {} lost by slow subscribers", slow_);
    // Not every failure is an event of its own: a peer that breaks the protocol is told by its end only.
    if (accepted_ > succeeded_) text += fmt::format(", {} failed handshakes", accepted_ - succeeded_);
    return text;
}

void Relay::collect(Metrics& metrics) const {
    metrics.counter("fedmsg_received_messages_total", "messages received", received_);
    metrics.counter("fedmsg_received_bytes_total", "bytes received", received_bytes_);
    metrics.counter("fedmsg_sent_messages_total", "messages sent, once for all subscribers", forwarded_);
    metrics.counter("fedmsg_sent_bytes_total", "bytes sent, once for all subscribers", forwarded_bytes_);
    if (pool_) metrics.counter("fedmsg_signed_messages_total", "messages that were signed here", signed_);
    collect_drops(drops_, metrics);
    metrics.counter("fedmsg_slow_subscriber_messages_total", "messages that a slow subscriber has lost",
                    slow_);
    metrics.gauge("fedmsg_connected_publishers", "connected publishers",
                  static_cast<double>(publishers_.open.size()));
    metrics.gauge("fedmsg_connected_subscribers", "connected subscribers",
                  static_cast<double>(subscribers_.open.size()));
    metrics.counter("fedmsg_connections_total", "connections accepted", accepted_);
    metrics.counter("fedmsg_failed_handshakes_total", "failed handshakes",
                    publishers_.handshakes.failed() + subscribers_.handshakes.failed());
}

}  // namespace fedmsg::services
