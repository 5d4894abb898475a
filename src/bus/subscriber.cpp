#include "bus/subscriber.h"

#include "bus/batch.h"
#include "loop/wakeup.h"
#include "message/topic.h"
#include "util/descriptors.h"
#include "util/error.h"
#include "util/log.h"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <deque>
#include <set>
#include <utility>

namespace fedmsg::bus {
namespace {

/// Chunks read by one try_next(): who sends nothing that could be handed out must not keep the loop.
constexpr int turns_at_once = 16;

/// The least time between two attempts of any to connect. One takes 5 us, most of it in the kernel, and 11
/// where the refusal comes from another machine: however many endpoints are down, they take 1 % of a
/// processor, and ten thousand wait for ten seconds each.
constexpr std::chrono::milliseconds between_attempts{1};

/// A descriptor for each endpoint, and some for everything else.
void make_room(std::size_t endpoints) {
    if (const auto limit = make_room_for_descriptors(endpoints))
        log::warning(
            "subscriber",
            "{} endpoints, and {} files may be open at once: raise the limit (LimitNOFILE, ulimit -Hn)",
            endpoints, *limit);
}

message::Drop to_drop(wire::Misshapen reason) {
    switch (reason) {
        case wire::Misshapen::not_two_frames: return message::Drop::not_two_frames;
        case wire::Misshapen::too_large: return message::Drop::too_large;
    }
    return message::Drop::not_two_frames;
}

}  // namespace

struct Subscriber::State : Source::Listener, std::enable_shared_from_this<State> {
    State(Loop& loop, const Config& c, const std::vector<std::string>& topics, wire::Shape s)
        : executor{loop.context().get_executor()},
          config{c},
          published{s},
          arrived{executor},
          changed{executor} {
        using message::TopicPattern;
        const auto match = config.zmq_strict ? TopicPattern::Match::whole : TopicPattern::Match::prefix;
        for (const auto& topic : topics) {
            patterns.emplace_back(topic, match);
            subscriptions.emplace_back(patterns.back().prefix());
        }
        if (topics.empty()) subscriptions.emplace_back();
    }

    asio::any_io_executor executor;
    Config config;
    wire::Shape published;
    std::vector<message::TopicPattern> patterns;  // empty: everything
    std::vector<std::string> subscriptions;
    std::shared_ptr<Resolver> resolver = std::make_shared<Resolver>(executor);
    std::vector<std::shared_ptr<Source>> sources;
    std::deque<std::shared_ptr<Source>> waiting;  // for their turn
    std::shared_ptr<Source> current;              // whose turn it is
    std::set<const Origin*> held;                 // from whom nothing is taken now
    std::vector<std::shared_ptr<Source>>
        parked;  // in the middle of their turns, which go on when they are released
    std::deque<std::shared_ptr<Source>> resumed;
    Wakeup arrived, changed;
    Drops drops{"subscriber"};
    std::uint64_t received = 0;
    std::size_t up = 0;        // of the sources
    bool interrupted = false;  // the wait that is going on, or the next one
    bool closed = false;

    void on_input(std::shared_ptr<Source> source) override {
        waiting.push_back(std::move(source));
        if (waiting.size() == 1) arrived.notify();
    }
    [[nodiscard]] bool has_turns() const { return !waiting.empty() || !resumed.empty(); }
    [[nodiscard]] bool is_held(const Source& source) const {
        return !held.empty() && held.contains(&source.origin());
    }
    /// Whose turn it is next; null when nobody wants one.
    std::shared_ptr<Source> next_turn() {
        auto& from = resumed.empty() ? waiting : resumed;
        if (from.empty()) return nullptr;
        auto source = std::move(from.front());
        from.pop_front();
        if (&from == &waiting) source->take_turn();
        return source;
    }
    void on_change(const Source& source) override {
        if (source.is_up()) {
            ++up;
            log::debug("subscriber", "connected to {}", source.address());
        } else {
            --up;
            log::debug("subscriber", "lost {}: {}", source.address(), source.trouble());
        }
        changed.notify();
    }
    std::span<const std::string> prefixes() const override { return subscriptions; }
    wire::Shape shape() const override { return published; }
    std::chrono::milliseconds least_pause() const override {
        return (sources.size() - up) * between_attempts;
    }

    /// `srv_endpoints`: what the records name is added under the name of the domain.
    asio::awaitable<void> connect_domain(std::shared_ptr<State> self, std::string domain) {
        (void)self;
        const auto answer = co_await resolver->srv(domain);
        if (closed) co_return;
        if (answer.addresses.empty())
            log::warning("subscriber", "no SRV records of _fedmsg._tcp.{}: {}: not connecting there", domain,
                         answer.trouble);
        for (const auto& address : answer.addresses) {
            if (const auto wrong = Connection::address_error(address))
                log::warning("subscriber", "an SRV record of _fedmsg._tcp.{} names {}: it is not used: {}",
                             domain, address, *wrong);
            else
                add(domain, address);
        }
        make_room(sources.size());
    }

    void add(const std::string& name, const std::string& address) {
        sources.push_back(
            std::make_shared<Source>(executor, config, Origin{name, address}, resolver, weak_from_this()));
        sources.back()->start();
    }

