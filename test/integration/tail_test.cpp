/// fedmsg tail: what is shown, and in which form.
#include "support/bus.h"

#include "encoding/write.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/regex.hpp>

#include <ctime>

namespace fedmsg::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

std::string body(std::string_view topic, std::string_view msg = "{}") {
    return R"({"topic":")" + std::string{topic} + R"(","msg":)" + std::string{msg} + "}";
}

class Tail : public testing::Test {
  protected:
    /// Connected to the bus, and heard.
    Process start(std::vector<std::string> words,
                  std::vector<std::pair<std::string, std::string>> environment = {}) {
        words.insert(words.begin(), {"tail", "--endpoint", "test=" + bus.address()});
        auto how = fedmsg(std::move(words));
        how.environment = std::move(environment);
        Process tail{std::move(how)};
        bus.wait_for_subscriber();
        return tail;
    }
    void publish(std::string_view topic, std::string_view msg = "{}") {
        bus.publish(topic, body(topic, msg));
    }
    /// Everything it prints for what has been published, and for a last message that it shows, too.
    std::vector<std::string> shown_until(Process& tail, const std::string& last) {
        std::vector<std::string> lines;
        while (const auto line = tail.next_line()) {
            if (*line == last) break;
            lines.push_back(*line);
        }
        return lines;
    }

    Bus bus;
};

TEST_F(Tail, PrintsOneCanonicalLineForEachMessage) {
    auto tail = start({});
    bus.publish("a.b",
                R"({ "topic" : "a.b",  "msg": {"b": 1.0, "a": "é"}, "i":1 })");  // as Python peers write it
    EXPECT_EQ(tail.next_line(), R"({"i":1,"msg":{"a":"\u00e9","b":1.0},"topic":"a.b"})");
    EXPECT_EQ(tail.terminate(), 0);
    EXPECT_EQ(tail.errors(), "");
}

TEST_F(Tail, StripsCredentialsUnlessRaw) {
    const std::string signed_body =
        R"({"topic":"a","msg":{"signature":"kept"},"signature":"AAAA","certificate":"BBBB","crypto":"x509"})";
    auto tail = start({}), raw = start({"--raw"});
    bus.publish("a", signed_body);
    EXPECT_EQ(tail.next_line(), R"({"crypto":"x509","msg":{"signature":"kept"},"topic":"a"})");
    EXPECT_EQ(raw.next_line(), signed_body);
}

TEST_F(Tail, TerseIsASentence) {
    const auto topic = "org.fedoraproject.dev.logger.log";
    auto tail = start({"--terse"}), same = start({"--output", "terse"}), cow = start({"--cowsay"});
    bus.publish(
        topic,
        R"({"topic":"org.fedoraproject.dev.logger.log","username":"ralph","msg":{"log":"hello,\nworld"}})");
    EXPECT_EQ(tail.next_line(), "logger.log -- hello, world (ralph) ");
    EXPECT_EQ(same.next_line(), "logger.log -- hello, world (ralph) ");
    EXPECT_EQ(cow.next_line(), " ______________________");
    EXPECT_EQ(cow.next_line(), "< hello, world (ralph) >");
    publish("org.example.x.unknown.event");
    EXPECT_EQ(tail.next_line(), "unknown.event --  ");
    EXPECT_EQ(tail.terminate(), 0);
}

TEST_F(Tail, ShowsWhatUsersAndPackagesAreInvolvedIn) {
    const auto receive = [](const std::string& user, const std::string& package) {
        return R"({"topic":"org.fedoraproject.dev.git.lookaside.new","msg":{"agent":")" + user +
               R"(","name":")" + package + R"(","filename":"f","md5sum":"0"}})";
    };
    auto users = start({"--terse", "--users", "ralph, kevin"}),
         packages = start({"--terse", "--packages", "texlive"});
    const auto topic = "org.fedoraproject.dev.git.lookaside.new";
    bus.publish(topic, receive("jnovy", "texlive"));
    bus.publish(topic, receive("kevin", "glibc"));
    bus.publish(topic, receive("ralph", "texlive"));
    EXPECT_THAT(users.next_line().value(), HasSubstr("kevin uploaded f for glibc"));
    EXPECT_THAT(users.next_line().value(), HasSubstr("ralph uploaded f for texlive"));
    EXPECT_THAT(packages.next_line().value(), HasSubstr("jnovy uploaded f for texlive"));
    EXPECT_THAT(packages.next_line().value(), HasSubstr("ralph uploaded f for texlive"));
}

