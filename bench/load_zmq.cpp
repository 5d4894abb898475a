// Messages through a ZeroMQ forwarder, a relay or zmq_proxy, which is spoken to as fedmsg's clients do.
//
//     bench-load-zmq in=ADDRESS out=ADDRESS size=BYTES count=N subscribers=N [rate=N] [pid=PID] [chunk=N]
//     bench-load-zmq at=ADDRESS out=ADDRESS …   lets the forwarder connect to it
#include "load.h"

#include <thread>
#include <zmq.hpp>

namespace {

class Client {
  public:
    Client(const bench::Settings& s, bench::Receipts& receipts)
        : publisher_{sending_, zmq::socket_type::xpub} {
        configure(publisher_);
        publisher_.set(zmq::sockopt::xpub_nodrop, true);
        if (s.has("at"))
            publisher_.bind(s.text("at"));
        else
            publisher_.connect(s.text("in"));
        constexpr int others = 8;
        receiving_.set(zmq::ctxopt::max_sockets, static_cast<int>(s.number("subscribers")) + others);
        for (std::uint64_t i = 0; i < s.number("subscribers"); ++i) {
            auto& socket = subscribers_.emplace_back(receiving_, zmq::socket_type::sub);
            configure(socket);
            socket.set(zmq::sockopt::subscribe, "");
            socket.connect(s.text("out"));
        }
        std::thread{[this, &receipts] { receive(receipts); }}.detach();
    }

    void send(std::string_view body) {
        zmq::message_t topic{bench::topic}, copy{body};
        publisher_.send(topic, zmq::send_flags::sndmore);
        publisher_.send(copy, zmq::send_flags::none);
    }

  private:
    static void configure(zmq::socket_t& socket) {
        socket.set(zmq::sockopt::sndhwm, 0);
        socket.set(zmq::sockopt::rcvhwm, 0);
        socket.set(zmq::sockopt::reconnect_ivl, 5);  // milliseconds; the forwarder may still be starting
    }

    void receive(bench::Receipts& receipts) {
        std::vector<zmq::pollitem_t> items;
        for (auto& socket : subscribers_) items.push_back({socket.handle(), 0, ZMQ_POLLIN, 0});
        zmq::message_t topic, body;
        for (;;) {
            zmq::poll(items);
            for (std::size_t i = 0; i < items.size(); ++i) {
                if ((items[i].revents & ZMQ_POLLIN) == 0) continue;
                while (subscribers_[i].recv(topic, zmq::recv_flags::dontwait)) {
                    if (!topic.more() || !subscribers_[i].recv(body) || body.more())
                        bench::fail("not two frames");
                    receipts.take(i, body.data<char>(), body.size());
                }
            }
        }
    }

    zmq::context_t sending_, receiving_;  // an I/O thread each
    zmq::socket_t publisher_;
    std::vector<zmq::socket_t> subscribers_;
};

}  // namespace

int main(int argc, char** argv) { return bench::load_main<Client>(argc, argv); }
