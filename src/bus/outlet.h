#pragma once
/// \file
/// The sending side of who binds and has many subscribers: each has a queue of its own, loses what it is too
/// slow for, and nothing else, and every loss is known. Source: spec "gateway", "Wire".
///
/// Why not an XPUB of libzmq: it tells of the first message that a full queue does not take, and of none
/// after that until the queue has moved. A subscriber that stands still lost 19,400 messages, and two were
/// told.

#include "bus/connection.h"
#include "config/config.h"
#include "loop/loop.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace fedmsg::bus {

/// Used by one coroutine at a time.
class Outlet {
  public:
    /// A peer that has not introduced itself by then is hung up on: as libzmq does.
    static constexpr std::chrono::seconds time_to_introduce{30};

    struct Counters {
        std::uint64_t published = 0, published_bytes = 0;  ///< messages, once however many subscribers
        std::uint64_t delivered = 0;                       ///< copies that the kernel has taken
        std::uint64_t lost = 0;                            ///< copies that a full queue had no room for
        std::uint64_t left_behind =
            0;                         ///< copies that were queued for a subscriber when its connection ended
        std::uint64_t ignored = 0;     ///< what subscribers sent besides subscriptions
        std::uint64_t accepted = 0;    ///< connections
        std::uint64_t failed = 0;      ///< of those, without a handshake
        std::uint64_t misbehaved = 0;  ///< hung up on after their handshake, because they broke the protocol
    };

    /// \param component  who publishes, for the log
    /// \param high_water_mark  messages queued for one subscriber; 0: no limit
    Outlet(Loop& loop, const Config& config, std::string_view component, std::size_t high_water_mark);
    Outlet(const Outlet&) = delete;
    Outlet& operator=(const Outlet&) = delete;
    ~Outlet();

    /// Listens on every address of this host. \throws SetupError  who holds the port
    void listen(int port);

    /// Queues a message for everybody who wants it; flush() sends it. It is kept once for all.
    void publish(std::string_view topic, std::string_view body);
    /// Gives the kernel what it takes of that. Others have their turns meanwhile.
    [[nodiscard]] asio::awaitable<void> flush();

    /// Takes nobody in any more, and waits until subscribers have everything, or `linger` has passed
    /// (negative: as long as it takes). Then hangs up.
    [[nodiscard]] asio::awaitable<void> close(std::chrono::milliseconds linger);

    /// Asked of each who connects from this host: whether to hang up on it at once.
    using Unwanted = std::function<bool(const Connection::Stream::endpoint& peer,
                                        const Connection::Stream::endpoint& here)>;
    void refuse(Unwanted unwanted);

    void set_high_water_mark(std::size_t messages);

    [[nodiscard]] const Counters& counters() const;
    /// Connections whose handshake is done.
    [[nodiscard]] std::size_t subscribers() const;
    /// Of those, the ones whose queue is full now.
    [[nodiscard]] std::size_t slow_subscribers() const;
    /// Copies in all queues.
    [[nodiscard]] std::size_t queued() const;

  private:
    class Peer;
    class State;
    std::shared_ptr<State> state_;
};

}  // namespace fedmsg::bus
