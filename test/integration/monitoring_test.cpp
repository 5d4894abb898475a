/// What operators see of a running daemon: --status, Prometheus, warnings of what ends.
#include "crypto/certificate_folder.h"
#include "support/bus.h"
#include "support/prometheus.h"
#include "support/tcp.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <cstring>

namespace fedmsg::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class Monitoring : public testing::Test {
  protected:
    /// Starts the relay with `metrics_listen` on a port that the kernel chooses.
    int start_with_metrics() {
        relay.configure(R"("metrics_listen": "127.0.0.1:0", "zmq_max_message_size": 1000)");
        relay.start();
        const auto line = relay.process().error_line_with("metrics at http://127.0.0.1:");
        return std::stoi(line.substr(line.find("127.0.0.1:") + 10));
    }
    Finished status(std::vector<std::string> words = {}) const {
        words.insert(words.begin(), {"relay", "--status"});
        return run(relay.fedmsg(std::move(words)));
    }
    /// The first sample of a metric, from `--status --json`.
    double counted(std::string_view name) const {
        const auto asked = status({"--json"});
        if (asked.status != 0) throw std::runtime_error{asked.errors};
        const auto report = parse_json(asked.output);
        return at(at(at(at(report.root(), "metrics"), name), "samples").elements()[0], "value")
            .number()
            .value();
    }

    Relay relay;
};

TEST_F(Monitoring, StatusIsThatOfTheRelayOfThisConfiguration) {
    relay.start();
    const auto listener = relay.listener();
    const auto asked = status();
    EXPECT_EQ(asked.status, 0) << asked.errors;
    EXPECT_EQ(asked.errors, "");
    EXPECT_THAT(asked.output, StartsWith("fedmsg relay "));
    EXPECT_THAT(
        asked.output,
        AllOf(HasSubstr(", process " + std::to_string(relay.process().pid()) + " of user "),
              ContainsRegex("\nforwarded [1-9][0-9]* messages\n"),
              ContainsRegex("\nmessages received  +[1-9]"), ContainsRegex("\nconnected subscribers  +1\n"),
              ContainsRegex("\nmessages dropped: too_large  +0\n")));
    const auto report = parse_json(status({"--json"}).output);
    EXPECT_EQ(at(report.root(), "pid").integer(), relay.process().pid());
    EXPECT_EQ(relay.stop(), 0);
}

TEST_F(Monitoring, WithoutARelayStatusFailsWithOneLine) {
    const auto asked = status();
    EXPECT_EQ(asked.status, 1);
    EXPECT_EQ(asked.output, "");
    EXPECT_THAT(asked.errors,
                StartsWith("fedmsg relay: no relay of " + relay.inbound() + " runs on this host: start it"));
    EXPECT_EQ(lines_of(asked.errors).size(), 1U);
}

TEST_F(Monitoring, ARelayThatIsStoppedIsToldFromOneThatIsNotThere) {
    relay.start();
    relay.process().send(SIGSTOP);
    const auto asked = status({"--timeout", "0.3"});
    relay.process().send(SIGCONT);
    EXPECT_EQ(asked.status, 1);
    EXPECT_THAT(asked.errors, AllOf(HasSubstr("process " + std::to_string(relay.process().pid())),
                                    HasSubstr("did not answer in time")));
    EXPECT_EQ(status().status, 0);
}

TEST_F(Monitoring, AnImpostorIsNamedByTheKernel) {
    // Any user may take the name.
    const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto name = "fedmsg/relay/" + relay.inbound();
    std::memcpy(address.sun_path + 1, name.data(), name.size());
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    ASSERT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&address), size), 0);
    ASSERT_EQ(::listen(listener, 1), 0);
    Process asked{relay.fedmsg({"relay", "--status"})};
    const int connection = ::accept(listener, nullptr, nullptr);
    ASSERT_GE(connection, 0);
    ASSERT_GT(::send(connection, "I am root\n", 10, MSG_NOSIGNAL), 0);
    ::close(connection);
    EXPECT_EQ(asked.wait(), 1);
    EXPECT_EQ(asked.output(), "");
    EXPECT_THAT(asked.errors(), AllOf(HasSubstr("process " + std::to_string(::getpid()) + " of user "),
                                      HasSubstr("that is no report")));
    // The relay starts all the same, and says what is missing.
    relay.start();
    EXPECT_THAT(relay.process().error_line_with("--status"), HasSubstr("@fedmsg/relay/" + relay.inbound()));
    ::close(listener);
}

