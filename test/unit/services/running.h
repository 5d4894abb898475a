#pragma once
/// \file
/// A loop that runs in a thread while a test plays the other end.

#include "loop/loop.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <thread>

namespace fedmsg::services::test {

class Running {
  public:
    explicit Running(Loop& loop) : loop_{loop}, end_{loop.context()} {
        end_.expires_at(std::chrono::steady_clock::time_point::max());
        thread_ = std::thread{[this] { loop_.run(wait()); }};
    }
    ~Running() {
        asio::post(loop_.context(), [this] {
            ended_ = true;
            end_.cancel();
        });
        thread_.join();
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

  private:
    asio::awaitable<void> wait() {
        while (!ended_) co_await end_.async_wait(asio::as_tuple(asio::use_awaitable));
    }

    Loop& loop_;
    bool ended_ = false;
    asio::steady_timer end_;
    std::thread thread_;
};

}  // namespace fedmsg::services::test
