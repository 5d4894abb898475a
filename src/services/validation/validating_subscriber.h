#pragma once
/// \file
/// A subscriber that looks at signatures, on threads. Source: spec "Signing, validation, authorization":
/// order is kept for each publisher's endpoint.

#include "bus/subscriber.h"
#include "crypto/validator.h"
#include "loop/fair_pool.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fedmsg::services {

/// A message with what signatures say about it.
struct Judged {
    bus::Received received;  ///< its body is valid until the next try_next()
    crypto::Verdict verdict;
};

/// Used by one coroutine at a time. The messages of an endpoint come in order. Who sends what does not
/// validate keeps nobody else waiting: threads are shared out by endpoint, and such work counts four times.
/// What waits is bounded for each endpoint and in all; beyond that it stays with its publisher.
class ValidatingSubscriber {
  public:
    /// Says of a message whether it is to be handed out at all; asked before its signature is looked at.
    using Wanted = std::function<bool(const bus::Received&)>;

    /// As bus::Subscriber. \param validator  null: every message counts as valid, and no thread is needed;
    /// otherwise there are `crypto_workers`
    ValidatingSubscriber(Loop& loop, const Config& config, const std::vector<std::string>& topics,
                         std::unique_ptr<crypto::Validator> validator, Wanted wanted = {});
    ~ValidatingSubscriber();
    ValidatingSubscriber(const ValidatingSubscriber&) = delete;
    ValidatingSubscriber& operator=(const ValidatingSubscriber&) = delete;

    /// The next message; nothing when there is none now.
    std::optional<Judged> try_next();
    /// Waits until there may be one: only after try_next() gave nothing.
    [[nodiscard]] asio::awaitable<void> wait();

    /// As bus::Subscriber. What is under way from there still comes: the bounds of a lane.
    void hold(const bus::Origin& origin);
    void release(const bus::Origin& origin);

    [[nodiscard]] bus::Subscriber& bus() { return bus_; }
    [[nodiscard]] const bus::Subscriber& bus() const { return bus_; }
    /// Messages that did not validate, by reason.
    [[nodiscard]] const std::array<std::uint64_t, crypto::reasons>& refused() const { return refused_; }
    /// "3 unsigned, 1 expired"; empty when all were valid.
    [[nodiscard]] std::string refused_summary() const;
    /// What it validates against, for warnings of its end.
    [[nodiscard]] std::vector<crypto::InUse> in_use() const {
        return validator_ ? validator_->in_use() : std::vector<crypto::InUse>{};
    }

  private:
    struct Piece;
    /// A message with everything that it needs.
    struct Waiting {
        message::Message message;
        std::string body;
        const bus::Origin* origin;
        crypto::Verdict verdict{};
    };
    struct Lane {
        std::size_t messages = 0, bytes = 0;  // under way, or ready
        bool held = false;                    // it has too much under way
        bool held_by_reader = false;          // hold()
    };

    void take_in();
    void hand_over(bus::Received received);
    void ready(Waiting message);
    void leave(const Waiting& message);
    void release_if_there_is_room(const bus::Origin& origin, Lane& lane);

    bus::Subscriber bus_;
    std::unique_ptr<crypto::Validator> validator_;
    Wanted wanted_;
    std::map<const bus::Origin*, Lane> lanes_;
    std::size_t bytes_ = 0;  // of all lanes
    bool crowded_ = false;   // all lanes together had too much
    std::deque<Waiting> ready_;
    std::optional<Waiting> current_;  // handed out
    std::array<std::uint64_t, crypto::reasons> refused_{};
    std::optional<FairPool> pool_;  // last: its threads end before what they work with
};

}  // namespace fedmsg::services
