/// fedmsg check, before a hub that the test plays: a PUB socket that sends frames.
#include "support/bus.h"

#include "encoding/write.h"

#include <sys/wait.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <optional>

namespace fedmsg::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

const auto& cases() {
    static const auto document = parse_json(read_file(data_file("services/check.json")));
    return document;
}
std::string reference_frame() { return text_at(cases().root(), "frame_published"); }

class Check : public testing::Test {
  protected:
    /// Runs it while the hub sends this frame, once somebody listens.
    Finished check(std::vector<std::string> words, const std::string& frame = reference_frame()) {
        words.insert(words.begin(), "check");
        words.insert(words.end(), {"--config-filename", config("\"" + hub.address() + "\"")});
        Process process{fedmsg(std::move(words))};
        hub.wait_for_subscriber();
        hub.publish(Frames{frame});
        const auto status = process.wait();
        return {status, process.output(), process.errors()};
    }
    Finished check_without_hub(std::vector<std::string> words, const std::string& socket) {
        words.insert(words.begin(), "check");
        words.insert(words.end(), {"--config-filename", config(socket)});
        return run(fedmsg(std::move(words)));
    }
    std::string config(const std::string& socket) const {
        return folder.write("config.json", R"({"moksha.monitoring.socket": )" + socket + "}");
    }

    TemporaryFolder folder;
    Bus hub;
};

/// What the Python command prints; our last line of errors begins with the name of the command.
TEST_F(Check, AnswersAsThePythonCommand) {
    int count = 0;
    for (const auto& c : at(cases().root(), "cases").elements()) {
        std::vector<std::string> words;
        for (const auto& word : at(c, "args").elements()) words.emplace_back(word.text());
        const auto status = at(c, "rc").integer();
        if (status == 2 || !at(c, "configured").boolean() || at(c, "silent").boolean() ||
            words == std::vector<std::string>{"--help"})
            continue;  // see the other tests
        const auto result = check(words);
        ++count;
        EXPECT_EQ(result.status, status) << testing::PrintToString(words);
        EXPECT_EQ(result.output, text_at(c, "stdout"));
        const auto errors = text_at(c, "stderr");
        EXPECT_THAT(result.errors, StartsWith(errors.substr(0, errors.find("Error:"))));
        if (!errors.empty()) {
            EXPECT_THAT(lines_of(result.errors).back(),
                        StartsWith("fedmsg check: some consumers or producers are "));
        }
    }
    EXPECT_EQ(count, 10);
}

TEST_F(Check, WrongUseIsToldAsEverywhere) {
    EXPECT_EQ(check_without_hub({"x"}, "null").status, 2);
    EXPECT_EQ(check_without_hub({"--timeout", "abc"}, "null").status, 2);
    EXPECT_EQ(check_without_hub({"--bogus"}, "null").status, 2);
    EXPECT_EQ(check_without_hub({"--json", "--nagios"}, "null").status, 2);
    EXPECT_EQ(check_without_hub({"--endpoint", "nowhere"}, "null").status, 2);
}

TEST_F(Check, WithoutASocketItNamesTheKey) {
    const auto result = check_without_hub({}, "null");
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.errors, HasSubstr("set \"moksha.monitoring.socket\""));
    EXPECT_EQ(check_without_hub({"--nagios"}, "null").status, 3);
}

TEST_F(Check, AHubThatIsDownAndOneThatIsSilentAreToldApart) {
    const Port down;
    const auto result = check_without_hub({"--timeout", "0.2"}, "\"" + down.address() + "\"");
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.errors, HasSubstr("no frame came from the monitoring endpoint " + down.address() +
                                         " (connection refused) within 0.2 s: start the hub"));
    const auto silent = check_without_hub({"--timeout", "0.2", "--nagios"}, "\"" + hub.address() + "\"");
    EXPECT_EQ(silent.status, 3);
    EXPECT_THAT(silent.output, AllOf(StartsWith("FEDMSG UNKNOWN - "), HasSubstr("it is up, and silent")));
}

TEST_F(Check, LimitsHoldForAllOrForThoseThatAreNamed) {
    EXPECT_EQ(check({"--max-backlog", "3"}).status, 0);
    const auto behind = check({"--max-backlog", "2"});
    EXPECT_EQ(behind.status, 1);
    EXPECT_THAT(behind.errors, HasSubstr("\"Ünïcode\" has a backlog of 3, more than 2!\n"));
    EXPECT_EQ(check({"--max-backlog", "2", "-c", "RelayConsumer"}).status, 0);
    const auto failed =
        R"({"consumers": [{"name": "a", "initialized": true, "exceptions": 7}], "producers": []})";
    EXPECT_EQ(check({"--max-exceptions", "7"}, failed).status, 0);
    EXPECT_EQ(check({"--max-exceptions", "6", "-c", "a"}, failed).status, 1);
}

