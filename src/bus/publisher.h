#pragma once
/// \file
/// The sending side: bound to an address of ours, or connected to a relay.
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

namespace fedmsg::bus {

class Publisher {
  public:
    using Patience = std::optional<std::chrono::milliseconds>;  ///< none: for ever

    /// Connects to every address of `relay_inbound`; the first that subscribes is sent to, the next takes
    /// over when it is lost. \throws SetupError  when one is no address to connect to
    static std::unique_ptr<Publisher> connect(Loop& loop, const Config& config);

    /// Binds the first free address of `endpoints[name]`, port on every interface.
    /// \throws SetupError  "no free endpoint for name X: tried …", UsageError when there is no such name
    static std::unique_ptr<Publisher> bind(Loop& loop, Context context, const Config& config,
                                           const std::string& name);

    virtual ~Publisher() = default;

    /// Waits until somebody subscribes. Connected: at most `patience`; false when nobody did. Bound: at most
    /// `post_init_sleep`, and true in any case: to publish without subscribers is normal.
    [[nodiscard]] virtual asio::awaitable<bool> ready(Patience patience) = 0;

    /// Accepts one message, or returns false when that must wait: then writable(), and again.
    [[nodiscard]] virtual bool try_send(std::string_view topic, std::string_view body) = 0;
    /// Waits for room, and for a relay when the last one is gone, at most `patience`; false when it was in
    /// vain.
    [[nodiscard]] virtual asio::awaitable<bool> writable(Patience patience) = 0;

    /// What did not leave.
    struct Left {
        std::uint64_t messages = 0;
        bool or_more = false;  ///< the connection broke: how much the relay had read is not known
    };
    /// Waits until everything accepted has left, `patience` for a relay when there is none and `zmq_linger`
    /// for one that is slow, and closes.
    [[nodiscard]] virtual asio::awaitable<Left> finish(Patience patience) = 0;

    /// For an error message: what each address last said, "tcp://127.0.0.1:2003: Connection refused".
    [[nodiscard]] virtual std::string trouble() const = 0;
    /// Where it is bound, or what it is connected to.
    [[nodiscard]] virtual std::string address() const = 0;
    /// Messages accepted by try_send().
    [[nodiscard]] std::uint64_t sent() const { return sent_; }

  protected:
    Publisher() = default;
    Publisher(const Publisher&) = delete;
    std::uint64_t sent_ = 0;
};

}  // namespace fedmsg::bus
