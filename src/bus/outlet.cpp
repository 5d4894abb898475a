#include "bus/outlet.h"

#include "bus/batch.h"
#include "util/error.h"
#include "util/log.h"
#include "util/port_holder.h"
#include "wire/zmtp.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <deque>
#include <span>
#include <utility>
#include <vector>

namespace fedmsg::bus {
namespace {

using Tcp = asio::ip::tcp;
using Clock = std::chrono::steady_clock;

/// Both frames of a message, as they go over the wire; one for all subscribers.
using Packet = std::shared_ptr<const std::string>;

/// Subscribers that are served, or taken in, before other tasks of the loop have their turn.
constexpr std::size_t peers_at_once = 64;

/// Answers to a peer that does not listen: beyond this it is not heard, either.
constexpr std::size_t most_control = 4096;

/// How soon to look again where there is nothing that could wake us up.
constexpr std::chrono::milliseconds look_again{10}, accept_again{100};

Packet pack(std::string_view topic, std::string_view body) {
    constexpr std::size_t headers = 18;  // two, of nine bytes each
    auto bytes = std::make_shared<std::string>();
    bytes->reserve(topic.size() + body.size() + headers);
    wire::append_frame(*bytes, topic, true);
    wire::append_frame(*bytes, body, false);
    return bytes;
}

std::string shown(const Tcp::endpoint& peer) {
    const auto address = peer.address();
    return (address.is_v6() ? '[' + address.to_string() + ']' : address.to_string()) + ':' +
           std::to_string(peer.port());
}

/// Whether the other end is on this host.
bool is_here(const Tcp::socket& socket, const Tcp::endpoint& peer) {
    boost::system::error_code error;
    return peer.address().is_loopback() || socket.local_endpoint(error).address() == peer.address();
}

}  // namespace

/// One connection. Its end is found by reading alone, so that publish() and flush() may go through all of
/// them; a queue whose connection is broken takes nothing more.
class Outlet::Peer : public std::enable_shared_from_this<Peer> {
  public:
    Peer(State& state, Tcp::socket socket, const Tcp::endpoint& address)
        : state_{state}, socket_{std::move(socket)}, address_{address} {}

    void start();
    void close();
    void expel(const std::string& why) { leave(why); }

    [[nodiscard]] bool ready() const { return session_.ready(); }
    [[nodiscard]] bool wants(std::string_view topic) const { return session_.wants(topic); }
    [[nodiscard]] std::size_t queued() const { return queue_.size(); }
    [[nodiscard]] bool is_full() const;
    /// Its kernel has acknowledged everything.
    [[nodiscard]] bool is_idle() const;

    void push(const Packet& packet);
    void flush();

    std::size_t index = 0;  ///< in State::peers

  private:
    void wait_readable();
    void read();
    void write();
    void written(std::size_t bytes);
    void wait_writable();
    void give_up();
    void leave(const std::string& why);

    State& state_;  // not to be touched once closed_
    Tcp::socket socket_;
    Tcp::endpoint address_;
    wire::PublisherSession session_;
    std::string control_;  // what the protocol has to say
    std::deque<Packet> queue_;
    std::size_t offset_ = 0;     // of the first one: what the kernel has
    std::uint64_t ignored_ = 0;  // counted by now
    bool due_ = false;           // flush() will come
    bool blocked_ = false;       // the kernel takes nothing more now
    bool deaf_ = false;          // not read until its answers are gone
    bool broken_ = false;
    bool closed_ = false;
};

class Outlet::State : public std::enable_shared_from_this<State> {
  public:
    State(Loop& l, const Config& config, std::string_view c, std::size_t mark)
        : loop{l},
          component{c},
          keepalive{config},
          high_water_mark{mark},
          acceptor{l.context()},
          accept_timer{l.context()},
          introduction_timer{l.context()} {}

    void listen(int port);
    void stop_accepting();
    void close();

    void add(std::shared_ptr<Peer> peer);
    void remove(const Peer& peer);
    void tell_loss(const Tcp::endpoint& address);
    void tell_failure(const Tcp::endpoint& address, const std::string& why);

