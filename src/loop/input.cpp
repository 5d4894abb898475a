#include "loop/input.h"

#include "util/error.h"

#include <poll.h>
#include <unistd.h>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cerrno>

namespace fedmsg {

Input::Input(Loop& loop, int descriptor, std::string name)
    : descriptor_{descriptor},
      name_{std::move(name)},
      flags_{descriptor},
      ready_{loop.context()},
      buffer_(64 * 1024),
      waits_{false} {
    if (!is_pipe(descriptor) && !is_terminal(descriptor)) return;
    ready_.assign(::dup(descriptor));
    waits_ = true;
}

asio::awaitable<std::optional<std::string_view>> Input::read() {
    for (;;) {
        if (waits_)
            co_await ready_.async_wait(asio::posix::descriptor_base::wait_read, asio::use_awaitable);
        else
            co_await asio::post(ready_.get_executor(), asio::use_awaitable);  // signals get their turn
        const auto size = ::read(descriptor_, buffer_.data(), buffer_.size());
        if (size > 0) co_return std::string_view{buffer_.data(), static_cast<std::size_t>(size)};
        if (size == 0) co_return std::nullopt;
        if (errno != EINTR && errno != EAGAIN)
            throw SetupError("cannot read " + name_ + ": " + error_text(errno));
    }
}

std::optional<std::string_view> Input::read_now() {
    pollfd readable{descriptor_, POLLIN, 0};
    if (::poll(&readable, 1, 0) <= 0) return std::nullopt;
    const auto size = ::read(descriptor_, buffer_.data(), buffer_.size());
    if (size <= 0) return std::nullopt;
    return std::string_view{buffer_.data(), static_cast<std::size_t>(size)};
}

std::optional<std::string_view> LineSplitter::next() {
    if (std::exchange(clear_, false)) begun_.clear();
    const auto end = chunk_.find('\n');
    if (end == chunk_.npos) {
        begun_ += chunk_;
        chunk_ = {};
        return std::nullopt;
    }
    auto line = chunk_.substr(0, end);
    chunk_.remove_prefix(end + 1);
    if (begun_.empty()) return line;
    begun_ += line;
    clear_ = true;
    return begun_;
}

std::optional<std::string_view> LineSplitter::rest() {
    if (std::exchange(clear_, false)) begun_.clear();
    if (begun_.empty()) return std::nullopt;
    clear_ = true;
    return begun_;
}

}  // namespace fedmsg
