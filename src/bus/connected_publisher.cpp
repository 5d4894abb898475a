/// A publisher that hands its messages to a relay.
#include "bus/publisher.h"
#include "bus/relay_link.h"
#include "loop/wakeup.h"
#include "util/log.h"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <vector>

namespace fedmsg::bus {
namespace {

using Clock = std::chrono::steady_clock;

/// Written at once: fewer system calls cost more latency than they save.
constexpr std::size_t batch_bytes = 64 * 1024;
/// Accepted and not written: beyond this a publisher waits, whatever `high_water_mark` says, so that
/// `yes | fedmsg logger` does not fill the memory when the relay is slow.
constexpr std::size_t max_unwritten_bytes = 1024 * 1024;
/// A message in whose middle the connection was lost so often is what the relay hangs up on.
constexpr int max_attempts = 3;

/// What the links' coroutines call, which may outlive the publisher by a turn of the loop.
struct Connected : std::enable_shared_from_this<Connected> {
    explicit Connected(const asio::any_io_executor& e) : executor{e}, changed{e} {}

    asio::any_io_executor executor;
    Wakeup changed;
    std::vector<std::shared_ptr<RelayLink>> links;
    RelayLink* active = nullptr;
    std::uint64_t losses = 0;  // of the active one, that are dealt with
    wire::SendQueue queue;
    int attempts = 0;  // to send the message that is next
    std::uint64_t refused = 0;
    std::uint64_t begun = 0;  // where the queue stood when the connection was new
    bool cut = false;         // what a relay had not read when it was lost is lost
    // The same, unless it hung up because of the message in whose middle it did: that is known when the
    // message has passed, or is given up.
    bool doubtful = false;
    bool flush_posted = false;

    /// The link to send on: the active one while it is up, else the first that is.
    RelayLink* choose() {
        if (active && (active->up() || (queue.in_message() && active->connected())))
            return active->up() ? active : nullptr;
        const auto next = std::find_if(links.begin(), links.end(), [](auto& link) { return link->up(); });
        if (next == links.end()) return nullptr;
        if (active && active != next->get())
            log::warning("publisher", "lost {}, going on with {}", active->address(), (*next)->address());
        active = next->get();
        losses = active->losses();
        begun = queue.boundary();
        return active;
    }

    void on_change(RelayLink& link) {
        if (&link == active) {
            if (active->losses() != losses) on_loss();
        } else if (link.dismissed()) {
            link.finish();
        }
        flush();
        changed.notify();
    }

    void on_loss() {
        losses = active->losses();
        const bool in_message = queue.in_message();
        if (active->was_cut() && queue.boundary() > begun) {
            (in_message ? doubtful : cut) = true;
            log::warning("publisher",
                         "lost {} ({}), maybe before it had read everything: `fedmsg logger --confirm` tells "
                         "which messages are lost",
                         active->address(), active->trouble());
        }
        queue.rewind();
        begun = queue.boundary();
        attempts = in_message ? attempts + 1 : 0;
        if (attempts < max_attempts) return;
        attempts = 0;
        doubtful = false;
        ++refused;
        log::error("publisher",
                   "{} hung up in the middle of one message {} times: giving that message up; is it larger "
                   "than the relay's zmq_max_message_size?",
                   active->address(), max_attempts);
        queue.drop_next();
    }

    void flush() {
        choose();
        if (!active) return;
        const auto before = queue.boundary();
        active->send(queue);
        if (queue.boundary() == before) return;
        attempts = 0;
        cut = cut || std::exchange(doubtful, false);
    }

    /// In the loop's next turn: what is sent until then goes with it.
    void flush_soon() {
        if (std::exchange(flush_posted, true)) return;
        asio::post(executor, [self = shared_from_this()] {
            self->flush_posted = false;
            self->flush();
        });
    }

