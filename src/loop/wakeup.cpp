#include "loop/wakeup.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace fedmsg {

asio::awaitable<void> Wakeup::wait_until(std::chrono::steady_clock::time_point deadline) {
    // One timer serves all waiters: a later deadline must not cancel an earlier waiter's, so the earliest is
    // kept and those who wait for longer wake once for nothing.
    if (timer_.expiry() <= std::chrono::steady_clock::now() || deadline < timer_.expiry())
        timer_.expires_at(deadline);
    const auto [error] = co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    (void)error;  // cancelled by notify(), or by the end of the loop: then the state says so
    const auto cancelled = (co_await asio::this_coro::cancellation_state).cancelled();
    if (cancelled != asio::cancellation_type::none)
        throw boost::system::system_error{asio::error::operation_aborted};
}

}  // namespace fedmsg
