#pragma once
/// \file
/// A TCP connection in plain bytes, for a test that plays a client of HTTP, or a stranger.

#include <string>
#include <string_view>

namespace fedmsg::test {

class TcpClient {
  public:
    /// To 127.0.0.1. \throws std::runtime_error
    explicit TcpClient(int port);
    ~TcpClient();
    TcpClient(const TcpClient&) = delete;
    TcpClient& operator=(const TcpClient&) = delete;

    /// Whether all of it was taken: not, when the other end has hung up.
    bool say(std::string_view bytes) const;
    /// The next bytes; empty when the other end has hung up. \throws std::runtime_error  out of patience
    [[nodiscard]] std::string read() const;
    /// All until the other end hangs up.
    [[nodiscard]] std::string read_all() const;
    /// Until `text` has come. \throws std::runtime_error  when it does not
    [[nodiscard]] std::string read_until(std::string_view text) const;

  private:
    int descriptor_;
};

/// The response to a request, head and body. \param request  as "GET /metrics"; HTTP/1.1 and the rest is
/// added
std::string http(int port, std::string_view request);
/// What follows the head of a response.
std::string body_of(const std::string& response);

}  // namespace fedmsg::test