TEST_F(Tail, ReadsRulesAgainOnHangup) {
    const TemporaryFolder folder;
    std::filesystem::create_directory(folder / "meta");
    const auto config = folder.write("fedmsg.json", "{}");
    auto tail = start({"--terse", "--config-filename", config});
    publish("org.fedoraproject.dev.coffee.brewed");
    EXPECT_EQ(tail.next_line(), "coffee.brewed --  ");
    folder.write("meta/coffee.lua", "return { subtitle = function(msg) return 'good' end }");
    tail.send(SIGHUP);
    tail.error_line_with("rules are read again");
    publish("org.fedoraproject.dev.coffee.brewed");
    EXPECT_EQ(tail.next_line(), "coffee.brewed -- good ");
}

TEST_F(Tail, RawIsTheBodyAsItWasReceived) {
    auto tail = start({"--raw"}), same = start({"--output", "raw"});
    for (const auto* text : {"{ \"topic\": \"a\" }", "[1,  2]", "\"\\u00e9\""}) {
        bus.publish("a", text);
        EXPECT_EQ(tail.next_line(), text);
        EXPECT_EQ(same.next_line(), text);
    }
}

// Which messages.

TEST_F(Tail, TopicIsAPrefixAndIsLeftToZeroMQ) {
    Process tail{fedmsg({"tail", "--query", "topic", "--topic", "a.b.", "--topic", "c*", "--endpoint",
                         "test=" + bus.address()})};
    EXPECT_THAT((std::vector{bus.wait_for_subscriber(), bus.wait_for_subscriber()}),
                testing::UnorderedElementsAre("a.b.", "c"));
    for (const auto* topic : {"a.b.c", "a.bb", "cd", "x.a.b.c", "a.b.d"}) publish(topic);
    publish("c.last");
    EXPECT_THAT(shown_until(tail, "c.last"), ElementsAre("a.b.c", "cd", "a.b.d"));
}

TEST_F(Tail, AStarInATopicStandsForOnePart) {
    auto tail = start({"--query", "topic", "--topic", "org.*.git"});
    for (const auto* topic : {"org.dev.git.push", "org.dev.koji", "org.a.b.git", "org.stg.git"})
        publish(topic);
    publish("org.x.git.last");
    EXPECT_THAT(shown_until(tail, "org.x.git.last"), ElementsAre("org.dev.git.push", "org.stg.git"));
}

TEST_F(Tail, StrictTopicsAreWhole) {
    TemporaryFolder folder;
    auto tail = start({"--query", "topic", "--topic", "a.b", "--topic", "z", "--config-filename",
                       folder.write("c.json", R"({"zmq_strict": true})")});
    bus.wait_for_subscriber();
    for (const auto* topic : {"a.bc", "a.b", "a.b.c"}) publish(topic);
    publish("z");
    EXPECT_THAT(shown_until(tail, "z"), ElementsAre("a.b"));
}

TEST_F(Tail, IncludeAndExcludeSearchTheTopic) {
    auto tail = start({"--query", "topic", "--include", "git|bodhi", "--exclude", "\\.push$"});
    for (const auto* topic : {"org.git.push", "org.git.lookaside", "org.koji.tag", "org.bodhi.x"})
        publish(topic);
    publish("git.last");
    EXPECT_THAT(shown_until(tail, "git.last"), ElementsAre("org.git.lookaside", "org.bodhi.x"));
}

TEST_F(Tail, HeartbeatsAreLeftOutUnlessAskedFor) {
    auto tail = start({"--query", "topic"}), all = start({"--query", "topic", "--exclude", ""});
    publish("org.dev._heartbeat.x");
    publish("last");
    EXPECT_EQ(tail.next_line(), "last");
    EXPECT_EQ(all.next_line(), "org.dev._heartbeat.x");
}

