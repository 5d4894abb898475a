#pragma once
/// \file
/// One address to which we connect: a stream that is made, lost and made again.

#include "bus/resolver.h"
#include "config/config.h"
#include "loop/loop.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace fedmsg::bus {

/// `zmq_tcp_keepalive` and its companions; -1: as the system does.
struct KeepAlive {
    int on, count, idle, interval;

    explicit KeepAlive(const Config& config);
    /// Of a TCP connection, which is also told to send at once what it is given (TCP_NODELAY).
    void apply(int descriptor) const;
};

/// Callbacks instead of coroutines, so that a thousand endpoints that are down cost next to nothing: between
/// two attempts one has a timer, and neither descriptor nor frame.
class Connection : public std::enable_shared_from_this<Connection> {
  public:
    using Stream = asio::generic::stream_protocol;

    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    virtual ~Connection() = default;

    /// Why one cannot connect to `address`, which is neither tcp://host:port nor ipc://path; nothing when one
    /// can.
    static std::optional<std::string> address_error(const std::string& address);

    /// Connects in the loop's next turn, and does so again whenever the connection is lost.
    void start();
    virtual void close();

    [[nodiscard]] const std::string& address() const { return address_; }
    /// What it last said: "connection refused".
    [[nodiscard]] const std::string& trouble() const { return trouble_; }

  protected:
    /// \param resolver  for names; may be shared
    Connection(const asio::any_io_executor& executor, const Config& config, std::string address,
               std::shared_ptr<Resolver> resolver);

    /// The stream is there: what is to be set up for it.
    virtual void on_connected() = 0;
    /// After wait_readable(): there are bytes, or the end.
    virtual void on_readable() = 0;
    /// The connection, or the attempt at one, is at an end, and trouble() says why.
    virtual void on_lost() = 0;
    /// The address with the host looked up; empty, and `trouble` set, when that failed.
    virtual asio::awaitable<std::string> look_up(Resolver& resolver, std::string& trouble) = 0;

    /// What the time between two attempts grows to.
    [[nodiscard]] virtual std::chrono::milliseconds longest_pause() const { return options_.longest_pause; }

    void wait_readable();
    /// The peer is what we look for: it may take its time, and the first attempt after this connection comes
    /// soon.
    void introduced();
    /// Closes the connection; the next attempt comes by itself.
    void lose(std::string trouble);
    void set_trouble(std::string trouble) { trouble_ = std::move(trouble); }

    [[nodiscard]] bool closed() const { return closed_; }
    Stream::socket& socket() { return socket_; }
    [[nodiscard]] const Stream::socket& socket() const { return socket_; }

  private:
    using Clock = std::chrono::steady_clock;
    struct Options {
        std::chrono::milliseconds shortest_pause, longest_pause;
        KeepAlive keepalive;
    };

    void attempt();
    asio::awaitable<void> attempt_by_name(std::shared_ptr<Connection> self);
    void dial();
    void limit_time();
    void opened();
    void set_options();
    void try_again();

    std::string address_;
    Stream::endpoint where_;  // with the host looked up, until
    Clock::time_point where_until_{};
    Options options_;
    std::chrono::milliseconds pause_;
    std::shared_ptr<Resolver> resolver_;
    Stream::socket socket_;
    asio::steady_timer timer_;
    std::string trouble_ = "no answer yet";
    bool introduced_ = false;
    bool closed_ = false;
};

}  // namespace fedmsg::bus
