#include "bus/subscriber.h"

#include "bus/resolver.h"
#include "util/error.h"
#include "util/log.h"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <deque>

namespace fedmsg::bus {
namespace {

constexpr auto no_answer = "no answer yet";

/// One address to which the socket connects.
struct Endpoint {
    std::string name;       // the entry of `endpoints`
    std::string address;    // as configured
    std::string connected;  // as given to ZeroMQ, the host resolved; empty until then
    std::string trouble = no_answer;
    int descriptor = -1;  // of the connection, while there is one
};

}  // namespace

struct Subscriber::State : std::enable_shared_from_this<State> {
    State(Loop& loop, Context context, const Config& c)
        : executor{loop.context().get_executor()},
          config{c},
          socket{executor, std::move(context), zmq::socket_type::sub},
          monitor{executor, socket,
                  ZMQ_EVENT_CONNECTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_CLOSED |
                      ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                      ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL},
          changed{executor} {}

    asio::any_io_executor executor;
    Config config;
    Socket socket;
    Monitor monitor;
    Wakeup changed;
    Resolver resolver{executor};
    std::deque<Endpoint> endpoints;               // grows without moving what is there
    std::vector<message::TopicPattern> patterns;  // empty: ZeroMQ's prefix match says it all
    Drops drops{"subscriber"};
    std::uint64_t received = 0;
    Frames frames;

    void subscribe(const std::vector<std::string>& topics) {
        using message::TopicPattern;
        const auto match = config.zmq_strict ? TopicPattern::Match::whole : TopicPattern::Match::prefix;
        bool prefixes_suffice = true;
        for (const auto& topic : topics) {
            patterns.emplace_back(topic, match);
            socket.zmq().set(zmq::sockopt::subscribe, patterns.back().prefix());
            prefixes_suffice = prefixes_suffice && patterns.back().is_prefix();
        }
        if (topics.empty()) socket.zmq().set(zmq::sockopt::subscribe, "");
        if (prefixes_suffice) patterns.clear();
    }

    void connect(Endpoint& endpoint, const std::string& address) {
        try {
            socket.connect(address);
            endpoint.connected = address;
        } catch (const zmq::error_t& e) {
            throw SetupError("cannot connect to " + address + " (" + endpoint.name + "): " + e.what());
        }
    }

    asio::awaitable<void> connect_by_name(std::shared_ptr<State> self, Endpoint& endpoint) {
        (void)self;
        const auto address = co_await resolver.resolve_for_ever(endpoint.address, endpoint.trouble);
        connect(endpoint, address);
    }

    /// `srv_endpoints`: what the records name is added under the name of the domain.
    asio::awaitable<void> connect_domain(std::shared_ptr<State> self, std::string domain) {
        const auto answer = co_await resolver.srv(domain);
        if (answer.addresses.empty())
            log::warning("subscriber", "no SRV records of _fedmsg._tcp.{}: {}: not connecting there", domain,
                         answer.trouble);
        for (const auto& address : answer.addresses) add(self, domain, address);
    }

    void add(const std::shared_ptr<State>& self, const std::string& name, const std::string& address) {
        auto& endpoint = endpoints.emplace_back(Endpoint{.name = name, .address = address, .connected = ""});
        if (Resolver::needed(address))
            asio::co_spawn(executor, connect_by_name(self, endpoint), rethrow_unless_cancelled);
        else
            connect(endpoint, address);
    }

    asio::awaitable<void> watch(std::shared_ptr<State> self) {
        (void)self;
        for (;;) {
            while (const auto event = monitor.receive()) on_event(*event);
            co_await monitor.signalled();
        }
    }

