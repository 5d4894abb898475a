#include "bus/publisher.h"

#include "bus/in_flight.h"
#include "bus/monitor.h"
#include "bus/socket.h"
#include "loop/wakeup.h"
#include "util/error.h"
#include "util/log.h"

#include <unistd.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace fedmsg::bus {
namespace {

using Clock = std::chrono::steady_clock;

/// Handed to ZeroMQ and not yet gone: beyond this a publisher waits, whatever `high_water_mark` says, so that
/// `yes | fedmsg logger` does not fill the memory when the relay is slow.
constexpr std::uint64_t max_in_flight = 65536;
constexpr std::uint64_t max_in_flight_bytes = 64 * 1024 * 1024;

Clock::time_point deadline_after(std::optional<std::chrono::milliseconds> patience) {
    return patience ? Clock::now() + *patience : Clock::time_point::max();
}

/// "tcp://host:3000" listens on every interface, as publishers always did: the name is for those who connect.
std::string wildcard(const std::string& address) {
    const auto colon = address.rfind(':');
    if (!address.starts_with("tcp://") || colon < 6) return address;
    return (address[6] == '[' ? "tcp://[::]" : "tcp://*") + address.substr(colon);
}

}  // namespace

/// One socket and what is known about its peer.
struct Publisher::Link {
    Link(const asio::any_io_executor& executor, const Context& context, const Config& config,
         std::string where)
        : address{std::move(where)}, socket{executor, context, zmq::socket_type::xpub} {
        socket.configure(config, config.high_water_mark);
        socket.zmq().set(zmq::sockopt::xpub_nodrop, true);
        // Every subscription, not only the first of its kind: after a reconnect the same one comes again.
        socket.zmq().set(zmq::sockopt::xpub_verboser, true);
    }

    std::string address;
    std::string trouble = "no answer";
    Socket socket;
    std::optional<Monitor> monitor;
    int subscriptions = 0;
    bool greeted = false;  // the handshake of ZMTP 3 is over

    /// ZeroMQ takes whatever says the right two bytes for a subscriber that is older than handshakes
    /// (ZMTP 1.0).
    [[nodiscard]] bool up() const { return subscriptions > 0 && (greeted || !monitor); }
};

struct Publisher::State : std::enable_shared_from_this<State> {
    State(Loop& loop, Context zmq, const Config& c)
        : executor{loop.context().get_executor()},
          context{std::move(zmq)},
          config{c},
          changed{executor},
          flight{InFlight::make(context)},
          released{executor, ::dup(flight->descriptor())} {}

    asio::any_io_executor executor;
    Context context;
    Config config;
    bool bound = false;
    std::vector<std::unique_ptr<Link>> links;
    Link* active = nullptr;
    Wakeup changed;  // a link came up or went down
    std::shared_ptr<InFlight> flight;
    asio::posix::stream_descriptor released;
    std::uint64_t sent = 0;
    bool full = false;  // the last attempt met the high-water mark, and nothing has happened since
    std::string topic;  // of the last message, whose frame is shared by those that follow
    zmq::message_t topic_frame;

    /// The link to send on: the active one while it is up, else the first that is.
    Link* choose() {
        if (bound) return links.front().get();
        if (active && active->up()) return active;
        const auto next = std::find_if(links.begin(), links.end(), [](auto& link) { return link->up(); });
        if (next == links.end()) return nullptr;
        if (active && active != next->get())
            log::warning("publisher", "lost {}, going on with {}", active->address, (*next)->address);
        active = next->get();
        return active;
    }

    /// Reads subscriptions: one byte, 1 or 0, and the prefix.
    void read_subscriptions(Link& link) {
        const bool was_up = link.up();
        if (link.monitor) read_events(link);  // what the lost connection left behind comes first
        for (Frames frames; link.socket.receive(frames);) {
            const auto text = frames.topic_text();
            if (text.starts_with('\1')) {
                ++link.subscriptions;
                if (!bound) link.socket.zmq().set(zmq::sockopt::subscribe, text.substr(1));
            }
            if (text.starts_with('\0') && link.subscriptions > 0) --link.subscriptions;
        }
        // Whatever happened may have made room; ZeroMQ does not say (an XPUB always counts as writable).
        if (std::exchange(full, false) || link.up() != was_up) changed.notify();
    }