    void close() {
        for (auto& link : links) link->close();
        changed.notify();
    }
};

class ConnectedPublisher : public Publisher {
  public:
    ConnectedPublisher(Loop& loop, const Config& config)
        : s_{std::make_shared<Connected>(loop.context().get_executor())},
          linger_{config.zmq_linger},
          high_water_mark_{static_cast<std::size_t>(config.high_water_mark)} {
        for (const auto& address : config.relay_inbound) {
            const auto index = s_->links.size();
            s_->links.push_back(
                std::make_shared<RelayLink>(s_->executor, config, address, [weak = std::weak_ptr{s_}, index] {
                    if (const auto s = weak.lock()) s->on_change(*s->links[index]);
                }));
        }
        for (auto& link : s_->links) link->start();
    }
    ~ConnectedPublisher() override { s_->close(); }

    asio::awaitable<bool> ready(Patience patience) override {
        const auto deadline = after(patience);
        while (!s_->choose() && Clock::now() < deadline) co_await s_->changed.wait_until(deadline);
        co_return s_->choose() != nullptr;
    }

    bool try_send(std::string_view topic, std::string_view body) override {
        auto& s = *s_;
        if (!s.choose() || !has_room()) return false;
        s.queue.push(topic, body);
        ++sent_;
        if (s.queue.unwritten().size() >= batch_bytes)
            s.flush();
        else
            s.flush_soon();
        return true;
    }

    asio::awaitable<bool> writable(Patience patience) override {
        const auto deadline = after(patience);
        for (;;) {
            s_->flush();
            if (s_->choose() && has_room()) co_return true;
            if (Clock::now() >= deadline) co_return false;
            co_await s_->changed.wait_until(deadline);
        }
    }

    asio::awaitable<Left> finish(Patience patience) override {
        auto& s = *s_;
        s.flush();
        bool gone = false;
        for (auto deadline = lingering(); !s.queue.empty() && Clock::now() < deadline;) {
            co_await s.changed.wait_until(deadline);
            // Without a relay, as long as it may take to find one.
            const bool was_gone = std::exchange(gone, !s.choose());
            if (gone != was_gone) deadline = gone ? after(patience) : lingering();
        }
        // The relay hangs up when it has read to the end.
        if (s.active && s.active->connected() && linger_.count() != 0 && s.queue.empty()) {
            auto& link = *s.active;
            link.finish();
            const auto deadline = lingering();
            while (link.connected() && Clock::now() < deadline) co_await s.changed.wait_until(deadline);
            if (link.connected() && link.unacknowledged() == 0)
                log::warning("publisher", "{} has not read everything within zmq_linger, {} ms",
                             link.address(), linger_.count());
        }
        if (s.active) s.queue.acknowledged_all_but(s.active->unacknowledged());
        const bool cut = s.cut || s.doubtful;
        Left left{s.queue.messages_unacknowledged() + s.refused, cut};
        if (cut) left.messages = std::max<std::uint64_t>(left.messages, 1);
        s.close();
        co_return left;
    }

    [[nodiscard]] std::string trouble() const override {
        std::string text;
        for (const auto& link : s_->links)
            text += (text.empty() ? "" : "; ") + link->address() + ": " + link->trouble();
        return text;
    }
    [[nodiscard]] std::string address() const override {
        const auto* link = s_->choose();
        return link ? link->address() : "";
    }

  private:
    static Clock::time_point after(Patience patience) {
        return patience ? Clock::now() + *patience : Clock::time_point::max();
    }
    [[nodiscard]] Clock::time_point lingering() const {
        return linger_.count() < 0 ? Clock::time_point::max() : Clock::now() + linger_;
    }
    [[nodiscard]] bool has_room() const {
        return s_->queue.unwritten().size() < max_unwritten_bytes &&
               (high_water_mark_ == 0 || s_->queue.messages_unwritten() < high_water_mark_);
    }

    std::shared_ptr<Connected> s_;
    std::chrono::milliseconds linger_;
    std::size_t high_water_mark_;
};

}  // namespace

std::unique_ptr<Publisher> Publisher::connect(Loop& loop, const Config& config) {
    return std::make_unique<ConnectedPublisher>(loop, config);
}

}  // namespace fedmsg::bus
