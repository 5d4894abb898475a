/// What goes wrong is told: what, where, why, what to do, and by the exit status.
#include "support/bus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fedmsg::test {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::ContainsRegex;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

/// For what starts a process and ends it again. What is installed needs a few milliseconds.
constexpr milliseconds margin{sanitized ? 5000 : 500};

class Errors : public testing::Test {
  protected:
    Finished run_with(std::vector<std::string> words, const std::string& file, std::string_view text,
                      std::string_view input = "") {
        words.insert(words.end(), {"--config-filename", folder.write(file, text)});
        return run(fedmsg(std::move(words)), input);
    }

    TemporaryFolder folder;
};

// No relay.

class NoRelay : public testing::Test {
  protected:
    Relay relay;  // never started
    const std::string refused = relay.inbound() + ": connection refused";
};

TEST_F(NoRelay, IsToldWithinTimeout) {
    const auto before = Clock::now();
    const auto logger = run(relay.fedmsg({"logger", "--timeout", "0.5"}), "hi\n");
    EXPECT_LT(Clock::now() - before, milliseconds{500} + margin);
    EXPECT_EQ(logger.status, 1);
    EXPECT_EQ(logger.output, "");
    EXPECT_EQ(logger.errors,
              "fedmsg logger: no relay took messages within 0.5 s: " + refused +
                  ": 1 message not sent: start fedmsg-relay, correct relay_inbound, or use --wait\n");
}

TEST_F(NoRelay, EveryLineThatWasNotSentIsCounted) {
    auto start = relay.fedmsg({"logger", "--timeout", "0.2"});
    std::string lines;
    for (int i = 0; i < 1000; ++i) lines += "line\n";
    start.input = Start::Input::file;
    TemporaryFolder folder;
    start.input_file = folder.write("lines", lines);
    const auto logger = run(start);
    EXPECT_EQ(logger.status, 1);
    EXPECT_THAT(logger.errors, AllOf(HasSubstr(refused), HasSubstr(": 1000 messages not sent: ")));
}

TEST_F(NoRelay, EveryLineOfAPipeIsCounted) {
    std::string lines;
    for (int i = 0; i < 1000; ++i) lines += "line\n";
    const auto logger = run(relay.fedmsg({"logger", "--timeout", "0.2"}), lines);
    EXPECT_EQ(logger.status, 1);
    EXPECT_THAT(logger.errors, HasSubstr(": 1000 messages not sent: "));
}

TEST_F(NoRelay, AnEndlessInputHasAnEnd) {
    const auto logger = run(shell("yes | " + relay.command("logger --timeout 0.2")));
    EXPECT_NE(logger.status, 0);
    EXPECT_THAT(logger.errors, ContainsRegex(": [0-9]+( or more)? messages not sent: "));
}

TEST_F(NoRelay, IsWaitedForAsLongAsAsked) {
    const auto before = Clock::now();
    const auto logger = run(relay.fedmsg({"logger", "--wait=0.7", "--timeout", "0.1", "--message", "hi"}));
    EXPECT_GE(Clock::now() - before, milliseconds{700});
    EXPECT_EQ(logger.status, 1);
    EXPECT_THAT(logger.errors, HasSubstr("no relay took messages within 0.7 s: " + refused));
}

TEST_F(NoRelay, IsWaitedForUntilItComes) {
    Process logger{relay.fedmsg({"logger", "--wait", "--message", "hi"})};
    relay.start_and_wait_for_subscriber();
    Process tail{relay.fedmsg({"tail", "--query", "msg.log", "-n", "1"})};
    EXPECT_EQ(logger.wait(), 0) << logger.errors();
    EXPECT_EQ(tail.next_line(), "hi");
}

TEST_F(NoRelay, TheWrongSideOfARelayIsRecognized) {
    relay.start();
    const TemporaryFolder folder;
    const auto logger =
        run(fedmsg({"logger", "--timeout", "0.3", "--message", "hi", "--config-filename",
                    folder.write("wrong.json", R"({"relay_inbound": ")" + relay.outbound() + R"("})")}));
    EXPECT_EQ(logger.status, 1);
    EXPECT_THAT(logger.errors,
                HasSubstr("it is a XPUB socket, not a subscriber: is that the relay's outbound side?"));
}

TEST_F(NoRelay, IsToldWhenConfirmationIsAskedFor) {
    const auto logger = run(relay.fedmsg({"logger", "--confirm", "--timeout", "0.2", "--message", "hi"}));
    EXPECT_EQ(logger.status, 1);
    EXPECT_THAT(logger.errors, AllOf(HasSubstr(relay.outbound()), HasSubstr("refused")));
}

