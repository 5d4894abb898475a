/// Whatever strangers send: nothing stops, the good messages arrive, and what was refused is counted.
#include "support/bus.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <random>
#include <thread>

namespace fedmsg::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;

/// A TCP connection whose other end is not told what it expects.
class Stranger {
  public:
    explicit Stranger(int port) : descriptor_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
            throw std::runtime_error{"cannot connect"};
    }
    ~Stranger() { ::close(descriptor_); }
    Stranger(const Stranger&) = delete;
    Stranger& operator=(const Stranger&) = delete;

    void say(std::string_view bytes) const {
        (void)::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }
    /// Waits until the other end has closed the connection.
    [[nodiscard]] bool is_hung_up_on() const {
        const timeval time{.tv_sec = patience.count(), .tv_usec = 0};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
        std::array<char, 4096> bytes{};
        for (;;) {
            const auto size = ::recv(descriptor_, bytes.data(), bytes.size(), 0);
            if (size == 0 || (size < 0 && errno == ECONNRESET)) return true;
            if (size < 0) return false;
        }
    }

  private:
    int descriptor_;
};

int port_of(const std::string& address) { return std::stoi(address.substr(address.rfind(':') + 1)); }

std::string random_bytes(std::mt19937& random, std::size_t size) {
    std::string bytes(size, '\0');
    for (auto& byte : bytes) byte = static_cast<char>(random());
    return bytes;
}

const std::string signature("\xFF\0\0\0\0\0\0\0\1\x7F", 10);
const std::string version_3("\3\0", 2);
const std::string broken_ready("\4\x05\5READ", 7);

/// What begins a connection of ZMTP 3.0: 64 bytes, RFC 23.
std::string greeting() {
    std::string mechanism = "NULL";
    mechanism.resize(20, '\0');
    return signature + version_3 + mechanism + std::string(32, '\0');
}

