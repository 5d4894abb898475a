// Messages through an MQTT broker at QoS 0, with Mosquitto's own client library. No threads of the library's:
// that way a publication is written at once, and costs the client least.
//
//     bench-load-mqtt port=PORT size=BYTES count=N subscribers=N [rate=N] [pid=PID]
#include "load.h"

#include <poll.h>

#include <mosquitto.h>
#include <thread>

namespace {

void check(int error, const char* what) {
    if (error != MOSQ_ERR_SUCCESS) bench::fail(std::string{what} + ": " + mosquitto_strerror(error));
}

/// One connection.
class Connection {
  public:
    Connection(const bench::Settings& s, void* user) : handle_{mosquitto_new(nullptr, true, user)} {
        constexpr int keepalive =
            600;  // seconds: longer than any run, so there is nothing to do but read and write
        if (handle_ == nullptr) bench::fail("no memory");
        check(mosquitto_int_option(handle_, MOSQ_OPT_TCP_NODELAY, 1), "TCP_NODELAY");
        check(mosquitto_connect(handle_, "127.0.0.1", static_cast<int>(s.number("port")), keepalive),
              "connect");
        wait(POLLIN);  // the broker's consent
        check(mosquitto_loop_read(handle_, 1), "connect");
    }
    [[nodiscard]] mosquitto* handle() const { return handle_; }
    void wait(short events) {
        pollfd p{mosquitto_socket(handle_), events, 0};
        ::poll(&p, 1, -1);
    }

  private:
    mosquitto* handle_;
};

class Client {
  public:
    Client(const bench::Settings& s, bench::Receipts& receipts) : publisher_{s, nullptr} {
        for (std::uint64_t i = 0; i < s.number("subscribers"); ++i) {
            auto* inbox = new Inbox{receipts, i};  // until the end of the program
            auto& connection = subscribers_.emplace_back(s, inbox);
            mosquitto_message_callback_set(
                connection.handle(), [](mosquitto*, void* user, const mosquitto_message* m) {
                    auto& to = *static_cast<Inbox*>(user);
                    to.receipts.take(to.subscriber, static_cast<const char*>(m->payload),
                                     static_cast<std::size_t>(m->payloadlen));
                });
            check(mosquitto_subscribe(connection.handle(), nullptr, bench::topic.data(), 0), "subscribe");
        }
        std::thread{[this] { receive(); }}.detach();
    }

    void send(std::string_view body) {
        check(mosquitto_publish(publisher_.handle(), nullptr, bench::topic.data(),
                                static_cast<int>(body.size()), body.data(), 0, false),
              "publish");
        while (mosquitto_want_write(publisher_.handle())) {
            publisher_.wait(POLLOUT);
            check(mosquitto_loop_write(publisher_.handle(), 1), "publish");
        }
    }

  private:
    struct Inbox {
        bench::Receipts& receipts;
        std::size_t subscriber;
    };

    void receive() {
        constexpr int at_once =
            64;  // packets: loop_read takes one, and finding no more costs one system call
        std::vector<pollfd> items;
        for (auto& connection : subscribers_)
            items.push_back({mosquitto_socket(connection.handle()), POLLIN, 0});
        for (;;) {
            ::poll(items.data(), items.size(), -1);
            for (std::size_t i = 0; i < items.size(); ++i)
                if (items[i].revents != 0)
                    for (int n = 0; n < at_once; ++n)
                        check(mosquitto_loop_read(subscribers_[i].handle(), 1), "receive");
        }
    }

    Connection publisher_;
    std::vector<Connection> subscribers_;
};

}  // namespace

int main(int argc, char** argv) {
    mosquitto_lib_init();
    return bench::load_main<Client>(argc, argv);
}
