#pragma once
/// \file
/// The sending side: one socket bound to an address of ours, or connected to a relay.
///
/// Nothing is sent before a subscription has arrived: it proves that the peer is connected and listening, so
/// no message is lost at the start and nobody sleeps. Back-pressure is awaited. Source: spec "Publishing".

#include "bus/context.h"
#include "config/config.h"
#include "loop/loop.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::bus {

class Publisher {
  public:
    /// Connects to every address of `relay_inbound`; the first that subscribes is sent to, the next takes
    /// over when it is lost.
    static Publisher connect(Loop& loop, Context context, const Config& config);

    /// Binds the first free address of `endpoints[name]`, port on every interface.
    /// \throws SetupError  "no free endpoint for name X: tried …", UsageError when there is no such name
    static Publisher bind(Loop& loop, Context context, const Config& config, const std::string& name);

    Publisher(Publisher&&) noexcept;
    Publisher& operator=(Publisher&&) noexcept;
    ~Publisher();

    /// Waits until somebody subscribes. Connected: at most `patience`, for ever without one; false when
    /// nobody did. Bound: at most `post_init_sleep`, and true in any case: to publish without subscribers is
    /// normal.
    [[nodiscard]] asio::awaitable<bool> ready(std::optional<std::chrono::milliseconds> patience);

    /// Hands one message to ZeroMQ, or false when that must wait: then writable(), and again.
    [[nodiscard]] bool try_send(std::string_view topic, std::string_view body);
    /// Waits for room, and for a relay when the last one is gone, at most `patience`; false when it was in
    /// vain.
    [[nodiscard]] asio::awaitable<bool> writable(std::optional<std::chrono::milliseconds> patience);

    /// Waits, `zmq_linger` at most, until everything sent has left, and closes. How many messages did not
    /// leave.
    [[nodiscard]] asio::awaitable<std::uint64_t> finish();

    /// For an error message: what each address last said, "tcp://127.0.0.1:2003: Connection refused".
    [[nodiscard]] std::string trouble() const;
    /// Where it is bound, or what it is connected to.
    [[nodiscard]] std::string address() const;
    /// Messages accepted by try_send().
    [[nodiscard]] std::uint64_t sent() const;

  private:
    struct Link;
    struct State;
    explicit Publisher(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

}  // namespace fedmsg::bus
