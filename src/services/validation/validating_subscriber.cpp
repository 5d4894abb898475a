#include "services/validation/validating_subscriber.h"

#include "bus/batch.h"

#include <fmt/format.h>

namespace fedmsg::services {
namespace {

/// What one endpoint may have under way, and all of them together. A message that is larger goes alone.
constexpr std::size_t most_messages = 256;
constexpr std::size_t most_bytes = 1024 * 1024;
constexpr std::size_t most_bytes_of_all = 64 * 1024 * 1024;

/// Work for what does not validate counts so many times.
constexpr FairPool::Weight weight_of_refused = 4;

}  // namespace

struct ValidatingSubscriber::Piece : FairPool::Piece {
    Piece(ValidatingSubscriber& o, Waiting m) : owner{o}, message{std::move(m)} {}

    FairPool::Weight work() noexcept override {
        message.verdict = owner.validator_->validate(message.message.envelope(), message.message.topic());
        return message.verdict.valid() ? 1 : weight_of_refused;
    }
    void deliver() override { owner.ready(std::move(message)); }

    ValidatingSubscriber& owner;
    Waiting message;
};

ValidatingSubscriber::ValidatingSubscriber(Loop& loop, const Config& config,
                                           const std::vector<std::string>& topics,
                                           std::unique_ptr<crypto::Validator> validator, Wanted wanted)
    : bus_{loop, config, topics}, validator_{std::move(validator)}, wanted_{std::move(wanted)} {
    if (validator_) pool_.emplace(loop, config.crypto_workers.value_or(0));
}

ValidatingSubscriber::~ValidatingSubscriber() = default;

std::optional<Judged> ValidatingSubscriber::try_next() {
    if (!validator_) {
        while (auto received = bus_.try_next())
            if (!wanted_ || wanted_(*received)) return Judged{*std::move(received), {}};
        return std::nullopt;
    }
    if (ready_.empty()) take_in();
    if (ready_.empty()) return std::nullopt;
    current_ = std::move(ready_.front());
    ready_.pop_front();
    leave(*current_);
    return Judged{{std::move(current_->message), current_->body, current_->origin},
                  std::move(current_->verdict)};
}

asio::awaitable<void> ValidatingSubscriber::wait() {
    // What ready() announces before this is not forgotten: interrupt() holds for the next wait.
    if (ready_.empty()) co_await bus_.wait();
}

/// Reads while there is room.
void ValidatingSubscriber::take_in() {
    for (std::size_t i = 0; i < bus::batch_size; ++i) {
        auto received = bus_.try_next();
        if (!received) return;
        if (!wanted_ || wanted_(*received)) hand_over(*std::move(received));
    }
    bus_.interrupt();  // there may be more
}

void ValidatingSubscriber::hand_over(bus::Received received) {
    const auto* origin = received.origin;
    auto& lane = lanes_[origin];
    ++lane.messages;
    lane.bytes += received.body.size();
    bytes_ += received.body.size();
    Waiting message{std::move(received.message), std::string{received.body}, origin};
    pool_->submit(origin, std::make_unique<Piece>(*this, std::move(message)));
    const bool crowded = bytes_ >= most_bytes_of_all;
    if (lane.messages < most_messages && lane.bytes < most_bytes && !crowded) return;
    crowded_ = crowded_ || crowded;
    lane.held = true;
    bus_.hold(*origin);
}

void ValidatingSubscriber::ready(Waiting message) {
    if (!message.verdict.valid()) ++refused_[static_cast<std::size_t>(message.verdict.reason)];
    ready_.push_back(std::move(message));
    bus_.interrupt();
}

void ValidatingSubscriber::leave(const Waiting& message) {
    auto& lane = lanes_[message.origin];
    --lane.messages;
    lane.bytes -= message.body.size();
    bytes_ -= message.body.size();
    if (lane.held) release_if_there_is_room(*message.origin, lane);
    if (!crowded_ || bytes_ > most_bytes_of_all / 2) return;
    crowded_ = false;
    for (auto& [origin, other] : lanes_)
        if (other.held) release_if_there_is_room(*origin, other);
}

/// Half of it, so that an endpoint is read in blocks.
void ValidatingSubscriber::release_if_there_is_room(const bus::Origin& origin, Lane& lane) {
    if (crowded_ || lane.messages > most_messages / 2 || lane.bytes > most_bytes / 2) return;
    lane.held = false;
    if (!lane.held_by_reader) bus_.release(origin);
}

void ValidatingSubscriber::hold(const bus::Origin& origin) {
    lanes_[&origin].held_by_reader = true;
    bus_.hold(origin);
}

void ValidatingSubscriber::release(const bus::Origin& origin) {
    auto& lane = lanes_[&origin];
    lane.held_by_reader = false;
    if (!lane.held) bus_.release(origin);
}

std::string ValidatingSubscriber::refused_summary() const {
    std::string text;
    for (std::size_t i = 0; i < crypto::reasons; ++i)
        if (refused_[i] > 0)
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", refused_[i],
                                code(static_cast<crypto::Reason>(i)));
    return text;
}

}  // namespace fedmsg::services
