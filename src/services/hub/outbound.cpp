#include "services/hub/outbound.h"

#include "crypto/certname.h"
#include "encoding/write.h"
#include "message/envelope.h"
#include "message/topic.h"
#include "util/error.h"

#include <boost/asio/post.hpp>

#include <ctime>

namespace fedmsg::services::hub {
namespace {

/// What may wait to be published, in bytes: consumers then wait themselves.
constexpr std::size_t most_waiting = 8 * 1024 * 1024;

}  // namespace

Outbound::Outbound(Loop& loop, const Config& config, std::optional<crypto::Signer> signer)
    : loop_{loop},
      config_{config},
      signer_{std::move(signer)},
      user_{message::login_name()},
      arrived_{loop.context().get_executor()},
      idle_{loop.context().get_executor()} {
    if (signer_) pool_.emplace(loop, config.crypto_workers.value_or(0));
}

Outbound::~Outbound() = default;

std::optional<std::string> Outbound::publish(std::string_view topic, std::string_view modname,
                                             std::string msg) {
    if (!config_.zmq_enabled) return "zmq_enabled is false, and this build publishes over ZeroMQ only";
    if (config_.zmq_max_message_size > 0 && msg.size() > config_.zmq_max_message_size)
        return fmt::format("it is {} bytes long, more than zmq_max_message_size, {}", msg.size(),
                           config_.zmq_max_message_size);
    Item item;
    try {
        item = {message::make_topic({config_.topic_prefix, config_.environment, modname, topic}),
                std::move(msg)};
    } catch (const UsageError& e) {
        return e.what();
    }
    const bool on_loop = std::this_thread::get_id() == loop_thread_;
    {
        std::unique_lock lock{mutex_};
        if (!on_loop) room_.wait(lock, [this] { return closed_ || bytes_ < most_waiting; });
        if (closed_) return "the hub is stopping";
        bytes_ += item.msg.size();
        waiting_.push_back(std::move(item));
    }
    if (on_loop)
        arrived_.notify();
    else
        asio::post(loop_.context(), [this] { arrived_.notify(); });
    return std::nullopt;
}

bool Outbound::crowded() {
    const std::lock_guard lock{mutex_};
    return bytes_ >= most_waiting;
}

std::size_t Outbound::waiting() {
    const std::lock_guard lock{mutex_};
    return waiting_.size();
}

std::optional<Outbound::Item> Outbound::take() {
    const std::lock_guard lock{mutex_};
    if (waiting_.empty()) return std::nullopt;
    auto item = std::move(waiting_.front());
    waiting_.pop_front();
    bytes_ -= item.msg.size();
    room_.notify_all();
    return item;
}

asio::awaitable<void> Outbound::run() {
    for (;;) {
        auto item = take();
        if (!item && encoded_.empty()) {
            if (pool_) co_await pool_->drain();
            if (encoded_.empty()) {
                busy_ = false;
                idle_.notify();
                const bool more = waiting() > 0;
                if (!more) co_await arrived_.wait();
                continue;
            }
        }
        busy_ = true;
        if (item) co_await encode(*std::move(item));
        while (!encoded_.empty()) {
            auto message = std::move(encoded_.front());
            encoded_.pop_front();
            co_await send(std::move(message));
        }
    }
}

/// Its bytes follow in encoded_, in order.
asio::awaitable<void> Outbound::encode(Item item) {
    const auto now = std::time(nullptr);
    auto id = ids_.next(year_.of(now));
    const auto i = ++numbered_;
    auto encode_now = [this, item = std::move(item), now, id = std::move(id), i]() mutable {
        auto msg = encoding::loads(item.msg);
        auto envelope =
            message::make_envelope(item.topic, msg ? *std::move(msg) : encoding::Value{}, now, id, i, user_);
        std::optional<std::string> trouble;
        if (signer_) trouble = signer_->try_sign(envelope);
        return Encoded{std::move(item.topic), encoding::dumps(encoding::Value{std::move(envelope)}),
                       std::move(trouble)};
    };
    if (!pool_) {
        encoded_.push_back(encode_now());
        co_return;
    }
    OrderedPool::Work work = [this, encode_now]() mutable -> OrderedPool::Delivery {
        return [this, encoded = encode_now()]() mutable { encoded_.push_back(std::move(encoded)); };
    };
    co_await pool_->submit(std::move(work));
}

asio::awaitable<bool> Outbound::open() {
    if (!publisher_) {
        std::string trouble;
        try {
            const auto name = config_.name.value_or("hub." + crypto::short_host_name());
            publisher_ = config_.active ? bus::Publisher::connect(loop_, config_)
                                        : bus::Publisher::bind(loop_, bus::make_context(config_.io_threads),
                                                               config_, name);
        } catch (const std::exception& e) {
            trouble = e.what();
        }
        if (!publisher_) {
            failed(trouble + ": add it, or set `active` to publish through the relay");
            co_return false;
        }
    }
    while (!ready_) {
        ready_ = co_await publisher_->ready(config_.timeout);
        if (ready_) break;
        if (const auto held_back = failure_limit_.pass(); held_back)
            log::warning("hub", "no relay takes what consumers publish: {}: waiting", publisher_->trouble());
    }
    co_return true;
}

asio::awaitable<void> Outbound::send(Encoded message) {
    if (message.trouble) {
        failed(*message.trouble);
        co_return;
    }
    const bool opened = co_await open();
    if (!opened) co_return;
    while (!publisher_->try_send(message.topic, message.body)) {
        const bool room = co_await publisher_->writable(config_.timeout);
        if (room) continue;
        if (const auto held_back = failure_limit_.pass(); held_back)
            log::warning("hub", "no relay takes what consumers publish: {}: waiting", publisher_->trouble());
    }
    ++sent_;
}

void Outbound::failed(const std::string& trouble) {
    ++not_sent_;
    if (const auto held_back = failure_limit_.pass())
        log::error("hub", "cannot publish what a consumer gives: {}{}", trouble,
                   *held_back ? fmt::format(" (and {} more before it)", *held_back) : "");
}

asio::awaitable<void> Outbound::finish(Clock::time_point deadline) {
    {
        const std::lock_guard lock{mutex_};
        closed_ = true;
        room_.notify_all();
    }
    arrived_.notify();
    while ((busy_ || waiting() > 0) && Clock::now() < deadline) co_await idle_.wait_until(deadline);
    const auto left = waiting() + encoded_.size() + (busy_ ? 1 : 0);
    not_sent_ += left;
    if (publisher_ && !busy_) {
        const auto patience = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
        const auto lost = co_await publisher_->finish(std::max(patience, std::chrono::milliseconds{0}));
        not_sent_ += lost.messages;
    }
    if (not_sent_ > 0) log::warning("hub", "{} messages that consumers published were not sent", not_sent_);
}

}  // namespace fedmsg::services::hub