    asio::awaitable<void> watch_subscriptions(std::shared_ptr<State> self, Link& link) {
        (void)self;  // keeps the link while this runs
        for (;;) {
            read_subscriptions(link);
            co_await link.socket.signalled();
        }
    }

    asio::awaitable<void> watch_connection(std::shared_ptr<State> self, Link& link) {
        (void)self;
        for (;;) {
            read_events(link);
            co_await link.monitor->signalled();
        }
    }

    void read_events(Link& link) {
        while (const auto event = link.monitor->receive()) on_event(link, *event);
    }

    void on_event(Link& link, const ConnectionEvent& event) {
        switch (event.type) {
            case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
                link.greeted = true;
                changed.notify();
                break;
            case ZMQ_EVENT_CONNECTED: link.trouble = "connected, but it does not subscribe"; break;
            case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
            case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
                link.trouble = "what listens there does not speak ZeroMQ PUB/SUB";
                break;
            case ZMQ_EVENT_CLOSED:
            case ZMQ_EVENT_CONNECT_RETRIED: break;
            case ZMQ_EVENT_DISCONNECTED:
                link.trouble = "connection lost";
                link.subscriptions = 0;
                link.greeted = false;
                changed.notify();
                break;
            default: break;
        }
        if (event.type == ZMQ_EVENT_CLOSED && !link.up() && link.trouble == "no answer")
            link.trouble = "connection refused";
    }

    void watch(Link& link, bool connecting) {
        link.socket.on_input([this, &link] { read_subscriptions(link); });
        asio::co_spawn(executor, watch_subscriptions(shared_from_this(), link), rethrow_unless_cancelled);
        if (!connecting) return;
        link.monitor.emplace(executor, link.socket,
                             ZMQ_EVENT_CONNECTED | ZMQ_EVENT_CLOSED | ZMQ_EVENT_DISCONNECTED |
                                 ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                                 ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL);
        asio::co_spawn(executor, watch_connection(shared_from_this(), link), rethrow_unless_cancelled);
    }

    [[nodiscard]] bool has_room() const {
        return bound || (flight->messages() < max_in_flight && flight->bytes() < max_in_flight_bytes);
    }

    /// Waits until at most `left` messages are in flight; false at the deadline.
    asio::awaitable<bool> wait_for_release(std::uint64_t left, Clock::time_point deadline);

    void close(std::chrono::milliseconds linger) {
        boost::system::error_code ignored;
        released.close(ignored);
        for (auto& link : links) {
            if (link->monitor) link->monitor->close();
            link->socket.close(linger);
        }
        changed.notify();
    }
};

Publisher::Publisher(std::shared_ptr<State> state) : state_{std::move(state)} {}
Publisher::Publisher(Publisher&&) noexcept = default;
Publisher& Publisher::operator=(Publisher&&) noexcept = default;
Publisher::~Publisher() {
    if (state_) state_->close(std::chrono::milliseconds{0});
}

Publisher Publisher::connect(Loop& loop, Context context, const Config& config) {
    auto state = std::make_shared<State>(loop, std::move(context), config);
    for (const auto& address : config.relay_inbound) {
        auto& link = *state->links.emplace_back(
            std::make_unique<Link>(state->executor, state->context, config, address));
        // A relay that stops unsubscribes first. By default ZeroMQ would drop what is sent between its
        // hearing of that and ours; in manual mode a subscription ends when we say so, which is never:
        // sending ends.
        link.socket.zmq().set(zmq::sockopt::xpub_manual, 1);
        state->watch(link, true);
        try {
            link.socket.connect(address);
        } catch (const zmq::error_t& e) {
            throw SetupError("cannot connect to " + address + ": " + e.what() + ": correct relay_inbound");
        }
    }
    return Publisher{std::move(state)};
}

