#pragma once
/// \file
/// Threads for work that would hold the loop up, such as RSA.

#include "loop/loop.h"
#include "loop/wakeup.h"

#include <boost/asio/thread_pool.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>

namespace fedmsg {

/// Runs pieces of work on threads; what they come to is handed out on the loop, in the order in which they
/// were given. Make it after its loop and outside of the coroutines that use it, so that it goes first.
class OrderedPool {
  public:
    using Delivery = std::function<void()>;
    /// Runs on a thread; the delivery that it returns runs on the loop. What either throws leaves Loop::run.
    using Work = std::function<Delivery()>;

    /// \param threads  0: as many as there are processors
    OrderedPool(Loop& loop, std::size_t threads);

    /// Takes the work in, as soon as there is room.
    [[nodiscard]] asio::awaitable<void> submit(Work work);
    /// For who must not wait: add() when has_room(), else wait for room() elsewhere.
    void add(Work work);
    /// Fewer than four pieces for each thread are under way.
    [[nodiscard]] bool has_room() const { return under_way_.size() < most_; }
    [[nodiscard]] asio::awaitable<void> room();
    /// Returns when everything is delivered.
    [[nodiscard]] asio::awaitable<void> drain();

  private:
    struct Piece {
        Delivery delivery;  // empty while the work is not done
    };
    void deliver();

    Loop& loop_;
    std::size_t most_;
    std::deque<std::shared_ptr<Piece>> under_way_;
    Wakeup delivered_;
    asio::thread_pool threads_;  // last: joined before what its work refers to is gone
};

}  // namespace fedmsg
