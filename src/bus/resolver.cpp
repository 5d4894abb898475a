#include "bus/resolver.h"

#include "loop/wakeup.h"
#include "util/log.h"

#include <ares.h>
#include <arpa/inet.h>
#include <unistd.h>
#include <boost/asio/error.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

namespace fedmsg::bus {
namespace {

using Clock = std::chrono::steady_clock;

/// "tcp://host:port" in its parts; all empty for other transports.
struct Parts {
    std::string_view host;
    std::string_view port;
};

Parts split(std::string_view address) {
    constexpr std::string_view tcp = "tcp://";
    const auto colon = address.rfind(':');
    if (!address.starts_with(tcp) || colon == address.npos || colon < tcp.size()) return {};
    return {address.substr(tcp.size(), colon - tcp.size()), address.substr(colon + 1)};
}

std::string to_text(const sockaddr* address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (address->sa_family == AF_INET) {
        ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, text.data(),
                    text.size());
        return text.data();
    }
    ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, text.data(),
                text.size());
    return "[" + std::string{text.data()} + "]";
}

}  // namespace

/// One c-ares channel: its descriptors and its timer, on the loop.
struct Resolver::Channel : std::enable_shared_from_this<Channel> {
    explicit Channel(const asio::any_io_executor& e) : executor{e}, timer{e} {}
    ~Channel() {
        if (channel) ares_destroy(channel);
    }

    asio::any_io_executor executor;
    asio::steady_timer timer;
    ares_channel channel = nullptr;
    std::map<ares_socket_t, std::shared_ptr<asio::posix::stream_descriptor>> watched;

    /// Empty when that worked, else why not.
    std::string open() {
        if (channel) return "";
        if (const int error = ares_library_init(ARES_LIB_INIT_ALL)) return ares_strerror(error);
        ares_options options{};
        options.sock_state_cb = [](void* self, ares_socket_t fd, int readable, int writable) {
            static_cast<Channel*>(self)->watch(fd, readable != 0, writable != 0);
        };
        options.sock_state_cb_data = this;
        const int error = ares_init_options(&channel, &options, ARES_OPT_SOCK_STATE_CB);
        if (error) channel = nullptr;
        return error ? ares_strerror(error) : "";
    }

    void watch(ares_socket_t fd, bool readable, bool writable) {
        if (!readable && !writable) {
            watched.erase(fd);
            return;
        }
        auto& descriptor = watched[fd];
        if (!descriptor) descriptor = std::make_shared<asio::posix::stream_descriptor>(executor, ::dup(fd));
        using Wait = asio::posix::descriptor_base;
        if (readable) wait(fd, descriptor, Wait::wait_read);
        if (writable) wait(fd, descriptor, Wait::wait_write);
    }

    void wait(ares_socket_t fd, const std::shared_ptr<asio::posix::stream_descriptor>& descriptor,
              asio::posix::descriptor_base::wait_type what) {
        descriptor->async_wait(what, [weak = weak_from_this(), fd, descriptor, what](auto error) {
            const auto self = weak.lock();
            if (error || !self || !self->channel) return;
            const bool reading = what == asio::posix::descriptor_base::wait_read;
            ares_process_fd(self->channel, reading ? fd : ARES_SOCKET_BAD, reading ? ARES_SOCKET_BAD : fd);
            const auto still = self->watched.find(fd);
            if (reading && still != self->watched.end() && still->second == descriptor)
                self->wait(fd, descriptor, what);
            self->arm();
        });
    }

    /// c-ares does its retries and time-outs when it is called.
    void arm() {
        timeval next{};
        if (!channel || !ares_timeout(channel, nullptr, &next)) return;
        timer.expires_after(std::chrono::seconds{next.tv_sec} + std::chrono::microseconds{next.tv_usec});
        timer.async_wait([weak = weak_from_this()](auto error) {
            const auto self = weak.lock();
            if (error || !self || !self->channel) return;
            ares_process_fd(self->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
            self->arm();
        });
    }

    void close() {
        if (!channel) return;
        timer.cancel();
        ares_destroy(channel);  // every question is answered: ARES_EDESTRUCTION
        channel = nullptr;
        watched.clear();
    }
};

namespace {

/// What a question's callback fills.
struct Pending {
    explicit Pending(const asio::any_io_executor& executor) : answered{executor} {}
    bool done = false;
    int status = ARES_SUCCESS;
    std::vector<std::string> found;
    Wakeup answered;

