/// What a start costs, and what an idle relay does: nothing.
#include "support/bus.h"

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

namespace fedmsg::test {
namespace {

using testing::Contains;
using testing::IsEmpty;

/// Every library is paid for at each start (a `fedmsg logger` is one start per message): what is not listed
/// here needs a good reason. The second half comes with Debian's libzmq, which is loaded by those who use it.
const std::set<std::string> allowed{
    "linux-vdso",  "ld-linux-x86-64", "ld-linux-aarch64", "libc",        "libm",        "libgcc_s",
    "libstdc++",   "libfmt",          "libcares",         "libzmq",      "libbsd",      "libsodium",
    "libpgm-5.3",  "libnorm",         "libgssapi_krb5",   "libmd",       "libpthread",  "libkrb5",
    "libk5crypto", "libcom_err",      "libkrb5support",   "libprotokit", "libkeyutils", "libresolv"};
const std::set<std::string> allowed_at_the_start{
    "linux-vdso", "ld-linux-x86-64", "ld-linux-aarch64", "libc",    "libm",
    "libgcc_s",   "libstdc++",       "libfmt",           "libcares"};

/// Of a test build.
const std::set<std::string> sanitizers{"libasan", "libubsan", "libtsan", "liblsan"};

/// "libzmq" of "/lib/x86_64-linux-gnu/libzmq.so.5.2.4".
std::string library_name(const std::string& path) {
    const auto name = path.substr(path.rfind('/') + 1);
    return name.substr(0, name.find(".so"));
}

std::set<std::string> not_in(const std::set<std::string>& allowed_ones,
                             const std::set<std::string>& libraries) {
    std::set<std::string> result;
    for (const auto& library : libraries)
        if (!allowed_ones.contains(library) && !(sanitized && sanitizers.contains(library)))
            result.insert(library);
    return result;
}

TEST(Startup, OnlyLibrariesThatAreNeededAreLoaded) {
    for (const std::vector<std::string>& words : {std::vector<std::string>{"tail", "--help"},
                                                  {"logger"},
                                                  {"relay"},
                                                  {"config"},
                                                  {"sign"},
                                                  {"irc"},
                                                  {"signing-relay"}}) {
        auto start = fedmsg(words);
        start.environment = {{"LD_TRACE_LOADED_OBJECTS", "1"}};  // what ldd(1) does
        const auto result = run(start);
        ASSERT_EQ(result.status, 0);
        std::set<std::string> libraries;
        for (const auto& line : lines_of(result.output)) {
            std::istringstream text{line};
            std::string name;
            text >> name;
            libraries.insert(library_name(name));
        }
        EXPECT_THAT(libraries, Contains("libc"));
        EXPECT_THAT(not_in(allowed_at_the_start, libraries), IsEmpty()) << words.front();
    }
}

/// What a process has mapped by now.
std::set<std::string> libraries_of(pid_t pid) {
    std::ifstream maps{"/proc/" + std::to_string(pid) + "/maps"};
    std::set<std::string> libraries;
    for (std::string line; std::getline(maps, line);)
        if (const auto path = line.find('/'); path != line.npos && line.find(".so") != line.npos)
            libraries.insert(library_name(line.substr(path)));
    return libraries;
}

TEST(Startup, ARunningRelayHasLoadedNoMore) {
    Relay relay;
    relay.start();
    const auto libraries = libraries_of(relay.process().pid());
    EXPECT_THAT(libraries, Contains("libzmq"));  // loaded when it was needed
    EXPECT_THAT(not_in(allowed, libraries), IsEmpty());
}

TEST(Startup, ATailThatShowsMessagesDoesWithoutLibzmq) {
    Bus bus;
    Process tail{fedmsg({"tail", "--endpoint", "test=" + bus.address()})};
    bus.wait_for_subscriber();
    bus.publish("a", "{}");
    EXPECT_TRUE(tail.next_line());
    EXPECT_THAT(not_in(allowed_at_the_start, libraries_of(tail.pid())), IsEmpty());
}

/// utime and stime, in ticks: proc(5).
long cpu_ticks(pid_t pid) {
    const auto stat = read_file("/proc/" + std::to_string(pid) + "/stat");
    std::istringstream fields{stat.substr(stat.rfind(')') + 2)};
    std::string skipped;
    for (int i = 0; i < 11; ++i) fields >> skipped;
    long user = 0, system = 0;
    fields >> user >> system;
    return user + system;
}

long resident_kib(pid_t pid) {
    const auto status = read_file("/proc/" + std::to_string(pid) + "/status");
    return std::stol(status.substr(status.find("VmRSS:") + 6));
}

TEST(Startup, AnIdleRelayUsesNoTimeAndLittleMemory) {
    Relay relay;
    relay.start();
    const auto listener = relay.listener();  // a subscriber, and messages that have passed
    const auto pid = relay.process().pid();
    const auto before = cpu_ticks(pid);
    EXPECT_FALSE(listener->next_for(std::chrono::seconds{3}));  // nothing happens for so long
    EXPECT_LE(cpu_ticks(pid) - before, 1);
    if (!sanitized) {
        EXPECT_LT(resident_kib(pid), 8 * 1024);
    }
    EXPECT_EQ(relay.stop(), 0);
}

TEST(Startup, TailThatWaitsForEndpointsUsesNoTime) {
    // A thousand that are down: a refused connection is tried again after 0.1 s, and ever more rarely.
    std::vector<std::unique_ptr<Port>> ports;
    std::string addresses;
    for (int i = 0; i < 1000; ++i) {
        if (i < 100) ports.push_back(std::make_unique<Port>());
        addresses += (i ? R"(", ")" : R"(")") + ports.at(static_cast<std::size_t>(i) % 100)->address();
    }
    TemporaryFolder folder;
    Process tail{fedmsg({"tail", "--config-filename",
                         folder.write("c.json", R"({"endpoints": {"a": [)" + addresses + R"("]}})")})};
    tail.error_line_with("and 990 more");
    const auto before = cpu_ticks(tail.pid());
    const auto ticks_a_second = ::sysconf(_SC_CLK_TCK);
    EXPECT_FALSE(tail.wait_for(std::chrono::seconds{3}));
    // Half a percent on a machine of its own; others use this one.
    EXPECT_LE(cpu_ticks(tail.pid()) - before, 3 * ticks_a_second * (sanitized ? 12 : 3) / 100);
}

TEST(Startup, TailMakesRoomForAsManyConnectionsAsThereAreEndpoints) {
    constexpr int count = 400;
    Bus bus;
    std::string addresses = '"' + bus.address() + '"';
    for (int i = 1; i < count; ++i) addresses += ", \"" + bus.address() + '"';
    const TemporaryFolder folder;
    const auto config = folder.write("c.json", R"({"endpoints": {"a": [)" + addresses + "]}}");
    Process tail{shell("ulimit -Sn 256; exec $fedmsg tail --query topic --config-filename " + config)};
    bus.wait_for_subscriber();
    // Until one message has come over each connection.
    std::map<std::string, int> heard;
    for (int n = 1, most = 0; most < count; ++n) {
        const auto topic = std::to_string(n);
        bus.publish(topic, "{}");
        for (std::string line; line != topic;) {
            line = tail.next_line().value();
            most = std::max(most, ++heard[line]);
        }
    }
    EXPECT_EQ(tail.terminate(), 0);
    EXPECT_EQ(tail.errors(), "");
}

TEST(Startup, HelpIsQuick) {
    if (sanitized) GTEST_SKIP() << "a sanitizer's own start is slower than what is measured";
    // The best of some: others use this machine, too.
    auto best = Clock::duration::max();
    for (int i = 0; i < 20; ++i) {
        const auto before = Clock::now();
        EXPECT_EQ(run(fedmsg({"tail", "--help"})).status, 0);
        best = std::min(best, Clock::now() - before);
    }
    EXPECT_LT(best, std::chrono::milliseconds{25});
}

TEST(Startup, TheJournalGetsThePriorityAndHasTheRestItself) {
    Relay relay;
    auto start = relay.fedmsg({"relay", "--post-init-sleep", "0"});
    start.environment = {{"JOURNAL_STREAM", "8:1"}};  // systemd.exec(5)
    Process process{std::move(start)};
    EXPECT_EQ(process.next_error_line(),
              "<6>relay: forwarding from " + relay.inbound() + " to " + relay.outbound());
    EXPECT_EQ(process.terminate(), 0);
}

TEST(Startup, TheSupervisorIsToldThatItLives) {
    Relay relay;
    auto start = relay.fedmsg({"relay", "--post-init-sleep", "0"});
    start.environment = {{"NOTIFY_SOCKET", relay.notifications().address()}, {"WATCHDOG_USEC", "200000"}};
    Process process{std::move(start)};
    EXPECT_THAT(relay.notifications().wait_for("READY=1", process),
                testing::HasSubstr("STATUS=forwarding from " + relay.inbound() + " to " + relay.outbound()));
    for (int i = 0; i < 3; ++i)
        EXPECT_THAT(relay.notifications().wait_for("WATCHDOG=1", process),
                    testing::HasSubstr("STATUS=forwarded 0 messages"));
    EXPECT_EQ(process.terminate(), 0);
}

}  // namespace
}  // namespace fedmsg::test
