#include "bus/relay_link.h"

#include "config/endpoint.h"
#include "util/error.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <random>

namespace fedmsg::bus {
namespace {

constexpr std::string_view tcp = "tcp://", ipc = "ipc://";
/// A host that is gone answers nothing, and the kernel would wait for two minutes; one that is there and
/// silent is no relay. libzmq waits for 30 s.
constexpr std::chrono::seconds patience{30};

}  // namespace

RelayLink::RelayLink(const asio::any_io_executor& executor, const Config& config, std::string address,
                     std::function<void()> changed)
    : address_{std::move(address)},
      changed_{std::move(changed)},
      config_{config},
      resolver_{executor},
      socket_{executor},
      timer_{executor} {
    const auto bad = [this](const std::string& what) {
        return SetupError("cannot connect to " + address_ + ": " + what + ": correct relay_inbound");
    };
    if (const auto error = endpoint_error(address_)) throw bad("it " + *error);
    if (!address_.starts_with(tcp) && !address_.starts_with(ipc))
        throw bad("publishers connect to tcp:// and ipc:// addresses only");
    if (address_.starts_with("tcp://*:") || address_.ends_with(":*"))
        throw bad("a host and a port are needed, not `*`");
}

void RelayLink::start() {
    asio::co_spawn(socket_.get_executor(), run(shared_from_this()), rethrow_unless_cancelled);
}

void RelayLink::close() {
    closed_ = true;
    boost::system::error_code ignored;
    socket_.close(ignored);
    timer_.cancel();
    resolver_.close();
    session_.reset();
}

asio::awaitable<void> RelayLink::run(std::shared_ptr<RelayLink> self) {
    (void)self;
    const auto shortest = config_.zmq_reconnect_ivl == std::chrono::milliseconds{0}
                              ? std::chrono::milliseconds{1}
                              : config_.zmq_reconnect_ivl;
    const auto longest = std::max(shortest, config_.zmq_reconnect_ivl_max);
    std::minstd_rand random{std::random_device{}()};
    for (auto pause = shortest;;) {
        const bool there = co_await connect();
        if (there) co_await converse();
        if (closed_ || shortest.count() < 0) break;
        if (!there) changed_();
        if (std::exchange(introduced_, false)) pause = shortest;
        // A little more at random, so that not everybody comes back in the same moment.
        std::uniform_int_distribution<std::int64_t> more{0, shortest.count() / 4};
        timer_.expires_after(pause + std::chrono::milliseconds{more(random)});
        const auto [aborted] = co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
        if (closed_ || aborted) break;
        pause = std::min(2 * pause, longest);
    }
}

/// Until the peer has introduced itself, time is short.
void RelayLink::limit_time() {
    timer_.expires_after(patience);
    timer_.async_wait([weak = weak_from_this()](auto aborted) {
        const auto link = weak.lock();
        if (aborted || !link || link->closed_) return;
        boost::system::error_code ignored;
        link->socket_.close(ignored);
    });
}

asio::awaitable<bool> RelayLink::connect() {
    const auto where = co_await endpoint();
    if (closed_ || where.size() == 0) co_return false;
    limit_time();
    const auto [error] = co_await socket_.async_connect(where, asio::as_tuple(asio::use_awaitable));
    if (!error) co_return !closed_;
    if (error == asio::error::connection_refused)
        trouble_ = "connection refused";
    else if (error != asio::error::operation_aborted)
        trouble_ = error_text(error.value());
    boost::system::error_code ignored;
    socket_.close(ignored);
    co_return false;
}

/// From the beginning of a connection to its end.
asio::awaitable<void> RelayLink::converse() {
    set_options();
    session_.emplace();
    finished_ = in_message_ = cut_ = false;
    trouble_ = "connected, but it does not answer";
    std::array<char, 4096> bytes;
    while (session_) {
        control_ += session_->take_output();
        write_control();
        const auto [error, size] =
            co_await socket_.async_read_some(asio::buffer(bytes), asio::as_tuple(asio::use_awaitable));
        if (closed_) co_return;
        auto trouble = error ? trouble_of(error) : hear({bytes.data(), size});
        if (!trouble.empty()) lose(std::move(trouble));
        changed_();
    }
}

std::string RelayLink::trouble_of(const boost::system::error_code& error) {
    cut_ = error != asio::error::eof || unacknowledged() > 0;
    if (session_->ready()) return "connection lost";
    return error == asio::error::operation_aborted ? "connected, but it did not answer"
                                                   : "it hung up before it introduced itself";
}

/// What is wrong with `bytes`; nothing, most of the time.
std::string RelayLink::hear(std::string_view bytes) {
    try {
        session_->feed(bytes);
    } catch (const wire::ProtocolError& e) {
        cut_ = true;
        return e.what();
    }
    if (session_->ready()) {
        timer_.cancel();
        introduced_ = true;
        trouble_ = "it does not subscribe";
    }
    return "";
}

/// Where to connect to; empty, and trouble_ says why, when the name has no address.
asio::awaitable<RelayLink::Stream::endpoint> RelayLink::endpoint() {
    if (address_.starts_with(ipc)) {
        auto path = address_.substr(ipc.size());
        if (path.starts_with('@')) path[0] = '\0';
        co_return asio::local::stream_protocol::endpoint{path};
    }
    auto address = address_;
    if (Resolver::needed(address)) {
        std::string trouble;
        address = co_await resolver_.resolve(address, trouble);
        if (address.empty()) {
            trouble_ = std::move(trouble);
            co_return Stream::endpoint{};
        }
    }
    const auto colon = address.rfind(':');
    auto host = address.substr(tcp.size(), colon - tcp.size());
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    if (host == "localhost") host = "127.0.0.1";
    const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1)));
    co_return asio::ip::tcp::endpoint{asio::ip::make_address(host), port};
}

