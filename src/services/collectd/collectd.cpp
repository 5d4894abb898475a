#include "services/collectd/collectd.h"

#include "bus/batch.h"
#include "util/output.h"

#include <fmt/core.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace fedmsg::services {

using Clock = std::chrono::steady_clock;

namespace {

/// What the wall clock says, or said, at this moment; within 0.1 ms, however busy the machine is.
std::chrono::system_clock::time_point wall_time(Clock::time_point moment) {
    for (;;) {
        const auto before = Clock::now();
        const auto wall = std::chrono::system_clock::now();
        if (Clock::now() - before < std::chrono::microseconds{100}) return wall - (before - moment);
    }
}

}  // namespace

Collectd::Collectd(Loop& loop, const Config& config, Wallboard wallboard, std::chrono::milliseconds interval)
    : loop_{loop}, wallboard_{std::move(wallboard)}, interval_{interval}, bus_{loop, config, "collectd"} {}

asio::awaitable<void> Collectd::run() {
    const auto executor = loop_.context().get_executor();
    if (is_pipe(STDOUT_FILENO)) {
        out_.assign(::dup(STDOUT_FILENO));
        asio::co_spawn(executor, watch_reader(), rethrow_unless_cancelled);
    }
    asio::co_spawn(executor, print(), rethrow_unless_cancelled);
    for (;;) {
        std::size_t counted = 0;
        for (; counted < bus::batch_size; ++counted) {
            const auto next = bus_.try_next();
            if (!next) break;
            wallboard_.count(next->message.topic());
        }
        if (counted > 0)
            co_await bus::yield();
        else
            co_await bus_.wait();
    }
}

asio::awaitable<void> Collectd::print() {
    asio::steady_timer timer{loop_.context()};
    for (auto deadline = Clock::now() + interval_;; deadline += interval_) {
        if (const auto late = Clock::now() - deadline; late >= interval_)
            deadline += late / interval_ * interval_;
        timer.expires_at(deadline);
        co_await timer.async_wait(asio::use_awaitable);
        // Not when the timer was served: two of one second would be refused.
        wallboard_.dump(wall_time(deadline), output().buffer());
        co_await flush();
    }
}

/// A reader that does not read must not keep signals from being heard.
asio::awaitable<void> Collectd::flush() {
    while (!output().try_flush()) {
        if (out_.is_open())
            co_await out_.async_wait(out_.wait_write, asio::use_awaitable);
        else
            output().flush();
    }
}

asio::awaitable<void> Collectd::watch_reader() {
    co_await out_.async_wait(out_.wait_error, asio::use_awaitable);
    loop_.context().stop();
}

void Collectd::collect(Metrics& metrics) const {
    bus_.collect(metrics);
    for (const auto& count : wallboard_.counts())
        metrics.counter("fedmsg_category_messages_total", "messages counted", count.total,
                        {{"category", count.category}});
}

std::string Collectd::status() const {
    std::uint64_t counted = 0;
    for (const auto& count : wallboard_.counts()) counted += count.total;
    const auto others = bus_.summary();
    return fmt::format("counted {} messages{}{}", counted, others.empty() ? "" : ", ", others);
}

}  // namespace fedmsg::services