TEST_F(Check, NagiosGetsALineAndItsStatuses) {
    const auto well = check({"--nagios", "-c", "RelayConsumer"});
    EXPECT_EQ(well.status, 0);
    EXPECT_EQ(well.output,
              "FEDMSG OK - All consumers and producers are active! | consumers=3 backlog=3 exceptions=0\n");
    EXPECT_EQ(check({"--nagios", "--max-backlog", "1"}).status, 1);
    const auto missing = check({"--nagios", "-c", "Nope", "-c", "SleepyBuild"});
    EXPECT_EQ(missing.status, 2);
    EXPECT_THAT(missing.output,
                StartsWith("FEDMSG CRITICAL - \"Nope\" is not active! \"SleepyBuild\" is not "));
    EXPECT_EQ(missing.errors, "");
}

TEST_F(Check, ScriptsGetJson) {
    const auto result = check({"--json", "-c", "Nope"});
    EXPECT_EQ(result.status, 1);
    const auto report = parse_json(result.output);
    EXPECT_FALSE(at(report.root(), "ok").boolean());
    EXPECT_EQ(text_at(at(report.root(), "problems").elements()[0], "problem"), "\"Nope\" is not active!");
    EXPECT_EQ(encoding::dumps(at(report.root(), "frame")), canonical_without(reference_frame(), {}));
}

TEST_F(Check, WhatIsNoFrameIsNoHealth) {
    for (const auto* frame : {"{}", "[]", "7", R"({"consumers": 1, "topic": "a", "producers": []})"}) {
        const auto result = check({}, frame);
        EXPECT_EQ(result.status, 1) << frame;
        EXPECT_THAT(result.errors, HasSubstr("is no monitoring frame")) << frame;
    }
    // Parts that are none are not the ones that are looked for.
    EXPECT_EQ(check({"-c", "a"}, R"({"consumers": [1, {"name": 2}], "producers": []})").status, 1);
}

/// A real hub: one consumer that is well, one that stands still, one that fails again and again.
class CheckOfAHub : public testing::Test {
  protected:
    CheckOfAHub() {
        const auto consumer = [this](const std::string& name, const std::string& script) {
            return "\"" + name + R"(": {"command": ["/bin/sh", "-c", ")" + script + " >>" + path(name) +
                   "\"]";
        };
        folder.write("config.json",
                     R"({"endpoints": {"test": [")" + bus.address() +
                         R"("]}, "moksha.monitoring.socket": ")" + socket() + R"(", "consumers": {)" +
                         consumer("well", "exec cat") + "}, " + consumer("stuck", "exec sleep 1000") +
                         R"(, "mode": "each"}, )" + consumer("failing", "sleep 0.1; exit 1") +
                         R"(, "mode": "each", "jobs": 5, "retries": 1000000, "retry_after": 0}}})");
    }
    void start_hub() {
        auto start = fedmsg({"hub", "--config-filename", path("config.json")});
        start.environment = {{"NOTIFY_SOCKET", notifications.address()}};
        hub.emplace(std::move(start));
        notifications.wait_for("READY=1", *hub);
        bus.wait_for_subscriber();
    }
    /// Five messages; returns once each consumer has what it does with them.
    void publish() {
        for (int i = 0; i < 5; ++i) bus.publish("org.test", R"({"topic": "org.test", "msg": {}})");
        for (int failures = 0; failures < 2; ++failures) hub->error_line_with("fedmsg.failing");
        const auto has_read = [this] {
            return std::filesystem::exists(folder / "well") &&
                   lines_of(read_file(folder / "well")).size() == 5;
        };
        for (const auto deadline = Clock::now() + patience; !has_read() && Clock::now() < deadline;)
            hub->pump(hub->ended_descriptor(), Clock::now() + std::chrono::milliseconds{5});
        ASSERT_TRUE(has_read());
    }
    Start check(std::vector<std::string> words) const {
        words.insert(words.begin(), "check");
        if (std::ranges::find(words, "--config-filename") == words.end())
            words.insert(words.end(), {"--config-filename", path("config.json")});
        if (std::ranges::find(words, "--timeout") == words.end())
            words.insert(words.end(), {"--timeout", std::to_string(patience.count())});
        return fedmsg(std::move(words));
    }
    [[nodiscard]] std::string path(const std::string& name) const { return (folder / name).string(); }
    [[nodiscard]] std::string socket() const { return "ipc://" + path("monitoring"); }

    Bus bus;
    TemporaryFolder folder;
    Notifications notifications;
    std::optional<Process> hub;
};

