#include "bus/relay_link.h"

#include "util/error.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <array>

namespace fedmsg::bus {

RelayLink::RelayLink(const asio::any_io_executor& executor, const Config& config, std::string address,
                     std::function<void()> changed)
    : Connection{executor, config, std::move(address), std::make_shared<Resolver>(executor)},
      changed_{std::move(changed)} {
    if (const auto error = address_error(this->address()))
        throw SetupError("cannot connect to " + this->address() + ": " + *error + ": correct relay_inbound");
}

void RelayLink::close() {
    Connection::close();
    session_.reset();
}

asio::awaitable<std::string> RelayLink::look_up(Resolver& resolver, std::string& trouble) {
    return resolver.resolve(address(), trouble);
}

void RelayLink::on_connected() {
    session_.emplace();
    finished_ = in_message_ = cut_ = false;
    control_ = session_->take_output();
    write_control();
    wait_readable();
}

void RelayLink::on_readable() {
    std::array<char, 4096> bytes;
    boost::system::error_code error;
    const auto size = socket().read_some(asio::buffer(bytes), error);
    auto trouble = error == asio::error::would_block ? ""
                   : error                           ? trouble_of(error)
                                                     : hear({bytes.data(), size});
    if (!trouble.empty()) return lose(std::move(trouble));
    control_ += session_->take_output();
    write_control();
    changed_();
    wait_readable();
}

void RelayLink::on_lost() {
    if (session_) ++losses_;
    session_.reset();
    control_.clear();
    changed_();
}

std::string RelayLink::trouble_of(const boost::system::error_code& error) {
    cut_ = error != asio::error::eof || unacknowledged() > 0;
    if (session_->ready()) return "connection lost";
    return "it hung up before it introduced itself";
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
        introduced();
        set_trouble("it does not subscribe");
    }
    return "";
}

void RelayLink::write_control() {
    if (control_.empty() || in_message_) return;
    boost::system::error_code error;
    const auto size = socket().write_some(asio::buffer(control_), error);
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
        const auto size = socket().write_some(asio::buffer(bytes), error);
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
    const auto self = std::static_pointer_cast<RelayLink>(shared_from_this());
    socket().async_wait(Stream::socket::wait_write, [self](auto error) {
        self->waiting_for_room_ = false;
        if (!error && !self->closed()) self->changed_();
    });
}

std::uint64_t RelayLink::unacknowledged() const {
    int bytes = 0;
    auto& stream = const_cast<Stream::socket&>(socket());
    if (!stream.is_open() || ::ioctl(stream.native_handle(), SIOCOUTQ, &bytes)) return 0;
    return static_cast<std::uint64_t>(bytes);
}

void RelayLink::finish() {
    if (!session_ || std::exchange(finished_, true)) return;
    boost::system::error_code ignored;
    socket().shutdown(Stream::socket::shutdown_send, ignored);
}

}  // namespace fedmsg::bus
