/// A publisher that subscribers connect to: an XPUB socket.
#include "bus/publisher.h"
#include "bus/socket.h"
#include "loop/wakeup.h"
#include "util/error.h"

#include <boost/asio/co_spawn.hpp>

namespace fedmsg::bus {
namespace {

using Clock = std::chrono::steady_clock;

/// "tcp://host:3000" listens on every interface, as publishers always did: the name is for those who connect.
std::string wildcard(const std::string& address) {
    const auto colon = address.rfind(':');
    if (!address.starts_with("tcp://") || colon < 6) return address;
    return (address[6] == '[' ? "tcp://[::]" : "tcp://*") + address.substr(colon);
}

/// What outlives the publisher until its coroutine has ended.
struct Bound : std::enable_shared_from_this<Bound> {
    Bound(const asio::any_io_executor& executor, Context context)
        : socket{executor, std::move(context), zmq::socket_type::xpub}, changed{executor} {}

    Socket socket;
    Wakeup changed;
    int subscriptions = 0;
    bool full = false;  // the last attempt met the high-water mark, and nothing has happened since

    /// Reads subscriptions: one byte, 1 or 0, and the prefix.
    void read_subscriptions() {
        for (Frames frames; socket.receive(frames);) {
            const auto text = frames.topic_text();
            if (text.starts_with('\1')) ++subscriptions;
            if (text.starts_with('\0') && subscriptions > 0) --subscriptions;
        }
        // Whatever happened may have made room; ZeroMQ does not say (an XPUB always counts as writable).
        full = false;
        changed.notify();
    }

    asio::awaitable<void> watch(std::shared_ptr<Bound> self) {
        (void)self;
        for (;;) {
            read_subscriptions();
            co_await socket.signalled();
        }
    }
};

class BoundPublisher : public Publisher {
  public:
    BoundPublisher(Loop& loop, Context context, const Config& config, const std::string& name)
        : bound_{std::make_shared<Bound>(loop.context().get_executor(), std::move(context))},
          post_init_sleep_{config.post_init_sleep},
          linger_{config.zmq_linger} {
        auto& socket = bound_->socket;
        socket.configure(config, config.high_water_mark);
        socket.zmq().set(zmq::sockopt::xpub_nodrop, true);
        // Every subscription, not only the first of its kind: they are counted.
        socket.zmq().set(zmq::sockopt::xpub_verboser, true);
        bind_first_free(config, name);
        socket.on_input([this] { bound_->read_subscriptions(); });
        asio::co_spawn(loop.context(), bound_->watch(bound_), rethrow_unless_cancelled);
    }
    ~BoundPublisher() override { bound_->socket.close(std::chrono::milliseconds{0}); }

    asio::awaitable<bool> ready(Patience) override {
        const auto deadline = Clock::now() + post_init_sleep_;
        while (bound_->subscriptions == 0 && Clock::now() < deadline)
            co_await bound_->changed.wait_until(deadline);
        co_return true;
    }

    bool try_send(std::string_view topic, std::string_view body) override {
        auto& socket = bound_->socket;
        zmq::message_t first{topic}, second{body};
        if (!socket.send(first, true)) {
            bound_->full = true;
            return false;
        }
        (void)socket.send(second, false);
        socket.after_send();
        ++sent_;
        return true;
    }

    asio::awaitable<bool> writable(Patience patience) override {
        const auto deadline = patience ? Clock::now() + *patience : Clock::time_point::max();
        while (bound_->full) {
            if (Clock::now() >= deadline) co_return false;
            co_await bound_->changed.wait_until(deadline);
        }
        co_return true;
    }

    asio::awaitable<Left> finish(Patience) override {
        bound_->socket.close(linger_);  // the context waits for what is queued
        bound_->changed.notify();
        co_return Left{};
    }

    [[nodiscard]] std::string trouble() const override { return address() + ": a subscriber does not read"; }
    [[nodiscard]] std::string address() const override {
        return bound_->socket.zmq().get(zmq::sockopt::last_endpoint);
    }

  private:
    void bind_first_free(const Config& config, const std::string& name) {
        const auto addresses = config.endpoints.find(name);
        if (addresses == config.endpoints.end() || addresses->second.empty())
            throw UsageError("no endpoint for name " + name + ": add `" + name +
                             "` to `endpoints` in the configuration, or give --name");
        std::string tried;
        for (const auto& address : addresses->second) {
            try {
                return bound_->socket.bind(wildcard(address));
            } catch (const zmq::error_t& e) {
                tried += (tried.empty() ? "" : ", ") + address + " (" + e.what() + ")";
            }
        }
        throw SetupError("no free endpoint for name " + name + ": tried " + tried);
    }

    std::shared_ptr<Bound> bound_;
    std::chrono::milliseconds post_init_sleep_, linger_;
};

}  // namespace

std::unique_ptr<Publisher> Publisher::bind(Loop& loop, Context context, const Config& config,
                                           const std::string& name) {
    return std::make_unique<BoundPublisher>(loop, std::move(context), config, name);
}

}  // namespace fedmsg::bus
