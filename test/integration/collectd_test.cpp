/// fedmsg collectd: alone, and as collectd itself runs it.
#include "support/bus.h"

#include <pwd.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/regex.hpp>

#include <csignal>
#include <filesystem>

namespace fedmsg::test {
namespace {

using namespace std::chrono_literals;
using testing::ContainsRegex;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class Collectd : public testing::Test {
  protected:
    std::string config() const {
        return folder.write("config.json",
                            R"({"endpoints": {"test": [")" + bus.address() + R"("]}, "relay_outbound": []})");
    }
    Start start(std::vector<std::string> words,
                std::vector<std::pair<std::string, std::string>> environment = {}) const {
        words.insert(words.begin(), "collectd");
        words.insert(words.end(), {"--config-filename", config()});
        auto result = fedmsg(std::move(words));
        result.environment = std::move(environment);
        return result;
    }

    TemporaryFolder folder;
    Bus bus;
};

/// What the next dump counts for announce, logger, and what is unhandled; all of one time.
std::vector<int> next_counts(Process& process, std::string* time = nullptr) {
    std::vector<int> counts;
    std::string first_time;
    for (std::string category; category != "unhandled";) {
        const auto line = process.next_line().value();
        boost::smatch parts;
        const boost::regex shape{
            R"(PUTVAL box/fedmsg/fedmsg_wallboard-([\w.-]+) interval=[\d.]+ ([\d.]+):(\d+))"};
        if (!boost::regex_match(line, parts, shape)) throw std::runtime_error("not a value: " + line);
        category = parts.str(1);
        if (first_time.empty()) first_time = parts.str(2);
        EXPECT_EQ(parts.str(2), first_time);
        if (category == "announce" || category == "logger" || category == "unhandled")
            counts.push_back(std::stoi(parts.str(3)));
        else
            EXPECT_EQ(parts.str(3), "0") << line;
    }
    if (time) *time = first_time;
    return counts;
}

TEST_F(Collectd, CountsWhatComesAndBeginsAnewAfterEachDump) {
    Process process{start({"--collectd-interval", "0.2"}, {{"COLLECTD_HOSTNAME", "box"}})};
    bus.wait_for_subscriber();
    for (const auto* topic : {"org.x.dev.logger.log", "org.x.dev.ours.push", "org.x.dev.logger.log"})
        bus.publish(topic, "{}");
    std::vector<int> sum{0, 0, 0};
    while (sum != std::vector<int>{0, 2, 1}) {
        const auto counts = next_counts(process);
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += counts[i];
        ASSERT_LE(sum[1], 2);
    }
    EXPECT_EQ(next_counts(process), (std::vector{0, 0, 0}));
    EXPECT_EQ(process.terminate(), 0);
    EXPECT_THAT(process.errors(), HasSubstr("stopped: counted 3 messages\n"));
}

TEST_F(Collectd, DeadlinesDoNotDrift) {
    Process process{start({"--collectd-interval", "0.1"}, {{"COLLECTD_HOSTNAME", "box"}})};
    bus.wait_for_subscriber();
    std::string time;
    next_counts(process, &time);
    const auto first = std::stod(time);
    for (int i = 0; i < 20; ++i) {
        next_counts(process, &time);
        const auto intervals =
            (std::stod(time) - first) / 0.1;  // some may have been left out: others use this machine
        EXPECT_NEAR(intervals, std::round(intervals), 0.0125) << time;
    }
}

TEST_F(Collectd, TheEnvironmentIsThatOfThePlugin) {
    Process process{start({}, {{"COLLECTD_HOSTNAME", "box"}, {"COLLECTD_INTERVAL", "1.000"}})};
    EXPECT_THAT(process.next_line().value(),
                ContainsRegex("^PUTVAL box/fedmsg/fedmsg_wallboard-[a-z.]+ interval=1 "));
    process.terminate();
    std::string host(256, '\0');
    ::gethostname(host.data(), host.size());
    host = host.substr(0, host.find_first_of(std::string{".\0", 2}));
    Process alone{start({})};
    EXPECT_THAT(alone.next_line().value(),
                ContainsRegex("^PUTVAL " + host + "/fedmsg/fedmsg_wallboard-[a-z.]+ interval=2 "));
}

TEST_F(Collectd, WrongUseIsTold) {
    const auto zero = run(start({"--collectd-interval", "0"}));
    EXPECT_EQ(zero.status, 2);
    EXPECT_EQ(zero.errors,
              "fedmsg collectd: --collectd-interval is 0: must be a number of seconds, more than 0\n");
    const auto word = run(start({}, {{"COLLECTD_INTERVAL", "soon"}}));
    EXPECT_EQ(word.status, 2);
    EXPECT_THAT(word.errors, HasSubstr("$COLLECTD_INTERVAL is soon: must be"));
    EXPECT_EQ(run(start({}, {{"COLLECTD_HOSTNAME", "a b"}})).status, 2);
}

TEST_F(Collectd, EndsAtOnceWhenNobodyReadsOrASignalComes) {
    Process read{start({"--collectd-interval", "1000"})};
    bus.wait_for_subscriber();
    read.close_output();
    EXPECT_EQ(read.wait(), 0);
    for (const int signal : {SIGTERM, SIGINT}) {
        Process process{start({"--collectd-interval", "1000"})};
        bus.wait_for_subscriber();
        process.send(signal);
        EXPECT_EQ(process.wait(), 0);
        EXPECT_EQ(process.output(), "");
    }
}

TEST_F(Collectd, AMessageThatDoesNotValidateIsNotCounted) {
    const auto ca = std::filesystem::path{std::getenv("FEDMSG_TEST_DATA")} / "crypto/keys/ca.crt";
    ASSERT_TRUE(std::filesystem::exists(ca));
    const auto file =
        folder.write("strict.json",
                     R"({"endpoints": {"test": [")" + bus.address() +
                         R"("]}, "relay_outbound": [], "validate_signatures": true, "ca_cert_location": ")" +
                         ca.string() + "\"}");
    auto strict = fedmsg({"collectd", "--collectd-interval", "0.2", "--config-filename", file});
    strict.environment = {{"COLLECTD_HOSTNAME", "box"}};
    Process process{std::move(strict)};
    bus.wait_for_subscriber();
    bus.publish("org.x.dev.logger.log", R"({"topic": "org.x.dev.logger.log"})");
    process.error_line_with("passed over: org.x.dev.logger.log: unsigned");
    EXPECT_EQ(next_counts(process), (std::vector{0, 0, 0}));
    EXPECT_EQ(process.terminate(), 0);
    EXPECT_THAT(process.errors(), HasSubstr("stopped: counted 0 messages, 1 unsigned did not validate"));
}