TEST_F(NoRelay, TailNamesWhatItWaitsFor) {
    Process tail{relay.fedmsg({"tail"})};
    EXPECT_THAT(tail.error_line_with("waiting for"),
                AllOf(HasSubstr("no endpoint is up"), HasSubstr(relay.outbound()), HasSubstr("refused")));
    relay.start_and_wait_for_subscriber();
    relay.ready();
    EXPECT_THAT(tail.error_line_with("connected"), HasSubstr("connected"));
    EXPECT_EQ(tail.terminate(), 0);
}

// A relay that cannot be one.

TEST_F(Errors, AnInboundPortThatIsTakenNamesItsHolder) {
    Relay relay, other;
    relay.start();
    const auto config = folder.write("taken.json", R"({"relay_inbound": ")" + relay.inbound() +
                                                       R"(", "endpoints": {"relay_outbound": ")" +
                                                       other.outbound() + R"("}})");
    const auto second = run(fedmsg({"relay", "--post-init-sleep", "0", "--config-filename", config}));
    EXPECT_EQ(second.status, 1);
    EXPECT_THAT(second.errors, AllOf(HasSubstr("cannot bind relay_inbound " + relay.inbound()),
                                     HasSubstr("Address already in use"), HasSubstr(" relay "),
                                     HasSubstr("(pid " + std::to_string(relay.process().pid()) + ")")));
}

TEST_F(Errors, OutboundAddressesThatAreTakenAreAllNamed) {
    Relay relay, other;
    relay.start();
    other.start();
    Port inbound;
    const auto config =
        folder.write("taken.json", R"({"relay_inbound": ")" + inbound.address() +
                                       R"(", "endpoints": {"relay_outbound": [")" + relay.outbound() +
                                       R"(", ")" + other.outbound() + R"("]}})");
    const auto third = run(fedmsg({"relay", "--config-filename", config}));
    EXPECT_EQ(third.status, 1);
    for (auto* each : {&relay, &other})
        EXPECT_THAT(third.errors, AllOf(HasSubstr(each->outbound() + ": Address already in use"),
                                        HasSubstr("(pid " + std::to_string(each->process().pid()) + ")")));
}

TEST_F(Errors, TheNextOutboundAddressIsTakenWhenTheFirstIsNotFree) {
    Relay relay;
    relay.start();
    Port inbound, outbound;
    const auto config =
        folder.write("next.json", R"({"relay_inbound": ")" + inbound.address() +
                                      R"(", "endpoints": {"relay_outbound": [")" + relay.outbound() +
                                      R"(", ")" + outbound.address() + R"("]}})");
    Process second{fedmsg({"relay", "--post-init-sleep", "0", "--config-filename", config})};
    EXPECT_THAT(second.error_line_with("forwarding"), EndsWith("to " + outbound.address()));
    EXPECT_EQ(second.terminate(), 0);
}

TEST_F(Errors, ARelayWithoutAddressIsAUsageError) {
    const auto relay = run_with({"relay"}, "none.json", R"({"endpoints": {"relay_outbound": []}})");
    EXPECT_EQ(relay.status, 2);
    EXPECT_THAT(relay.errors, HasSubstr("relay_outbound"));
}

// The configuration.

TEST_F(Errors, ABrokenJsonFileIsToldByLineAndColumn) {
    for (const auto* command : {"tail", "logger", "relay", "config"}) {
        const auto result = run_with({command}, "broken.json", "{\n  \"environment\": dev\n}\n");
        EXPECT_EQ(result.status, 2) << command;
        EXPECT_THAT(result.errors, AllOf(StartsWith(std::string{"fedmsg "} + command + ": "),
                                         HasSubstr((folder / "broken.json").string() + ":2:18: ")));
    }
}

TEST_F(Errors, ABrokenPythonFileIsToldByConstructAndWayOut) {
    const auto tail =
        run_with({"tail"}, "broken.py", "config = dict(\n    topic_prefix=open('/etc/passwd').read(),\n)\n");
    EXPECT_EQ(tail.status, 2);
    EXPECT_THAT(tail.errors,
                AllOf(ContainsRegex("broken\\.py:2:[0-9]+: "), HasSubstr("open"),
                      HasSubstr("write this value as a literal, or put it in a .json file next to it")));
}

TEST_F(Errors, APythonFileIsRead) {
    const auto config =
        run_with({"config", "--query", "environment"}, "good.py", "config = {'environment': 'stg'}\n");
    EXPECT_EQ(config.status, 0) << config.errors;
    EXPECT_EQ(config.output, "stg\n");
}