TEST_F(CheckOfAHub, EveryOptionJudgesWhatTheHubSays) {
    struct Case {
        std::vector<std::string> words;
        int status;
        std::string output, errors;  // how they begin
    };
    const std::string all = "No consumers or producers specified so all will be shown.\n{\n",
                      active = "All consumers and producers are active!\n{\n",
                      behind = "\"stuck\" has a backlog of 4, more than 3!",
                      last_line = "\nfedmsg check: some consumers ", ok = "FEDMSG OK - ",
                      missing = "\"nobody\" is not active!";
    const auto elsewhere = folder.write("elsewhere.json", "{}");
    const std::vector<Case> cases{
        {{}, 0, all, ""},
        {{"-c", "well", "--consumer", "stuck", "-p", "MonitoringProducer"}, 0, active, ""},
        {{"-c", "well", "-c", "nobody"}, 1, "", missing + last_line + "or producers are missing"},
        {{"--producer", "nobody"}, 1, "", missing + last_line + "or producers are missing"},
        {{"--max-backlog", "4"}, 0, all, ""},
        {{"--max-backlog", "3"}, 1, "", behind + last_line + "are behind"},
        {{"--max-backlog", "3", "-c", "well"}, 0, active, ""},
        {{"--max-exceptions", "1000000000"}, 0, all, ""},
        {{"--max-exceptions", "0"}, 1, "", "\"failing\" has had "},
        {{"--max-exceptions", "0", "-c", "well", "-c", "stuck"}, 0, active, ""},
        {{"--endpoint", socket(), "--config-filename", elsewhere}, 0, all, ""},
        {{"--config-filename", elsewhere}, 1, "", "fedmsg check: no monitoring endpoint is configured"},
        {{"--json"}, 0, R"({"frame":{"consumers":[{)", ""},
        {{"--json", "--max-backlog", "3"}, 1, R"({"frame":{"consumers":[{)", "fedmsg check: some consumers "},
        {{"--nagios"}, 0, ok + "All consumers and producers are active! | consumers=3 backlog=4 ", ""},
        {{"--nagios", "--max-backlog", "3"}, 1, "FEDMSG WARNING - " + behind + " | ", ""},
        {{"--nagios", "--max-exceptions", "0"}, 1, "FEDMSG WARNING - \"failing\" has had ", ""},
        {{"--nagios", "--max-backlog", "3", "-c", "stuck", "-c", "nobody"},
         2,
         "FEDMSG CRITICAL - " + behind + " " + missing,
         ""},
    };
    start_hub();
    publish();
    // All at once: they wait for the same frame.
    std::vector<Process> checks;
    for (const auto& one : cases) checks.emplace_back(check(one.words));
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const auto& expected = cases[i];
        EXPECT_EQ(checks[i].wait(), expected.status) << i << checks[i].errors();
        EXPECT_THAT(checks[i].output(), StartsWith(expected.output)) << i;
        EXPECT_EQ(checks[i].output().empty(), expected.output.empty()) << i;
        EXPECT_THAT(checks[i].errors(), StartsWith(expected.errors)) << i;
        EXPECT_EQ(checks[i].errors().empty(), expected.errors.empty()) << i;
    }
    const auto frame = parse_json(checks[0].output().substr(all.size() - 2));
    std::vector<std::string> names;
    for (const auto& consumer : at(frame.root(), "consumers").elements())
        names.push_back(text_at(consumer, "name"));
    EXPECT_THAT(names, testing::UnorderedElementsAre("failing", "stuck", "well"));
    EXPECT_EQ(hub->terminate(), 0);
}

TEST_F(CheckOfAHub, AHubThatIsGoneOrStandsStillIsToldAndOneThatComesIsHeard) {
    start_hub();
    const auto fails = [this](const std::string& who, const std::string& why) {
        const auto plain = run(check({"--timeout", "0.3"}));
        EXPECT_EQ(plain.status, 1);
        EXPECT_EQ(plain.output, "");
        EXPECT_THAT(plain.errors,
                    AllOf(StartsWith("fedmsg check: no frame came from the monitoring endpoint " + who),
                          HasSubstr(" within 0.3 s: " + why)));
        const auto plugin = run(check({"--timeout", "0.3", "--nagios"}));
        EXPECT_EQ(plugin.status, 3);
        EXPECT_THAT(plugin.output, AllOf(StartsWith("FEDMSG UNKNOWN - no frame came from "), HasSubstr(why)));
        EXPECT_EQ(plugin.errors, "");
    };
    hub->send(SIGSTOP);
    siginfo_t stopped{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(hub->pid()), &stopped, WSTOPPED | WNOWAIT), 0)
        << "every thread of it";
    fails(socket() + " (connected, but it does not answer)", "start the hub there");
    hub->send(SIGCONT);
    EXPECT_EQ(hub->terminate(), 0);
    fails(socket() + " (", "start the hub there");
    start_hub();
    hub->send(SIGKILL);
    hub->wait();
    fails(socket() + " (connection refused)", "start the hub there");
    Process waiting{check({})};
    start_hub();
    EXPECT_EQ(waiting.wait(), 0) << waiting.errors();
    EXPECT_EQ(hub->terminate(), 0);
}

}  // namespace
}  // namespace fedmsg::test
