#include "bus/connection.h"

#include "config/endpoint.h"
#include "util/error.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <utility>

namespace fedmsg::bus {
namespace {

constexpr std::string_view tcp = "tcp://", ipc = "ipc://";
/// A host that is gone answers nothing, and the kernel would wait for two minutes; one that is there and
/// silent is no peer of ours. libzmq waits for 30 s.
constexpr std::chrono::seconds patience{30};
/// Names are looked up anew when this has passed: a host may move.
constexpr std::chrono::minutes name_is_good_for{1};

/// Where an address without names leads to; of size 0 when it is none.
Connection::Stream::endpoint endpoint_of(const std::string& address) {
    if (address.starts_with(ipc)) {
        auto path = address.substr(ipc.size());
        if (path.starts_with('@')) path[0] = '\0';
        return asio::local::stream_protocol::endpoint{path};
    }
    const auto colon = address.rfind(':');
    auto host = address.substr(tcp.size(), colon - tcp.size());
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    if (host == "localhost") host = "127.0.0.1";
    boost::system::error_code error;
    const auto number = asio::ip::make_address(host, error);
    if (error) return {};
    return asio::ip::tcp::endpoint{number, static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1)))};
}

int pending_error(int descriptor) {
    int error = 0;
    socklen_t size = sizeof error;
    return ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

int connect_error(int descriptor, const Connection::Stream::endpoint& where) {
    return ::connect(descriptor, where.data(), static_cast<socklen_t>(where.size())) == 0 ? 0 : errno;
}

/// A socket whose last attempt was refused; -1: none. Once connect(2) has said so, Linux lets it try again,
/// be it to somewhere else; making and closing one is a third of what an attempt costs. One a family will do:
/// on this machine a refusal comes at once, and the next attempt has it.
int& spare_of(int family) {
    struct Spare {
        int descriptor = -1;
        ~Spare() {
            if (descriptor >= 0) ::close(descriptor);
        }
    };
    thread_local std::map<int, Spare> spares;
    return spares[family].descriptor;
}

std::string text_of(int error) { return error == ECONNREFUSED ? "connection refused" : error_text(error); }

}  // namespace

Connection::Connection(const asio::any_io_executor& executor, const Config& config, std::string address,
                       std::shared_ptr<Resolver> resolver)
    : address_{std::move(address)},
      options_{.shortest_pause = config.zmq_reconnect_ivl == std::chrono::milliseconds{0}
                                     ? std::chrono::milliseconds{1}
                                     : config.zmq_reconnect_ivl,
               .longest_pause = std::max(config.zmq_reconnect_ivl, config.zmq_reconnect_ivl_max),
               .keepalive = KeepAlive{config}},
      pause_{options_.shortest_pause},
      resolver_{std::move(resolver)},
      socket_{executor},
      timer_{executor} {
    options_.longest_pause = std::max(options_.longest_pause, options_.shortest_pause);
}

std::optional<std::string> Connection::address_error(const std::string& address) {
    if (const auto error = endpoint_error(address)) return "it " + *error;
    if (!address.starts_with(tcp) && !address.starts_with(ipc))
        return "one can connect to tcp:// and ipc:// addresses only";
    if (address.starts_with("tcp://*:") || address.ends_with(":*"))
        return "a host and a port are needed, not `*`";
    return std::nullopt;
}

void Connection::start() {
    asio::post(socket_.get_executor(), [self = shared_from_this()] { self->attempt(); });
}

void Connection::close() {
    closed_ = true;
    boost::system::error_code ignored;
    socket_.close(ignored);
    timer_.cancel();
}

void Connection::attempt() {
    if (closed_) return;
    if (Clock::now() < where_until_) return dial();
    if (Resolver::needed(address_)) {
        asio::co_spawn(socket_.get_executor(), attempt_by_name(shared_from_this()), rethrow_unless_cancelled);
    } else {
        where_ = endpoint_of(address_);
        where_until_ = Clock::time_point::max();
        dial();
    }
}

asio::awaitable<void> Connection::attempt_by_name(std::shared_ptr<Connection> self) {
    (void)self;
    std::string found, trouble;
    if (where_.size() == 0)
        found = co_await look_up(*resolver_, trouble_);
    else
        found = co_await resolver_->resolve(address_, trouble);
    if (closed_) co_return;
    // An address that was right once is better than none.
    if (!found.empty()) where_ = endpoint_of(found);
    if (where_.size() == 0) {
        lose(trouble_);
    } else {
        where_until_ = Clock::now() + name_is_good_for;
        dial();
    }
}