TEST_F(Monitoring, JsonGoesWithStatus) {
    const auto asked = run(relay.fedmsg({"relay", "--json"}));
    EXPECT_EQ(asked.status, 2);
    EXPECT_THAT(asked.errors, HasSubstr("--json goes with --status"));
}

TEST_F(Monitoring, PrometheusGetsWhatWasCounted) {
    const int port = start_with_metrics();
    const auto listener = relay.listener();
    const auto scrape = [port] { return parse_exposition(body_of(http(port, "GET /metrics"))); };
    const auto before = scrape();
    EXPECT_EQ(before.samples.at("fedmsg_connected_subscribers"), 1);

    Bus bus{relay.inbound()};
    const std::string topic = "org.example.test", body = R"({"i":1})";
    bus.publish(Frames{topic});  // one frame
    bus.publish(topic, std::string(1001, 'x'));
    bus.publish(topic, body);
    EXPECT_EQ(listener->next().at(1), body);
    const auto after = scrape();
    const auto grown = [&](const std::string& name) {
        return after.samples.at(name) - before.samples.at(name);
    };
    EXPECT_EQ(grown("fedmsg_received_messages_total"), 3);
    EXPECT_EQ(grown("fedmsg_received_bytes_total"),
              static_cast<double>(3 * topic.size() + 1001 + body.size()));
    EXPECT_EQ(grown("fedmsg_sent_messages_total"), 1);
    EXPECT_EQ(grown("fedmsg_sent_bytes_total"), static_cast<double>(topic.size() + body.size()));
    EXPECT_EQ(grown("fedmsg_dropped_messages_total{reason=\"not_two_frames\"}"), 1);
    EXPECT_EQ(grown("fedmsg_dropped_messages_total{reason=\"too_large\"}"), 1);
    EXPECT_EQ(grown("fedmsg_dropped_messages_total{reason=\"topic_not_utf8\"}"), 0);
    EXPECT_EQ(after.samples.at("fedmsg_connected_publishers"), 1);
    EXPECT_EQ(after.samples.at("fedmsg_build_info{service=\"relay\",version=\"2.0.0\"}"), 1);
    EXPECT_GT(after.samples.at("process_open_fds"), 3);
    EXPECT_EQ(after.types.at("process_cpu_seconds_total"), "counter");
    EXPECT_EQ(relay.stop(), 0);
}

TEST_F(Monitoring, FailedHandshakesAreCountedOnceTheyHaveFailed) {
    relay.start();
    const auto listener = relay.listener();
    EXPECT_EQ(counted("fedmsg_failed_handshakes_total"), 0);
    constexpr int strangers = 5;
    const int port = std::stoi(relay.inbound().substr(relay.inbound().rfind(':') + 1));
    for (int i = 0; i < strangers; ++i) {
        const TcpClient stranger{port};
        stranger.say("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");  // and hangs up
    }
    const auto deadline = Clock::now() + patience;
    while (counted("fedmsg_failed_handshakes_total") < strangers && Clock::now() < deadline) {
    }
    EXPECT_EQ(counted("fedmsg_failed_handshakes_total"), strangers);
    EXPECT_EQ(counted("fedmsg_connected_publishers"), 0);
    EXPECT_EQ(counted("fedmsg_connected_subscribers"), 1);
}