TEST_F(Tail, ExcludeTakesNegativeLookahead) {
    auto tail = start({"--query", "topic", "--include", "^((?!(secret)).)*$"});
    for (const auto* topic : {"a.secret.b", "a.b"}) publish(topic);
    publish("last");
    EXPECT_THAT(shown_until(tail, "last"), ElementsAre("a.b"));
}

TEST_F(Tail, CategoryIsTheFourthPart) {
    auto tail = start({"--query", "topic", "--category", "git", "--category", "bodhi"});
    for (const auto* topic : {"org.fp.dev.git.push", "org.fp.dev.koji.git", "org.fp.dev.bodhi.x"})
        publish(topic);
    publish("org.fp.dev.git");
    EXPECT_THAT(shown_until(tail, "org.fp.dev.git"),
                ElementsAre("org.fp.dev.git.push", "org.fp.dev.bodhi.x"));
}

TEST_F(Tail, WhereAsksForValues) {
    auto tail = start({"--query", "msg.n", "--where",
                       R"(msg.owner == "ralph" && (msg.n > 2 || msg.n < 0) && !has(msg.bot))"});
    publish("a", R"({"owner":"ralph","n":1})");
    publish("a", R"({"owner":"ralph","n":3})");
    publish("a", R"({"owner":"lmacken","n":4})");
    publish("a", R"({"owner":"ralph","n":-5})");
    publish("a", R"({"owner":"ralph","n":6,"bot":true})");
    publish("a", R"([1])");
    publish("a", R"({"owner":"ralph","n":99})");
    EXPECT_THAT(shown_until(tail, "99"), ElementsAre("3", "-5"));
}

TEST_F(Tail, AnErrorInAnExpressionNamesItsColumn) {
    const auto where = run(fedmsg({"tail", "--where", "msg.a == "}));
    EXPECT_EQ(where.status, 2);
    EXPECT_THAT(where.errors, AllOf(HasSubstr("where"), ContainsRegex("column [0-9]+")));
    const auto include = run(fedmsg({"tail", "--include", "a(b"}));
    EXPECT_EQ(include.status, 2);
    EXPECT_THAT(include.errors, AllOf(HasSubstr("include 'a(b'"), ContainsRegex("column [0-9]+")));
    const auto format = run(fedmsg({"tail", "--format", "{topic"}));
    EXPECT_EQ(format.status, 2);
    EXPECT_THAT(format.errors, ContainsRegex("format: column [0-9]+"));
}

TEST_F(Tail, AHostileRegularExpressionDoesNotStopIt) {
    auto tail = start({"--query", "topic", "--exclude", "^(a+)+$"});
    publish(std::string(60, 'a') + "!");
    publish("last");
    while (const auto line = tail.next_line())
        if (line == "last") break;
    EXPECT_EQ(tail.terminate(), 0);
}

// In which form.

TEST_F(Tail, QueryPrintsValues) {
    auto tail = start({"--query", "msg.a.b, i ,msg.missing,topic"});
    bus.publish("t", R"({"topic":"t","i":7,"msg":{"a":{"b":[1, "x"]}}})");
    EXPECT_EQ(tail.next_line(), R"([1,"x"], 7, , t)");
}

TEST_F(Tail, FormatIsALineOfOnesOwn) {
    auto tail = start({"--format", "{topic}: {msg.user}{msg.none} {{}}"});
    auto same = start({"--output", "template", "--format", "{topic}: {msg.user}{msg.none} {{}}"});
    publish("t", R"({"user":"ralph"})");
    EXPECT_EQ(tail.next_line(), "t: ralph {}");
    EXPECT_EQ(same.next_line(), "t: ralph {}");
}

