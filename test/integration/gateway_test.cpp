/// The gateway: bytes untouched, and whatever subscribers do, nobody but themselves loses anything.
#include "support/bus.h"
#include "support/prometheus.h"
#include "support/tcp.h"
#include "wire/subscriber_session.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <functional>
#include <utility>

namespace fedmsg::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;

/// `fedmsg gateway` between a publisher of ours and a port of its own.
class Gateway : public testing::Test {
  protected:
    /// \param settings  more members of the configuration, each followed by a comma
    void start(const std::string& settings = "", std::vector<std::string> words = {}) {
        configure(settings);
        words.insert(words.begin(), "gateway");
        auto how = here(std::move(words));
        how.environment.emplace_back("NOTIFY_SOCKET", notifications.address());
        gateway.emplace(std::move(how));
        notifications.wait_for("READY=1", *gateway);
        bus->wait_for_subscriber();
    }
    void configure(const std::string& settings = "") const {
        folder.write("c.json", "{" + settings + R"("fedmsg.consumers.gateway.port": )" +
                                   std::to_string(port.number()) + R"(, "endpoints": {"test": [")" +
                                   bus->address() + R"("], "itself": [")" + port.address() + "\"]}}");
    }
    [[nodiscard]] Start here(std::vector<std::string> words) const {
        words.insert(words.end(), {"--config-filename", (folder / "c.json").string()});
        return fedmsg(std::move(words));
    }
    /// A subscriber that misses nothing from now on.
    std::unique_ptr<Listener> listener() {
        auto listener = std::make_unique<Listener>(port.address());
        const auto deadline = Clock::now() + patience;
        do {
            if (Clock::now() > deadline) throw std::runtime_error{"nothing comes through"};
            publish_marker();
        } while (!listener->next_for(std::chrono::milliseconds{10}));
        bus->publish("test.last", "{}");
        while (listener->next().at(0) != "test.last") {
        }
        return listener;
    }
    void publish_marker() {
        ++markers;
        bus->publish("test.marker", "{}");
    }
    /// The first sample of a metric, from `--status --json`.
    [[nodiscard]] double counted(std::string_view name) const {
        const auto asked = run(here({"gateway", "--status", "--json"}));
        if (asked.status != 0) throw std::runtime_error{asked.errors};
        const auto report = parse_json(asked.output);
        return at(at(at(at(report.root(), "metrics"), name), "samples").elements()[0], "value")
            .number()
            .value();
    }
    void wait_until(std::string_view name, double value) const {
        const auto deadline = Clock::now() + patience;
        while (counted(name) != value)
            if (Clock::now() > deadline)
                throw std::runtime_error{std::string{name} + " is " + std::to_string(counted(name))};
    }
    std::string stop() {
        EXPECT_EQ(gateway->terminate(), 0) << gateway->errors();
        const auto& said = gateway->errors();
        const auto at = said.find("stopped: ");
        return at == said.npos ? said : said.substr(at);
    }

    TemporaryFolder folder;
    Port port;
    Notifications notifications;
    std::optional<Bus> bus{std::in_place};
    std::optional<Process> gateway;
    int markers = 0;
};

Frames frames_of(encoding::Node list) {
    Frames frames;
    for (const auto& frame : list.elements()) frames.push_back(bytes_of(frame));
    return frames;
}

/// gateway_wire.json: each case is a message put in. The Python gateway read bodies and kept back those that
/// are not JSON; ours looks at the shape only.
TEST_F(Gateway, ForwardsByteForByteOrDrops) {
    const auto vectors = parse_json(read_file(data_file("services/gateway_wire.json")));
    start();
    const auto subscriber = listener();
    const Frames end{"test.end", "{}"};
    int dropped = 0, more_than_python = 0;
    for (const auto& example : at(vectors.root(), "cases").elements()) {
        const auto name = text_at(example, "name");
        const auto in = frames_of(at(example, "in"));
        const auto out = at(example, "out").elements();
        const bool taken = in.size() == 2 && !in[0].empty() && name != "invalid utf-8 topic";
        bus->publish(in);
        bus->publish(end);
        if (taken) {
            EXPECT_THAT(subscriber->next(), ElementsAreArray(in)) << name;
            // What Python let through was the same bytes.
            if (out.empty())
                ++more_than_python;
            else
                EXPECT_THAT(frames_of(out[0]), ElementsAreArray(in)) << name;
        }
        EXPECT_THAT(subscriber->next(), ElementsAreArray(end)) << name;
        dropped += taken ? 0 : 1;
    }
    EXPECT_EQ(dropped, 8);
    EXPECT_EQ(more_than_python, 7);
    EXPECT_THAT(stop(), HasSubstr("dropped 5 not_two_frames, 2 empty_topic, 1 topic_not_utf8\n"));
}

