#pragma once
/// \file
/// The receiving side: a connection to every endpoint. Source: spec "Subscribing".

#include "bus/drops.h"
#include "bus/source.h"
#include "loop/loop.h"
#include "message/message.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::bus {

/// A message as it came.
struct Received {
    message::Message message;
    std::string_view body;  ///< its bytes, until the next try_next()
    const Origin* origin;   ///< valid as long as the subscriber
};

/// The same, not looked into.
struct ReceivedBytes {
    std::string_view topic, body;  ///< until the next try_next_bytes()
    const Origin* origin;          ///< valid as long as the subscriber
};

/// Used by one coroutine at a time.
class Subscriber {
  public:
    /// Connects in the background: names are looked up, and looked up again, until they resolve.
    /// \param topics  patterns (message::TopicPattern); none: everything
    /// \param shape  of what is published at the endpoints
    /// \throws SetupError  for an address that is neither tcp://host:port nor ipc://path
    Subscriber(Loop& loop, const Config& config, const std::vector<std::string>& topics,
               wire::Shape shape = wire::Shape::two_frames);
    Subscriber(Subscriber&&) noexcept;
    ~Subscriber();

    /// The next message; nothing when there is none now, or others should have a turn before there is one.
    /// What is malformed is counted and skipped.
    std::optional<Received> try_next();
    /// The same for who passes messages on: only the shape is looked at (message::check_shape).
    std::optional<ReceivedBytes> try_next_bytes();
    /// Waits until there may be one: only after try_next() gave nothing.
    [[nodiscard]] asio::awaitable<void> wait();
    /// The same, until `deadline` at most: false then.
    [[nodiscard]] asio::awaitable<bool> wait_until(std::chrono::steady_clock::time_point deadline);

    /// Ends the wait of another task, or the next one: it has something else to look at.
    void interrupt();

    /// Takes nothing more from there until release(): it stays with its publisher, which knows how much it
    /// may queue. \param origin  of the message that try_next() has just given
    void hold(const Origin& origin);
    void release(const Origin& origin);

    /// What this subscriber dropped.
    [[nodiscard]] const Drops& drops() const;
    /// Messages handed out by try_next() and try_next_bytes().
    [[nodiscard]] std::uint64_t received() const;

    /// Waits until an endpoint is connected, or the deadline; whether one is.
    [[nodiscard]] asio::awaitable<bool> connected(std::chrono::steady_clock::time_point deadline);
    /// How many are connected now.
    [[nodiscard]] std::size_t connected_count() const;
    /// The endpoint whose connection has these ends: who accepts connections, too, may have accepted its own.
    /// Null: none.
    [[nodiscard]] const Origin* origin_between(const Connection::Stream::endpoint& near,
                                               const Connection::Stream::endpoint& far) const;
    /// The endpoints that are not connected now, each with the reason where one is known.
    [[nodiscard]] std::vector<std::string> waiting_for() const;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace fedmsg::bus
