/// fedmsg check, before a hub that the test plays: a PUB socket that sends frames.
#include "support/bus.h"

#include "encoding/write.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace fedmsg::test
