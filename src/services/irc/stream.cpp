#include "services/irc/stream.h"

#include "util/error.h"

#include <array>
#include <utility>

namespace fedmsg::services {
namespace {

/// Bytes taken in between two looks at what has come: a server that never stops sending is read in turns.
constexpr std::size_t most_at_once = 64 * 1024;

std::string text_of(const boost::system::error_code& error) {
    if (error == asio::error::connection_refused) return "connection refused";
    if (error == asio::error::eof) return "the server has hung up";
    return error_text(error.value());
}

}  // namespace

Stream::Stream(const asio::any_io_executor& executor, std::unique_ptr<tls::Client> tls)
    : socket_{executor}, tls_{std::move(tls)}, wakeup_{executor} {}

void Stream::connect(const asio::ip::tcp::endpoint& where) {
    socket_.async_connect(where, [self = shared_from_this()](auto error) {
        if (error == asio::error::operation_aborted) return;
        if (error) {
            self->lose(text_of(error));
        } else {
            self->connected_ = true;
            boost::system::error_code failed;
            self->socket_.non_blocking(true, failed);
            if (!failed) self->socket_.set_option(asio::socket_base::keep_alive{true}, failed);
            if (failed) self->lose(text_of(failed));
        }
        self->wakeup_.notify();
    });
}

void Stream::move() {
    if (!connected_ || !trouble_.empty()) return;
    read();
    write();
}

void Stream::read() {
    text_.erase(0, std::exchange(taken_, 0));
    std::array<char, 8 * 1024> part{};
    boost::system::error_code error;
    for (std::size_t taken = 0; taken < most_at_once && !error;) {
        const auto size = socket_.read_some(asio::buffer(part), error);
        const std::string_view bytes{part.data(), size};
        if (!tls_) {
            text_ += bytes;
        } else if (size > 0) {
            tls_->received(bytes);
            text_ += tls_->take_text();
        }
        taken += size;
    }
    if (tls_ && !tls_->trouble().empty()) return lose(tls_->trouble());
    if (tls_ && tls_->ended()) return lose(text_of(asio::error::eof));
    if (error && error != asio::error::would_block) return lose(text_of(error));
    if (waits_to_read_) return;
    waits_to_read_ = true;
    socket_.async_wait(socket_.wait_read, [self = shared_from_this()](auto) {
        self->waits_to_read_ = false;
        self->wakeup_.notify();
    });
}

std::optional<std::string_view> Stream::next_line() {
    const auto rest = waiting_text();
    const auto end = rest.find('\n');
    if (end == rest.npos) return std::nullopt;
    taken_ += end + 1;
    auto line = rest.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

void Stream::write() {
    if (tls_) output_ += tls_->take_output();
    boost::system::error_code error;
    while (!output_.empty() && !error) output_.erase(0, socket_.write_some(asio::buffer(output_), error));
    if (error && error != asio::error::would_block) return lose(text_of(error));
    if (output_.empty() || waits_to_write_) return;
    waits_to_write_ = true;
    socket_.async_wait(socket_.wait_write, [self = shared_from_this()](auto) {
        self->waits_to_write_ = false;
        self->wakeup_.notify();
    });
}

void Stream::send(std::string_view text) {
    if (tls_)
        tls_->send(text);
    else
        output_ += text;
}

asio::awaitable<void> Stream::wait_until(std::chrono::steady_clock::time_point deadline) {
    co_await wakeup_.wait_until(deadline);
}

void Stream::lose(std::string trouble) {
    if (trouble_.empty()) trouble_ = std::move(trouble);
}

void Stream::close() {
    if (tls_ && connected_ && trouble_.empty()) {
        tls_->close();
        write();
    }
    lose("closed");
    boost::system::error_code ignored;
    socket_.close(ignored);
}

}  // namespace fedmsg::services
