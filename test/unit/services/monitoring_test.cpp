#include "services/monitor/monitoring.h"

#include "support/bus.h"
#include "support/files.h"
#include "unit/services/running.h"
#include "util/error.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>

namespace fedmsg::services {
namespace {

using fedmsg::test::at;
using fedmsg::test::parse_json;
using test::Running;
using testing::AllOf;
using testing::HasSubstr;
using namespace std::chrono_literals;

/// Something with a CRL that ends in three days.
class Ending : public Monitored {
  public:
    void collect(Metrics& metrics) const override { metrics.gauge("fedmsg_answer", "answer", 42); }
    std::string status() const override { return "it works"; }
    std::vector<crypto::InUse> in_use() const override {
        const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
        return {{crypto::InUse::Kind::crl, "CA", "crl.pem", now - std::chrono::days{87},
                 now + std::chrono::days{3} + 1h}};
    }
};

/// A name that no other test has.
DaemonName own_name() { return {"test", "tcp://127.0.0.1:" + std::to_string(::getpid())}; }

TEST(MonitoredDaemon, TellsTheServiceManagerThatItLivesAndWhatEnds) {
    fedmsg::test::Notifications notifications;
    ::setenv("NOTIFY_SOCKET", notifications.address().c_str(), 1);
    ::setenv("WATCHDOG_USEC", "20000", 1);
    std::string heard;
    {
        Loop loop;
        const Ending ending;
        const Monitoring monitoring{loop, Config{}, own_name(), ending};
        const Running running{loop};
        const auto deadline = std::chrono::steady_clock::now() + fedmsg::test::patience;
        while (heard.empty() && std::chrono::steady_clock::now() < deadline)
            heard = notifications.next_now().value_or("");
    }
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("WATCHDOG_USEC");
    EXPECT_THAT(heard,
                AllOf(HasSubstr("WATCHDOG=1\nSTATUS=it works; the CRL crl.pem (of \"CA\") expires on "),
                      HasSubstr(", in 3 days: make it anew with `fedmsg certs crl`")));
}

TEST(MonitoredDaemon, TellsItsStatus) {
    Loop loop;
    const Ending ending;
    const Monitoring monitoring{loop, Config{}, own_name(), ending};
    const Running running{loop};
    const auto answer = ask_for_status(own_name(), fedmsg::test::patience);
    EXPECT_EQ(answer.pid, ::getpid());
    EXPECT_EQ(answer.user, ::getuid());
    const auto report = parse_json(answer.report);
    EXPECT_EQ(at(report.root(), "status").text(), "it works");
    EXPECT_THAT(std::string{at(report.root(), "warnings").elements()[0].text()},
                HasSubstr("the CRL crl.pem"));
    const auto metrics = at(report.root(), "metrics");
    EXPECT_EQ(at(at(metrics, "fedmsg_answer"), "samples").elements()[0].find("value")->integer(), 42);
    EXPECT_NE(metrics.find("fedmsg_certificate_expiration_timestamp_seconds"), nullptr);
}

/// Connected to the status socket, and silent.
class Asking {
  public:
    explicit Asking(const DaemonName& name) : descriptor_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const auto path = socket_name(name);
        std::memcpy(address.sun_path, path.data(), path.size());
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
        if (::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), size) != 0)
            throw std::runtime_error{"cannot connect"};
    }
    ~Asking() { ::close(descriptor_); }
    Asking(const Asking&) = delete;
    Asking& operator=(const Asking&) = delete;

  private:
    int descriptor_;
};

TEST(StatusSocket, WhoDoesNotReadKeepsNobodyWaitingForLong) {
    Loop loop;
    // More than a socket takes at once.
    const StatusSocket socket{loop, own_name(), [] { return std::string(1'000'000, 'x'); }};
    const Running running{loop};
    const Asking silent{own_name()};
    EXPECT_EQ(ask_for_status(own_name(), fedmsg::test::patience).report.size(), 1'000'000U);
}

TEST(StatusSocket, ANameThatIsTakenIsTriedAgain) {
    Loop first_loop, second_loop;
    auto first = std::make_unique<StatusSocket>(first_loop, own_name(), [] { return "first"; });
    auto running = std::make_unique<Running>(first_loop);
    EXPECT_EQ(ask_for_status(own_name(), fedmsg::test::patience).report, "first");
    const StatusSocket second{second_loop, own_name(), [] { return "second"; }};
    const Running running_second{second_loop};
    EXPECT_EQ(ask_for_status(own_name(), fedmsg::test::patience).report, "first");
    running.reset();
    first.reset();
    std::string said;
    const auto deadline = std::chrono::steady_clock::now() + fedmsg::test::patience;
    while (said != "second" && std::chrono::steady_clock::now() < deadline) {
        try {
            said = ask_for_status(own_name(), fedmsg::test::patience).report;
        } catch (const SetupError&) {  // not yet
        }
    }
    EXPECT_EQ(said, "second");
}

TEST(StatusSocket, HasANameThatFitsWhateverTheAddress) {
    EXPECT_EQ(socket_name({"relay", "tcp://127.0.0.1:2003"}),
              std::string(1, '\0') + "fedmsg/relay/tcp://127.0.0.1:2003");
    const std::string common(200, 'a');
    const auto one = socket_name({"relay", "ipc://" + common + "1"}),
               two = socket_name({"relay", "ipc://" + common + "2"});
    EXPECT_LE(one.size(), sizeof sockaddr_un::sun_path);
    EXPECT_NE(one, two);
}

TEST(StatusSocket, NobodyIsToldAsSuch) {
    try {
        (void)ask_for_status({"relay", "tcp://127.0.0.1:1"}, 100ms);
        FAIL() << "somebody answered";
    } catch (const SetupError& e) {
        EXPECT_THAT(e.what(), HasSubstr("no relay of tcp://127.0.0.1:1 runs on this host"));
    }
}

}  // namespace
}  // namespace fedmsg::services
