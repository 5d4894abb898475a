#include "loop/until_stopped.h"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

namespace fedmsg {

asio::awaitable<void> until_stopped(asio::awaitable<void> work) {
    bool stopped = false;
    try {
        co_await std::move(work);
    } catch (const boost::system::system_error& e) {
        if (e.code() != asio::error::operation_aborted) throw;
        stopped = true;
    }
    if (stopped) co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
}

}  // namespace fedmsg