TEST_F(Errors, EveryWrongKeyIsToldAtOnce) {
    const auto tail = run_with(
        {"tail"}, "wrong.json",
        "{\n\"environment\": 5,\n\"high_water_mark\": -1,\n\"relay_inbound\": \"localhost:2003\"\n}");
    EXPECT_EQ(tail.status, 2);
    const auto file = (folder / "wrong.json").string();
    EXPECT_THAT(tail.errors, AllOf(HasSubstr(file + ":2: environment is 5: "),
                                   HasSubstr(file + ":3: high_water_mark is -1: "),
                                   HasSubstr(file + ":4: relay_inbound")));
}

TEST_F(Errors, AConfigurationThatIsNotThereIsNamed) {
    const auto tail = run(fedmsg({"tail", "--config-filename", "/nonexistent/fedmsg.json"}));
    EXPECT_EQ(tail.status, 2);
    EXPECT_THAT(tail.errors, AllOf(HasSubstr("/nonexistent/fedmsg.json"), HasSubstr("No such file")));
}

TEST_F(Errors, AValueOfTheCommandLineIsToldByItsOption) {
    const auto tail = run(fedmsg({"tail", "--high-water-mark", "-1"}));
    EXPECT_EQ(tail.status, 2);
    EXPECT_THAT(tail.errors, AllOf(HasSubstr("--high-water-mark"), HasSubstr("-1")));
}

// The command line.

TEST_F(Errors, AMistypedCommandIsSuggested) {
    const auto result = run(fedmsg({"taill"}));
    EXPECT_EQ(result.status, 2);
    EXPECT_THAT(result.errors,
                AllOf(StartsWith("fedmsg: there is no command `taill`"), HasSubstr("did you mean `tail`?")));
    EXPECT_THAT(run(fedmsg({"xyzzy"})).errors, HasSubstr("see fedmsg --help"));
}

TEST_F(Errors, AMistypedOptionIsSuggested) {
    const auto result = run(fedmsg({"tail", "--prety"}));
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(result.errors, "fedmsg tail: there is no option --prety: did you mean --pretty?\n");
    EXPECT_EQ(result.output, "");
}

TEST_F(Errors, ACommandOfTheSiteIsRunFromPath) {
    const auto program = folder.write("bin/fedmsg-site", "#!/bin/sh\necho \"$0 $@\" | sed s,.*/,,\nexit 7\n");
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    auto start = fedmsg({"site", "a", "--b"});
    start.environment.emplace_back("PATH", (folder / "bin").string() + ":/usr/bin:/bin");
    const auto result = run(start);
    EXPECT_EQ(result.status, 7);
    EXPECT_EQ(result.output, "fedmsg-site a --b\n");
}

TEST_F(Errors, WithoutCommandTheHelpIsShown) {
    const auto nothing = run(fedmsg({}));
    EXPECT_EQ(nothing.status, 2);
    EXPECT_EQ(nothing.output, "");
    EXPECT_THAT(nothing.errors, AllOf(HasSubstr("name a command"), HasSubstr("usage: fedmsg COMMAND")));
    for (const auto* word : {"--help", "-h", "help"}) {
        const auto help = run(fedmsg({word}));
        EXPECT_EQ(help.status, 0) << word;
        for (const auto* name : {"tail", "logger", "relay", "config", "encode", "completion"})
            EXPECT_THAT(help.output, HasSubstr(std::string{"\n  "} + name + " ")) << word;
    }
    EXPECT_EQ(run(fedmsg({"--version"})).output.substr(0, 7), "fedmsg ");
}

TEST_F(Errors, ALinkIsTheCommandThatItIsNamedAfter) {
    const auto link = (folder / "fedmsg-encode").string();
    std::filesystem::create_symlink(binary(), link);
    const auto result = run({.command = {link}}, "{ }");
    EXPECT_EQ(result.status, 0) << result.errors;
    EXPECT_EQ(result.output, "{}\n");
}

TEST_F(Errors, NothingMatchedIsStatusThree) {
    Bus bus;
    const auto tail = run(fedmsg({"tail", "--for", "0.3", "--endpoint", "test=" + bus.address()}));
    EXPECT_EQ(tail.status, 3);
    EXPECT_EQ(tail.output, "");
}

TEST_F(Errors, SomethingMatchedIsStatusZero) {
    Bus bus;
    Process tail{fedmsg({"tail", "--for", "3", "--endpoint", "test=" + bus.address()})};
    bus.wait_for_subscriber();
    bus.publish("a.b", R"({"topic":"a.b","msg":1})");
    EXPECT_EQ(tail.wait(), 0);
    EXPECT_EQ(tail.output(), "{\"msg\":1,\"topic\":\"a.b\"}\n");
}

// The input.