/// Greetings that go wrong in every way, and plain noise.
std::vector<std::string> greetings() {
    std::mt19937 random{20260101};  // the same at each run
    const auto whole = greeting();
    std::vector<std::string> result{
        "",
        "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        std::string("\1\0", 2),  // ZMTP 1.0
        signature,               // and no more
        signature + std::string("\1\0", 2) + random_bytes(random, 50),
        signature + version_3 + "CURVE" + std::string(47, '\0'),  // a mechanism that nobody offers
        whole,                                                    // and no READY
        whole + broken_ready,                                     // a READY cut short
        whole + std::string("\4\xFF", 2) + random_bytes(random, 300),
        whole + std::string("\6\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 9) +
            random_bytes(random, 100),      // a command of 8 EiB
        whole + std::string("\0\3abc", 5),  // a message before READY
    };
    for (int i = 0; i < 20; ++i) result.push_back(random_bytes(random, 1U + random() % 5000));
    return result;
}

class Garbage : public testing::Test {
  protected:
    /// Prints the number of each good message.
    void start(const std::string& settings = "") {
        relay.configure(settings);
        relay.start_and_wait_for_subscriber();
        tail.emplace(relay.fedmsg({"tail", "--query", "good"}));
        relay.ready();
        publisher.emplace(relay.inbound());
    }

    void publish_good() {
        publisher->publish("org.good", R"({"topic":"org.good","good":)" + std::to_string(++good) + "}");
    }
    void expect_good() { EXPECT_EQ(tail->next_line(), std::to_string(good)); }
    /// A stranger whose end is seen: those before it have been seen, too, because events come in order.
    static void expect_hung_up(const std::string& side) {
        const Stranger stranger{port_of(side)};
        stranger.say(greeting() + broken_ready);
        EXPECT_TRUE(stranger.is_hung_up_on());
    }
    /// Some noise is taken for messages of ZMTP 1.0, which are dropped.
    void expect_failed_handshakes(std::size_t count) {
        EXPECT_THAT(stop(),
                    ContainsRegex("forwarded " + std::to_string(good) + " messages(, dropped [^\n]*)?, " +
                                  std::to_string(count) + " failed handshakes\n"));
    }
    static std::string numbered(int i) {
        // Many of them are larger than what the kernel's buffers for a connection hold.
        return R"({"good":)" + std::to_string(i) + R"(,"topic":"org.numbered","x":")" +
               std::string(10'000, 'x') + "\"}";
    }

    /// SIGTERM to both; the relay's last word.
    std::string stop() {
        EXPECT_EQ(tail->terminate(), 0) << tail->errors();
        EXPECT_EQ(relay.stop(), 0) << relay.process().errors();
        const auto& said = relay.process().errors();
        const auto at = said.find("stopped: ");
        return at == said.npos ? said : said.substr(at);
    }

    Relay relay;
    std::optional<Process> tail;
    std::optional<Bus> publisher;
    int good = 0;
};

TEST_F(Garbage, MessagesOfTheWrongShapeAreDroppedAndCounted) {
    start();
    publish_good();
    expect_good();
    const std::vector<Frames> wrong{
        {"one frame"},
        {""},
        {"a", "{}", "third"},
        {"", "", "", ""},
        {"", "{}"},
        {"", ""},
        {"\xFF\xFE", "{}"},
        {"org.\xC0\xAF", "{}"},
        {"org.large", std::string(50'000'000, 'x')},
        {std::string(17'000'000, 't'), "{}"},
    };
    for (const auto& frames : wrong) {
        publisher->publish(frames);
        publish_good();
        expect_good();
    }
    const auto last_word = stop();
    EXPECT_THAT(last_word,
                HasSubstr("forwarded 11 messages, dropped 4 not_two_frames, 2 too_large, 2 empty_topic, "
                          "2 topic_not_utf8\n"));
    EXPECT_THAT(relay.process().errors(),
                ContainsRegex("dropped a message from 127\\.0\\.0\\.1:[0-9]+: it has not two frames"));
}

TEST_F(Garbage, AMessageThatTheRelayHangsUpOnIsGivenUpAndTold) {
    Relay small{R"("zmq_max_message_size": 1000)"};
    small.start_and_wait_for_subscriber();
    Process reader{small.fedmsg({"tail", "--query", "msg.log", "-n", "2"})};
    small.ready();
    const TemporaryFolder folder;
    const auto config = folder.write("c.json", R"({"relay_inbound": ")" + small.inbound() + R"("})");
    const std::string large(10'000'000, 'x');
    const auto logger = run(fedmsg({"logger", "--config-filename", config}), "first\n" + large + "\nlast\n");
    EXPECT_EQ(reader.next_line(), "first");
    EXPECT_EQ(reader.next_line(), "last");
    EXPECT_EQ(logger.status, 1);
    EXPECT_THAT(logger.errors, AllOf(HasSubstr("hung up in the middle of one message 3 times"),
                                     HasSubstr(": 1 message not sent")));
}

TEST_F(Garbage, AMessageThatIsTooLargeForAllIsNotEvenSent) {
    relay.configure(R"("zmq_max_message_size": 1000)");
    relay.start();
    const auto logger =
        run(relay.fedmsg({"logger", "--print"}), "first\n" + std::string(1000, 'x') + "\nlast\n");
    EXPECT_EQ(logger.status, 1);
    EXPECT_EQ(lines_of(logger.output).size(), 2U);
    EXPECT_THAT(logger.errors,
                AllOf(ContainsRegex("message 2 is 1[0-9]{3} bytes long, more than zmq_max_message_size"),
                      HasSubstr(": 1 message not sent")));
}

TEST_F(Garbage, BodiesAreNotTheRelaysBusinessButTails) {
    start();
    std::string deep(1000, '[');
    deep.append(1000, ']');
    for (const auto& body : {std::string{"not json"}, std::string{}, std::string{"\"\xFF\""},
                             std::string{"{\"a\":\"\xC3\x28\"}"}, deep, std::string(5000, '9'),
                             std::string{"{} {}"}, std::string{"{\"topic\":"}}) {
        publisher->publish("org.bad", body);
        publish_good();
        expect_good();
    }
    // JSON, but no envelope: handed on under the topic of the frame.
    publisher->publish("org.odd", "[1,2]");
    EXPECT_EQ(tail->next_line(), "");
    EXPECT_THAT(stop(), HasSubstr("forwarded 17 messages\n"));
    EXPECT_THAT(tail->errors(), HasSubstr("not shown: 2 not_utf8, 5 not_json, 1 too_deep\n"));
}

TEST_F(Garbage, StrangersAtTheInboundSideAreHungUpOnAndCounted) {
    start();
    const auto all = greetings();
    for (const auto& greeting : all) {
        Stranger stranger{port_of(relay.inbound())};
        stranger.say(greeting);
        publish_good();
        expect_good();
    }
    expect_hung_up(relay.inbound());
    publish_good();
    expect_good();
    expect_failed_handshakes(all.size() + 1);
}

TEST_F(Garbage, StrangersAtTheOutboundSideAreHungUpOnAndCounted) {
    start();
    const auto all = greetings();
    for (const auto& greeting : all) {
        Stranger stranger{port_of(relay.outbound())};
        stranger.say(greeting);
        publish_good();
        expect_good();
    }
    expect_hung_up(relay.outbound());
    publish_good();
    expect_good();
    expect_failed_handshakes(all.size() + 1);
}

TEST_F(Garbage, HalfOpenHandshakesHoldUpNobody) {
    start();
    std::vector<std::unique_ptr<Stranger>> silent;
    for (int i = 0; i < 50; ++i)
        for (const auto& side : {relay.inbound(), relay.outbound()}) {
            silent.push_back(std::make_unique<Stranger>(port_of(side)));
            silent.back()->say(std::string("\xFF\0\0\0", 4));
        }
    for (int i = 0; i < 100; ++i) publish_good();
    const auto logger = run(relay.fedmsg({"logger", "--confirm", "--message", "x"}));
    EXPECT_EQ(logger.status, 0) << logger.errors;
    for (int i = 1; i <= 100; ++i) EXPECT_EQ(tail->next_line(), std::to_string(i));
    EXPECT_THAT(stop(), HasSubstr("forwarded 101 messages"));
}

TEST_F(Garbage, AStormOfConnectionsHoldsUpNobody) {
    start();
    constexpr int storms = 300;
    for (int i = 0; i < storms; ++i) {
        { const Stranger in{port_of(relay.inbound())}, out{port_of(relay.outbound())}; }
        if (i % 10 == 0) publish_good();
    }
    for (int i = 1; i <= good; ++i) EXPECT_EQ(tail->next_line(), std::to_string(i));
    EXPECT_THAT(stop(), HasSubstr("forwarded " + std::to_string(good) + " messages"));
}

TEST_F(Garbage, SubscribersThatComeAndGoLeaveNothingBehind) {
    start();
    const auto descriptors = [&] {
        const std::filesystem::directory_iterator all{"/proc/" + std::to_string(relay.process().pid()) +
                                                      "/fd"};
        return std::distance(begin(all), end(all));
    };
    const auto before = descriptors();
    for (int i = 0; i < 200; ++i) Listener{relay.outbound()};
    publish_good();
    expect_good();
    for (const auto deadline = Clock::now() + patience; descriptors() > before && Clock::now() < deadline;)
        relay.process().pump(-1, Clock::now() + std::chrono::milliseconds{10});
    EXPECT_LE(descriptors(), before);
    stop();
}

TEST_F(Garbage, WhatAPublisherOfTailSendsIsCounted) {
    Bus bus;
    Process listening{fedmsg({"tail", "--raw", "-n", "2", "--endpoint", "test=" + bus.address()})};
    bus.wait_for_subscriber();
    bus.publish("a", "1");
    bus.publish(Frames{"one"});
    bus.publish(Frames{"one", "two", "three"});
    bus.publish(Frames{""});
    bus.publish("\xFF", "{}");
    bus.publish("a", "nope");
    bus.publish("a", std::string(17'000'000, 'x'));
    bus.publish("a", "2");
    EXPECT_EQ(listening.wait(), 0);
    EXPECT_EQ(listening.output(), "1\n2\n");
    EXPECT_THAT(listening.errors(),
                HasSubstr("not shown: 3 not_two_frames, 1 too_large, 1 topic_not_utf8, 1 not_json\n"));
}

/// VmHWM, proc(5).
long most_memory_kib(pid_t pid) {
    const auto status = read_file("/proc/" + std::to_string(pid) + "/status");
    return std::stol(status.substr(status.find("VmHWM:") + 6));
}

TEST_F(Garbage, WhatIsMuchTooLargeForTailIsCountedAndNotKept) {
    Bus bus;
    const TemporaryFolder folder;
    Process listening{fedmsg({"tail", "--raw", "-n", "3", "--config-filename",
                              folder.write("c.json", R"({"zmq_max_message_size": 1000})"), "--endpoint",
                              "test=" + bus.address()})};
    bus.wait_for_subscriber();
    bus.publish("a", "1");
    EXPECT_EQ(listening.next_line(), "1");
    const std::string huge(50'000'000, 'x');
    bus.publish("a", huge);
    bus.publish(huge, "{}");
    bus.publish(Frames{huge});
    bus.publish("a", "2");
    // The same connection: a new one would have missed it.
    EXPECT_EQ(listening.next_line(), "2");
    EXPECT_THAT(listening.error_line_with("dropped a message"),
                HasSubstr("from " + bus.address() + ": a frame is larger than zmq_max_message_size"));
    if (!sanitized) {
        EXPECT_LT(most_memory_kib(listening.pid()), 20'000);
    }
    bus.publish("a", "3");
    EXPECT_EQ(listening.wait(), 0);
    EXPECT_THAT(listening.errors(), HasSubstr("not shown: 3 too_large\n"));
}

TEST_F(Garbage, AFrozenTailLosesItsOwnMessagesAndNobodyElses) {
    constexpr int count = 3000;
    start(R"("high_water_mark": 100)");
    const auto healthy = relay.listener();
    tail->send(SIGSTOP);
    for (int i = 1; i <= count; ++i) {
        publisher->publish("org.numbered", numbered(i));
        const auto frames = healthy->next();  // at the pace of the one that reads
        ASSERT_EQ(frames.at(1).substr(0, 9 + std::to_string(i).size()),
                  R"({"good":)" + std::to_string(i) + ",");
    }
    tail->send(SIGCONT);
    const auto last_word = stop();
    EXPECT_THAT(last_word, ContainsRegex(", [0-9]+ lost by slow subscribers"));
    EXPECT_THAT(relay.process().errors(), HasSubstr("a subscriber is too slow and has lost"));
}

TEST_F(Garbage, AFrozenTailHoldsUpNobodyWithoutLimit) {
    constexpr int count = 2000;
    start();
    const auto healthy = relay.listener();
    tail->send(SIGSTOP);
    for (int i = 1; i <= count; ++i) {
        publisher->publish("org.numbered", numbered(i));
        ASSERT_EQ(healthy->next().at(0), "org.numbered");
    }
    tail->send(SIGCONT);
    // Nothing was lost: markers first, which have no `good`.
    std::vector<std::string> numbers;
    while (numbers.size() < count) {
        const auto line = tail->next_line();
        ASSERT_TRUE(line) << tail->errors();
        if (!line->empty()) numbers.push_back(*line);
    }
    EXPECT_EQ(numbers.front(), "1");
    EXPECT_EQ(numbers.back(), std::to_string(count));
    stop();
}

/// Listens where a relay should be, says `bytes` to whoever connects, and closes. Until it goes.
class FakeServer {
  public:
    explicit FakeServer(std::string bytes)
        : descriptor_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)},
          thread_{[this, said = std::move(bytes)] {
              for (;;) {
                  const int peer = ::accept(descriptor_, nullptr, nullptr);
                  if (peer < 0) return;
                  ++visits_;
                  (void)::send(peer, said.data(), said.size(), MSG_NOSIGNAL);
                  ::close(peer);
              }
          }} {}
    ~FakeServer() {
        ::shutdown(descriptor_, SHUT_RDWR);
        thread_.join();
        ::close(descriptor_);
    }
    FakeServer(const FakeServer&) = delete;
    FakeServer& operator=(const FakeServer&) = delete;

    [[nodiscard]] std::string address() const { return "tcp://127.0.0.1:" + std::to_string(port_); }
    /// How many have connected.
    [[nodiscard]] int visits() const { return visits_; }

  private:
    int listen() {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
            ::listen(descriptor_, 64) != 0)
            throw std::runtime_error{"cannot listen"};
        ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size);
        return ntohs(address.sin_port);
    }

    int descriptor_;
    int port_ = listen();
    std::atomic<int> visits_{0};
    std::thread thread_;
};

