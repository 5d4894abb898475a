#include "services/monitor/status_socket.h"

#include "util/error.h"
#include "util/log.h"
#include "util/port_holder.h"

#include <poll.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>

namespace fedmsg::services {
namespace {

using Protocol = asio::local::stream_protocol;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
/// Far more than a report has: whoever answers may be anybody.
constexpr std::size_t largest_report = 4 * 1024 * 1024;

/// FNV-1a, 64 bits.
std::uint64_t digest(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return hash;
}

}  // namespace

std::string socket_name(const DaemonName& name) {
    constexpr std::size_t room = sizeof sockaddr_un::sun_path - 1;
    std::string result{'\0'};
    result += "fedmsg/" + name.service + "/";
    if (result.size() + name.address.size() <= room) return result + name.address;
    return result + fmt::format("{:016x}", digest(name.address));
}

/// Shared with the coroutine, which may outlive the socket by as long as the loop.
class StatusSocket::State {
  public:
    State(Loop& loop, const DaemonName& name, std::function<std::string()> report)
        : executor_{loop.context().get_executor()},
          name_{name},
          report_{std::move(report)},
          acceptor_{executor_},
          timer_{executor_} {}

    static asio::awaitable<void> run(std::shared_ptr<State> self) {
        for (int tries = 1; !self->acceptor_.is_open(); ++tries) {
            // Not at the first try: what is wrong with two of a kind is said by whose port is taken.
            if (tries == 2) self->warn();
            self->timer_.expires_after(retry);
            co_await self->timer_.async_wait(asio::use_awaitable);
            self->bind();
        }
        while (self->acceptor_.is_open()) {
            auto [error, socket] = co_await self->acceptor_.async_accept(as_result);
            if (error == asio::error::operation_aborted) co_return;
            if (!error) co_await self->answer(socket);
            self->timer_.expires_after(error ? std::chrono::milliseconds{1000} : pause);
            co_await self->timer_.async_wait(asio::use_awaitable);
        }
    }

    void stop() {
        report_ = {};
        acceptor_.close();
        timer_.cancel();
    }

    /// Leaves the acceptor closed, and says why, when the name cannot be had.
    void bind() {
        boost::system::error_code error;
        acceptor_.open(Protocol{}, error);
        if (!error) acceptor_.bind(Protocol::endpoint{socket_name(name_)}, error);
        if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
        if (!error) return;
        why_ = error.message();
        acceptor_.close();
    }

  private:
    void warn() const {
        const auto name = "@" + socket_name(name_).substr(1);
        const auto holder = port_holder("ipc://" + name);
        log::warning(name_.service,
                     "--status will not find this process: the socket `{}` cannot be had: {}{}; tried again "
                     "every {} s",
                     name, why_,
                     holder.empty() ? ": does the service manager forbid AF_UNIX?" : ", held by " + holder,
                     retry.count());
    }

    asio::awaitable<void> answer(Protocol::socket& socket) {
        if (!report_) co_return;
        const auto report = report_();
        const auto buffer = asio::buffer(report);
        timer_.expires_after(time);
        timer_.async_wait([&socket](auto error) {
            if (!error) socket.close();
        });
        co_await asio::async_write(socket, buffer, as_result);
        timer_.cancel();
    }

    asio::any_io_executor executor_;
    DaemonName name_;
    std::function<std::string()> report_;
    Protocol::acceptor acceptor_;
    asio::steady_timer timer_;
    std::string why_;
};

StatusSocket::StatusSocket(Loop& loop, const DaemonName& name, std::function<std::string()> report)
    : state_{std::make_shared<State>(loop, name, std::move(report))} {
    state_->bind();
    asio::co_spawn(loop.context(), State::run(state_), rethrow_unless_cancelled);
}

StatusSocket::~StatusSocket() { state_->stop(); }

std::string Answer::by() const {
    const auto* entry = ::getpwuid(user);
    return fmt::format("process {} of user {}", pid, entry ? entry->pw_name : std::to_string(user));
}

namespace {

class Descriptor {
  public:
    explicit Descriptor(int number) : number_{number} {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int number() const { return number_; }

  private:
    int number_;
};

[[noreturn]] void fail(const DaemonName& name, const std::string& why) {
    throw SetupError("the " + name.service + " of " + name.address + " does not tell its status: " + why);
}

}  // namespace

Answer ask_for_status(const DaemonName& name, std::chrono::milliseconds patience) {
    using Clock = std::chrono::steady_clock;
    const auto deadline = Clock::now() + patience;
    const Descriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (socket.number() < 0) fail(name, error_text(errno));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto path = socket_name(name);
    std::memcpy(address.sun_path, path.data(), path.size());
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    if (::connect(socket.number(), reinterpret_cast<const sockaddr*>(&address), size) != 0) {
        if (errno != ECONNREFUSED) fail(name, error_text(errno));
        throw SetupError("no " + name.service + " of " + name.address +
                         " runs on this host: start it, or name the configuration it has "
                         "(--config-filename); one in a container has to be asked in there");
    }
    ucred peer{};
    socklen_t peer_size = sizeof peer;
    if (::getsockopt(socket.number(), SOL_SOCKET, SO_PEERCRED, &peer, &peer_size) != 0)
        fail(name, error_text(errno));
    Answer answer{.report = {}, .pid = peer.pid, .user = peer.uid};
    std::array<char, 65536> buffer{};
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
        pollfd wait{.fd = socket.number(), .events = POLLIN, .revents = 0};
        if (left <= 0 || ::poll(&wait, 1, static_cast<int>(left)) == 0)
            fail(name, answer.by() + " did not answer in time: it is stopped, or too busy (--timeout)");
        const auto count = ::recv(socket.number(), buffer.data(), buffer.size(), 0);
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (count < 0) fail(name, error_text(errno));
        if (count == 0) return answer;
        answer.report.append(buffer.data(), static_cast<std::size_t>(count));
        if (answer.report.size() > largest_report)
            fail(name, answer.by() + " says more than a report is long");
    }
}

}  // namespace fedmsg::services