TEST_F(Collectd, StatusIsToldByTheOneThatRuns) {
    Process process{start({"--collectd-interval", "1000"})};
    bus.wait_for_subscriber();
    const auto result = run(start({"--status"}));
    EXPECT_EQ(result.status, 0) << result.errors;
    EXPECT_THAT(result.output, HasSubstr("counted 0 messages"));
}

/// collectd in a folder of its own. As root it starts the command as nobody, else as who we are: its plugin
/// refuses root.
TEST_F(Collectd, RunsUnderCollectd) {
    std::filesystem::permissions(folder.path(), std::filesystem::perms{0755});
    const std::string user = ::geteuid() == 0 ? "nobody" : ::getpwuid(::geteuid())->pw_name;
    // Folders on the way to the program may be closed for nobody.
    const auto program = folder / "fedmsg";
    std::filesystem::copy_file(binary(), program);
    folder.write("types.db", "fedmsg_wallboard  value:ABSOLUTE:0:U\n");
    const auto in = [&](const std::string& name) { return "\"" + (folder / name).string() + "\""; };
    const auto conf = folder.write(
        "collectd.conf", "Hostname \"box.example.org\"\nInterval 1\nBaseDir " + in("") + "\nPIDFile " +
                             in("pid") + "\nTypesDB " + in("types.db") +
                             "\nLoadPlugin logfile\n<Plugin logfile>\n  File STDERR\n</Plugin>\n"
                             "LoadPlugin csv\n<Plugin csv>\n  DataDir stdout\n  StoreRates false\n</Plugin>\n"
                             "LoadPlugin exec\n<Plugin exec>\n  Exec \"" +
                             user + "\" " + in("fedmsg") + " \"collectd\" \"--config-filename\" \"" +
                             config() + "\"\n</Plugin>\n");
    Process collectd{{.command = {"stdbuf", "-oL", "/usr/sbin/collectd", "-f", "-C", conf}}};
    bus.wait_for_subscriber();
    for (int i = 0; i < 30; ++i) bus.publish("org.x.dev.logger.log", "{}");
    // PUTVAL box.example.org/fedmsg/fedmsg_wallboard-logger interval=1.000 1795351714.000:30.000000
    double sum = 0;
    std::string line;
    while (sum < 29.5) {
        line = collectd.next_line().value_or("");
        ASSERT_NE(line, "") << collectd.errors();
        if (line.find("/fedmsg/fedmsg_wallboard-logger interval=1.000 ") == line.npos) continue;
        EXPECT_THAT(line, StartsWith("PUTVAL box.example.org/"));
        sum += std::stod(line.substr(line.rfind(':') + 1));
    }
    EXPECT_EQ(collectd.terminate(), 0);
    EXPECT_THAT(collectd.errors(), testing::Not(testing::ContainsRegex("putval|[Uu]nknown command")));
}

}  // namespace
}  // namespace fedmsg::test
