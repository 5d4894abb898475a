#include "loop/loop.h"

#include <unistd.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>

namespace fedmsg {

void rethrow_unless_cancelled(const std::exception_ptr& failure) {
    if (!failure) return;
    try {
        std::rethrow_exception(failure);
    } catch (const boost::system::system_error& e) {
        if (e.code() != asio::error::operation_aborted) throw;
    }
}

void Loop::run(asio::awaitable<void> task) {
    asio::cancellation_signal stop;
    asio::signal_set stops{io_, SIGTERM, SIGINT};
    asio::signal_set hangups{io_, SIGHUP};

    std::function<void(boost::system::error_code, int)> on_stop = [&](auto error, int signal) {
        if (error) return;
        if (stopping_) ::_exit(128 + signal);
        stopping_ = true;
        stops.async_wait(on_stop);
        stop.emit(asio::cancellation_type::terminal);
    };
    stops.async_wait(on_stop);
    std::function<void(boost::system::error_code, int)> on_hangup = [&](auto error, int) {
        if (error) return;
        if (hangup_) hangup_();
        hangups.async_wait(on_hangup);
    };
    hangups.async_wait(on_hangup);

    std::exception_ptr failure;
    auto done = [&](const std::exception_ptr& e) {
        failure = e;
        io_.stop();  // whatever else is still waiting has lost its purpose
    };
    asio::co_spawn(io_, std::move(task), asio::bind_cancellation_slot(stop.slot(), done));
    io_.run();
    if (stopping_)
        rethrow_unless_cancelled(failure);
    else if (failure)
        std::rethrow_exception(failure);
}

}  // namespace fedmsg