TEST_F(Tail, OutputSaysTheSameInWords) {
    auto jsonl = start({"--output", "jsonl"}), json = start({"--output", "json"}),
         pretty = start({"--output", "pretty"});
    publish("t", "1");
    EXPECT_EQ(jsonl.next_line(), R"({"msg":1,"topic":"t"})");
    for (auto* tail : {&json, &pretty}) {
        EXPECT_EQ(tail->next_line(), "{");
        EXPECT_EQ(tail->next_line(), R"(  "msg": 1,)");
        EXPECT_EQ(tail->next_line(), R"(  "topic": "t")");
        EXPECT_EQ(tail->next_line(), "}");
    }
}

TEST_F(Tail, FormsExcludeEachOther) {
    for (const std::vector<std::string>& words : {std::vector<std::string>{"--pretty", "--raw"},
                                                  {"--query", "a", "--format", "b"},
                                                  {"--output", "raw", "--really-pretty"},
                                                  {"--output", "template"},
                                                  {"--output", "xml"},
                                                  {"--color", "blue"}}) {
        auto command = words;
        command.insert(command.begin(), "tail");
        const auto result = run(fedmsg(command));
        EXPECT_EQ(result.status, 2) << words.front();
        EXPECT_THAT(result.errors, testing::StartsWith("fedmsg tail: ")) << words.front();
    }
}

TEST_F(Tail, PrettyHasTheTimeInWords) {
    auto tail = start({"--pretty"});
    bus.publish("t", R"({"topic":"t","timestamp":1307654321,"msg":{"é":"\u00fc"}})");
    const std::vector<std::string> expected{"{",
                                            "  \"msg\": {",
                                            "    \"é\": \"ü\"",
                                            "  },",
                                            "  \"timestamp\": \"Thu Jun  9 21:18:41 2011\",",
                                            "  \"topic\": \"t\"",
                                            "}"};
    for (const auto& line : expected) EXPECT_EQ(tail.next_line(), line);
}

TEST_F(Tail, ColoursFollowTheTerminalAndTheUser) {
    auto piped = start({"--really-pretty"}), always = start({"--really-pretty", "--color", "always"}),
         never = start({"--really-pretty", "--color", "never"}),
         asked = start({"--really-pretty", "--color=always"}, {{"NO_COLOR", "1"}});
    publish("t");
    EXPECT_EQ(piped.next_line(), "{");
    EXPECT_EQ(never.next_line(), "{");
    EXPECT_EQ(piped.next_line(), "  \"topic\": \"t\",");
    EXPECT_EQ(never.next_line(), "  \"topic\": \"t\",");
    for (auto* tail : {&always, &asked}) {
        ASSERT_TRUE(tail->next_line());
        EXPECT_THAT(*tail->next_line(), HasSubstr("\x1B["));
    }
}

/// `script` gives a command a terminal; NO_COLOR is honoured there.
TEST_F(Tail, OnATerminalNoColorIsHonoured) {
    const auto on_a_terminal = [&](const std::string& variable) {
        Process tail{shell("TERM=xterm " + variable + " script -qec '" + binary() +
                           " tail --really-pretty -n 1 --endpoint test=" + bus.address() + "' /dev/null")};
        bus.wait_for_subscriber();
        publish("t");
        EXPECT_EQ(tail.wait(), 0) << tail.output();
        return tail.output();
    };
    EXPECT_THAT(on_a_terminal(""), HasSubstr("\x1B["));
    EXPECT_THAT(on_a_terminal("NO_COLOR=1"), Not(HasSubstr("\x1B[")));
}

TEST_F(Tail, ATerminalIsNotSteeredByMessages) {
    Process tail{shell("TERM=xterm script -qec '" + binary() +
                       " tail --query msg.evil -n 1 --endpoint test=" + bus.address() + "' /dev/null")};
    bus.wait_for_subscriber();
    publish("t", R"({"evil":"\u001b]0;title\u0007\u009b31m"})");
    EXPECT_EQ(tail.wait(), 0);
    EXPECT_THAT(tail.output(), AllOf(HasSubstr("\\u001b]0;title\\u0007\\u009b31m"), Not(HasSubstr("\x1B"))));
}