    void on_event(const ConnectionEvent& event) {
        const auto endpoint = std::find_if(endpoints.begin(), endpoints.end(),
                                           [&](auto& e) { return e.connected == event.endpoint; });
        if (endpoint == endpoints.end()) return;
        switch (event.type) {
            case ZMQ_EVENT_CONNECTED:
                endpoint->descriptor = event.value;
                endpoint->trouble = "connected, but it does not answer";
                break;
            case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
                log::debug("subscriber", "connected to {}", endpoint->address);
                endpoint->trouble.clear();
                changed.notify();
                break;
            case ZMQ_EVENT_CLOSED:  // an attempt that failed
                if (endpoint->trouble == no_answer) endpoint->trouble = "connection refused";
                break;
            case ZMQ_EVENT_DISCONNECTED:
                if (endpoint->trouble.empty()) {
                    log::debug("subscriber", "lost {}", endpoint->address);
                    endpoint->trouble = "connection lost";
                    changed.notify();
                }
                endpoint->descriptor = -1;
                break;
            default: endpoint->trouble = "what listens there does not speak ZeroMQ PUB/SUB"; break;
        }
    }

    void close() {
        monitor.close();
        socket.close(std::chrono::milliseconds{0});
        resolver.close();
    }
};

Subscriber::Subscriber(Loop& loop, Context context, const Config& config,
                       const std::vector<std::string>& topics)
    : state_{std::make_shared<State>(loop, std::move(context), config)} {
    auto& s = *state_;
    s.socket.configure(config, config.high_water_mark);
    s.subscribe(topics);
    asio::co_spawn(s.executor, s.watch(state_), rethrow_unless_cancelled);
    for (const auto& [name, addresses] : config.endpoints)
        for (const auto& address : addresses) s.add(state_, name, address);
    for (const auto& domain : config.srv_endpoints)
        asio::co_spawn(s.executor, s.connect_domain(state_, domain), rethrow_unless_cancelled);
}

Subscriber::Subscriber(Subscriber&&) noexcept = default;
Subscriber::~Subscriber() {
    if (state_) state_->close();
}

std::optional<Received> Subscriber::try_next() {
    auto& s = *state_;
    while (s.socket.receive(s.frames)) {
        const auto topic = s.frames.topic_text();
        if (!s.patterns.empty() &&
            std::none_of(s.patterns.begin(), s.patterns.end(), [&](auto& p) { return p.matches(topic); }))
            continue;
        auto parsed = s.frames.count == 2 ? message::Message::parse(topic, s.frames.body_text(),
                                                                    s.config.zmq_max_message_size)
                                          : message::Drop::not_two_frames;
        if (!parsed) {
            s.drops.count(parsed.error(), [&] { return peer_address(s.frames.topic); });
            continue;
        }
        ++s.received;
        return Received{*std::move(parsed), std::move(s.frames)};
    }
    return std::nullopt;
}

asio::awaitable<void> Subscriber::wait() { return state_->socket.signalled(); }

asio::awaitable<bool> Subscriber::wait_until(std::chrono::steady_clock::time_point deadline) {
    return state_->socket.signalled_until(deadline);
}

const Drops& Subscriber::drops() const { return state_->drops; }
std::uint64_t Subscriber::received() const { return state_->received; }

asio::awaitable<bool> Subscriber::connected(std::chrono::steady_clock::time_point deadline) {
    auto& s = *state_;
    const auto any = [&] {
        return std::any_of(s.endpoints.begin(), s.endpoints.end(), [](auto& e) { return e.trouble.empty(); });
    };
    while (!any() && std::chrono::steady_clock::now() < deadline) co_await s.changed.wait_until(deadline);
    co_return any();
}

std::vector<std::string> Subscriber::waiting_for() const {
    std::vector<std::string> result;
    for (const auto& endpoint : state_->endpoints)
        if (!endpoint.trouble.empty()) result.push_back(endpoint.address + " (" + endpoint.trouble + ")");
    return result;
}

Origin Subscriber::origin(Received& received) const {
    const int descriptor = zmq_msg_get(received.frames.topic.handle(), ZMQ_SRCFD);
    for (const auto& endpoint : state_->endpoints)
        if (descriptor >= 0 && endpoint.descriptor == descriptor) return {endpoint.name, endpoint.address};
    return {"", peer_address(received.frames.topic)};
}

}  // namespace fedmsg::bus