void RelayLink::set_options() {
    boost::system::error_code ignored;
    socket_.non_blocking(true, ignored);
    if (!address_.starts_with(tcp)) return;
    const auto set = [this](int level, int name, int value) {
        if (value >= 0) ::setsockopt(socket_.native_handle(), level, name, &value, sizeof value);
    };
    set(IPPROTO_TCP, TCP_NODELAY, 1);
    set(SOL_SOCKET, SO_KEEPALIVE, config_.zmq_tcp_keepalive);
    set(IPPROTO_TCP, TCP_KEEPCNT, config_.zmq_tcp_keepalive_cnt);
    set(IPPROTO_TCP, TCP_KEEPIDLE, config_.zmq_tcp_keepalive_idle);
    set(IPPROTO_TCP, TCP_KEEPINTVL, config_.zmq_tcp_keepalive_intvl);
}

void RelayLink::write_control() {
    if (control_.empty() || in_message_) return;
    boost::system::error_code error;
    const auto size = socket_.write_some(asio::buffer(control_), error);
    if (!error) control_.erase(0, size);
    if (!control_.empty()) wait_for_room();
}

void RelayLink::send(wire::SendQueue& queue) {
    if (!session_ || finished_) return;
    for (;;) {
        write_control();
        // A message that has begun is ended before the protocol has its turn.
        const bool only_the_rest = !up() || !control_.empty();
        const auto bytes = only_the_rest ? queue.rest_of_message() : queue.unwritten();
        if (bytes.empty()) break;
        boost::system::error_code error;
        const auto size = socket_.write_some(asio::buffer(bytes), error);
        if (error) return wait_for_room();  // or the end of the connection: the reader hears of it
        queue.written(size);
        in_message_ = queue.in_message();
    }
    queue.acknowledged_all_but(unacknowledged());
    // A relay that is told that this is all need not wait for silence before it stops.
    if (dismissed()) finish();
}

void RelayLink::wait_for_room() {
    if (std::exchange(waiting_for_room_, true)) return;
    socket_.async_wait(Stream::socket::wait_write, [self = shared_from_this()](auto error) {
        self->waiting_for_room_ = false;
        if (!error && !self->closed_) self->changed_();
    });
}

std::uint64_t RelayLink::unacknowledged() const {
    int bytes = 0;
    if (!socket_.is_open() || ::ioctl(const_cast<Stream::socket&>(socket_).native_handle(), SIOCOUTQ, &bytes))
        return 0;
    return static_cast<std::uint64_t>(bytes);
}

void RelayLink::finish() {
    if (!session_ || std::exchange(finished_, true)) return;
    boost::system::error_code ignored;
    socket_.shutdown(Stream::socket::shutdown_send, ignored);
}

void RelayLink::lose(std::string trouble) {
    trouble_ = std::move(trouble);
    ++losses_;
    session_.reset();
    control_.clear();
    boost::system::error_code ignored;
    socket_.close(ignored);
}

}  // namespace fedmsg::bus
