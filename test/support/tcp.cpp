#include "support/tcp.h"

#include "support/process.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>

namespace fedmsg::test {

TcpClient::TcpClient(int port) : descriptor_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval time{.tv_sec = patience.count(), .tv_usec = 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
    if (::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return;
    ::close(descriptor_);
    throw std::runtime_error{"cannot connect to port " + std::to_string(port)};
}

TcpClient::~TcpClient() { ::close(descriptor_); }

bool TcpClient::say(std::string_view bytes) const {
    while (!bytes.empty()) {
        const auto size = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (size < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(size));
    }
    return true;
}

std::string TcpClient::read() const {
    std::array<char, 65536> bytes{};
    const auto size = ::recv(descriptor_, bytes.data(), bytes.size(), 0);
    if (size < 0 && errno == ECONNRESET) return "";
    if (size < 0) throw std::runtime_error{"nothing came"};
    return {bytes.data(), static_cast<std::size_t>(size)};
}

std::string TcpClient::read_all() const {
    std::string all;
    for (auto bytes = read(); !bytes.empty(); bytes = read()) all += bytes;
    return all;
}

std::string TcpClient::read_until(std::string_view text) const {
    std::string all;
    while (all.find(text) == all.npos) {
        const auto bytes = read();
        if (bytes.empty()) throw std::runtime_error{"the end came before the text: " + all};
        all += bytes;
    }
    return all;
}

std::string http(int port, std::string_view request) {
    const TcpClient client{port};
    client.say(std::string{request} + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    return client.read_all();
}

std::string body_of(const std::string& response) {
    const auto end = response.find("\r\n\r\n");
    return end == response.npos ? "" : response.substr(end + 4);
}

}  // namespace fedmsg::test