TEST_F(Monitoring, StrangersAtTheMetricsPortDoNotHoldUpTheRelay) {
    const int port = start_with_metrics();
    const auto listener = relay.listener();
    std::vector<std::unique_ptr<TcpClient>> strangers;
    for (int i = 0; i < 100; ++i) {
        strangers.push_back(std::make_unique<TcpClient>(port));
        strangers.back()->say(i % 3 == 0   ? std::string{"GET /metrics HTTP/1.1\r\nX: "}
                              : i % 3 == 1 ? std::string(50'000, 'x')
                                           : std::string{"\0\xff\r\n\r\n", 6});
    }
    Bus bus{relay.inbound()};
    bus.publish("a.b", R"({"n":1})");
    EXPECT_EQ(listener->next().at(1), R"({"n":1})");
    EXPECT_THAT(http(port, "GET /metrics"), StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_EQ(relay.stop(), 0);
}

TEST_F(Monitoring, AMetricsPortThatIsTakenNamesItsHolder) {
    const int port = start_with_metrics();
    Relay other;
    const auto second = run(other.fedmsg(
        {"relay", "--post-init-sleep", "0", "--metrics-listen", "127.0.0.1:" + std::to_string(port)}));
    EXPECT_EQ(second.status, 1);
    EXPECT_THAT(second.errors, AllOf(HasSubstr("cannot listen on metrics_listen 127.0.0.1:" +
                                               std::to_string(port) + ": Address already in use, held by "),
                                     HasSubstr("(pid " + std::to_string(relay.process().pid()) + ")")));
}

TEST_F(Monitoring, AnAddressThatIsNoneIsAUsageError) {
    for (const auto* address : {"9941", "localhost", "127.0.0.1:70000", "::1:9941", "a b:1"}) {
        const auto result = run(relay.fedmsg({"relay", "--metrics-listen", address}));
        EXPECT_EQ(result.status, 2) << address;
        EXPECT_THAT(result.errors,
                    HasSubstr("--metrics-listen: metrics_listen is \"" + std::string{address}));
    }
    // Only daemons listen.
    EXPECT_EQ(run(relay.fedmsg({"tail", "--metrics-listen", ":0"})).status, 2);
}

/// An authority whose CRL has two days left, and a certificate that has five.
class Ending : public testing::Test {
  protected:
    static constexpr std::chrono::days life{825}, crl_life{180};

    static void SetUpTestSuite() {
        folder = new TemporaryFolder;
        const auto path = folder->path().string();
        const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
        const crypto::CertificateFolder then{path, now - life + std::chrono::days{5} + std::chrono::hours{1}};
        then.init_ca({"Test CA", {}, 2048, std::chrono::days{3650}, crl_life, false});
        (void)then.issue({"shell-app01.example.org"}, 2048, life, false);
        (void)crypto::CertificateFolder{path, now - crl_life + std::chrono::days{2} + std::chrono::hours{1}}
            .revoke({}, crl_life);
        folder->write("c.json", R"({"ssldir": ")" + path + R"(", "ca_cert_location": ")" + path +
                                    R"(/ca.crt", "crl_location": ")" + path + R"(/crl.pem"})");
    }
    static void TearDownTestSuite() {
        delete folder;
        folder = nullptr;
    }
    static Start fedmsg_here(std::vector<std::string> words) {
        words.insert(words.end(), {"--config-filename", (*folder / "c.json").string()});
        return fedmsg(std::move(words));
    }
    static std::string file(const std::string& name) { return (*folder / name).string(); }

    static inline TemporaryFolder* folder = nullptr;
};

TEST_F(Ending, TailThatValidatesWarnsAtItsStart) {
    Bus bus;
    Process tail{fedmsg_here({"tail", "--validate", "--endpoint", "test=" + bus.address()})};
    bus.wait_for_subscriber();
    EXPECT_EQ(tail.terminate(), 0);
    EXPECT_THAT(
        tail.errors(),
        AllOf(HasSubstr("the CRL " + file("crl.pem") + " (of \"Test CA\") expires on "),
              HasSubstr("Z, in 2 days: make it anew with `fedmsg certs crl`"), Not(HasSubstr("ca.crt"))));
    EXPECT_EQ(lines_of(tail.errors()).size(), 1U);

    Process careless{fedmsg_here({"tail", "--no-validate", "--endpoint", "test=" + bus.address()})};
    bus.wait_for_subscriber();
    EXPECT_EQ(careless.terminate(), 0);
    EXPECT_THAT(careless.errors(), IsEmpty());
}

TEST_F(Ending, OneShotsWarnInTheLastWeek) {
    const auto line = R"({"topic": "a.b", "msg": {}, "i": 1})";
    const auto sign = run(fedmsg_here({"sign", "--certname", "shell-app01.example.org"}), line);
    EXPECT_EQ(sign.status, 0);
    EXPECT_THAT(sign.errors, AllOf(HasSubstr("the certificate " + file("shell-app01.example.org.crt")),
                                   HasSubstr("in 5 days: issue a new one with `fedmsg certs issue --force")));
    const auto verify = run(fedmsg_here({"verify"}), sign.output);
    EXPECT_EQ(verify.status, 0) << verify.output;
    EXPECT_THAT(verify.errors, HasSubstr("the CRL " + file("crl.pem")));
}

}  // namespace
}  // namespace fedmsg::test