    /// The next message that is wanted, of the source whose turn it is: both frames as they came.
    /// \param turns  had by now; it stops at turns_at_once
    std::optional<wire::TwoFrames> next_frames(int& turns) {
        for (;; ++turns) {
            if (current && is_held(*current)) parked.push_back(std::exchange(current, nullptr));
            while (const auto frames = current ? current->next() : std::nullopt) {
                if (!*frames)
                    drop(to_drop(frames->error()));
                else if (is_wanted((*frames)->topic))
                    return **frames;
            }
            if (current) std::exchange(current, nullptr)->end_turn();
            if (turns == turns_at_once) return std::nullopt;
            current = next_turn();
            if (!current) return std::nullopt;
        }
    }
    void drop(message::Drop reason) {
        drops.count(reason, [this] { return current->address(); });
    }
    [[nodiscard]] bool is_wanted(std::string_view topic) const {
        return patterns.empty() ||
               std::any_of(patterns.begin(), patterns.end(), [&](auto& p) { return p.matches(topic); });
    }

    void close() {
        closed = true;
        for (auto& source : sources) source->close();
        waiting.clear();
        parked.clear();
        resumed.clear();
        current.reset();
        resolver->close();
        arrived.notify();
        changed.notify();
    }
};

Subscriber::Subscriber(Loop& loop, const Config& config, const std::vector<std::string>& topics,
                       wire::Shape shape)
    : state_{std::make_shared<State>(loop, config, topics, shape)} {
    auto& s = *state_;
    for (const auto& [name, addresses] : config.endpoints)
        for (const auto& address : addresses) s.add(name, address);
    make_room(s.sources.size());
    for (const auto& domain : config.srv_endpoints)
        asio::co_spawn(s.executor, s.connect_domain(state_, domain), rethrow_unless_cancelled);
}

Subscriber::Subscriber(Subscriber&&) noexcept = default;
Subscriber::~Subscriber() {
    if (state_) state_->close();
}

std::optional<Received> Subscriber::try_next() {
    auto& s = *state_;
    for (int turns = 0; const auto frames = s.next_frames(turns);) {
        auto parsed = message::Message::parse(frames->topic, frames->body);
        if (parsed) {
            ++s.received;
            return Received{*std::move(parsed), frames->body, &s.current->origin()};
        }
        s.drop(parsed.error());
    }
    return std::nullopt;
}

std::optional<ReceivedBytes> Subscriber::try_next_bytes() {
    auto& s = *state_;
    for (int turns = 0; const auto frames = s.next_frames(turns);) {
        // Larger ones were not handed out.
        const auto reason = message::check_shape(2, frames->topic, frames->body.size(), 0);
        if (!reason) {
            ++s.received;
            return ReceivedBytes{frames->topic, frames->body, &s.current->origin()};
        }
        s.drop(*reason);
    }
    return std::nullopt;
}

void Subscriber::interrupt() {
    state_->interrupted = true;
    state_->arrived.notify();
}

void Subscriber::hold(const Origin& origin) { state_->held.insert(&origin); }

void Subscriber::release(const Origin& origin) {
    auto& s = *state_;
    if (s.held.erase(&origin) == 0) return;
    const auto found =
        std::ranges::find(s.parked, &origin, [](const auto& source) { return &source->origin(); });
    if (found == s.parked.end()) return;
    s.resumed.push_back(std::move(*found));
    s.parked.erase(found);
    s.arrived.notify();
}

asio::awaitable<void> Subscriber::wait() {
    (void)co_await wait_until(std::chrono::steady_clock::time_point::max());
}

asio::awaitable<bool> Subscriber::wait_until(std::chrono::steady_clock::time_point deadline) {
    const auto state = state_;  // which a destructor may let go of meanwhile
    if (state->has_turns() || state->interrupted) co_await yield();
    while (!state->closed && !state->has_turns() && !state->interrupted &&
           std::chrono::steady_clock::now() < deadline)
        co_await state->arrived.wait_until(deadline);
    if (state->closed) throw boost::system::system_error{asio::error::operation_aborted};
    state->interrupted = false;
    co_return state->has_turns();
}

const Drops& Subscriber::drops() const { return state_->drops; }
std::uint64_t Subscriber::received() const { return state_->received; }

asio::awaitable<bool> Subscriber::connected(std::chrono::steady_clock::time_point deadline) {
    const auto state = state_;
    while (!state->closed && state->up == 0 && std::chrono::steady_clock::now() < deadline)
        co_await state->changed.wait_until(deadline);
    co_return state->up > 0;
}

std::size_t Subscriber::connected_count() const { return state_->up; }

const Origin* Subscriber::origin_between(const Connection::Stream::endpoint& near,
                                         const Connection::Stream::endpoint& far) const {
    for (const auto& source : state_->sources)
        if (source->is_between(near, far)) return &source->origin();
    return nullptr;
}

std::vector<std::string> Subscriber::waiting_for() const {
    std::vector<std::string> result;
    for (const auto& source : state_->sources)
        if (!source->is_up()) result.push_back(source->address() + " (" + source->trouble() + ")");
    return result;
}

}  // namespace fedmsg::bus
