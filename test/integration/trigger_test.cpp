/// fedmsg trigger: real commands, for messages of friends and of strangers.
#include "support/bus.h"

#include "encoding/write.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

namespace fedmsg::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Trigger : public testing::Test {
  protected:
    std::string config(const std::string& settings = "") const {
        return folder.write("config.json", R"({"endpoints": {"test": [")" + bus.address() +
                                               R"("]}, "relay_outbound": [])" + settings + "}");
    }
    Start words(const std::string& command, const std::vector<std::string>& more = {}) const {
        std::vector<std::string> all{"trigger", "--command", command, "--config-filename", config()};
        all.insert(all.end(), more.begin(), more.end());
        auto start = fedmsg(std::move(all));
        start.folder = folder.path().string();
        return start;
    }
    /// Runs, and is subscribed.
    Process trigger(const std::string& command, const std::vector<std::string>& more = {}) {
        Process process{words(command, more)};
        bus.wait_for_subscriber();
        return process;
    }
    void publish(const std::string& id, const std::string& topic = "org.x.dev.a.b") {
        bus.publish(topic, R"({"msg_id": ")" + id + R"(", "topic": ")" + topic + R"("})");
    }
    void wait_until_one_waits(const std::string& command, Process& process) const {
        while (run(words(command, {"--status"})).output.find("1 messages waiting") == std::string::npos)
            if (!process.running()) throw std::runtime_error("it has ended: " + process.errors());
    }

    TemporaryFolder folder;
    Bus bus;
};

/// A command that prints the identifier of its message.
const std::string print_id = R"_(sed 's/.*"msg_id":"\([^"]*\)".*/\1/')_";

TEST_F(Trigger, GivesTheCommandWhatThePythonOneGave) {
    const auto reference = parse_json(read_file(data_file("services/trigger.json")));
    const auto args = at(reference.root(), "args").elements();
    ASSERT_EQ(args[0].text(), "--command");
    auto process = trigger("cat", {std::string{args[2].text()}, std::string{args[3].text()}});
    for (const auto& message : at(reference.root(), "messages").elements()) {
        const auto body = std::string{message.text()};
        bus.publish(text_at(parse_json(body).root(), "topic"), body);
    }
    int count = 0;
    for (const auto& input : at(reference.root(), "command_stdin").elements()) {
        EXPECT_EQ(process.next_line().value() + "\n", input.text());
        ++count;
    }
    EXPECT_EQ(count, 6);
    EXPECT_EQ(process.terminate(), 0);
    EXPECT_EQ(lines_of(process.output()).size(), 6U);
    EXPECT_THAT(process.errors(), HasSubstr("stopped: ran 6 commands\n"));
}

/// The Python command put messages between single quotes in a line for the shell.
TEST_F(Trigger, AMessageIsNeverACommand) {
    const auto marker = (folder / "marker").string();
    const std::string attack = "'; touch " + marker + "; echo ' $(touch " + marker + ") `touch " + marker +
                               "` \\\" \\u0000 \\n touch " + marker + "\\n | touch " + marker + " & touch " +
                               marker + " %s ${IFS}";
    const auto body = R"({"msg_id": ")" + attack + R"(", "topic": "a.')" + "; touch " + marker + R"(;'", ")" +
                      attack + R"(": 1, "msg": {"x": ")" + attack + R"("}})";
    auto process = trigger("cat; env");
    const auto expected = encoding::dumps(parse_json(body).root());
    bus.publish("a.'; touch " + marker + ";'", body);
    EXPECT_EQ(process.next_line(), expected);
    EXPECT_EQ(process.terminate(), 0);
    EXPECT_FALSE(std::filesystem::exists(marker));
    EXPECT_THAT(process.output().substr(expected.size()), AllOf(Not(HasSubstr("touch")), HasSubstr("PATH=")));
    EXPECT_FALSE(std::filesystem::exists(marker));
}

