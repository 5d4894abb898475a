// The least that a relay on libzmq can do: zmq_proxy(3) between XSUB and XPUB, with fedmsg's socket options.
//
//     bench-proxy in=ADDRESS out=ADDRESS
//     bench-proxy from=ADDRESS out=ADDRESS   connects to a publisher, where a relay would let itself be
//     connected to bench-proxy version=zmq            prints libzmq's
#include "load.h"

#include <zmq.hpp>

int main(int argc, char** argv) {
    return bench::run_main(argc, argv, [](const bench::Settings& s) {
        if (s.has("version")) {
            const auto [major, minor, patch] = zmq::version();
            std::printf("%d.%d.%d\n", major, minor, patch);
            return;
        }
        zmq::context_t context;
        zmq::socket_t in{context, zmq::socket_type::xsub}, out{context, zmq::socket_type::xpub};
        for (auto* socket : {&in, &out}) {
            socket->set(zmq::sockopt::sndhwm, 0);
            socket->set(zmq::sockopt::rcvhwm, 0);
            socket->set(zmq::sockopt::linger, 1000);
        }
        out.set(zmq::sockopt::xpub_nodrop, true);
        context.set(zmq::ctxopt::max_sockets, 65535);
        out.bind(s.text("out"));
        if (s.has("from")) {
            in.set(zmq::sockopt::reconnect_ivl, 5);
            in.connect(s.text("from"));
        } else {
            in.bind(s.text("in"));
        }
        zmq::proxy(in, out);
    });
}
