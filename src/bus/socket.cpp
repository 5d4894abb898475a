#include "bus/socket.h"

#include "util/port_holder.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <cerrno>

namespace fedmsg::bus {

Socket::Socket(const asio::any_io_executor& executor, Context context, zmq::socket_type type)
    : context_{std::move(context)},
      socket_{*context_, type},
      // A duplicate, so that asio may close its copy and ZeroMQ its own.
      readable_{executor, ::dup(socket_.get(zmq::sockopt::fd))} {
    socket_.set(zmq::sockopt::linger, 0);
}

void Socket::configure(const Config& config, int high_water_mark) {
    socket_.set(zmq::sockopt::sndhwm, high_water_mark);
    socket_.set(zmq::sockopt::rcvhwm, high_water_mark);
    socket_.set(zmq::sockopt::tcp_keepalive, config.zmq_tcp_keepalive);
    socket_.set(zmq::sockopt::tcp_keepalive_cnt, config.zmq_tcp_keepalive_cnt);
    socket_.set(zmq::sockopt::tcp_keepalive_idle, config.zmq_tcp_keepalive_idle);
    socket_.set(zmq::sockopt::tcp_keepalive_intvl, config.zmq_tcp_keepalive_intvl);
    socket_.set(zmq::sockopt::reconnect_ivl, static_cast<int>(config.zmq_reconnect_ivl.count()));
    socket_.set(zmq::sockopt::reconnect_ivl_max, static_cast<int>(config.zmq_reconnect_ivl_max.count()));
    socket_.set(zmq::sockopt::maxmsgsize, hard_frame_limit(config));
}

void Socket::bind(const std::string& address) {
    // libzmq takes a path away from who listens there.
    if (address.starts_with("ipc://") && !port_holder(address).empty()) {
        errno = EADDRINUSE;
        throw zmq::error_t{};
    }
    socket_.set(zmq::sockopt::ipv6, address.find('[') != address.npos);
    socket_.bind(address);
}

namespace {

/// A signal that is handled on this thread may end a call of ZeroMQ's at any time (EINTR): it is made again.
bool receive_frame(zmq::socket_t& socket, zmq::message_t& frame) {
    for (;;) {
        if (zmq_msg_recv(frame.handle(), socket.handle(), ZMQ_DONTWAIT) >= 0) return true;
        if (zmq_errno() == EAGAIN) return false;
        if (zmq_errno() != EINTR) throw zmq::error_t{};
    }
}

}  // namespace

bool Socket::receive(Frames& into) {
    if (!receive_frame(socket_, into.topic)) return false;
    into.count = 1;
    bool more = into.topic.more();
    // The frames of a message arrive together: once the first is there, the others do not have to be waited
    // for.
    if (!more) into.body.rebuild();
    while (more) {
        zmq::message_t surplus;
        auto& frame = ++into.count == 2 ? into.body : surplus;
        (void)receive_frame(socket_, frame);
        more = frame.more();
    }
    return true;
}

asio::awaitable<void> Socket::signalled() {
    return readable_.async_wait(asio::posix::descriptor_base::wait_read, asio::use_awaitable);
}

bool Socket::send(zmq::message_t& frame, bool more) {
    for (;;) {
        if (zmq_msg_send(frame.handle(), socket_.handle(), ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)) >= 0)
            return true;
        if (zmq_errno() == EAGAIN) return false;
        if (zmq_errno() != EINTR) throw zmq::error_t{};
    }
}

void Socket::after_send() {
    if (*drain_posted_ || !drain_) return;
    *drain_posted_ = true;
    asio::post(readable_.get_executor(), [this, alive = std::weak_ptr<bool>{drain_posted_}] {
        const auto posted = alive.lock();
        if (!posted) return;  // the socket is gone
        *posted = false;
        if (socket_) drain_();
    });
}

void Socket::close(std::chrono::milliseconds linger) {
    if (!socket_) return;
    boost::system::error_code ignored;
    readable_.close(ignored);
    socket_.set(zmq::sockopt::linger, static_cast<int>(linger.count()));
    socket_.close();
}

std::int64_t hard_frame_limit(const Config& config) {
    constexpr std::int64_t factor = 8;
    if (config.zmq_max_message_size == 0) return -1;
    return static_cast<std::int64_t>(std::min<std::size_t>(config.zmq_max_message_size, INT64_MAX / factor)) *
           factor;
}

std::string peer_of(int descriptor) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (descriptor >= 0 && ::getpeername(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0) {
        if (address.ss_family == AF_INET) {
            const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
            ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
            return std::string{text.data()} + ":" + std::to_string(ntohs(v4.sin_port));
        }
        if (address.ss_family == AF_INET6) {
            const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
            ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
            std::string_view host = text.data();
            constexpr std::string_view mapped = "::ffff:";  // IPv4 on a dual-stack socket
            const auto port = std::to_string(ntohs(v6.sin6_port));
            if (host.starts_with(mapped) && host.find('.') != host.npos)
                return std::string{host.substr(mapped.size())} + ":" + port;
            return "[" + std::string{host} + "]:" + port;
        }
    }
    return "";
}

std::string peer_address(zmq::message_t& frame) {
    const auto address = peer_of(zmq_msg_get(frame.handle(), ZMQ_SRCFD));
    if (!address.empty()) return address;
    const char* known = zmq_msg_gets(frame.handle(), "Peer-Address");
    return known ? known : "";
}

}  // namespace fedmsg::bus
