#include "loop/loop.h"

#include "loop/wakeup.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <gtest/gtest.h>

#include <csignal>
#include <stdexcept>

namespace fedmsg {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

asio::awaitable<void> wait_for_ever(Loop& loop, int& destroyed) {
    struct Count {
        int& count;
        ~Count() { ++count; }
    } counted{destroyed};
    asio::steady_timer timer{loop.context(), Clock::time_point::max()};
    co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> raise_and_wait(Loop& loop, int signal, int& destroyed) {
    ::raise(signal);
    co_await wait_for_ever(loop, destroyed);
}

asio::awaitable<void> throw_error() {
    throw std::runtime_error{"no"};
    co_return;
}

asio::awaitable<void> nothing() { co_return; }

TEST(Loop, EndsWithItsTask) {
    Loop loop;
    loop.run(nothing());
    EXPECT_FALSE(loop.stopping());
}

TEST(Loop, GivesTheExceptionOfItsTask) {
    Loop loop;
    EXPECT_THROW(loop.run(throw_error()), std::runtime_error);
}

TEST(Loop, StopsAtSignals) {
    for (const int signal : {SIGTERM, SIGINT}) {
        Loop loop;
        int destroyed = 0;
        loop.run(raise_and_wait(loop, signal, destroyed));
        EXPECT_TRUE(loop.stopping());
        EXPECT_EQ(destroyed, 1) << "its destructors have run";
    }
}

asio::awaitable<void> fail_while_stopping(Loop& loop) {
    int ignored = 0;
    try {
        co_await raise_and_wait(loop, SIGTERM, ignored);
    } catch (const boost::system::system_error&) {
        throw std::runtime_error{"the drain failed"};
    }
}

TEST(Loop, AFailureWhileStoppingIsNotSwallowed) {
    Loop loop;
    EXPECT_THROW(loop.run(fail_while_stopping(loop)), std::runtime_error);
}

asio::awaitable<void> drain_after_signal(Loop& loop, bool& drained) {
    int ignored = 0;
    try {
        co_await raise_and_wait(loop, SIGTERM, ignored);
    } catch (const boost::system::system_error&) {
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    asio::steady_timer timer{loop.context(), milliseconds{1}};
    co_await timer.async_wait(asio::use_awaitable);
    drained = true;
}

TEST(Loop, ATaskMayDrainAfterASignal) {
    Loop loop;
    bool drained = false;
    loop.run(drain_after_signal(loop, drained));
    EXPECT_TRUE(drained);
}

asio::awaitable<void> hang_up_twice(Loop& loop, int& hangups) {
    asio::steady_timer timer{loop.context()};
    for (const int expected : {1, 2}) {
        ::raise(SIGHUP);
        while (hangups < expected) {
            timer.expires_after(milliseconds{1});
            co_await timer.async_wait(asio::use_awaitable);
        }
    }
}

TEST(Loop, SighupCallsAndDoesNotEndIt) {
    Loop loop;
    int hangups = 0;
    loop.on_hangup([&] { ++hangups; });
    loop.run(hang_up_twice(loop, hangups));
    EXPECT_EQ(hangups, 2);
    EXPECT_FALSE(loop.stopping());
}

asio::awaitable<void> fail_beside(Loop& loop) {
    int ignored = 0;
    asio::co_spawn(loop.context(), throw_error(), rethrow_unless_cancelled);
    co_await wait_for_ever(loop, ignored);
}

TEST(Loop, ASideTaskThatFailsEndsIt) {
    Loop loop;
    EXPECT_THROW(loop.run(fail_beside(loop)), std::runtime_error);
}

asio::awaitable<void> ignore_signals(Loop& loop) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    asio::steady_timer timer{loop.context()};
    for (;;) {
        ::raise(SIGTERM);
        timer.expires_after(milliseconds{20});
        co_await timer.async_wait(asio::use_awaitable);
    }
}

void run_stubborn_task() {
    Loop loop;
    loop.run(ignore_signals(loop));
}

TEST(LoopDeathTest, ASecondSignalEndsTheProcessAtOnce) {
    EXPECT_EXIT(run_stubborn_task(), testing::ExitedWithCode(128 + SIGTERM), "");
}

// Wakeup

asio::awaitable<void> wait_and_count(Wakeup& wakeup, Clock::time_point deadline, int& woken) {
    co_await wakeup.wait_until(deadline);
    ++woken;
}

asio::awaitable<void> notify_waiters(Loop& loop, Wakeup& wakeup, int& woken) {
    for (int i = 0; i < 3; ++i)
        asio::co_spawn(loop.context(), wait_and_count(wakeup, Clock::time_point::max(), woken),
                       rethrow_unless_cancelled);
    asio::steady_timer timer{loop.context(), milliseconds{1}};
    co_await timer.async_wait(asio::use_awaitable);
    EXPECT_EQ(woken, 0);
    wakeup.notify();
    timer.expires_after(milliseconds{1});
    co_await timer.async_wait(asio::use_awaitable);
    EXPECT_EQ(woken, 3);
}

TEST(Wakeup, NotifyWakesEverybody) {
    Loop loop;
    Wakeup wakeup{loop.context().get_executor()};
    int woken = 0;
    loop.run(notify_waiters(loop, wakeup, woken));
}

asio::awaitable<void> wait_until(Wakeup& wakeup, Clock::time_point deadline) {
    co_await wakeup.wait_until(deadline);
}

TEST(Wakeup, ReturnsAtTheDeadline) {
    Loop loop;
    Wakeup wakeup{loop.context().get_executor()};
    const auto deadline = Clock::now() + milliseconds{30};
    loop.run(wait_until(wakeup, deadline));
    EXPECT_GE(Clock::now(), deadline);
}

asio::awaitable<void> two_deadlines(Loop& loop, Wakeup& wakeup, bool sooner_first,
                                    Clock::time_point& sooner_woke) {
    const auto now = Clock::now();
    const auto sooner = now + milliseconds{40}, later = now + std::chrono::hours{1};
    int woken = 0;
    if (sooner_first) {
        asio::co_spawn(loop.context(), wait_and_count(wakeup, later, woken), rethrow_unless_cancelled);
        co_await wakeup.wait_until(sooner);
    } else {
        auto wait = [](Wakeup& w, Clock::time_point until) -> asio::awaitable<void> {
            while (Clock::now() < until) co_await w.wait_until(until);
        };
        asio::co_spawn(loop.context(), wait(wakeup, later), rethrow_unless_cancelled);
        while (Clock::now() < sooner) co_await wakeup.wait_until(sooner);
    }
    sooner_woke = Clock::now();
}

/// One timer serves all: whoever comes second must not move the first one's deadline.
TEST(Wakeup, EachWaiterIsWokenByItsOwnDeadline) {
    for (const bool sooner_first : {true, false}) {
        Loop loop;
        Wakeup wakeup{loop.context().get_executor()};
        Clock::time_point woke;
        const auto before = Clock::now();
        loop.run(two_deadlines(loop, wakeup, sooner_first, woke));
        EXPECT_GE(woke - before, milliseconds{40});
        EXPECT_LT(woke - before, std::chrono::seconds{30});
    }
}

TEST(Wakeup, ACancellationEndsTheWait) {
    Loop loop;
    Wakeup wakeup{loop.context().get_executor()};
    auto stop_then_wait = [](Wakeup& w) -> asio::awaitable<void> {
        ::raise(SIGTERM);
        for (;;) co_await w.wait();  // a wait that swallowed it would never end
    };
    loop.run(stop_then_wait(wakeup));
    EXPECT_TRUE(loop.stopping());
}

}  // namespace
}  // namespace fedmsg
