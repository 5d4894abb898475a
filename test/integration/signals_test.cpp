/// Signals, and streams that are not what they usually are.
#include "support/bus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace fedmsg::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class Stops : public testing::TestWithParam<int> {
  protected:
    Relay relay;
};

TEST_P(Stops, TheRelayEndsWell) {
    relay.start();
    relay.process().send(GetParam());
    EXPECT_EQ(relay.process().wait(), 0);
    EXPECT_THAT(relay.process().errors(), HasSubstr("stopped: forwarded 0 messages\n"));
    EXPECT_NO_THROW(relay.notifications().wait_for("STOPPING=1", relay.process()));
}

TEST_P(Stops, TheRelayEndsWellWhileItWaitsForASubscriber) {
    relay.start_and_wait_for_subscriber();
    relay.process().send(GetParam());
    // Handlers are there once the loop runs; before that the signal itself ends the process.
    EXPECT_THAT(relay.process().wait(), testing::AnyOf(0, 128 + GetParam()));
}

TEST_P(Stops, TailEndsWell) {
    Bus bus;
    Process tail{fedmsg({"tail", "--endpoint", "test=" + bus.address()})};
    bus.wait_for_subscriber();
    bus.publish("a", R"({"topic":"a"})");
    EXPECT_EQ(tail.next_line(), R"({"topic":"a"})");
    tail.send(GetParam());
    EXPECT_EQ(tail.wait(), 0);
    EXPECT_EQ(tail.errors(), "");
}

