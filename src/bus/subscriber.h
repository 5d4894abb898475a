#pragma once
/// \file
/// The receiving side: one SUB socket connected to every endpoint. Source: spec "Subscribing".

#include "bus/drops.h"
#include "bus/monitor.h"
#include "bus/socket.h"
#include "loop/wakeup.h"
#include "message/message.h"
#include "message/topic.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::bus {

/// A message and the frames it came in.
struct Received {
    message::Message message;
    Frames frames;
};

/// Where a message came from.
struct Origin {
    std::string name;      ///< the entry of `endpoints`; empty when the connection is gone
    std::string endpoint;  ///< "tcp://127.0.0.1:4001"
};

/// Used by one coroutine at a time.
class Subscriber {
  public:
    /// Connects in the background: names are looked up, and looked up again, until they resolve.
    /// \param topics  patterns (message::TopicPattern); none: everything
    /// \throws SetupError  for an address that ZeroMQ does not take
    Subscriber(Loop& loop, Context context, const Config& config, const std::vector<std::string>& topics);
    Subscriber(Subscriber&&) noexcept;
    ~Subscriber();

    /// The next message; nothing when there is none now. What is malformed is counted and skipped.
    std::optional<Received> try_next();
    /// Waits until there may be one: only after try_next() gave nothing.
    [[nodiscard]] asio::awaitable<void> wait();
    /// The same, until `deadline` at most: false then.
    [[nodiscard]] asio::awaitable<bool> wait_until(std::chrono::steady_clock::time_point deadline);

    /// What this subscriber dropped.
    [[nodiscard]] const Drops& drops() const;
    /// Messages handed out by try_next().
    [[nodiscard]] std::uint64_t received() const;

    /// Waits until an endpoint is connected, or the deadline; whether one is.
    [[nodiscard]] asio::awaitable<bool> connected(std::chrono::steady_clock::time_point deadline);
    /// The endpoints that are not connected now, each with the reason where one is known.
    [[nodiscard]] std::vector<std::string> waiting_for() const;
    [[nodiscard]] Origin origin(Received& received) const;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace fedmsg::bus
