// A bare ZeroMQ subscriber.
//
//     bench-receiver bind=ADDRESS count=N
//     bench-receiver connect=ADDRESS
//     bench-receiver connect=ADDRESS marks=N,N… tell=FILE
//
// bind: stands where a relay would, prints "bound", checks that messages number 1, 2, 3 … N come, and prints
// one JSON object: the bytes of all bodies, when the last one came (nanoseconds on CLOCK_MONOTONIC), the
// first body. connect: prints each body that arrives, a line each, until it is stopped. With `marks` it reads
// each body into a document of RapidJSON's instead: the least that a consumer of one's own does (numbered.h).
#include "numbered.h"

#include <rapidjson/document.h>
#include <zmq.hpp>

namespace {

/// The sizes and numbers are the check: `{"i":N,"msg":{"log":"N"},` is how fedmsg logger's canonical bodies
/// begin.
void check(std::string_view body, std::uint64_t n) {
    std::array<char, 64> expected{};
    const auto size = std::snprintf(expected.data(), expected.size(), R"({"i":%ju,"msg":{"log":"%ju"},)",
                                    std::uintmax_t{n}, std::uintmax_t{n});
    if (!body.starts_with({expected.data(), static_cast<std::size_t>(size)}))
        bench::fail(std::string{expected.data()} + " was due, got " + std::string{body});
}

void receive(zmq::socket_t& socket, zmq::message_t& topic, zmq::message_t& body) {
    if (!socket.recv(topic) || !topic.more() || !socket.recv(body) || body.more())
        bench::fail("a message did not arrive, or is not two frames");
}

void run(const bench::Settings& s) {
    zmq::context_t context;
    zmq::socket_t socket{context, zmq::socket_type::sub};
    socket.set(zmq::sockopt::rcvhwm, 0);
    socket.set(zmq::sockopt::reconnect_ivl, 5);
    socket.set(zmq::sockopt::subscribe, "");
    zmq::message_t topic, body;
    if (s.has("connect")) {
        socket.connect(s.text("connect"));
        if (s.has("marks")) {
            bench::Reader reader{s.text("marks"), s.text("tell")};
            while (!reader.done()) {
                receive(socket, topic, body);
                rapidjson::Document document;
                document.Parse(body.data<char>(), body.size());
                if (document.HasParseError() || !document.IsObject()) bench::fail("no message of ours");
                const auto number = document.FindMember("i");
                if (number == document.MemberEnd()) bench::fail("no message of ours");
                reader.take(number->value.GetUint64());
            }
            std::getchar();  // until it is stopped: its processor time is asked for
            return;
        }
        for (;;) {
            receive(socket, topic, body);
            std::puts(body.to_string().c_str());
            std::fflush(stdout);
        }
    }
    socket.set(zmq::sockopt::rcvtimeo, static_cast<int>(bench::patience / std::chrono::milliseconds{1}));
    socket.bind(s.text("bind"));
    std::puts("bound");
    std::fflush(stdout);
    std::uint64_t bytes = 0;
    std::string first;
    const auto count = s.number("count");
    for (std::uint64_t n = 1; n <= count; ++n) {
        receive(socket, topic, body);
        check(body.to_string_view(), n);
        bytes += body.size();
        if (n == 1) first = body.to_string();
    }
    std::printf(R"({"messages":%ju,"bytes":%ju,"last_ns":%jd,"first":%s})"
                "\n",
                std::uintmax_t{count}, std::uintmax_t{bytes}, std::intmax_t{bench::now()}, first.c_str());
}

}  // namespace

int main(int argc, char** argv) { return bench::run_main(argc, argv, run); }
