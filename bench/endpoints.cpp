// Publishers at many addresses, in one process.
//
//     bench-endpoints count=N               binds N ports of 127.0.0.1, and prints their addresses, a line of
//     JSON bench-endpoints bind=ADDRESS,ADDRESS… binds these, and prints when (nanoseconds on
//     CLOCK_MONOTONIC)
//
// Then it prints when somebody had subscribed at each address. With messages=N it sends them, too, one each
// 20 ms, with the time in `sent_ns`.
#include "load.h"

#include <sys/resource.h>

#include <thread>
#include <zmq.hpp>

namespace {

/// A descriptor to listen, and one for the connection.
void make_room() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

void print(const std::string& line) {
    std::puts(line.c_str());
    std::fflush(stdout);
}

void run(const bench::Settings& s) {
    make_room();
    zmq::context_t context;
    zmq::socket_t socket{context, zmq::socket_type::xpub};
    socket.set(zmq::sockopt::xpub_verbose, true);  // each subscription, although they are the same
    socket.set(zmq::sockopt::xpub_nodrop, true);
    socket.set(zmq::sockopt::rcvtimeo, static_cast<int>(bench::patience / std::chrono::milliseconds{1}));
    std::uint64_t count = 0;
    if (s.has("bind")) {
        const std::int64_t start = bench::now();
        for (std::string_view rest = s.text("bind"); !rest.empty(); ++count) {
            const auto comma = std::min(rest.find(','), rest.size());
            socket.bind(std::string{rest.substr(0, comma)});
            rest.remove_prefix(std::min(comma + 1, rest.size()));
        }
        print(std::to_string(start));
    } else {
        std::string addresses;
        for (; count < s.number("count"); ++count) {
            socket.bind("tcp://127.0.0.1:*");
            addresses += (count == 0 ? "[\"" : "\",\"") + socket.get(zmq::sockopt::last_endpoint);
        }
        print(addresses + "\"]");
    }
    zmq::message_t subscription;
    for (std::uint64_t n = 0; n < count; ++n)
        if (!socket.recv(subscription))
            bench::fail(std::to_string(n) + " of " + std::to_string(count) + " endpoints are connected");
    print(std::to_string(bench::now()));
    for (std::uint64_t i = 0; i < s.number("messages", 0); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
        const auto body = R"({"i":)" + std::to_string(i) + R"(,"msg":{"sent_ns":)" +
                          std::to_string(bench::now()) + R"(},"topic":")" + std::string{bench::topic} + "\"}";
        socket.send(zmq::buffer(bench::topic), zmq::send_flags::sndmore);
        socket.send(zmq::buffer(body), zmq::send_flags::none);
    }
    std::getchar();  // until standard input is closed
}

}  // namespace

int main(int argc, char** argv) { return bench::run_main(argc, argv, run); }