void Connection::dial() {
    if (where_.size() == 0) return lose("the host is no address");
    const int family = where_.protocol().family();
    int& spare = spare_of(family);
    int descriptor = std::exchange(spare, -1);
    if (descriptor < 0) descriptor = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return lose(text_of(errno));
    int error = connect_error(descriptor, where_);
    // On this machine a refusal has come by now: then epoll need not hear of the descriptor.
    if (error == EINPROGRESS) error = connect_error(descriptor, where_);
    const bool under_way = error == EALREADY;
    boost::system::error_code failed;
    if (error == 0 || under_way) socket_.assign(Stream{family, 0}, descriptor, failed);
    if (!socket_.is_open()) {
        if (error == ECONNREFUSED)
            spare = descriptor;
        else
            ::close(descriptor);
        return lose(failed ? failed.message() : text_of(error));
    }
    limit_time();
    if (!under_way) return opened();
    socket_.async_wait(Stream::socket::wait_write, [self = shared_from_this()](auto aborted) {
        if (aborted || self->closed_) return;
        if (const int refused = pending_error(self->socket_.native_handle()))
            self->lose(text_of(refused));
        else
            self->opened();
    });
}

/// Until the peer has introduced itself, time is short.
void Connection::limit_time() {
    timer_.expires_after(patience);
    timer_.async_wait([weak = weak_from_this()](auto aborted) {
        const auto self = weak.lock();
        if (!aborted && self && !self->closed_ && !self->introduced_ && self->socket_.is_open())
            self->lose(self->trouble_);
    });
}

void Connection::opened() {
    set_options();
    trouble_ = "connected, but it does not answer";
    on_connected();
}

void Connection::set_options() {
    boost::system::error_code ignored;
    socket_.non_blocking(true, ignored);
    if (!address_.starts_with(tcp)) return;
    options_.keepalive.apply(socket_.native_handle());
}

KeepAlive::KeepAlive(const Config& config)
    : on{config.zmq_tcp_keepalive},
      count{config.zmq_tcp_keepalive_cnt},
      idle{config.zmq_tcp_keepalive_idle},
      interval{config.zmq_tcp_keepalive_intvl} {}

void KeepAlive::apply(int descriptor) const {
    const auto set = [descriptor](int level, int name, int value) {
        if (value >= 0) ::setsockopt(descriptor, level, name, &value, sizeof value);
    };
    set(IPPROTO_TCP, TCP_NODELAY, 1);
    set(SOL_SOCKET, SO_KEEPALIVE, on);
    set(IPPROTO_TCP, TCP_KEEPCNT, count);
    set(IPPROTO_TCP, TCP_KEEPIDLE, idle);
    set(IPPROTO_TCP, TCP_KEEPINTVL, interval);
}

void Connection::wait_readable() {
    if (closed_ || !socket_.is_open()) return;
    socket_.async_wait(Stream::socket::wait_read, [self = shared_from_this()](auto aborted) {
        if (!aborted && !self->closed_) self->on_readable();
    });
}

void Connection::introduced() {
    if (std::exchange(introduced_, true)) return;
    timer_.cancel();
}

void Connection::lose(std::string trouble) {
    trouble_ = std::move(trouble);
    boost::system::error_code ignored;
    socket_.close(ignored);
    on_lost();
    if (!closed_) try_again();
}

void Connection::try_again() {
    if (options_.shortest_pause.count() < 0) return;
    if (std::exchange(introduced_, false)) pause_ = options_.shortest_pause;
    // A little less at random, so that not everybody comes back in the same moment, and by steps, so that of
    // hundreds many are tried in one turn of the loop.
    thread_local std::minstd_rand random{std::random_device{}()};
    using std::chrono::microseconds;
    const microseconds step = std::max<microseconds>(pause_ / 16, microseconds{1});
    std::uniform_int_distribution<std::int64_t> less{0, microseconds{options_.shortest_pause}.count() / 4};
    const auto next = Clock::now() + pause_ - microseconds{less(random)};
    timer_.expires_at(next - next.time_since_epoch() % step);
    timer_.async_wait([self = shared_from_this()](auto aborted) {
        if (!aborted) self->attempt();
    });
    pause_ = std::min(2 * pause_, longest_pause());
}

}  // namespace fedmsg::bus
