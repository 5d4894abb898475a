#include "api/fedmsg.h"

#include "bus/publisher.h"
#include "bus/subscriber.h"
#include "crypto/certname.h"
#include "crypto/signer.h"
#include "message/envelope.h"
#include "message/msg_id.h"
#include "message/topic.h"
#include "util/error.h"
#include "util/log.h"

#include <fmt/core.h>
#include <unistd.h>
#include <boost/asio/co_spawn.hpp>

#include <array>
#include <cstdlib>
#include <ctime>
#include <mutex>

namespace fedmsg {
namespace {

/// Runs `task` on the loop of a library object to its end, on the calling thread.
template <class T>
T run_to_end(Loop& loop, asio::awaitable<T> task) {
    std::exception_ptr failure;
    std::optional<T> result;
    bool done = false;
    asio::co_spawn(loop.context(), std::move(task), [&](const std::exception_ptr& e, T value) {
        failure = e;
        result = std::move(value);
        done = true;
    });
    loop.context().restart();
    while (!done && loop.context().run_one() > 0) {
    }
    if (failure) std::rethrow_exception(failure);
    return std::move(*result);
}

std::string default_name() {
    return std::string{program_invocation_short_name} + "." + crypto::short_host_name();
}

}  // namespace

struct Publisher::State {
    explicit State(const Config& c) : config{c}, writer_name{message::login_name()} {
        if (config.sign_messages) signer.emplace(crypto::Signer::of(config));
        publisher = config.active ? bus::Publisher::connect(loop, config)
                                  : bus::Publisher::bind(loop, bus::make_context(config.io_threads), config,
                                                         config.name.value_or(default_name()));
    }

    asio::awaitable<bool> send(std::string_view topic, std::string_view body) {
        const bool there = ready || co_await publisher->ready(config.timeout);
        ready = there;
        if (!there) co_return false;
        while (!publisher->try_send(topic, body)) {
            const bool taken = co_await publisher->writable(config.timeout);
            if (!taken) co_return false;
        }
        co_return true;
    }

    std::mutex mutex;
    Config config;
    Loop loop;
    std::unique_ptr<bus::Publisher> publisher;
    bool ready = false;
    std::optional<crypto::Signer> signer;
    std::string writer_name;
    message::MsgIdSource ids;
    message::LocalYear year;
    std::uint64_t sent = 0;
};

Publisher::Publisher(const Config& config) : state_{std::make_unique<State>(config)} {}

Publisher::~Publisher() {
    try {
        close();
    } catch (const std::exception& e) {
        log::error("publisher", "{}", e.what());
    }
}

encoding::Object Publisher::publish(const Publication& publication) {
    auto& s = *state_;
    const std::lock_guard lock{s.mutex};
    if (!s.publisher) throw UsageError("publish was called after close");
    const auto topic = message::make_topic(
        {s.config.topic_prefix, s.config.environment, publication.modname, publication.topic});
    const auto now = std::time(nullptr);
    const auto& msg = publication.msg;
    auto envelope = message::make_envelope(topic, msg.truthy() ? msg : encoding::Value{encoding::Object{}},
                                           now, s.ids.next(s.year.of(now)), ++s.sent, s.writer_name);
    if (publication.pre_fire_hook) publication.pre_fire_hook(envelope);
    if (s.signer) s.signer->sign(envelope);
    const auto body = encoding::dumps(encoding::Value{envelope});
    const bool sent = run_to_end(s.loop, s.send(topic, body));
    if (!sent)
        throw SetupError(fmt::format("no relay took the message within {} ms: {}", s.config.timeout.count(),
                                     s.publisher->trouble()));
    return envelope;
}

void Publisher::close() {
    auto& s = *state_;
    const std::lock_guard lock{s.mutex};
    if (!s.publisher) return;
    const auto left = run_to_end(s.loop, s.publisher->finish(s.config.timeout));
    s.publisher.reset();
    if (left.messages > 0)
        throw SetupError(fmt::format("{}{} messages could not leave within zmq_linger", left.messages,
                                     left.or_more ? " or more" : ""));
}

namespace {

/// The publisher behind publish().
struct Shared {
    std::mutex mutex;
    std::unique_ptr<Publisher> publisher;
};

/// Never destroyed: ends with end_with_the_program().
Shared& shared() {
    static Shared& the_one = *new Shared;
    return the_one;
}

/// Called once there is a publisher, so that it ends before what its signer needs: both happen in the
/// opposite order of their beginnings.
void end_with_the_program() {
    static const int registered = std::atexit([] {
        try {
            destroy();
        } catch (const std::exception& e) {
            log::error("publisher", "{}", e.what());
        }
    });
    (void)registered;
}

}  // namespace

void init(const Config& config) {
    auto& s = shared();
    const std::lock_guard lock{s.mutex};
    s.publisher = std::make_unique<Publisher>(config);
    end_with_the_program();
}

void publish(const Publication& publication) {
    auto& s = shared();
    const std::lock_guard lock{s.mutex};
    if (!s.publisher) {
        s.publisher = std::make_unique<Publisher>(load_config().config);
        end_with_the_program();
    }
    s.publisher->publish(publication);
}

void destroy() {
    auto& s = shared();
    const std::lock_guard lock{s.mutex};
    if (!s.publisher) return;
    const auto publisher = std::move(s.publisher);
    publisher->close();
}

struct Messages::State {
    State(const Config& c, const std::vector<std::string>& topics) : config{c}, bus{loop, config, topics} {}

    asio::awaitable<bool> wait(std::chrono::steady_clock::time_point deadline) {
        return bus.wait_until(deadline);
    }

    Config config;
    Loop loop;
    bus::Subscriber bus;
};

Messages::Messages(const Config& config, const std::vector<std::string>& topics)
    : state_{std::make_unique<State>(config, topics)} {}
Messages::Messages(Messages&&) noexcept = default;
Messages::~Messages() = default;

std::optional<TailedMessage> Messages::next(std::optional<std::chrono::milliseconds> patience) {
    auto& s = *state_;
    using Clock = std::chrono::steady_clock;
    const auto deadline = patience ? Clock::now() + *patience : Clock::time_point::max();
    s.loop.context().restart();
    s.loop.context().poll();  // connections that came and went
    for (;;) {
        if (auto received = s.bus.try_next()) {
            return TailedMessage{received->origin->name, received->origin->endpoint,
                                 received->message.topic(), encoding::to_value(received->message.envelope())};
        }
        const bool happened = run_to_end(s.loop, s.wait(deadline));
        if (!happened) return std::nullopt;
    }
}

std::size_t Messages::dropped() const { return state_->bus.drops().total(); }

Messages tail_messages() { return tail_messages(load_config().config); }
Messages tail_messages(const Config& config, const std::vector<std::string>& topics) {
    return Messages{config, topics};
}

}  // namespace fedmsg
