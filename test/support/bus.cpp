#include "support/bus.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <stdexcept>

namespace fedmsg::test {
namespace {

constexpr int patience_ms = static_cast<int>(std::chrono::milliseconds{patience}.count());
constexpr std::string_view marker = "test.marker";

std::optional<Frames> receive(zmq::socket_t& socket, int milliseconds) {
    socket.set(zmq::sockopt::rcvtimeo, milliseconds);
    Frames frames;
    zmq::message_t frame;
    do {
        if (!socket.recv(frame)) return std::nullopt;
        frames.push_back(frame.to_string());
    } while (frame.more());
    return frames;
}

}  // namespace

Port::Port() : descriptor_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    const int yes = 1;
    ::setsockopt(descriptor_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw std::runtime_error{"no free port"};
    number_ = ntohs(address.sin_port);
}

Port::~Port() { ::close(descriptor_); }

Notifications::Notifications() : descriptor_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)} {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    socklen_t size = sizeof name.sun_family;  // no name: the kernel chooses an abstract one, unix(7)
    if (::bind(descriptor_, reinterpret_cast<sockaddr*>(&name), size) != 0)
        throw std::runtime_error{"no socket"};
    size = sizeof name;
    ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&name), &size);
    address_ = "@" + std::string(name.sun_path + 1, size - offsetof(sockaddr_un, sun_path) - 1);
}

Notifications::~Notifications() { ::close(descriptor_); }

std::optional<std::string> Notifications::next_now() {
    std::array<char, 4096> text{};
    const auto size = ::recv(descriptor_, text.data(), text.size(), MSG_DONTWAIT);
    if (size < 0) return std::nullopt;
    return std::string{text.data(), static_cast<std::size_t>(size)};
}

std::string Notifications::wait_for(std::string_view text, Process& sender) {
    for (const auto deadline = Clock::now() + patience; Clock::now() < deadline;) {
        while (const auto said = next_now())
            if (said->find(text) != said->npos) return *said;
        std::array<pollfd, 2> ready{{{descriptor_, POLLIN, 0}, {sender.ended_descriptor(), POLLIN, 0}}};
        ::poll(ready.data(), ready.size(), patience_ms);
        if (ready[0].revents == 0 && ready[1].revents != 0) break;
    }
    (void)sender.wait_for(std::chrono::milliseconds{0});
    throw std::runtime_error{"never heard " + std::string{text} + ": " + sender.errors()};
}

Bus::Bus() : socket_{context_, zmq::socket_type::xpub} {
    socket_.set(zmq::sockopt::xpub_verbose, true);  // each subscriber's, although the prefix is the same
    socket_.set(zmq::sockopt::xpub_nodrop, true);
    socket_.set(zmq::sockopt::sndhwm, 0);
    socket_.set(zmq::sockopt::linger, 0);
    socket_.bind("tcp://127.0.0.1:*");
    address_ = socket_.get(zmq::sockopt::last_endpoint);
}

Bus::Bus(const std::string& address, std::chrono::milliseconds linger)
    : socket_{context_, zmq::socket_type::xpub}, address_{address} {
    socket_.set(zmq::sockopt::xpub_nodrop, true);
    socket_.set(zmq::sockopt::sndhwm, 0);
    socket_.set(zmq::sockopt::linger, static_cast<int>(linger.count()));
    socket_.connect(address);
    wait_for_subscriber();
}

std::string Bus::wait_for_subscriber() {
    while (const auto frames = receive(socket_, patience_ms))
        if (frames->at(0).starts_with('\1')) return frames->at(0).substr(1);
    throw std::runtime_error{"nobody subscribed to " + address_};
}

void Bus::publish(const Frames& frames) {
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const auto flags = i + 1 < frames.size() ? zmq::send_flags::sndmore : zmq::send_flags::none;
        socket_.send(zmq::buffer(frames[i]), flags);
    }
}

Listener::Listener(const std::string& connect_to, int high_water_mark) {
    socket_.set(zmq::sockopt::rcvhwm, high_water_mark);
    socket_.set(zmq::sockopt::subscribe, "");
    socket_.connect(connect_to);
}

Listener Listener::bound(const std::string& address) {
    Listener listener;
    listener.socket_.set(zmq::sockopt::rcvhwm, 0);
    listener.socket_.set(zmq::sockopt::subscribe, "");
    listener.socket_.bind(address);
    return listener;
}

Frames Listener::next() {
    if (auto frames = next_for(patience)) return std::move(*frames);
    throw std::runtime_error{"waited in vain for a message"};
}

std::optional<Frames> Listener::next_for(std::chrono::milliseconds time) {
    return receive(socket_, static_cast<int>(time.count()));
}

Relay::Relay(std::string settings, std::vector<std::string> words) : words_{std::move(words)} {
    configure(settings);
}

void Relay::configure(const std::string& settings) {
    folder_.write("config.json", "{\n\"relay_inbound\": \"" + inbound() +
                                     "\",\n\"endpoints\": {\"relay_outbound\": [\"" + outbound() + "\"]}" +
                                     (settings.empty() ? "" : ",\n" + settings) + "\n}\n");
}

void Relay::launch(std::string_view patience_for_subscriber) {
    auto words = words_;
    words.insert(words.end(), {"--post-init-sleep", std::string{patience_for_subscriber}});
    auto start = fedmsg(std::move(words));
    start.environment.emplace_back("NOTIFY_SOCKET", notifications_.address());
    process_.emplace(std::move(start));
}

void Relay::start() {
    launch("0");
    ready();
}

void Relay::start_and_wait_for_subscriber() { launch("3600"); }

void Relay::ready() { notifications_.wait_for("READY=1", *process_); }

int Relay::stop() { return process_->terminate(); }

Start Relay::fedmsg(std::vector<std::string> words) const {
    words.insert(words.end(), {"--config-filename", config()});
    return test::fedmsg(std::move(words));
}

int Relay::publish_until(const std::function<bool()>& heard) {
    Bus bus{inbound()};
    const auto deadline = Clock::now() + patience;
    for (int count = 1; Clock::now() < deadline; ++count) {
        bus.publish(marker, R"({"topic":"test.marker","msg":{}})");
        if (!heard()) continue;
        bus.publish(marker, R"({"topic":"test.marker","msg":{"last":true}})");
        return count + 1;
    }
    throw std::runtime_error{"nobody heard the relay: " + process_->errors()};
}

Process Relay::tail(std::vector<std::string> words) {
    words.insert(words.begin(), "tail");
    Process tail{fedmsg(std::move(words))};
    constexpr std::chrono::milliseconds pause{10};
    publish_until([&] { return tail.pump(-1, Clock::now() + pause) && !tail.output().empty(); });
    for (;;) {
        const auto line = tail.next_line();
        if (!line) throw std::runtime_error{"tail ended: " + tail.errors()};
        if (line->find(R"("last":true)") != line->npos) return tail;
    }
}

std::unique_ptr<Listener> Relay::listener(int high_water_mark) {
    auto listener = std::make_unique<Listener>(outbound(), high_water_mark);
    constexpr std::chrono::milliseconds pause{10};
    publish_until([&] { return listener->next_for(pause).has_value(); });
    while (listener->next().at(1).find(R"("last":true)") == std::string::npos) {
    }
    return listener;
}

}  // namespace fedmsg::test