TEST_F(Errors, WhatCameBeforeInvalidJsonIsDelivered) {
    Relay relay;
    relay.start_and_wait_for_subscriber();
    Process tail{relay.fedmsg({"tail", "--query", "msg.a", "-n", "2"})};
    relay.ready();
    const auto logger = run(relay.fedmsg({"logger", "--json-input"}),
                            "{\"a\": 1}\n{\"a\":\n 2}\n{\"a\": nope}\n{\"a\": 4}\n");
    EXPECT_EQ(logger.status, 1);
    EXPECT_THAT(logger.errors, AllOf(StartsWith("fedmsg logger: standard input: line 4, column 7: "),
                                     testing::Not(HasSubstr("relay"))));
    EXPECT_EQ(tail.wait(), 0);
    EXPECT_EQ(tail.output(), "1\n2\n");
    relay.stop();
    EXPECT_THAT(relay.process().errors(), HasSubstr("stopped: forwarded 2 messages\n"));
}

TEST_F(Errors, AnEnvelopeWithoutTopicIsTold) {
    Relay relay;
    relay.start_and_wait_for_subscriber();
    Process tail{relay.fedmsg({"tail", "--raw", "-n", "1"})};
    relay.ready();
    const auto logger =
        run(relay.fedmsg({"logger", "--envelope"}), R"({"topic":"t.one"}{"msg":{}}{"topic":"t.three"})");
    EXPECT_EQ(logger.status, 1);
    EXPECT_THAT(logger.errors, AllOf(StartsWith("fedmsg logger: standard input: message 2 has no `topic`"),
                                     testing::Not(HasSubstr("start fedmsg-relay"))));
    EXPECT_EQ(tail.wait(), 0);
    EXPECT_EQ(tail.output(), "{\"topic\":\"t.one\"}\n");
}

TEST_F(Errors, EncodeNamesLineAndColumn) {
    const auto encode = run(fedmsg({"encode"}), "[1]\n[2,\n  3,]\n[4]");
    EXPECT_EQ(encode.status, 1);
    EXPECT_EQ(encode.output, "[1]\n");
    EXPECT_THAT(encode.errors, StartsWith("fedmsg encode: standard input: line 3, column 5: "));
}

// The output.

TEST_F(Errors, AFullDiskIsToldByEncode) {
    auto start = fedmsg({"encode"});
    start.output = Start::Output::file;
    start.output_file = "/dev/full";
    const auto encode = run(start, "[1]");
    EXPECT_EQ(encode.status, 1);
    EXPECT_EQ(encode.errors, "fedmsg encode: cannot write to standard output: No space left on device\n");
}

TEST_F(Errors, AFullDiskIsToldByTail) {
    Bus bus;
    auto start = fedmsg({"tail", "--raw", "--endpoint", "test=" + bus.address()});
    start.output = Start::Output::file;
    start.output_file = "/dev/full";
    Process tail{std::move(start)};
    bus.wait_for_subscriber();
    bus.publish("a.b", "{}");
    EXPECT_EQ(tail.wait(), 1);
    EXPECT_EQ(tail.errors(), "fedmsg tail: cannot write to standard output: No space left on device\n");
}

TEST_F(Errors, AFullDiskIsToldByEveryCommandThatPrints) {
    for (const std::vector<std::string>& words : {std::vector<std::string>{"--help"},
                                                  {"--version"},
                                                  {"tail", "--help"},
                                                  {"config"},
                                                  {"completion", "bash"}}) {
        auto start = fedmsg(words);
        start.output = Start::Output::file;
        start.output_file = "/dev/full";
        const auto result = run(start);
        EXPECT_EQ(result.status, 1) << words.front();
        EXPECT_THAT(result.errors, HasSubstr("No space left on device")) << words.front();
    }
}

TEST_F(Errors, TailEndsWhenItsReaderDoes) {
    Bus bus;
    Process pipeline{shell("$fedmsg tail --raw --endpoint test=" + bus.address() + " | head -n 1")};
    bus.wait_for_subscriber();
    bus.publish("a.b", R"({"n":1})");
    // One message, and no other one: tail sees that head is gone.
    EXPECT_EQ(pipeline.wait(), 0) << pipeline.errors();
    EXPECT_EQ(pipeline.output(), "{\"n\":1}\n");
    EXPECT_THAT(pipeline.errors(), IsEmpty());
}

TEST_F(Errors, EncodeEndsWhenItsReaderDoes) {
    const auto pipeline = run(shell("yes '[1]' | $fedmsg encode | head -n 1; echo ${PIPESTATUS[1]}"));
    EXPECT_EQ(pipeline.output, "[1]\n0\n");
    EXPECT_THAT(pipeline.errors, IsEmpty());
}

}  // namespace
}  // namespace fedmsg::test