TEST_F(Tail, TimestampsComeBeforeEachMessage) {
    auto tail = start({"--timestamps", "--query", "topic"});
    publish("t");
    EXPECT_THAT(*tail.next_line(),
                MatchesRegex("2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z t"));
}

// How long, and from where.

TEST_F(Tail, EndsAfterCountMessages) {
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"-n", "2"}, {"--count", "2"}, {"-n2"}}) {
        auto tail = start([&] {
            auto all = words;
            all.insert(all.end(), {"--query", "topic", "--include", "yes"});
            return all;
        }());
        for (const auto* topic : {"yes.1", "no", "yes.2", "yes.3"}) publish(topic);
        EXPECT_EQ(tail.wait(), 0);
        EXPECT_EQ(tail.output(), "yes.1\nyes.2\n");
    }
}

TEST_F(Tail, ForEndsInTime) {
    auto tail = start({"--for", "0.5", "--include", "yes"});
    publish("no");
    const auto before = Clock::now();
    EXPECT_EQ(tail.wait(), 3);
    EXPECT_LT(Clock::now() - before, std::chrono::seconds{sanitized ? 5 : 2});
}

TEST_F(Tail, ListensToEveryEndpoint) {
    Bus other;
    TemporaryFolder folder;
    const auto config = folder.write("c.json", R"({"endpoints": {"a": ")" + bus.address() + R"(", "b": [")" +
                                                   other.address() + R"(", "tcp://127.0.0.1:1"]}})");
    Process tail{fedmsg({"tail", "--query", "topic", "--config-filename", config})};
    bus.wait_for_subscriber();
    other.wait_for_subscriber();
    publish("one");
    EXPECT_EQ(tail.next_line(), "one");
    other.publish("two", body("two"));
    EXPECT_EQ(tail.next_line(), "two");
    EXPECT_EQ(tail.terminate(), 0);
    EXPECT_EQ(tail.errors(), "") << "one endpoint is up";
}

TEST_F(Tail, AnEndpointThatIsNoneIsAUsageError) {
    for (const auto* word :
         {"tcp://127.0.0.1:1", "name=127.0.0.1:1", "name=tcp://127.0.0.1", "name=tcp://127.0.0.1:x"}) {
        const auto result = run(fedmsg({"tail", "--endpoint", word, "--for", "0.1"}));
        EXPECT_EQ(result.status, 2) << word << ": " << result.errors;
        EXPECT_THAT(result.errors, HasSubstr(word));
    }
}

TEST_F(Tail, AnEndpointInsideOfAnotherProcessIsNamed) {
    const auto result = run(fedmsg({"tail", "--endpoint", "name=inproc://x", "--for", "0.1"}));
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.errors, HasSubstr("cannot connect to inproc://x (name): "));
}

