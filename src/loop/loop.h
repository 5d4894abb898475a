#pragma once
/// \file
/// The event loop of the process: one thread, one io_context, stopped by SIGTERM and SIGINT.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <functional>

namespace fedmsg {

namespace asio = boost::asio;

class Loop {
  public:
    asio::io_context& context() { return io_; }

    /// Called on SIGHUP while run() runs; without it SIGHUP is ignored.
    void on_hangup(std::function<void()> action) { hangup_ = std::move(action); }

    /// Runs `task` to its end. SIGTERM or SIGINT emits a terminal cancellation to it: its waits throw, its
    /// destructors do the rest, and run() returns as from a normal end. A second one ends the process at
    /// once. \throws what `task` throws, except for the cancellation itself
    void run(asio::awaitable<void> task);

    /// Whether a signal asked for the end.
    [[nodiscard]] bool stopping() const { return stopping_; }

  private:
    asio::io_context io_{1};
    std::function<void()> hangup_;
    bool stopping_ = false;
};

/// For asio::co_spawn of a side task: a cancellation ends it silently, any other exception leaves Loop::run.
void rethrow_unless_cancelled(const std::exception_ptr& failure);

}  // namespace fedmsg