Publisher Publisher::bind(Loop& loop, Context context, const Config& config, const std::string& name) {
    const auto addresses = config.endpoints.find(name);
    if (addresses == config.endpoints.end() || addresses->second.empty())
        throw UsageError("no endpoint for name " + name + ": add `" + name +
                         "` to `endpoints` in the configuration, or give --name");
    auto state = std::make_shared<State>(loop, std::move(context), config);
    state->bound = true;
    std::string tried;
    for (const auto& address : addresses->second) {
        auto link = std::make_unique<Link>(state->executor, state->context, config, wildcard(address));
        try {
            link->socket.bind(link->address);
        } catch (const zmq::error_t& e) {
            tried += (tried.empty() ? "" : ", ") + address + " (" + e.what() + ")";
            continue;
        }
        state->watch(*state->links.emplace_back(std::move(link)), false);
        return Publisher{std::move(state)};
    }
    throw SetupError("no free endpoint for name " + name + ": tried " + tried);
}

asio::awaitable<bool> Publisher::ready(std::optional<std::chrono::milliseconds> patience) {
    const auto deadline = deadline_after(state_->bound ? state_->config.post_init_sleep : patience);
    const auto subscribed = [this] {
        return std::any_of(state_->links.begin(), state_->links.end(), [](auto& link) { return link->up(); });
    };
    while (!subscribed() && Clock::now() < deadline) co_await state_->changed.wait_until(deadline);
    co_return state_->bound || subscribed();
}

bool Publisher::try_send(std::string_view topic, std::string_view body) {
    auto& s = *state_;
    Link* link = s.choose();
    if (!link) return false;
    if (!s.has_room()) return false;
    if (topic != s.topic || s.topic_frame.size() == 0) {
        s.topic = topic;
        s.topic_frame.rebuild(topic.data(), topic.size());
    }
    zmq::message_t first;
    first.copy(s.topic_frame);
    const auto flags = zmq::send_flags::dontwait;
    if (!link->socket.zmq().send(first, flags | zmq::send_flags::sndmore)) {
        s.full = true;
        return false;
    }
    const auto unwanted = s.flight->unwanted();
    auto second = s.flight->frame(body);
    (void)link->socket.zmq().send(second, flags);  // where the first frame went, the second one goes
    link->socket.after_send();
    if (!s.bound && s.flight->unwanted() != unwanted) {
        // The peer has unsubscribed, and ZeroMQ knew it before we did: a relay that stops.
        s.read_subscriptions(*link);
        if (!link->up()) return false;
    }
    ++s.sent;
    return true;
}

asio::awaitable<bool> Publisher::State::wait_for_release(std::uint64_t left, Clock::time_point deadline) {
    if (!flight->arm(left)) co_return true;
    const bool in_time = co_await readable_until(released, deadline);
    flight->clear();
    co_return in_time;
}

asio::awaitable<bool> Publisher::writable(std::optional<std::chrono::milliseconds> patience) {
    auto& s = *state_;
    const auto deadline = deadline_after(patience);
    while (!s.choose()) {
        if (Clock::now() >= deadline) co_return false;
        co_await s.changed.wait_until(deadline);
    }
    // Half of what is in flight at a time: fewer, larger steps.
    if (!s.has_room()) co_return co_await s.wait_for_release(s.flight->messages() / 2, deadline);
    while (s.full) {
        if (Clock::now() >= deadline) co_return false;
        co_await s.changed.wait_until(deadline);
    }
    co_return true;
}

asio::awaitable<std::uint64_t> Publisher::finish() {
    auto& s = *state_;
    const auto linger = s.config.zmq_linger;
    const auto deadline = linger.count() < 0 ? Clock::time_point::max() : Clock::now() + linger;
    if (!s.bound) co_await s.wait_for_release(0, deadline);
    const auto left = s.bound ? 0 : s.flight->messages();
    // What is on its way may still stand in the buffers of the connection; a peer that reads takes it at
    // once.
    s.close(left == 0 ? std::max(linger, std::chrono::milliseconds{0}) : std::chrono::milliseconds{0});
    co_return left;
}

std::string Publisher::trouble() const {
    std::string text;
    for (const auto& link : state_->links)
        text += (text.empty() ? "" : "; ") + link->address + ": " + link->trouble;
    return text;
}

std::string Publisher::address() const {
    if (state_->bound) return state_->links.front()->socket.zmq().get(zmq::sockopt::last_endpoint);
    const auto* link = state_->choose();
    return link ? link->address : "";
}

std::uint64_t Publisher::sent() const { return state_->sent; }

}  // namespace fedmsg::bus
