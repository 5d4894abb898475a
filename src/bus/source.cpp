#include "bus/source.h"

#include "util/error.h"

#include <sys/socket.h>
#include <boost/asio/ip/tcp.hpp>

#include <cstring>

namespace fedmsg::bus {
namespace {

/// Nothing for what is not TCP. An IPv4 address in the notation of IPv6 is that IPv4 address.
std::optional<asio::ip::tcp::endpoint> to_tcp(const Connection::Stream::endpoint& endpoint) {
    using asio::ip::tcp;
    const auto family = endpoint.protocol().family();
    tcp::endpoint result;
    if ((family != AF_INET && family != AF_INET6) || endpoint.size() > result.capacity()) return std::nullopt;
    std::memcpy(result.data(), endpoint.data(), endpoint.size());
    result.resize(endpoint.size());
    const auto address = result.address();
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        result.address(asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()));
    return result;
}

}  // namespace

Source::Source(const asio::any_io_executor& executor, const Config& config, Origin origin,
               std::shared_ptr<Resolver> resolver, std::weak_ptr<Listener> listener)
    : Connection{executor, config, origin.endpoint, std::move(resolver)},
      origin_{std::move(origin)},
      listener_{std::move(listener)},
      largest_frame_{config.zmq_max_message_size} {
    if (const auto error = address_error(address()))
        throw SetupError("cannot connect to " + address() + " (" + origin_.name + "): " + *error);
}

asio::awaitable<std::string> Source::look_up(Resolver& resolver, std::string& trouble) {
    return resolver.resolve_for_ever(address(), trouble);
}

std::chrono::milliseconds Source::longest_pause() const {
    const auto listener = listener_.lock();
    return listener ? std::max(Connection::longest_pause(), listener->least_pause())
                    : Connection::longest_pause();
}

bool Source::is_between(const Stream::endpoint& near, const Stream::endpoint& far) const {
    if (!socket().is_open()) return false;
    boost::system::error_code error, other_error;
    const auto here = to_tcp(socket().local_endpoint(error));
    const auto there = to_tcp(socket().remote_endpoint(other_error));
    return !error && !other_error && here && there && here == to_tcp(near) && there == to_tcp(far);
}

void Source::on_connected() {
    const auto listener = listener_.lock();
    if (!listener) return;
    session_.emplace(listener->prefixes(), largest_frame_, listener->shape());
    go_on();
}

void Source::on_readable() {
    if (is_up()) return want_turn();
    if (!read()) return;
    try {
        session_->shake_hands();
    } catch (const wire::ProtocolError& e) {
        return lose(e.what());
    }
    if (!session_->ready()) return go_on();
    introduced();
    set_trouble("");
    was_up_ = true;
    write();  // who is told that it is up may count on its subscriptions
    if (const auto listener = listener_.lock()) listener->on_change(*this);
    want_turn();  // messages may have come with the handshake
}

void Source::on_lost() {
    session_.reset();
    output_.clear();
    if (!std::exchange(was_up_, false)) return;
    if (const auto listener = listener_.lock()) listener->on_change(*this);
}

/// False when the connection is lost.
bool Source::read() {
    boost::system::error_code error;
    const auto room = session_->room();
    const auto size = socket().read_some(asio::buffer(room.data(), room.size()), error);
    more_ = size == room.size();
    session_->received(size);
    if (!error || error == asio::error::would_block) return true;
    lose(is_up() ? "connection lost" : "it hung up before it introduced itself");
    return false;
}

void Source::take_turn() {
    if (is_up()) read();
}

Source::Messages Source::next() {
    if (!is_up()) return std::nullopt;
    try {
        return session_->next();
    } catch (const wire::ProtocolError& e) {
        lose(e.what());
        return std::nullopt;
    }
}

void Source::end_turn() {
    if (is_up()) go_on();
}

void Source::want_turn() {
    const auto self = std::static_pointer_cast<Source>(shared_from_this());
    if (const auto listener = listener_.lock()) listener->on_input(self);
}

/// What the protocol has to say; false when the kernel does not take all of it now.
bool Source::write() {
    output_ += session_->take_output();
    if (output_.empty()) return true;
    boost::system::error_code error;
    output_.erase(0, socket().write_some(asio::buffer(output_), error));
    // The end of the connection is the reader's business.
    return output_.empty() || (error && error != asio::error::would_block);
}

/// Waits for more, or wants to go on at once. A peer that does not listen is not listened to: answers to a
/// flood of questions take no memory.
void Source::go_on() {
    if (write()) return is_up() && std::exchange(more_, false) ? want_turn() : wait_readable();
    const auto self = std::static_pointer_cast<Source>(shared_from_this());
    socket().async_wait(Stream::socket::wait_write, [self](auto aborted) {
        if (!aborted && !self->closed() && self->session_) self->go_on();
    });
}

}  // namespace fedmsg::bus
