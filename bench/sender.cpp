// A bare ZeroMQ publisher.
//
//     bench-sender connect=ADDRESS count=N first=BODY
//     bench-sender bind=ADDRESS file=FILE
//     bench-sender bind=ADDRESS count=N size=BYTES
//
// connect: sends N bodies like BODY, which is message 1 of fedmsg logger.
// bind: prints "bound"; each line of FILE is a topic, a space, a body; else N bodies of numbered.h are sent.
// All send once somebody has subscribed, and end when everything has left.
#include "numbered.h"

#include <fstream>
#include <zmq.hpp>

namespace {

constexpr std::string_view logger_topic = "org.fedoraproject.dev.logger.log";

void send(zmq::socket_t& socket, std::string_view topic, std::string_view body) {
    zmq::message_t first{topic}, second{body};
    socket.send(first, zmq::send_flags::sndmore);
    socket.send(second, zmq::send_flags::none);
}

void send_numbers(zmq::socket_t& socket, std::uint64_t count, const std::string& first) {
    constexpr std::string_view start = R"({"i":1,"msg":{"log":"1"},)";
    if (!first.starts_with(start))
        throw std::runtime_error{"first=" + first + " is not a body of fedmsg logger"};
    const auto rest = first.substr(start.size());
    std::string body;
    for (std::uint64_t n = 1; n <= count; ++n) {
        const auto number = std::to_string(n);
        body = R"({"i":)";
        body += number;
        body += R"(,"msg":{"log":")";
        body += number;
        body += R"("},)";
        body += rest;
        send(socket, logger_topic, body);
    }
}

void run(const bench::Settings& s) {
    std::vector<std::string> lines;
    if (s.has("file")) {
        std::ifstream file{s.text("file")};
        for (std::string line; std::getline(file, line);) lines.push_back(line);
        if (lines.empty()) throw std::runtime_error{s.text("file") + " has no lines"};
    }

    zmq::context_t context;
    zmq::socket_t socket{context, zmq::socket_type::xpub};
    socket.set(zmq::sockopt::xpub_nodrop, true);
    socket.set(zmq::sockopt::reconnect_ivl, 5);
    socket.set(zmq::sockopt::linger, static_cast<int>(bench::patience / std::chrono::milliseconds{1}));
    socket.set(zmq::sockopt::rcvtimeo, static_cast<int>(bench::patience / std::chrono::milliseconds{1}));
    if (s.has("bind")) {
        socket.bind(s.text("bind"));
        std::puts("bound");
        std::fflush(stdout);
    } else {
        socket.connect(s.text("connect"));
    }
    zmq::message_t subscription;
    if (!socket.recv(subscription)) bench::fail("nobody subscribed");

    if (s.has("size")) {
        const auto size = s.number("size"), count = s.number("count");
        for (std::uint64_t n = 0; n < count; ++n) send(socket, bench::topic, bench::numbered_body(n, size));
    } else if (lines.empty()) {
        send_numbers(socket, s.number("count"), s.text("first"));
    }
    for (const std::string_view line : lines) {
        const auto space = line.find(' ');
        if (space == line.npos) throw std::runtime_error{std::string{line} + " has no topic"};
        send(socket, line.substr(0, space), line.substr(space + 1));
    }
}

}  // namespace

int main(int argc, char** argv) { return bench::run_main(argc, argv, run); }