TEST_F(Tail, ComesBackToAPublisherThatWasAway) {
    Port port;
    const auto publish_one = [&](const char* topic) {
        zmq::context_t context;
        zmq::socket_t socket{context, zmq::socket_type::xpub};
        socket.set(zmq::sockopt::linger, 10'000);
        socket.bind(port.address());
        zmq::message_t subscription;
        (void)socket.recv(subscription);
        socket.send(zmq::buffer(std::string_view{topic}), zmq::send_flags::sndmore);
        socket.send(zmq::buffer(body(topic)));
    };
    Process tail{fedmsg({"tail", "--query", "topic", "--endpoint", "test=" + port.address()})};
    for (const auto* topic : {"first", "second"}) {
        publish_one(topic);
        EXPECT_EQ(tail.next_line(), topic);
    }
}

/// tail.json: the same messages through the Python command.
class TailFromPython : public Tail {
  protected:
    TailFromPython() : vectors{parse_json(read_file(data_file("message/tail.json")))} {}

    [[nodiscard]] std::vector<std::string> messages() const {
        std::vector<std::string> result;
        for (const auto& message : at(vectors.root(), "messages").elements())
            result.emplace_back(message.text());
        return result;
    }
    [[nodiscard]] std::vector<std::string> outputs(std::string_view mode) const {
        std::vector<std::string> result;
        for (const auto& each : at(vectors.root(), "modes").elements())
            if (text_at(each, "mode") == mode)
                for (const auto& output : at(each, "outputs").elements()) result.emplace_back(output.text());
        return result;
    }
    std::string output_of(const std::vector<std::string>& words) {
        auto tail = start(words);
        for (const auto& message : messages())
            bus.publish(text_at(parse_json(message).root(), "topic"), message);
        EXPECT_EQ(tail.wait(), 0) << tail.errors();
        return tail.output();
    }

    encoding::Document vectors;
};

std::string without_colours(const std::string& text) {
    static const boost::regex colour{"\x1B\\[[0-9;]*m"};
    return boost::regex_replace(text, colour, "");
}

TEST_F(TailFromPython, StringsFromQueriesAreTheSame) {
    const std::vector<std::pair<std::string, std::vector<std::string>>> modes{
        {"query-topic", {"--query", "topic"}},
        {"include", {"--include", "logger|announce", "--query", "topic"}},
        {"exclude", {"--exclude", "\\.test$", "--query", "topic"}},
        {"topic", {"--topic", "org.fedoraproject.dev.logger", "--query", "topic"}}};
    for (const auto& [mode, words] : modes) {
        const auto expected = outputs(mode);
        ASSERT_FALSE(expected.empty()) << mode;
        auto all = words;
        all.insert(all.end(), {"-n", std::to_string(expected.size())});
        EXPECT_THAT(lines_of(output_of(all)), ElementsAreArray(expected)) << mode;
    }
}

TEST_F(TailFromPython, LinesHaveTheSameValues) {
    const auto lines = lines_of(output_of({"-n", "14"}));
    std::vector<std::string> expected;
    for (const auto& message : messages())
        expected.push_back(canonical_without(message, {"signature", "certificate"}));
    EXPECT_THAT(lines, ElementsAreArray(expected));
}

TEST_F(TailFromPython, PrettyHasTheSameTimes) {
    const auto output = output_of({"--pretty", "-n", "14"});
    const auto times = [](const std::string& text, const boost::regex& pattern) {
        std::vector<std::string> result;
        for (boost::sregex_iterator i{text.begin(), text.end(), pattern}, end; i != end; ++i)
            result.push_back((*i)[1]);
        return result;
    };
    std::string python;
    for (const auto& each : outputs("pretty")) python += each;
    const auto expected = times(python, boost::regex{"'timestamp': '([^']*)'"});
    ASSERT_EQ(expected.size(), 14U);
    EXPECT_THAT(times(output, boost::regex{"\"timestamp\": \"([^\"]*)\""}), ElementsAreArray(expected));
}

TEST_F(TailFromPython, ReallyPrettyIsTheSameTextInOtherColours) {
    std::string expected;
    for (const auto& each : outputs("really-pretty")) {
        auto text = without_colours(each);
        if (text.starts_with('\n')) text.erase(0, 1);  // the end of the log prefix's line
        expected += text;
        if (!expected.ends_with('\n')) expected += '\n';
    }
    EXPECT_EQ(without_colours(output_of({"--really-pretty", "--color", "always", "-n", "14"})), expected);
}

/// What ended the Python command does not end ours.
TEST_F(TailFromPython, KillersAreOutlived) {
    for (const auto& killer : at(vectors.root(), "killers").elements()) {
        std::vector<std::string> words;
        for (const auto& word : at(killer, "args").elements()) words.emplace_back(word.text());
        if (words == std::vector<std::string>{"--terse"}) continue;  // not an option of this command
        auto tail = start(words);
        const auto hostile = at(killer, "body");
        if (hostile.is_string())
            bus.publish("org.hostile", hostile.text());
        else
            bus.publish(Frames{"org.hostile"});
        publish("org.last");
        publish("org.last");
        for (auto line = tail.next_line(); line; line = tail.next_line())
            if (words.size() == 2 || line->find("org.last") != line->npos) break;
        EXPECT_EQ(tail.terminate(), 0) << text_at(killer, "case") << tail.errors();
    }
}

}  // namespace
}  // namespace fedmsg::test