    static Pending& finish(void* argument, int status) {
        auto* pending = static_cast<std::shared_ptr<Pending>*>(argument);
        auto& result = **pending;
        result.status = status;
        result.done = true;
        result.answered.notify();
        return result;
    }
};

struct SrvRecord {
    unsigned priority, weight;
    std::string address;
};

void on_addresses(void* argument, int status, int, ares_addrinfo* info) {
    auto& pending = Pending::finish(argument, status);
    for (auto* node = info ? info->nodes : nullptr; node; node = node->ai_next)
        pending.found.push_back(to_text(node->ai_addr));
    if (info) ares_freeaddrinfo(info);
    delete static_cast<std::shared_ptr<Pending>*>(argument);
}

void on_srv(void* argument, int status, int, unsigned char* answer, int size) {
    auto& pending = Pending::finish(argument, status);
    ares_srv_reply* reply = nullptr;
    if (status == ARES_SUCCESS) pending.status = ares_parse_srv_reply(answer, size, &reply);
    std::vector<SrvRecord> records;
    for (auto* record = reply; record; record = record->next)
        records.push_back({record->priority, record->weight,
                           "tcp://" + std::string{record->host} + ":" + std::to_string(record->port)});
    if (reply) ares_free_data(reply);
    std::stable_sort(records.begin(), records.end(), [](auto& a, auto& b) {
        return a.priority != b.priority ? a.priority < b.priority : a.weight > b.weight;
    });
    for (auto& record : records) pending.found.push_back(std::move(record.address));
    delete static_cast<std::shared_ptr<Pending>*>(argument);
}

asio::awaitable<void> answer_of(std::shared_ptr<Pending> pending) {
    while (!pending->done) co_await pending->answered.wait();
    if (pending->status == ARES_EDESTRUCTION || pending->status == ARES_ECANCELLED)
        throw boost::system::system_error{asio::error::operation_aborted};
}

}  // namespace

Resolver::Resolver(const asio::any_io_executor& executor)
    : channel_{std::make_shared<Channel>(executor)}, executor_{executor} {}
Resolver::Resolver(Resolver&&) noexcept = default;
Resolver::~Resolver() { close(); }

void Resolver::close() {
    if (channel_) channel_->close();
}

bool Resolver::needed(const std::string& address) {
    const auto [host, port] = split(address);
    if (host.empty() || host == "*" || host == "localhost" || host.starts_with('[')) return false;
    in_addr number{};
    return ::inet_pton(AF_INET, std::string{host}.c_str(), &number) != 1;
}

asio::awaitable<std::string> Resolver::resolve(std::string address, std::string& trouble) {
    const auto [host, port] = split(address);
    trouble = channel_->open();
    if (!trouble.empty()) co_return "";
    const auto pending = std::make_shared<Pending>(executor_);
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    ares_getaddrinfo(channel_->channel, std::string{host}.c_str(), nullptr, &hints, on_addresses,
                     new std::shared_ptr<Pending>{pending});
    channel_->arm();
    co_await answer_of(pending);
    if (pending->found.empty()) {
        trouble = "cannot resolve " + std::string{host} + ": " +
                  ares_strerror(pending->status == ARES_SUCCESS ? ARES_ENODATA : pending->status);
        co_return "";
    }
    trouble = "no answer yet";
    co_return "tcp://" + pending->found.front() + ":" + std::string{port};
}

asio::awaitable<std::string> Resolver::resolve_for_ever(std::string address, std::string& trouble) {
    constexpr std::chrono::seconds first_pause{1};
    constexpr std::chrono::seconds longest_pause{60};
    log::Limit hourly{std::chrono::hours{1}};
    asio::steady_timer timer{executor_};
    for (auto pause = first_pause;; pause = std::min(pause * 2, longest_pause)) {
        const auto resolved = co_await resolve(address, trouble);
        if (!resolved.empty()) co_return resolved;
        if (hourly.pass()) log::warning("resolver", "{}: {}; still trying", address, trouble);
        timer.expires_after(pause);
        co_await timer.async_wait(asio::use_awaitable);
    }
}

asio::awaitable<SrvAnswer> Resolver::srv(std::string domain) {
    SrvAnswer answer;
    answer.trouble = channel_->open();
    if (!answer.trouble.empty()) co_return answer;
    const auto pending = std::make_shared<Pending>(executor_);
    constexpr int class_in = 1;
    constexpr int type_srv = 33;  // RFC 2782
    ares_query(channel_->channel, ("_fedmsg._tcp." + domain).c_str(), class_in, type_srv, on_srv,
               new std::shared_ptr<Pending>{pending});
    channel_->arm();
    co_await answer_of(pending);
    answer.addresses = std::move(pending->found);
    if (answer.addresses.empty())
        answer.trouble = pending->status == ARES_SUCCESS ? "no records" : ares_strerror(pending->status);
    co_return answer;
}

}  // namespace fedmsg::bus