TEST_F(Gateway, SubscribersGetWhatTheyWant) {
    start();
    const auto all = listener();
    Process some{fedmsg({"tail", "--topic", "org.b", "--raw", "--endpoint", "gateway=" + port.address()})};
    do {
        bus->publish("org.b", "\"marker\"");
    } while (!some.pump(-1, Clock::now() + std::chrono::milliseconds{10}) || some.output().empty());
    bus->publish("org.a", "1");
    bus->publish("org.b", "2");
    std::optional<std::string> line;
    do {
        line = some.next_line();
    } while (line == "\"marker\"");
    EXPECT_EQ(line, "2");
    EXPECT_EQ(some.terminate(), 0);
    for (auto frames = all->next(); frames.at(0) != "org.a"; frames = all->next()) {
    }
    EXPECT_THAT(all->next(), ElementsAre("org.b", "2"));
    stop();
}

TEST_F(Gateway, DoesNotSubscribeToItself) {
    start();
    const auto subscriber = listener();
    bus->publish("org.once", "1");
    bus->publish("org.end", "2");
    EXPECT_THAT(subscriber->next(), ElementsAre("org.once", "1"));
    EXPECT_THAT(subscriber->next(), ElementsAre("org.end", "2"));
    EXPECT_EQ(counted("fedmsg_connected_subscribers"), 1);
    stop();
    EXPECT_THAT(gateway->errors(), HasSubstr("not subscribing to " + port.address() + " (itself)"));
}

TEST_F(Gateway, HangsUpOnItselfByWhateverNameItIsCalled) {
    // An IPv4 address, in the notation of IPv6, that own names do not have.
    folder.write("c.json", R"({"fedmsg.consumers.gateway.port": )" + std::to_string(port.number()) +
                               R"(, "endpoints": {"test": [")" + bus->address() +
                               R"("], "alias": ["tcp://[::ffff:127.0.0.1]:)" + std::to_string(port.number()) +
                               "\"]}}");
    auto how = here({"gateway"});
    how.environment.emplace_back("NOTIFY_SOCKET", notifications.address());
    gateway.emplace(std::move(how));
    notifications.wait_for("READY=1", *gateway);
    bus->wait_for_subscriber();
    EXPECT_THAT(gateway->error_line_with("is this gateway"), HasSubstr("(alias)"));
    const auto subscriber = listener();
    bus->publish("org.once", "1");
    bus->publish("org.end", "2");
    EXPECT_THAT(subscriber->next(), ElementsAre("org.once", "1"));
    EXPECT_THAT(subscriber->next(), ElementsAre("org.end", "2"));
    stop();
}

TEST_F(Gateway, DoesWithoutLibzmq) {
    start();
    const auto subscriber = listener();
    EXPECT_THAT(read_file("/proc/" + std::to_string(gateway->pid()) + "/maps"),
                testing::Not(HasSubstr("libzmq")));
    stop();
}

TEST_F(Gateway, APortThatIsTakenNamesItsHolder) {
    start();
    const auto second = run(here({"gateway"}));
    EXPECT_EQ(second.status, 1);
    EXPECT_THAT(second.errors, AllOf(HasSubstr("cannot listen on tcp://*:" + std::to_string(port.number()) +
                                               ": Address already in use, held by "),
                                     HasSubstr("(pid " + std::to_string(gateway->pid()) + ")")));
    stop();
}