class NotARelay : public testing::TestWithParam<std::string> {};

TEST_P(NotARelay, EndsTheLoggerInTime) {
    const FakeServer server{GetParam()};
    TemporaryFolder folder;
    const auto config = folder.write("config.json", R"({"relay_inbound": ")" + server.address() + R"("})");
    for (int i = 0; i < (sanitized ? 2 : 5); ++i) {
        const auto logger =
            run(fedmsg({"logger", "--timeout", "0.3", "--message", "x", "--config-filename", config}));
        EXPECT_EQ(logger.status, 1) << logger.errors;
        EXPECT_THAT(logger.errors, AllOf(HasSubstr(server.address()), HasSubstr("1 message not sent")));
    }
}

TEST_P(NotARelay, DoesNotEndTail) {
    const FakeServer server{GetParam()};
    Bus bus;
    Process tail{fedmsg({"tail", "--raw", "-n", "2", "--endpoint", "wrong=" + server.address(), "--endpoint",
                         "test=" + bus.address()})};
    bus.wait_for_subscriber();
    bus.publish("a", "1");
    EXPECT_EQ(tail.next_line(), "1");
    bus.publish("a", "2");
    EXPECT_EQ(tail.next_line(), "2");
    EXPECT_EQ(tail.wait(), 0);
}

