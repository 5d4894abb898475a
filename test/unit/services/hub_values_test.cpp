/// What the hub decides in values: output of programs, lines for them, settings, the monitoring frame.
#include "encoding/write.h"
#include "services/hub/monitoring_socket.h"
#include "services/hub/program_output.h"
#include "services/hub/registry.h"
#include "support/files.h"
#include "util/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <thread>

#include <fmt/format.h>

namespace fedmsg::services::hub {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> cut(Lines& lines, std::string_view bytes) {
    std::vector<std::string> result;
    lines.feed(
        bytes, [&](std::string_view line) { result.emplace_back(line); },
        [&] { result.emplace_back("(too long)"); });
    return result;
}

TEST(OutputOfAProgram, IsCutIntoLines) {
    Lines lines{10};
    EXPECT_THAT(cut(lines, "a\nb"), ElementsAre("a"));
    EXPECT_THAT(cut(lines, "c\n\nd"), ElementsAre("bc", ""));
    EXPECT_EQ(lines.rest(), "d");
}

TEST(OutputOfAProgram, HasLinesOfBoundedLength) {
    Lines lines{4};
    EXPECT_THAT(cut(lines, "1234\n12345\nok\n"), ElementsAre("1234", "(too long)", "ok"));
    EXPECT_THAT(cut(lines, "123"), ElementsAre());
    EXPECT_THAT(cut(lines, "45"), ElementsAre("(too long)"));
    EXPECT_THAT(cut(lines, std::string(1000, 'x')), ElementsAre());
    EXPECT_EQ(lines.rest(), "") << "nothing of it is kept";
    EXPECT_THAT(cut(lines, "x\nok\n"), ElementsAre("ok"));
}

TEST(OutputOfAProgram, AnswersMessages) {
    const auto yes = std::get<Answer>(read_output_line(R"({"msg_id": "2026-a", "ok": true})"));
    EXPECT_EQ(yes.msg_id, "2026-a");
    EXPECT_TRUE(yes.ok);
    const auto no = std::get<Answer>(read_output_line(R"( {"ok":false} )"));
    EXPECT_EQ(no.msg_id, std::nullopt);
    EXPECT_FALSE(no.ok);
}

TEST(OutputOfAProgram, Publishes) {
    const auto p = std::get<ToPublish>(
        read_output_line(R"({"publish":{"topic":"t","modname":"m","msg":{"b":1,"a":"ü"}}})"));
    EXPECT_EQ(p.topic, "t");
    EXPECT_EQ(p.modname, "m");
    EXPECT_EQ(p.msg, R"({"a":"\u00fc","b":1})");
    const auto least = std::get<ToPublish>(read_output_line(R"({"publish":{}})"));
    EXPECT_EQ(least.topic, "");
    EXPECT_EQ(least.modname, std::nullopt);
    EXPECT_EQ(least.msg, "{}");
}

TEST(OutputOfAProgram, MayMeanNothing) {
    const auto why = [](std::string_view line) {
        return std::string{std::get<Meaningless>(read_output_line(line)).why};
    };
    EXPECT_EQ(why(""), "it is no JSON object");
    EXPECT_EQ(why("y"), "it is no JSON object");
    EXPECT_EQ(why("{"), "it is no JSON object");
    EXPECT_EQ(why("{} {}"), "it is no JSON object");
    EXPECT_EQ(why("{}"), "it has neither `ok` nor `publish`");
    EXPECT_EQ(why(R"({"ok":1})"), "`ok` is neither true nor false");
    EXPECT_EQ(why(R"({"ok":true,"msg_id":1})"), "`msg_id` is no string");
    EXPECT_EQ(why(R"({"publish":1})"), "`publish` is no object");
    EXPECT_EQ(why(R"({"publish":{"topic":1}})"), "`publish.topic` is no string");
    EXPECT_EQ(why(R"({"publish":{"modname":[]}})"), "`publish.modname` is no string");
    EXPECT_EQ(why(std::string(300'000, '[')), "it is no JSON object");
}

/// The line that a program gets.
std::string line_of(std::string_view topic, const std::string& body) {
    const bus::Origin origin{"n", "e"};
    auto parsed = message::Message::parse(topic, body);
    if (!parsed) return "dropped";
    return std::string{make_message({*std::move(parsed), body, &origin}, false)->line};
}

TEST(MessageForConsumers, HasItsPartsAsTheyCame) {
    const std::string text = R"({"msg_id":"2026-\u00fc","timestamp":1.50e9,"topic":"in"})";
    const auto message = make_message("frame", text);
    EXPECT_EQ(message->topic, "frame");
    EXPECT_EQ(message->text(), text);
    EXPECT_EQ(message->line, text + "\n");
    EXPECT_EQ(message->msg_id, "2026-ü");
    EXPECT_EQ(message->timestamp, "1.50e9");
    const auto without = make_message("", R"({"msg_id":1,"timestamp":"1","topic":"in"})");
    EXPECT_EQ(without->topic, "");
    EXPECT_EQ(without->msg_id, "");
    EXPECT_EQ(without->timestamp, "");
}

TEST(MessageForConsumers, IsItsOwnAlthoughMemoryIsUsedAgain) {
    // Of all threads, in sizes that do and do not fit what was there before.
    std::vector<std::thread> threads;
    for (int n = 0; n < 4; ++n)
        threads.emplace_back([n] {
            std::deque<std::pair<std::string, MessagePtr>> kept;
            for (std::size_t i = 0; i < 5000; ++i) {
                const auto id = fmt::format("{}-{}", n, i);
                const auto text = fmt::format(R"({{"msg":"{}","msg_id":"{}","topic":"t"}})",
                                              std::string(i * 7919 % 6000, 'x'), id);
                kept.emplace_back(text, make_message("t" + id, text));
                if (i % 3 == 0) continue;
                const auto& [expected, message] = kept.front();
                EXPECT_EQ(message->text(), expected);
                EXPECT_TRUE(expected.find(message->msg_id) != expected.npos);
                EXPECT_EQ(message->topic, "t" + std::string{message->msg_id});
                EXPECT_FALSE(message->parsed);
                kept.pop_front();
            }
        });
    for (auto& thread : threads) thread.join();
}

TEST(LineForAProgram, IsWhatWasReceivedWhereThatIsOneLine) {
    EXPECT_EQ(line_of("t", R"({ "z":1, "topic" : "t", "a": "ü" })"),
              "{ \"z\":1, \"topic\" : \"t\", \"a\": \"ü\" }\n");
}

TEST(LineForAProgram, IsCanonicalElse) {
    EXPECT_EQ(line_of("t", "{\"z\":1,\n\"topic\":\"t\"}"), "{\"topic\":\"t\",\"z\":1}\n");
    EXPECT_EQ(line_of("t", "{\"topic\":\"t\"}\r"), "{\"topic\":\"t\"}\n");
    EXPECT_EQ(line_of("t", "[1, 2]"), "{\"msg\":[1,2],\"topic\":\"t\"}\n");
}

/// The messages that both systems accept mean the same to a consumer; spec "Wire" says which of them we drop.
TEST(LineForAProgram, MeansWhatThePythonSystemHandsToAConsumer) {
    const auto vectors = test::parse_json(test::read_file(test::data_file("message/hub_consume.json")));
    int same = 0, dropped = 0;
    for (const auto& test_case : test::at(vectors.root(), "cases").elements()) {
        const auto name = test::text_at(test_case, "name");
        const auto frames = test::at(test_case, "in").elements();
        const auto consumed = test::at(test_case, "consumed").elements();
        if (frames.size() != 2) continue;  // dropped before anything is read: wire/subscriber_session.h
        const auto topic = test::bytes_of(frames[0]);
        const auto line = line_of(topic, test::bytes_of(frames[1]));
        if (line == "dropped") {
            ++dropped;
            continue;
        }
        if (consumed.empty()) {
            EXPECT_THAT(name, testing::AnyOf("invalid utf-8 topic")) << "the Python system drops it";
            continue;
        }
        ++same;
        const auto expected = test::parse_json(consumed[0].text());
        EXPECT_EQ(encoding::dumps(test::parse_json(line).root()),
                  encoding::dumps(test::at(expected.root(), "body")))
            << name;
        EXPECT_EQ(topic, test::text_at(expected.root(), "topic")) << name;
    }
    EXPECT_GT(same, 30);
    EXPECT_GT(dropped, 4);
}

TEST(MonitoringFrame, HasTheBytesOfThePythonSystem) {
    const auto vectors = test::parse_json(test::read_file(test::data_file("services/monitoring.json")));
    int frames = 0;
    for (const auto& daemon : vectors.root().members())
        for (const auto& frame : test::at(daemon.value, "messages").elements()) {
            const auto document = test::parse_json(frame.text());
            std::vector<ConsumerReport> reports;
            for (const auto& c : test::at(document.root(), "consumers").elements()) {
                const auto number = [&](std::string_view key) {
                    return static_cast<std::uint64_t>(*test::at(c, key).integer());
                };
                ConsumerReport report;
                report.name = test::text_at(c, "name");
                report.module = test::text_at(c, "module");
                const auto topic = test::at(c, "topic");
                report.topic_is_list = !topic.is_string();
                if (topic.is_string()) report.topics = {std::string{topic.text()}};
                for (const auto& one : topic.elements()) report.topics.emplace_back(one.text());
                report.initialized = test::at(c, "initialized").boolean();
                report.exceptions = number("exceptions");
                report.jsonify = test::at(c, "jsonify").boolean();
                report.backlog = number("backlog");
                report.headcount_out = number("headcount_out");
                report.headcount_in = number("headcount_in");
                for (const auto& time : test::at(c, "times").elements())
                    report.times.push_back(*time.number());
                reports.push_back(std::move(report));
            }
            const auto now =
                *test::at(test::at(document.root(), "producers").elements()[0], "last_ran").number();
            EXPECT_EQ(monitoring_frame(reports, now), frame.text());
            ++frames;
        }
    EXPECT_EQ(frames, 6);
}

class ConsumersKey : public testing::Test {
  protected:
    Loaded load(const std::string& text) {
        LoadOptions options;
        options.config_filename = folder.write(text.starts_with('{') ? "c.json" : "c.py", text);
        return load_config(options);
    }
    /// What is wrong, a line each, without the path of the file.
    std::string errors(const std::string& entries, const std::vector<std::string>& only = {}) {
        try {
            auto text = "{\n\"consumers\": {\n" + entries + "\n}}";
            std::ranges::replace(text, '\'', '"');
            (void)find_consumers(load(text), {}, only);
        } catch (const UsageError& e) {
            std::string text = e.what();
            for (std::size_t at = 0; (at = text.find(folder.path().string() + "/")) != text.npos;)
                text.erase(at, folder.path().string().size() + 1);
            return text;
        }
        return "";
    }
    test::TemporaryFolder folder;
};

TEST_F(ConsumersKey, HasDefaults) {
    const auto found =
        find_consumers(load("config = {'consumers': {'a': {'command': ['sh', '-c', 'true']}}}"), {}, {});
    ASSERT_EQ(found.size(), 1U);
    const auto& s = found[0].settings;
    EXPECT_EQ(found[0].why_not, "");
    EXPECT_THAT(s.command.front(), testing::EndsWith("/sh")) << "looked up in PATH";
    EXPECT_THAT(s.topics, ElementsAre("*"));
    EXPECT_EQ(s.mode, Mode::stream);
    EXPECT_EQ(s.queue.when_full, WhenFull::block);
}

TEST_F(ConsumersKey, IsReadWhole) {
    const auto found = find_consumers(load(R"(config = dict(status_directory='/tmp', consumers={'a': {
        'command': ['/bin/true', 'x'], 'topic': ['org.a.*', 'org.b'], 'mode': 'ack', 'when_full': 'spill',
        'queue_bytes': 100000, 'block_for': 1.5, 'unacknowledged': 7, 'retries': 0, 'retry_after': 0.1, 'timeout': 9,
        'validate_signatures': True, 'directory': '/', 'environment': {'A': 'b'}}}))"),
                                      {}, {});
    const auto& s = found.at(0).settings;
    EXPECT_THAT(s.command, ElementsAre("/bin/true", "x"));
    EXPECT_THAT(s.topics, ElementsAre("org.a.*", "org.b"));
    EXPECT_EQ(s.mode, Mode::ack);
    EXPECT_EQ(s.queue.when_full, WhenFull::spill);
    EXPECT_EQ(s.queue.bytes, 100'000U);
    EXPECT_EQ(s.queue.block_for, std::chrono::milliseconds{1500});
    EXPECT_EQ(s.unacknowledged, 7U);
    EXPECT_EQ(s.attempts.retries, 0);
    EXPECT_EQ(s.attempts.retry_after, std::chrono::milliseconds{100});
    EXPECT_EQ(s.timeout, std::chrono::seconds{9});
    EXPECT_EQ(s.validate_signatures, true);
    EXPECT_EQ(s.environment.at(0).second, "b");
}

TEST_F(ConsumersKey, TellsAllThatIsWrongAtOnceWithItsPlace) {
    EXPECT_EQ(errors(R"('a': {'comand': ['/bin/true']},
'b': {'command': '/bin/true', 'mode': 'eech', 'jobs': 0},
'c': {'command': ['/nonexistent/x']},
'd': {'command': ['/etc/passwd'], 'topic': 3, 'when_full': 'spill'},
'e': {'command': ['/bin/true'], 'retries': 1, 'unacknowledged': 2, 'directory': '/nonexistent'},
'f/g': {'command': ['/bin/true'], 'environment': {'A': 1}})"),
              R"(c.json:3: consumers["a"]: unknown member "comand": did you mean command?
c.json:4: consumers["b"].command is "/bin/true": must be a list of strings, the program and its arguments
c.json:4: consumers["b"].mode is "eech": must be "stream", "each" or "ack"
c.json:4: consumers["b"].jobs is 0: must be an integer from 1 to 1024
c.json:4: consumers["b"].jobs has a meaning in mode each only
c.json:5: consumers["c"].command names "/nonexistent/x", which cannot be run: No such file or directory
c.json:6: consumers["d"].command names "/etc/passwd", which cannot be run: Permission denied: make it executable for the user of the hub
c.json:6: consumers["d"].topic is 3: must be a string or a list of strings
c.json:6: consumers["d"].when_full is "spill": needs a `status_directory` to write to
c.json:7: consumers["e"].directory names "/nonexistent", which is no folder
c.json:7: consumers["e"].unacknowledged has a meaning in mode ack only
c.json:7: consumers["e"].retries has no meaning in mode stream, which has no answers: use each or ack
c.json:8: consumers["f/g"]: a consumer's name has 1 to 100 characters, no slash, comma or control character, and no dot in front
c.json:8: consumers["f/g"].environment is {"A":1}: must be a dict of strings
c.json:3: consumers["a"] has no `command`, and there is no consumer of this name in C++)");
}

TEST_F(ConsumersKey, AreChosenByName) {
    const std::string two = R"('mailer': {'command': ['/bin/true']},
'off': {'command': ['/bin/true'], 'config_key': 'x.enabled'})";
    EXPECT_EQ(errors(two, {"mailer"}), "");
    EXPECT_EQ(errors(two, {"maler", "off", "else"}),
              "--with-consumers names maler, and there is no such consumer: did you mean mailer?\n"
              "--with-consumers names off, which is not enabled: `x.enabled` is not True\n"
              "--with-consumers names else, and there is no such consumer: see fedmsg hub --list-consumers");
}

}  // namespace
}  // namespace fedmsg::services::hub
