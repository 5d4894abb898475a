#pragma once
/// \file
/// Taking turns: whoever handles messages as long as there are any lets the loop's other tasks run in
/// between.

#include "loop/loop.h"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>

namespace fedmsg::bus {

/// Messages handled before other tasks of the loop get their turn. 64 costs nothing measurable; 256 holds the
/// loop for a quarter of a millisecond.
inline constexpr std::size_t batch_size = 64;

/// Lets other tasks of the loop run.
inline asio::awaitable<void> yield() {
    const auto executor = co_await asio::this_coro::executor;
    co_await asio::post(executor, asio::use_awaitable);
}

}  // namespace fedmsg::bus