TEST_P(Stops, TailEndsWellUnderAFlood) {
    Bus bus;
    Process tail{fedmsg({"tail", "--endpoint", "test=" + bus.address()})};
    bus.wait_for_subscriber();
    const std::string body = R"({"topic":"a","msg":")" + std::string(500, 'x') + R"("})";
    for (int i = 0; i < 50'000; ++i) bus.publish("a", body);
    ASSERT_TRUE(tail.next_line());
    tail.send(GetParam());
    EXPECT_EQ(tail.wait(), 0);
    EXPECT_LT(lines_of(tail.output()).size(), 50'000U) << "it went on to the end of the flood";
}

TEST_P(Stops, LoggerDeliversWhatItHasReadAndEndsWell) {
    relay.start_and_wait_for_subscriber();
    Process tail{relay.fedmsg({"tail", "--query", "msg.log"})};
    relay.ready();
    auto start = relay.fedmsg({"logger"});
    start.input = Start::Input::pipe;
    Process logger{std::move(start)};
    logger.write("one\ntwo\n");
    logger.pump(tail.ended_descriptor(), Clock::now());
    EXPECT_EQ(tail.next_line(), "one");
    EXPECT_EQ(tail.next_line(), "two");
    logger.send(GetParam());  // its input is still open
    EXPECT_EQ(logger.wait(), 0) << logger.errors();
    EXPECT_EQ(logger.errors(), "");
}

TEST_P(Stops, LoggerTellsWhatItHasReadAndCouldNotSend) {
    auto start = relay.fedmsg({"logger", "--wait"});  // nobody is there
    start.input = Start::Input::pipe;
    Process logger{std::move(start)};
    logger.write("one\ntwo\n");
    logger.wait_until_input_is_read();
    logger.send(GetParam());
    EXPECT_EQ(logger.wait(), 1);
    EXPECT_THAT(logger.errors(),
                testing::AllOf(HasSubstr(relay.inbound()), HasSubstr("2 messages not sent")));
}

INSTANTIATE_TEST_SUITE_P(By, Stops, testing::Values(SIGTERM, SIGINT),
                         [](const auto& test) { return test.param == SIGTERM ? "Sigterm" : "Sigint"; });

class Signals : public testing::Test {
  protected:
    Relay relay;
};

TEST_F(Signals, EncodeStopsInTheMiddleOfALongFile) {
    TemporaryFolder folder;
    std::string values;
    for (int i = 0; i < 10'000'000; ++i) values += "[0]\n";
    auto start = fedmsg({"encode"});
    start.input = Start::Input::file;
    start.input_file = folder.write("values", values);
    Process encode{std::move(start)};
    ASSERT_TRUE(encode.next_line());
    encode.send(SIGTERM);
    EXPECT_EQ(encode.wait(), 0);
    EXPECT_LT(encode.output().size(), values.size()) << "it went on to the end of the file";
}

TEST_F(Signals, ASecondOneEndsAtOnce) {
    // Draining takes as long as the linger allows: a subscriber does not read.
    relay.configure(R"("zmq_linger": 60000)");
    relay.start_and_wait_for_subscriber();
    Process reader{relay.fedmsg({"tail", "--raw"})};
    relay.ready();
    reader.send(SIGSTOP);
    Bus publisher{relay.inbound(), std::chrono::milliseconds{0}};
    const std::string body(1 << 20, 'x');
    for (int i = 0; i < 64; ++i) publisher.publish("a", body);
    relay.process().send(SIGTERM);
    relay.notifications().wait_for("STOPPING=1", relay.process());
    relay.process().send(SIGTERM);
    const auto status = relay.process().wait_for(std::chrono::seconds{10});
    EXPECT_EQ(status, 128 + SIGTERM) << relay.process().errors();
    reader.send(SIGCONT);
}

TEST_F(Signals, TailThatNobodyReadsCanBeStopped) {
    Bus bus;
    Process tail{fedmsg({"tail", "--raw", "--endpoint", "test=" + bus.address()})};
    bus.wait_for_subscriber();
    const std::string body(1 << 20, 'x');
    for (int i = 0; i < 4; ++i) bus.publish("a", "\"" + body + "\"");
    // Its output is a pipe that is full, and stays so: this test does not read.
    const auto writes = [&] {
        return read_file("/proc/" + std::to_string(tail.pid()) + "/wchan").find("poll") != std::string::npos;
    };
    for (const auto deadline = Clock::now() + std::chrono::seconds{2};
         !writes() && Clock::now() < deadline;) {
    }
    tail.send(SIGTERM);
    tail.send(SIGTERM);
    siginfo_t ended{};
    for (const auto deadline = Clock::now() + std::chrono::seconds{5};
         ended.si_pid == 0 && Clock::now() < deadline;)
        ::waitid(P_PID, static_cast<id_t>(tail.pid()), &ended, WEXITED | WNOHANG | WNOWAIT);
    EXPECT_EQ(ended.si_pid, tail.pid()) << "it is still there";
}

TEST_F(Signals, SighupReadsTheConfigurationAgain) {
    relay.start();
    relay.configure(R"("zmq_max_message_size": 1000)");
    relay.process().send(SIGHUP);
    EXPECT_THAT(relay.process().error_line_with("configuration"), HasSubstr("configuration read again"));
    const auto listener = relay.listener();
    Bus bus{relay.inbound()};
    bus.publish("large", std::string(1001, 'x'));
    bus.publish("small", std::string(1000, 'x'));
    EXPECT_EQ(listener->next().at(0), "small");
    EXPECT_EQ(relay.stop(), 0);
    EXPECT_THAT(relay.process().errors(), HasSubstr("dropped 1 too_large"));
}

TEST_F(Signals, SighupNamesWhatNeedsARestart) {
    relay.start();
    relay.configure(R"("high_water_mark": 7, "io_threads": 2)");
    relay.process().send(SIGHUP);
    const auto line = relay.process().error_line_with("configuration");
    EXPECT_THAT(line, HasSubstr("a restart is needed for changes of high_water_mark, io_threads"));
    EXPECT_EQ(relay.stop(), 0);
}

TEST_F(Signals, SighupWithABrokenFileKeepsTheOldConfiguration) {
    relay.start();
    relay.configure("nonsense");
    relay.process().send(SIGHUP);
    EXPECT_THAT(relay.process().error_line_with("kept"), HasSubstr("kept the old configuration: "));
    EXPECT_TRUE(relay.process().running());
    EXPECT_EQ(relay.stop(), 0);
}

TEST_F(Signals, SighupDoesNotEndTail) {
    Bus bus;
    Process tail{fedmsg({"tail", "--raw", "--endpoint", "test=" + bus.address()})};
    bus.wait_for_subscriber();
    bus.publish("a", "1");
    EXPECT_EQ(tail.next_line(), "1");
    tail.send(SIGHUP);
    bus.publish("a", "2");
    EXPECT_EQ(tail.next_line(), "2");
    EXPECT_EQ(tail.terminate(), 0);
}

// Streams.

TEST_F(Signals, LoggerWithClosedInputPublishesNothing) {
    relay.start();
    auto start = relay.fedmsg({"logger"});
    start.input = Start::Input::closed;
    const auto logger = run(start);
    EXPECT_EQ(logger.status, 0) << logger.errors;
    EXPECT_EQ(relay.stop(), 0);
    EXPECT_THAT(relay.process().errors(), HasSubstr("stopped: forwarded 0 messages\n"));
}

TEST_F(Signals, ClosedStreamsAreNotTakenForSockets) {
    // The next descriptors that are opened would have the numbers 1 and 2, and be written to.
    relay.start_and_wait_for_subscriber();
    auto start = relay.fedmsg({"tail", "-n", "3"});
    start.output = Start::Output::closed;
    start.errors_closed = true;
    start.input = Start::Input::closed;
    Process tail{std::move(start)};
    relay.ready();
    const auto logger = run(relay.fedmsg({"logger", "--confirm"}), "1\n2\n3\n");
    EXPECT_EQ(logger.status, 0) << logger.errors;
    EXPECT_EQ(tail.wait(), 0);
}

TEST_F(Signals, LoggerTakesAFileAPipeAndNothing) {
    TemporaryFolder folder;
    relay.start_and_wait_for_subscriber();
    Process tail{relay.fedmsg({"tail", "--query", "msg.log", "-n", "3"})};
    relay.ready();
    auto from_file = relay.fedmsg({"logger"});
    from_file.input = Start::Input::file;
    from_file.input_file = folder.write("line", "file\n");
    EXPECT_EQ(run(from_file).status, 0);
    EXPECT_EQ(run(relay.fedmsg({"logger"}), "pipe").status, 0);
    EXPECT_EQ(run(relay.fedmsg({"logger"})).status, 0);  // /dev/null
    EXPECT_EQ(run(relay.fedmsg({"logger", "--message", "argument"})).status, 0);
    EXPECT_EQ(tail.wait(), 0);
    EXPECT_EQ(tail.output(), "file\npipe\nargument\n");
}

TEST_F(Signals, AnInputThatCannotBeReadIsAnError) {
    for (const auto* command : {"logger", "encode"}) {
        auto start = command == std::string{"logger"} ? relay.fedmsg({command}) : fedmsg({command});
        start.input = Start::Input::file;
        start.input_file = "/";
        const auto result = run(start);
        EXPECT_EQ(result.status, 1);
        EXPECT_EQ(result.errors,
                  std::string{"fedmsg "} + command + ": cannot read standard input: Is a directory\n");
    }
}

TEST_F(Signals, AnEmptyInputNeedsNoRelay) { EXPECT_EQ(run(relay.fedmsg({"logger"})).status, 0); }

TEST_F(Signals, AStreamThatOthersShareIsLeftAsItWasFound) {
    // Non-blocking, it would end the next reader with "Resource temporarily unavailable".
    auto start = shell("$fedmsg encode; sed -n s/flags:.0*//p /proc/self/fdinfo/0");
    start.input = Start::Input::pipe;
    Process pipeline{std::move(start)};
    pipeline.write("]");
    EXPECT_EQ(pipeline.wait(), 0);
    EXPECT_EQ(pipeline.output(), "\n") << "flags of open(2), octal";
}

// --pid-file

TEST_F(Signals, APidFileIsThereWhileTheRelayIs) {
    TemporaryFolder folder;
    const auto file = (folder / "relay.pid").string();
    auto start = relay.fedmsg({"relay", "--post-init-sleep", "0", "--pid-file", file});
    Process process{std::move(start)};
    process.error_line_with("forwarding");
    EXPECT_EQ(read_file(file), std::to_string(process.pid()) + "\n");
    EXPECT_EQ(process.terminate(), 0);
    EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(Signals, APidFileThatCannotBeWrittenIsAnError) {
    const auto result = run(relay.fedmsg({"relay", "--pid-file", "/nonexistent/relay.pid"}));
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(result.errors,
              "fedmsg relay: cannot write the pid file /nonexistent/relay.pid: No such file or directory\n");
}

TEST_F(Signals, ASecondRelayLeavesThePidFileOfTheFirst) {
    TemporaryFolder folder;
    const auto file = (folder / "relay.pid").string();
    Process first{relay.fedmsg({"relay", "--post-init-sleep", "0", "--pid-file", file})};
    first.error_line_with("forwarding");
    const auto second = run(relay.fedmsg({"relay", "--pid-file", file}));
    EXPECT_EQ(second.status, 1);
    EXPECT_EQ(second.errors,
              "fedmsg relay: cannot write the pid file " + file + ": a running process holds it\n");
    ASSERT_TRUE(std::filesystem::exists(file));
    EXPECT_EQ(read_file(file), std::to_string(first.pid()) + "\n");
}

}  // namespace
}  // namespace fedmsg::test
