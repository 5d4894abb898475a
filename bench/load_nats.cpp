// Messages through a NATS server, with its own C client, which publishes and receives on its threads.
//
//     bench-load-nats port=PORT size=BYTES count=N subscribers=N [rate=N] [pid=PID]
#include "load.h"

#include <nats/nats.h>

namespace {

void check(natsStatus status, const char* what) {
    if (status != NATS_OK) bench::fail(std::string{what} + ": " + natsStatus_GetText(status));
}

class Client {
  public:
    Client(const bench::Settings& s, bench::Receipts& receipts) : publisher_{connect(s)} {
        for (std::uint64_t i = 0; i < s.number("subscribers"); ++i) {
            auto* inbox = new Inbox{receipts, i};  // until the end of the program
            natsSubscription* subscription = nullptr;
            const auto take = [](natsConnection*, natsSubscription*, natsMsg* m, void* user) {
                auto& to = *static_cast<Inbox*>(user);
                to.receipts.take(to.subscriber, natsMsg_GetData(m),
                                 static_cast<std::size_t>(natsMsg_GetDataLength(m)));
                natsMsg_Destroy(m);
            };
            check(natsConnection_Subscribe(&subscription, connect(s), bench::topic.data(), take, inbox),
                  "subscribe");
            check(natsSubscription_SetPendingLimits(subscription, -1, -1), "no limits");
        }
    }

    void send(std::string_view body) {
        check(natsConnection_Publish(publisher_, bench::topic.data(), body.data(),
                                     static_cast<int>(body.size())),
              "publish");
    }

  private:
    struct Inbox {
        bench::Receipts& receipts;
        std::size_t subscriber;
    };

    static natsConnection* connect(const bench::Settings& s) {
        natsConnection* connection = nullptr;
        const auto url = "nats://127.0.0.1:" + s.text("port");
        check(natsConnection_ConnectTo(&connection, url.c_str()), "connect");
        return connection;
    }

    natsConnection* publisher_;
};

}  // namespace

int main(int argc, char** argv) { return bench::load_main<Client>(argc, argv); }
