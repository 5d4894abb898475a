#include "subcommands/delivery.h"

#include "util/error.h"

#include <fmt/core.h>

namespace fedmsg::subcommands {

void DeliveryOptions::describe(cli::Options& options) {
    options.flag("confirm", confirm, "end well only after the relay has re-published each message");
    options.add({.name = "wait",
                 .placeholder = "SECONDS",
                 .meaning = "wait for a relay that is not there yet (for ever)",
                 .kind = cli::Option::Kind::optional_value,
                 .words = {},
                 .store = [this](const std::string* text) {
                     wait = true;
                     if (!text) return;
                     wait_for = cli::parse_seconds(*text);
                     if (!wait_for)
                         throw UsageError("--wait is " + *text + ": must be a number of seconds, 0 or more");
                 }});
}

void check_publishing(const Config& config) {
    if (!config.zmq_enabled)
        throw UsageError("zmq_enabled is false, and this build publishes over ZeroMQ only: set it to True");
}

Delivery::Delivery(Loop& loop, const Config& config, const DeliveryOptions& options)
    : loop_{loop},
      config_{config},
      options_{options},
      patience_{options.wait ? options.wait_for : config.timeout} {}

asio::awaitable<void> Delivery::start() {
    if (!options_.confirm) co_return;
    confirmation_.emplace(loop_, config_);
    co_await confirmation_->start();
}

void Delivery::connect() {
    if (!publisher_) publisher_ = bus::Publisher::connect(loop_, config_);
}

bool Delivery::try_send(std::string_view topic, std::string_view body, const std::string& id) {
    constexpr std::uint64_t confirm_batch = 64;
    if (too_large(body)) return true;
    connect();
    if (!publisher_->try_send(topic, body)) return false;
    if (confirmation_) {
        confirmation_->expect(id);
        if (publisher_->sent() % confirm_batch == 0) confirmation_->take();
    }
    return true;
}

/// Every relay and subscriber would drop it.
bool Delivery::too_large(std::string_view body) {
    const auto limit = config_.zmq_max_message_size;
    if (limit == 0 || body.size() <= limit) return false;
    ++refused_;
    too_large_ = fmt::format("message {} is {} bytes long, more than zmq_max_message_size, {}", taken(),
                             body.size(), limit);
    if (const auto held_back = too_large_limit_.pass())
        log::error("publisher", "{}: not published{}", too_large_,
                   *held_back ? fmt::format(" (and {} more before it)", *held_back) : "");
    return true;
}

asio::awaitable<void> Delivery::wait() {
    const bool room = co_await publisher_->writable(patience_);
    if (room) co_return;
    give_up(fmt::format("no relay took messages within {:g} s: {}",
                        std::chrono::duration<double>{*patience_}.count(), publisher_->trouble()),
            ": start fedmsg-relay, correct relay_inbound, or use --wait");
    throw SetupError(failure_);
}

void Delivery::give_up(std::string failure, std::string advice) {
    failure_ = std::move(failure);
    advice_ = std::move(advice);
}

void Delivery::stopped() {
    give_up("stopped before a relay took messages: " + publisher_->trouble(),
            ": start fedmsg-relay, correct relay_inbound, or use --wait");
}

asio::awaitable<void> Delivery::finish(std::uint64_t unsent, bool or_more) {
    unsent += refused_;
    if (publisher_) {
        const auto left = co_await publisher_->finish(patience_);
        unsent += left.messages;
        or_more = or_more || left.or_more;
        if (left.messages > 0 && failure_.empty())
            failure_ = fmt::format("the relay did not take everything (zmq_linger is {} ms): {}",
                                   config_.zmq_linger.count(), publisher_->trouble());
    }
    if (failure_.empty()) failure_ = too_large_;
    if (confirmation_) {
        co_await confirmation_->finish();
        if (!confirmation_->missing().empty()) failure_ += (failure_.empty() ? "" : "; ") + unconfirmed();
    }
    if (failure_.empty()) co_return;
    if (unsent > 0)
        failure_ += fmt::format(": {}{} message{} not sent", unsent, or_more ? " or more" : "",
                                unsent == 1 ? "" : "s");
    throw SetupError(failure_ + advice_);
}

std::string Delivery::unconfirmed() const {
    constexpr std::size_t named = 10;
    std::string ids;
    std::size_t count = 0;
    for (const auto& id : confirmation_->missing())
        if (count++ < named) ids += (ids.empty() ? "" : ", ") + id;
    if (count > named) ids += fmt::format(" and {} more", count - named);
    return "not confirmed by the relay: " + ids;
}

}  // namespace fedmsg::subcommands