TEST_F(Trigger, FiltersAsTail) {
    auto process =
        trigger(print_id, {"--topic", "org.x.dev.", "--include", "\\.git\\.", "--exclude", "delete"});
    publish("1", "org.x.dev.git.delete");
    publish("2", "org.x.dev.wiki.edit");
    publish("3", "org.y.dev.git.push");
    publish("4", "org.x.dev.git.push");
    EXPECT_EQ(process.next_line(), "4");
    EXPECT_EQ(process.terminate(), 0);
}

TEST_F(Trigger, AFailingCommandIsLoggedAndTheNextOneRuns) {
    auto process = trigger(print_id + " | { read id; echo $id; exit $id; }");
    publish("3");
    publish("0");
    EXPECT_EQ(process.next_line(), "3");
    EXPECT_EQ(process.next_line(), "0");
    process.error_line_with("the command failed for 3 (org.x.dev.a.b): exit status 3");
    auto killed = trigger("kill -9 $$");
    publish("x");
    killed.error_line_with("the command failed for x (org.x.dev.a.b): signal 9 (Killed)");
    EXPECT_EQ(killed.terminate(), 0);
    EXPECT_THAT(killed.errors(), HasSubstr("stopped: ran 1 commands, 1 failed\n"));
    EXPECT_EQ(process.terminate(), 0);
}

TEST_F(Trigger, ACommandNeedNotReadItsInput) {
    auto process = trigger("true; echo ran");
    bus.publish("a", R"({"msg": ")" + std::string(1'000'000, 'x') + R"("})");  // more than a pipe holds
    EXPECT_EQ(process.next_line(), "ran");
    EXPECT_EQ(process.terminate(), 0);
    EXPECT_THAT(process.errors(), HasSubstr("ran 1 commands\n"));
}

TEST_F(Trigger, AMessageThatIsLargerThanAPipeArrivesWhole) {
    auto process = trigger("wc -c");
    bus.publish("a", R"({"msg":")" + std::string(1'000'000, 'x') + R"(","topic":"a"})");
    EXPECT_EQ(process.next_line(), std::to_string(1'000'000 + 23));
    EXPECT_EQ(process.terminate(), 0);
}

TEST_F(Trigger, RunsOneAfterTheOtherInOrder) {
    auto process = trigger("echo begin; " + print_id + "; echo end");
    for (int i = 0; i < 20; ++i) publish(std::to_string(i));
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(process.next_line(), "begin");
        EXPECT_EQ(process.next_line(), std::to_string(i));
        EXPECT_EQ(process.next_line(), "end");
    }
    EXPECT_EQ(process.terminate(), 0);
}

/// Each waits for the other: it would never end, were they not there at once.
TEST_F(Trigger, JobsRunAtOnce) {
    ASSERT_EQ(::system(("mkfifo " + (folder / "fifo").string()).c_str()), 0);
    auto process =
        trigger(print_id + " | { read id; if [ $id = 1 ]; then echo met > fifo; else cat fifo; fi; }",
                {"--jobs", "2"});
    publish("1");
    publish("2");
    EXPECT_EQ(process.next_line(), "met");
    EXPECT_EQ(process.terminate(), 0);
}

TEST_F(Trigger, WaitsForSilenceAndRunsTheQueueInOrder) {
    auto process = trigger("date +%s%N; " + print_id, {"--wait-for", "0.5"});
    for (const auto* id : {"1", "2"}) publish(id);
    const std::chrono::nanoseconds last = std::chrono::system_clock::now().time_since_epoch();
    publish("3");
    for (const auto* id : {"1", "2", "3"}) {
        const std::chrono::nanoseconds ran{std::stoll(process.next_line().value())};
        EXPECT_GE(ran - last, 500ms);
        EXPECT_EQ(process.next_line(), id);
    }
    EXPECT_EQ(process.terminate(), 0);
}

