#pragma once
/// \file
/// What happens to the connections of a socket: zmq_socket_monitor(3).

#include "bus/socket.h"

#include <optional>
#include <string>

namespace fedmsg::bus {

struct ConnectionEvent {
    int type = 0;          ///< ZMQ_EVENT_CONNECTED, …
    int value = 0;         ///< a descriptor, an errno value, … by type
    std::string endpoint;  ///< "tcp://127.0.0.1:4001"
};

/// Watches one socket; must be closed (or destroyed) before it.
class Monitor {
  public:
    /// \param events  ZMQ_EVENT_… or-ed
    Monitor(const asio::any_io_executor& executor, Socket& watched, int events);
    ~Monitor() { close(); }
    Monitor(Monitor&&) = delete;

    /// The next event; nothing when there is none now.
    std::optional<ConnectionEvent> receive();
    /// See Socket::signalled.
    [[nodiscard]] asio::awaitable<void> signalled() { return events_.signalled(); }
    void close();

  private:
    Socket& watched_;
    Socket events_;
    bool open_ = true;
};

}  // namespace fedmsg::bus