TEST_F(Gateway, NothingToSubscribeToIsAUsageError) {
    folder.write("c.json", R"({"endpoints": {"itself": ["tcp://127.0.0.1:9940"]}, "relay_outbound": []})");
    const auto result = run(here({"gateway"}));
    EXPECT_EQ(result.status, 2) << result.errors;
    EXPECT_THAT(result.errors, HasSubstr("nothing to subscribe to: set `endpoints`"));
}

TEST_F(Gateway, APublisherThatComesBackIsHeardAgain) {
    start(R"("zmq_reconnect_ivl": 1, "zmq_reconnect_ivl_max": 10, )");
    const auto subscriber = listener();
    const auto address = bus->address();
    bus.reset();
    for (int i = 0; i < 3; ++i) {
        zmq::context_t context;  // whose end is the end of what listens, too
        zmq::socket_t again{context, zmq::socket_type::xpub};
        again.set(zmq::sockopt::rcvtimeo, static_cast<int>(std::chrono::milliseconds{patience}.count()));
        again.set(zmq::sockopt::linger, static_cast<int>(std::chrono::milliseconds{patience}.count()));
        again.bind(address);
        zmq::message_t subscription;
        ASSERT_TRUE(again.recv(subscription));
        const auto body = std::to_string(i);
        again.send(zmq::str_buffer("org.again"), zmq::send_flags::sndmore);
        again.send(zmq::buffer(body), zmq::send_flags::none);
        EXPECT_THAT(subscriber->next(), ElementsAre("org.again", body));
    }
    stop();
}

TEST_F(Gateway, WhatSubscribersSendIsIgnoredAndCounted) {
    start();
    const auto subscriber = listener();
    zmq::context_t context;
    zmq::socket_t talker{context, zmq::socket_type::xsub};
    talker.set(zmq::sockopt::linger, 0);
    talker.connect(port.address());
    talker.send(zmq::str_buffer("\1"), zmq::send_flags::none);
    // libzmq sends what is no subscription to a publisher that has introduced itself.
    const auto deadline = Clock::now() + patience;
    while (counted("fedmsg_ignored_messages_total") < 3 && Clock::now() < deadline)
        talker.send(zmq::str_buffer("hello"), zmq::send_flags::none);
    bus->publish("org.good", "1");
    EXPECT_THAT(subscriber->next(), ElementsAre("org.good", "1"));
    zmq::message_t frame;
    do {
        ASSERT_TRUE(talker.recv(frame));
    } while (frame.to_string() != "org.good");
    EXPECT_THAT(stop(), ContainsRegex(", [0-9]+ ignored that subscribers sent"));
}

TEST_F(Gateway, AHangUpReadsItsConfigurationAnew) {
    start();
    configure(R"("fedmsg.consumers.gateway.high_water_mark": 7, "metrics_listen": "127.0.0.1:0", )");
    gateway->send(SIGHUP);
    EXPECT_THAT(gateway->error_line_with("configuration read again"),
                HasSubstr("a restart is needed for changes of metrics_listen;"));
    folder.write("c.json", "{");
    gateway->send(SIGHUP);
    EXPECT_THAT(gateway->error_line_with("kept the old configuration"), HasSubstr("c.json"));
    stop();
}

TEST_F(Gateway, PrometheusGetsWhatWasCounted) {
    start(R"("metrics_listen": "127.0.0.1:0", )");
    const auto line = gateway->error_line_with("metrics at http://127.0.0.1:");
    const int metrics = std::stoi(line.substr(line.find("127.0.0.1:") + 10));
    const auto scrape = [&] { return parse_exposition(body_of(http(metrics, "GET /metrics"))).samples; };
    const auto one = listener(), two = listener();
    const auto before = scrape();
    bus->publish(Frames{"one frame"});
    bus->publish("org.a", "{}");
    EXPECT_THAT(one->next_for(patience), testing::Optional(testing::_));
    for (auto* each : {one.get(), two.get()})
        while (each->next_for(std::chrono::milliseconds{100})) {
        }
    const auto after = scrape();
    const auto grown = [&](const std::string& name) { return after.at(name) - before.at(name); };
    EXPECT_EQ(grown("fedmsg_received_messages_total"), 2);
    EXPECT_EQ(grown("fedmsg_sent_messages_total"), 1);
    EXPECT_EQ(grown("fedmsg_sent_bytes_total"), 7);
    EXPECT_EQ(grown("fedmsg_delivered_messages_total"), 2);
    EXPECT_EQ(grown("fedmsg_dropped_messages_total{reason=\"not_two_frames\"}"), 1);
    EXPECT_EQ(after.at("fedmsg_connected_subscribers"), 2);
    EXPECT_EQ(after.at("fedmsg_connected_publishers"), 1);
    EXPECT_EQ(after.at("fedmsg_build_info{service=\"gateway\",version=\"2.0.0\"}"), 1);
    stop();
}

TEST_F(Gateway, StrangersAreHungUpOnAndCounted) {
    start();
    const auto subscriber = listener();
    const std::string greeting = wire::greeting();
    const std::vector<std::string> all{
        "",
        "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        std::string("\1\0", 2),
        greeting.substr(0, 10) + std::string("\1\0", 2),
        greeting,
        greeting + std::string("\4\x05\5READ", 7),
        greeting + std::string("\6\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 9),
        greeting + std::string("\0\3abc", 5),
        greeting + std::string("\4\x19\5READY\13Socket-Type\0\0\0\3PUB", 27),
        std::string(100'000, '\xAA'),
    };
    for (const auto& bytes : all) {
        const TcpClient stranger{port.number()};
        stranger.say(bytes);
        bus->publish("org.good", "1");
        EXPECT_THAT(subscriber->next(), ElementsAre("org.good", "1"));
    }
    wait_until("fedmsg_failed_handshakes_total", static_cast<double>(all.size()));
    EXPECT_EQ(counted("fedmsg_connected_subscribers"), 1);
    EXPECT_THAT(stop(), HasSubstr(std::to_string(all.size()) + " failed handshakes"));
    EXPECT_THAT(gateway->errors(), ContainsRegex("the connection of 127\\.0\\.0\\.1:[0-9]+ failed: it "));
}

TEST_F(Gateway, SubscribersThatComeAndGoLeaveNothingBehind) {
    start();
    const auto subscriber = listener();
    const auto before = counted("process_open_fds");
    for (int i = 0; i < 200; ++i) Listener{port.address()};
    bus->publish("org.good", "1");
    EXPECT_THAT(subscriber->next(), ElementsAre("org.good", "1"));
    wait_until("process_open_fds", before);
    EXPECT_EQ(counted("fedmsg_connected_subscribers"), 1);
    stop();
}

/// Many subscribers, in this process and on one thread: plain sockets, and our reader of the wire. Each must
/// get every message of org.numbered, whose bodies are 0, 1, 2 …
class Crowd {
  public:
    Crowd(int port, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            sockaddr_in address{};
            address.sin_family = AF_INET;
            address.sin_port = htons(static_cast<std::uint16_t>(port));
            address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            if (descriptor < 0 ||
                ::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
                throw std::runtime_error{std::string{"connection "} + std::to_string(i) + ": " +
                                         std::strerror(errno)};
            ::fcntl(descriptor, F_SETFL, O_NONBLOCK);
            polled_.push_back({descriptor, POLLIN, 0});
            sessions_.emplace_back(wanted_, 0);
            due_.push_back(0);
            introduced_.push_back(0);
            say(i);
        }
    }
    ~Crowd() {
        for (const auto& p : polled_) ::close(p.fd);
    }
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;

    /// Reads until everybody has had a message. \param publish_marker  one of topic test.marker
    void introduce(const std::function<void()>& publish_marker) {
        const auto deadline = Clock::now() + patience;
        while (introduced_count_ < polled_.size()) {
            if (Clock::now() > deadline)
                throw std::runtime_error{std::to_string(introduced_count_) + " are subscribed"};
            publish_marker();
            for (int turn = 0; turn < 10 && ::poll(polled_.data(), polled_.size(), 10) > 0; ++turn)
                for (std::size_t i = 0; i < polled_.size(); ++i)
                    if (polled_[i].revents != 0) (void)read(i, 0);
        }
    }
    /// Reads until everybody has had message number `last`, each one of those before it in turn.
    void read_until(std::uint64_t last) {
        const auto deadline = Clock::now() + patience;
        std::size_t behind = 0;
        for (const auto due : due_) behind += due <= last ? 1 : 0;
        while (behind > 0) {
            if (Clock::now() > deadline) throw std::runtime_error{std::to_string(behind) + " are behind"};
            ::poll(polled_.data(), polled_.size(), 100);
            for (std::size_t i = 0; i < polled_.size(); ++i)
                if (polled_[i].revents != 0) behind -= read(i, last) ? 1 : 0;
        }
    }

  private:
    /// Whether that was the one that was missing.
    bool read(std::size_t i, std::uint64_t last) {
        auto& session = sessions_[i];
        const auto room = session.room();
        const auto size = ::recv(polled_[i].fd, room.data(), room.size(), 0);
        if (size <= 0)
            throw std::runtime_error{"subscriber " + std::to_string(i) + " was hung up on: " +
                                     (size == 0 ? "end of file" : std::strerror(errno))};
        session.received(static_cast<std::size_t>(size));
        if (!session.shake_hands()) return say(i), false;
        say(i);
        const bool was_behind = due_[i] <= last;
        while (const auto message = session.next()) {
            if (!*message) throw std::runtime_error{"a message is malformed"};
            if (!std::exchange(introduced_[i], 1)) ++introduced_count_;
            if ((*message)->topic != "org.numbered") continue;
            const auto number = std::stoull(std::string{(*message)->body});
            if (number != due_[i])
                throw std::runtime_error{"subscriber " + std::to_string(i) + " got " +
                                         std::to_string(number) + ", and " + std::to_string(due_[i]) +
                                         " was due"};
            ++due_[i];
        }
        return was_behind && due_[i] > last;
    }
    void say(std::size_t i) {
        const auto output = sessions_[i].take_output();
        if (!output.empty()) (void)::send(polled_[i].fd, output.data(), output.size(), MSG_NOSIGNAL);
    }

    std::vector<std::string> wanted_{"org.numbered", "test.marker"};
    std::vector<char> introduced_;
    std::size_t introduced_count_ = 0;
    std::vector<pollfd> polled_;
    std::vector<wire::SubscriberSession> sessions_;
    std::vector<std::uint64_t> due_;
};

long resident_kib(pid_t pid) {
    const auto status = read_file("/proc/" + std::to_string(pid) + "/status");
    return std::stol(status.substr(status.find("VmRSS:") + 6));
}

TEST_F(Gateway, AFrozenSubscriberBesideTwoThousandLosesItsOwnMessagesAndNobodyElses) {
    constexpr std::size_t crowd_size = sanitized ? 200 : 2000, large = 100'000, high_water_mark = 100;
    rlimit limit{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 2 * crowd_size + 1000);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
    start(R"("fedmsg.consumers.gateway.high_water_mark": )" + std::to_string(high_water_mark) + ", ");
    const auto healthy = listener();
    Process frozen{fedmsg({"tail", "--raw", "--topic", "org.", "--endpoint", "gateway=" + port.address()})};
    while (frozen.output().empty()) {
        bus->publish("org.marker", "0");
        frozen.pump(-1, Clock::now() + std::chrono::milliseconds{10});
    }
    Crowd crowd{port.number(), crowd_size};
    crowd.introduce([&] { publish_marker(); });
    for (bus->publish("org.first", "\"first\""); frozen.next_line() != "\"first\"";) {
    }
    while (healthy->next().at(0) != "org.first") {
    }
    EXPECT_EQ(counted("fedmsg_connected_subscribers"), crowd_size + 2);
    EXPECT_EQ(counted("fedmsg_slow_subscriber_messages_total"), 0);
    const auto resident = resident_kib(gateway->pid());

    // Large ones fill the frozen one's buffers, in both kernels, and its queue; small ones go to the crowd,
    // too.
    frozen.send(SIGSTOP);
    constexpr std::uint64_t rounds = 40, large_ones = 10;
    for (std::uint64_t number = 0; number < rounds; ++number) {
        for (std::uint64_t i = 0; i < large_ones; ++i)
            bus->publish("org.large", '"' + std::string(large - 2, 'x') + '"');
        bus->publish("org.numbered", std::to_string(number));
        for (std::uint64_t i = 0; i < large_ones; ++i) ASSERT_EQ(healthy->next().at(1).size(), large);
        ASSERT_EQ(healthy->next().at(1), std::to_string(number));
        crowd.read_until(number);
    }
    const auto lost = counted("fedmsg_slow_subscriber_messages_total");
    EXPECT_GT(lost, 0);
    EXPECT_EQ(counted("fedmsg_slow_subscribers"), 1);
    EXPECT_EQ(counted("fedmsg_queued_messages"), high_water_mark);
    if (!sanitized) {
        constexpr long allowed = high_water_mark * large / 1024 + 8 * 1024;
        EXPECT_LT(resident_kib(gateway->pid()), resident + allowed);
    }

    // What it did not lose it gets: nothing is counted that was not lost, and nothing lost that is not
    // counted.
    frozen.send(SIGCONT);
    std::uint64_t taken = 0;
    const auto deadline = Clock::now() + patience;
    while (counted("fedmsg_queued_messages") > 0 && Clock::now() < deadline)
        frozen.pump(-1, Clock::now() + std::chrono::milliseconds{10});
    bus->publish("org.last", "\"last\"");
    for (auto line = frozen.next_line(); line != "\"last\""; line = frozen.next_line()) {
        ASSERT_TRUE(line) << frozen.errors();
        ++taken;
    }
    EXPECT_EQ(static_cast<double>(taken) + lost, rounds * (large_ones + 1));
    EXPECT_EQ(frozen.terminate(), 0);
    EXPECT_THAT(stop(), HasSubstr(", " + std::to_string(static_cast<std::uint64_t>(lost)) +
                                  " lost by slow subscribers"));
    EXPECT_THAT(gateway->errors(), ContainsRegex("127\\.0\\.0\\.1:[0-9]+ is too slow and loses messages"));
}

TEST_F(Gateway, StoppedInAFloodItDeliversWhatItHasForwarded) {
    start(R"("fedmsg.consumers.gateway.high_water_mark": 0, "zmq_linger": 30000, )");
    const auto subscriber = listener();
    const auto before = static_cast<std::uint64_t>(counted("fedmsg_sent_messages_total"));
    constexpr std::uint64_t flood = 50'000;
    for (std::uint64_t i = 0; i < flood; ++i) bus->publish("org.flood", std::to_string(i));
    ASSERT_EQ(subscriber->next().at(1), "0");
    const auto said = stop();
    std::uint64_t forwarded = 0;
    ASSERT_EQ(std::sscanf(said.c_str(), "stopped: forwarded %ju messages\n", &forwarded), 1) << said;
    for (std::uint64_t i = 1; i < forwarded - before; ++i)
        ASSERT_EQ(subscriber->next().at(1), std::to_string(i)) << said;
    EXPECT_FALSE(subscriber->next_for(std::chrono::milliseconds{0}));
}

TEST_F(Gateway, AFrozenSubscriberDoesNotKeepItFromStopping) {
    start(R"("zmq_linger": 100, )");
    const auto healthy = listener();
    Process frozen{fedmsg({"tail", "--raw", "--endpoint", "gateway=" + port.address()})};
    while (frozen.output().empty()) {
        publish_marker();
        frozen.pump(-1, Clock::now() + std::chrono::milliseconds{10});
    }
    frozen.send(SIGSTOP);
    for (int i = 0; i < 200; ++i) bus->publish("org.large", std::string(100'000, 'x'));
    for (int i = 0; i < 200;) i += healthy->next().at(0) == "org.large" ? 1 : 0;
    EXPECT_THAT(stop(), ContainsRegex(", [0-9]+ queued for subscribers that left"));
    frozen.send(SIGCONT);
}

TEST_F(Gateway, WithoutEnoughDescriptorsItWarnsAndServesThoseItHas) {
    configure();
    auto how = shell("ulimit -n 60; exec $fedmsg gateway --config-filename " + (folder / "c.json").string());
    how.environment.emplace_back("NOTIFY_SOCKET", notifications.address());
    gateway.emplace(std::move(how));
    EXPECT_THAT(
        gateway->error_line_with("files may be open at once"),
        HasSubstr("60 files may be open at once, which is less than 10000 subscribers and 1 endpoints need: "
                  "raise the limit (LimitNOFILE, ulimit -Hn)"));
    notifications.wait_for("READY=1", *gateway);
    bus->wait_for_subscriber();
    const auto subscriber = listener();
    {
        std::vector<std::unique_ptr<TcpClient>> others;
        for (int i = 0; i < 80; ++i) others.push_back(std::make_unique<TcpClient>(port.number()));
        EXPECT_THAT(gateway->error_line_with("cannot take in more than"),
                    HasSubstr("Too many open files: raise LimitNOFILE"));
        bus->publish("org.good", "1");
        EXPECT_THAT(subscriber->next(), ElementsAre("org.good", "1"));
    }
    // They are gone, and there is room again.
    (void)listener();
    stop();
}

}  // namespace
}  // namespace fedmsg::test