TEST_F(Trigger, MoreThanTheQueueTakesRunAtOnce) {
    auto process = trigger(print_id, {"--wait-for", "1000", "--max-queue-size", "2"});
    for (const auto* id : {"1", "2", "3"}) publish(id);
    for (const auto* id : {"1", "2", "3"}) EXPECT_EQ(process.next_line(), id);
    publish("4");
    wait_until_one_waits(print_id, process);
    EXPECT_EQ(process.terminate(), 0);
    EXPECT_THAT(process.errors(), HasSubstr("stopped before the command was run for 4\n"));
}

TEST_F(Trigger, ACommandThatTakesTooLongIsEnded) {
    auto process = trigger("sleep 1000", {"--command-timeout", "0.2"});
    publish("1");
    process.error_line_with(
        "the command failed for 1 (org.x.dev.a.b): signal 15 (Terminated): it had used up its time");
    EXPECT_EQ(process.terminate(), 0);
    EXPECT_THAT(process.errors(), HasSubstr("ran 1 commands, 1 timed_out\n"));
}

TEST_F(Trigger, WhatACommandHasStartedEndsWithIt) {
    auto process = trigger("sleep 1000 & echo $!");
    publish("1");
    const auto pid = std::stoi(process.next_line().value());
    const auto started = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    if (started >= 0) {  // else it is gone already
        EXPECT_TRUE(process.pump(started, Clock::now() + patience));
        ::close(started);
    }
    EXPECT_EQ(process.terminate(), 0);
}

TEST_F(Trigger, ARunningCommandMayFinishWhenItIsStopped) {
    ASSERT_EQ(::system(("mkfifo " + (folder / "fifo").string()).c_str()), 0);
    const std::string command = "echo started; cat fifo";
    auto process = trigger(command);
    publish("1");
    publish("2");
    EXPECT_EQ(process.next_line(), "started");
    wait_until_one_waits(command, process);
    process.send(SIGTERM);
    process.error_line_with("stopped before the command was run for 2");
    process.error_line_with("waiting for 1 that still runs, 10 s at most");
    EXPECT_EQ(::system(("echo finished > " + (folder / "fifo").string()).c_str()), 0);
    EXPECT_EQ(process.next_line(), "finished");
    EXPECT_EQ(process.wait(), 0);
    EXPECT_THAT(process.errors(), HasSubstr("stopped: ran 1 commands, 1 messages waiting\n"));
}

TEST_F(Trigger, StandardErrorOfCommandsIsItsOwn) {
    auto process = trigger("echo to stderr >&2");
    publish("1");
    EXPECT_EQ(process.error_line_with("to stderr"), "to stderr");
    EXPECT_EQ(process.terminate(), 0);
    EXPECT_EQ(process.output(), "");
}

TEST_F(Trigger, AMessageThatDoesNotValidateRunsNothing) {
    const auto strict = R"(, "validate_signatures": true, "ca_cert_location": ")" +
                        data_file("crypto/keys/ca.crt").string() + "\"";
    auto start = words("echo ran");
    config(strict);
    Process process{std::move(start)};
    bus.wait_for_subscriber();
    publish("1");
    process.error_line_with("passed over: org.x.dev.a.b: unsigned");
    EXPECT_EQ(process.terminate(), 0);
    EXPECT_EQ(process.output(), "");
    EXPECT_THAT(process.errors(), HasSubstr("stopped: ran 0 commands, 1 unsigned did not validate\n"));
}

TEST_F(Trigger, WrongUseIsTold) {
    EXPECT_EQ(run(fedmsg({"trigger", "--config-filename", config()})).status, 2);
    EXPECT_EQ(run(words("x", {"--jobs", "0"})).status, 2);
    EXPECT_EQ(run(words("x", {"--command-timeout", "0"})).status, 2);
    EXPECT_EQ(run(words("x", {"--include", "("})).status, 2);
}

}  // namespace
}  // namespace fedmsg::test
