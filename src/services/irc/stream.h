#pragma once
/// \file
/// A connection to a server that speaks text, through TLS or not.

#include "loop/loop.h"
#include "loop/wakeup.h"
#include "tls/client.h"

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fedmsg::services {

/// Used by one coroutine: move(), look, say, move(), wait_until(), and again. Made by make_shared.
class Stream : public std::enable_shared_from_this<Stream> {
  public:
    /// \param tls  null: plain text
    Stream(const asio::any_io_executor& executor, std::unique_ptr<tls::Client> tls);
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    /// Begins to connect.
    void connect(const asio::ip::tcp::endpoint& where);
    /// Connected, and the handshake of TLS is over.
    [[nodiscard]] bool open() const { return connected_ && (!tls_ || tls_->ready()); }
    /// Why the connection is at an end; empty while it is not.
    [[nodiscard]] const std::string& trouble() const { return trouble_; }

    /// Reads and writes what can be done without waiting.
    void move();
    /// The next line that has come, without its end (LF or CR LF); valid until move().
    std::optional<std::string_view> next_line();
    /// What has come and is no line yet.
    [[nodiscard]] std::string_view waiting_text() const { return std::string_view{text_}.substr(taken_); }
    void send(std::string_view text);
    /// Everything that was sent has left for the kernel.
    [[nodiscard]] bool idle() const { return output_.empty(); }
    /// Returns when move() has something to do, after interrupt(), or at the deadline.
    [[nodiscard]] asio::awaitable<void> wait_until(std::chrono::steady_clock::time_point deadline);
    void interrupt() { wakeup_.notify(); }

    void close();

  private:
    void read();
    void write();
    void lose(std::string trouble);

    asio::ip::tcp::socket socket_;
    std::unique_ptr<tls::Client> tls_;
    Wakeup wakeup_;
    bool connected_ = false, waits_to_read_ = false, waits_to_write_ = false;
    std::string text_, output_, trouble_;
    std::size_t taken_ = 0;  // of text_
};

}  // namespace fedmsg::services
