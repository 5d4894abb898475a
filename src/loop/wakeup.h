#pragma once
/// \file
/// A condition variable for the coroutines of one loop.

#include "loop/loop.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>

namespace fedmsg {

class Wakeup {
  public:
    explicit Wakeup(const asio::any_io_executor& executor) : timer_{executor} {}

    /// Wakes everyone who waits now.
    void notify() { timer_.cancel(); }
    /// Returns after a notify() or at `deadline`: check the condition before and after.
    [[nodiscard]] asio::awaitable<void> wait_until(std::chrono::steady_clock::time_point deadline);
    [[nodiscard]] asio::awaitable<void> wait() {
        return wait_until(std::chrono::steady_clock::time_point::max());
    }

  private:
    asio::steady_timer timer_;
};

}  // namespace fedmsg