    Loop& loop;
    std::string component;
    KeepAlive keepalive;
    std::size_t high_water_mark;
    Unwanted unwanted;
    Counters counters;
    std::vector<std::shared_ptr<Peer>> peers;
    std::vector<std::shared_ptr<Peer>> due;  // for flush()
    std::size_t ready = 0;

  private:
    void accept();
    bool accept_some();
    void limit_introductions();

    struct Introduction {
        Clock::time_point deadline;
        std::weak_ptr<Peer> peer;
    };

    Tcp::acceptor acceptor;
    asio::steady_timer accept_timer, introduction_timer;
    std::deque<Introduction> introductions_;
    log::Limit loss_limit_, failure_limit_, accept_limit_;
    std::uint64_t lost_told_ = 0;
    bool closed_ = false;
};

void Outlet::Peer::start() {
    boost::system::error_code ignored;
    socket_.non_blocking(true, ignored);
    state_.keepalive.apply(socket_.native_handle());
    control_ = session_.take_output();
    write();
    wait_readable();
}

void Outlet::Peer::close() {
    if (std::exchange(closed_, true)) return;
    state_.counters.left_behind += queue_.size();
    queue_.clear();
    boost::system::error_code ignored;
    // What it has sent and nobody has read would make the kernel cut off what is still on its way there.
    std::array<char, most_control> unread{};
    socket_.read_some(asio::buffer(unread), ignored);
    socket_.shutdown(Tcp::socket::shutdown_send, ignored);
    socket_.close(ignored);
}

void Outlet::Peer::leave(const std::string& why) {
    const auto self = shared_from_this();  // remove() lets go of it
    if (!ready()) {
        ++state_.counters.failed;
        state_.tell_failure(address_, why);
    } else if (!why.empty()) {
        ++state_.counters.misbehaved;
        state_.tell_failure(address_, why);
    }
    state_.remove(*this);
    close();
}

bool Outlet::Peer::is_full() const {
    return state_.high_water_mark > 0 && queue_.size() >= state_.high_water_mark;
}

bool Outlet::Peer::is_idle() const {
    int unacknowledged = 0;
    auto& socket = const_cast<Tcp::socket&>(socket_);
    return queue_.empty() && (broken_ || ::ioctl(socket.native_handle(), SIOCOUTQ, &unacknowledged) != 0 ||
                              unacknowledged == 0);
}

void Outlet::Peer::push(const Packet& packet) {
    if (broken_) return;
    if (is_full() && !blocked_) write();
    if (is_full()) {
        ++state_.counters.lost;
        return state_.tell_loss(address_);
    }
    queue_.push_back(packet);
    if (blocked_ || std::exchange(due_, true)) return;
    state_.due.push_back(shared_from_this());
}

void Outlet::Peer::flush() {
    due_ = false;
    if (!closed_ && !blocked_) write();
}

/// Gives the kernel what it takes. What the protocol has to say goes between two messages.
void Outlet::Peer::write() {
    constexpr std::size_t most_buffers = 64;  // what asio hands to sendmsg(2)
    while (!broken_ && !(queue_.empty() && control_.empty())) {
        std::array<asio::const_buffer, most_buffers> buffers;
        std::size_t count = 0, size = 0;
        const auto add = [&](std::string_view bytes) {
            buffers.at(count++) = asio::buffer(bytes);
            size += bytes.size();
        };
        if (!control_.empty() && offset_ == 0) {
            add(control_);
        } else {
            add(std::string_view{*queue_.front()}.substr(offset_));
            const auto last = control_.empty() ? std::min(queue_.size(), most_buffers) : 1;
            for (std::size_t i = 1; i < last; ++i) add(*queue_[i]);
        }
        boost::system::error_code error;
        const auto taken = socket_.write_some(std::span{buffers.data(), count}, error);
        if (error && error != asio::error::would_block) return give_up();
        if (!control_.empty() && offset_ == 0)
            control_.erase(0, taken);
        else
            written(taken);
        if (taken < size) return wait_writable();
    }
}

void Outlet::Peer::written(std::size_t bytes) {
    offset_ += bytes;
    while (!queue_.empty() && offset_ >= queue_.front()->size()) {
        offset_ -= queue_.front()->size();
        queue_.pop_front();
        ++state_.counters.delivered;
    }
}

void Outlet::Peer::wait_writable() {
    blocked_ = true;
    socket_.async_wait(Tcp::socket::wait_write, [self = shared_from_this()](auto aborted) {
        if (aborted || self->closed_) return;
        self->blocked_ = false;
        self->write();
        if (self->control_.empty() && std::exchange(self->deaf_, false)) self->wait_readable();
    });
}

void Outlet::Peer::give_up() {
    broken_ = true;
    control_.clear();
    state_.counters.left_behind += queue_.size();
    queue_.clear();
    offset_ = 0;
    if (std::exchange(deaf_, false)) wait_readable();
}

void Outlet::Peer::wait_readable() {
    socket_.async_wait(Tcp::socket::wait_read, [self = shared_from_this()](auto aborted) {
        if (!aborted && !self->closed_) self->read();
    });
}

void Outlet::Peer::read() {
    std::array<char, most_control> bytes{};
    boost::system::error_code error;
    const auto size = socket_.read_some(asio::buffer(bytes), error);
    if (error && error != asio::error::would_block)
        return leave(ready() ? "" : "it hung up before it introduced itself");
    const bool was_ready = ready();
    std::string why;
    try {
        session_.feed({bytes.data(), size});
    } catch (const wire::ProtocolError& e) {
        why = e.what();
    }
    state_.counters.ignored += session_.ignored() - std::exchange(ignored_, session_.ignored());
    if (ready() && !was_ready) ++state_.ready;
    if (!why.empty()) return leave(why);
    if (!broken_) control_ += session_.take_output();
    if (!control_.empty() && !blocked_) write();
    if (control_.size() > most_control)
        deaf_ = true;
    else
        wait_readable();
}

void Outlet::State::listen(int port) {
    const auto fail = [&](const std::string& why) {
        throw SetupError("cannot listen on tcp://*:" + std::to_string(port) + ": " + why);
    };
    boost::system::error_code error;
    const Tcp::endpoint here{Tcp::v4(), static_cast<asio::ip::port_type>(port)};
    acceptor.open(here.protocol(), error);
    if (!error) acceptor.set_option(Tcp::acceptor::reuse_address{true}, error);
    if (!error) acceptor.bind(here, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (!error) acceptor.non_blocking(true, error);
    if (error) {
        const auto holder = port_holder("tcp://*:" + std::to_string(port));
        fail(error.message() + (holder.empty() ? "" : ", held by " + holder));
    }
    accept();
}

void Outlet::State::accept() {
    acceptor.async_wait(Tcp::acceptor::wait_read, [self = shared_from_this()](auto aborted) {
        if (aborted || !self->acceptor.is_open()) return;
        if (self->accept_some()) return self->accept();
        self->accept_timer.expires_after(accept_again);
        self->accept_timer.async_wait([self](auto ended) {
            if (!ended && self->acceptor.is_open()) self->accept();
        });
    });
}

/// False when there was one that could not be accepted.
bool Outlet::State::accept_some() {
    for (std::size_t i = 0; i < peers_at_once; ++i) {
        boost::system::error_code error;
        Tcp::endpoint address;
        auto socket = acceptor.accept(address, error);
        if (error == asio::error::would_block) break;
        if (error == asio::error::connection_aborted || error == asio::error::interrupted) continue;
        if (error) {
            if (accept_limit_.pass())
                log::error(component, "cannot take in more than {} connections: {}: raise LimitNOFILE",
                           peers.size(), error.message());
            return false;
        }
        if (unwanted && is_here(socket, address) && unwanted(address, socket.local_endpoint(error))) continue;
        ++counters.accepted;
        // Not make_shared: introductions_ would keep the room of whoever has gone.
        add(std::shared_ptr<Peer>{new Peer{*this, std::move(socket), address}});
    }
    return true;
}

void Outlet::State::add(std::shared_ptr<Peer> peer) {
    peer->index = peers.size();
    peers.push_back(peer);
    introductions_.push_back({Clock::now() + time_to_introduce, peer});
    if (introductions_.size() == 1) limit_introductions();
    peer->start();
}

void Outlet::State::remove(const Peer& peer) {
    if (peer.ready()) --ready;
    const auto index = peer.index;
    peers.back()->index = index;
    std::swap(peers[index], peers.back());
    peers.pop_back();
}

void Outlet::State::limit_introductions() {
    introduction_timer.expires_at(introductions_.front().deadline);
    introduction_timer.async_wait([self = shared_from_this()](auto ended) {
        if (ended || self->closed_) return;
        auto& all = self->introductions_;
        for (; !all.empty() && all.front().deadline <= Clock::now(); all.pop_front())
            if (const auto peer = all.front().peer.lock(); peer && !peer->ready())
                peer->expel("it did not introduce itself in time");
        if (!all.empty()) self->limit_introductions();
    });
}

void Outlet::State::tell_loss(const Tcp::endpoint& address) {
    if (!loss_limit_.pass()) return;
    log::warning(component,
                 "{} is too slow and loses messages; {} lost in all since the last such line, by all who are",
                 shown(address), counters.lost - std::exchange(lost_told_, counters.lost));
}

void Outlet::State::tell_failure(const Tcp::endpoint& address, const std::string& why) {
    if (const auto held_back = failure_limit_.pass())
        log::warning(component, "the connection of {} failed: {}{}", shown(address), why,
                     *held_back ? fmt::format(" (and {} more before it)", *held_back) : "");
}

void Outlet::State::stop_accepting() {
    boost::system::error_code ignored;
    acceptor.close(ignored);
    accept_timer.cancel();
}

void Outlet::State::close() {
    if (std::exchange(closed_, true)) return;
    stop_accepting();
    introduction_timer.cancel();
    introductions_.clear();
    for (const auto& peer : std::exchange(peers, {})) peer->close();
    due.clear();
    ready = 0;
}

Outlet::Outlet(Loop& loop, const Config& config, std::string_view component, std::size_t high_water_mark)
    : state_{std::make_shared<State>(loop, config, component, high_water_mark)} {}

Outlet::~Outlet() { state_->close(); }

void Outlet::listen(int port) { state_->listen(port); }

void Outlet::publish(std::string_view topic, std::string_view body) {
    auto& s = *state_;
    ++s.counters.published;
    s.counters.published_bytes += topic.size() + body.size();
    Packet packet;
    for (const auto& peer : s.peers) {
        if (!peer->wants(topic)) continue;
        if (!packet) packet = pack(topic, body);
        peer->push(packet);
    }
}

asio::awaitable<void> Outlet::flush() {
    const auto state = state_;
    const auto due = std::exchange(state->due, {});
    for (std::size_t i = 0; i < due.size(); ++i) {
        due[i]->flush();
        if (i % peers_at_once == peers_at_once - 1) co_await yield();
    }
}

asio::awaitable<void> Outlet::close(std::chrono::milliseconds linger) {
    const auto state = state_;
    const auto deadline = linger.count() < 0 ? Clock::time_point::max() : Clock::now() + linger;
    state->stop_accepting();
    // A flush may have been cut off by a signal.
    for (const auto& peer : state->peers) peer->flush();
    asio::steady_timer timer{state->loop.context()};
    for (;;) {
        const bool all_idle =
            std::all_of(state->peers.begin(), state->peers.end(), [](auto& peer) { return peer->is_idle(); });
        if (all_idle || Clock::now() >= deadline) break;
        timer.expires_after(look_again);
        co_await timer.async_wait(asio::use_awaitable);
    }
    state->close();
}

void Outlet::refuse(Unwanted unwanted) { state_->unwanted = std::move(unwanted); }

void Outlet::set_high_water_mark(std::size_t messages) { state_->high_water_mark = messages; }

const Outlet::Counters& Outlet::counters() const { return state_->counters; }
std::size_t Outlet::subscribers() const { return state_->ready; }

std::size_t Outlet::slow_subscribers() const {
    return static_cast<std::size_t>(std::count_if(state_->peers.begin(), state_->peers.end(),
                                                  [](auto& peer) { return peer->is_full(); }));
}

std::size_t Outlet::queued() const {
    std::size_t sum = 0;
    for (const auto& peer : state_->peers) sum += peer->queued();
    return sum;
}

}  // namespace fedmsg::bus