/// Everything that may go wrong in a publisher's part of the conversation, each endpoint many times.
TEST(Strangers, DoNotEndTail) {
    const std::string publisher = greeting() + std::string("\4\x1A\5READY\13Socket-Type\0\0\0\4XPUB", 28);
    auto all = greetings();
    std::mt19937 random{20260102};
    for (int i = 0; i < 20; ++i) all.push_back(publisher + random_bytes(random, 1U + random() % 5000));
    for (const auto& frames :
         {std::string("\0\0", 2), std::string("\1\1a", 3), std::string("\1\1a\0\5{}", 7),
          std::string("\3\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 9), std::string("\4\4\4PING", 6),
          std::string("\4\7\5ERROR\0", 9), std::string("\4\1\0", 3)})
        all.push_back(publisher + frames);
    std::vector<std::unique_ptr<FakeServer>> servers;
    std::string addresses;
    for (const auto& bytes : all) {
        servers.push_back(std::make_unique<FakeServer>(bytes));
        addresses += '"' + servers.back()->address() + "\", ";
    }
    Bus bus;
    const TemporaryFolder folder;
    Process tail{fedmsg({"tail", "--query", "n", "--config-filename",
                         folder.write("c.json", R"({"zmq_reconnect_ivl": 1, "zmq_reconnect_ivl_max": 1,
                             "endpoints": {"all": [)" +
                                                    addresses + '"' + bus.address() + "\"]}}")})};
    bus.wait_for_subscriber();
    const auto all_were_visited = [&] {
        return std::all_of(servers.begin(), servers.end(),
                           [](auto& server) { return server->visits() >= 20; });
    };
    const auto deadline = Clock::now() + patience;
    for (int n = 1; !all_were_visited(); ++n) {
        ASSERT_LT(Clock::now(), deadline);
        bus.publish("org.good", R"({"topic":"org.good","n":)" + std::to_string(n) + "}");
        // What strangers have sent whole is shown, too.
        for (auto line = tail.next_line(); line != std::to_string(n); line = tail.next_line())
            ASSERT_TRUE(line) << tail.errors();
    }
    EXPECT_EQ(tail.terminate(), 0) << tail.errors();
}

std::string name_of(const testing::TestParamInfo<std::string>& test) {
    static constexpr std::array names{"Nothing", "Zmtp1", "Http", "HalfAGreeting", "Noise"};
    return names.at(test.index);
}

INSTANTIATE_TEST_SUITE_P(Saying, NotARelay,
                         testing::Values(std::string{}, std::string("\1\0", 2),
                                         std::string{"HTTP/1.1 400 Bad Request\r\n\r\n"},
                                         std::string("\xFF\0\0\0\0\0\0\0\1\x7F", 10),
                                         std::string(1000, '\xAA')),
                         name_of);

}  // namespace
}  // namespace fedmsg::test
