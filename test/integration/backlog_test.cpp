/// fedmsg hub over restarts and crashes, with a server that answers as datagrepper does.
#include "encoding/write.h"
#include "support/bus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <functional>
#include <map>
#include <numeric>
#include <random>
#include <set>

namespace fedmsg::test {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Backlog : public testing::Test {
  protected:
    Backlog() {
        std::filesystem::create_directories(folder / "modules/consumers");
        for (const auto* module : {"fedmsg-x509.so", "fedmsg-http.so"})
            std::filesystem::create_symlink(std::filesystem::path{binary()}.parent_path() / module,
                                            folder / "modules" / module);
        const std::string consumers = std::getenv("TEST_CONSUMERS");
        std::filesystem::create_symlink(consumers, folder / "modules/consumers/test.so");
        std::filesystem::create_directory(folder / "status");
        folder.write("history", "");
        start_datagrepper();
    }

    [[nodiscard]] std::string path(const std::string& name) const { return (folder / name).string(); }
    void start_datagrepper() {
        datagrepper.emplace(Start{.command = {"python3", data_file("../support/datagrepper.py").string(),
                                              std::to_string(port.number()), path("history")}});
        ASSERT_EQ(datagrepper->next_line(), "ready");
    }
    /// A member of the configuration.
    void start_hub(const std::string& more = "") {
        const auto url = "http://127.0.0.1:" + std::to_string(port.number()) + "/raw";
        folder.write("config.json", R"({"endpoints": {"test": [")" + bus.address() +
                                        R"("]}, "zmq_linger": 200,
)" + validation + R"(, "test.recorder": true, "test.record": ")" +
                                        path("Recorder") + R"(",
"status_directory": ")" + path("status") +
                                        "\"" + (follows ? R"(, "datagrepper_url": ")" + url + "\"" : "") +
                                        more + R"(, "consumers": {)" + programs + "}}");
        auto start = fedmsg({"hub", "--config-filename", path("config.json")});
        start.environment = {{"NOTIFY_SOCKET", notifications.address()}, {"FEDMSG_MODULES", path("modules")}};
        hub.emplace(std::move(start));
    }
    /// Until it is connected.
    void start_and_connect(const std::string& more = "") {
        start_hub(more);
        notifications.wait_for("READY=1", *hub);
        bus.wait_for_subscriber();
    }
    static std::string message(int i, const std::string& topic = "org.test.message") {
        return R"({"i":)" + std::to_string(i) + R"(,"msg":{},"msg_id":"2026-)" + std::to_string(i) +
               R"(","timestamp":)" + std::to_string(std::time(nullptr)) + R"(,"topic":")" + topic + "\"}";
    }
    /// What datagrepper has, whether the hub hears it or not.
    void store(const std::string& text) { std::ofstream{folder / "history", std::ios::app} << text << '\n'; }
    void publish(int i) {
        const auto text = message(i);
        store(text);
        bus.publish("org.test.message", text);
    }
    /// What a consumer wrote down, by number, in its order.
    [[nodiscard]] std::vector<int> got(const std::string& name) const {
        std::vector<int> result;
        if (!std::filesystem::exists(folder / name)) return result;
        for (const auto& line : lines_of(read_file(folder / name)))
            if (const auto at = line.find("\"i\":"); at != line.npos && line.ends_with('}'))
                result.push_back(std::stoi(line.substr(at + 4)));
        return result;
    }
    /// Until `done`; false when the hub has ended, or patience has. A process whose pipe is full stands
    /// still, so both are read from.
    bool pump_until(const std::function<bool()>& done) {
        for (const auto deadline = Clock::now() + patience; Clock::now() < deadline;) {
            if (done()) return true;
            if (hub->pump(hub->ended_descriptor(), Clock::now() + milliseconds{10})) return done();
            datagrepper->pump(datagrepper->ended_descriptor(), Clock::now());
        }
        return false;
    }
    /// Once it has all up to that, in any order.
    std::vector<int> wait_for(const std::string& name, int count) {
        std::vector<int> all;
        const bool came = pump_until([&] {
            all = got(name);
            return static_cast<int>(std::set<int>{all.begin(), all.end()}.size()) >= count;
        });
        if (!came)
            ADD_FAILURE() << name << " has " << all.size() << " messages, not " << count << "\n"
                          << hub->errors();
        return all;
    }
    static std::vector<int> range(int from, int to) {
        std::vector<int> result(static_cast<std::size_t>(to - from));
        std::iota(result.begin(), result.end(), from);
        return result;
    }
    static std::vector<int> sorted(std::vector<int> all) {
        std::ranges::sort(all);
        return all;
    }
    void stop() { EXPECT_EQ(hub->terminate(), 0) << hub->errors(); }
    [[nodiscard]] std::string status(const std::string& name = "Recorder") const {
        return read_file(folder / ("status/fedmsg-hub/" + name));
    }
    [[nodiscard]] bool has_status(const std::string& name = "Recorder") const {
        return std::filesystem::exists(folder / ("status/fedmsg-hub/" + name));
    }

    Bus bus;
    Port port;
    TemporaryFolder folder;
    Notifications notifications;
    std::string programs;
    std::string validation = R"("validate_signatures": false)";
    bool follows = true;
    std::optional<Process> datagrepper, hub;
};

TEST_F(Backlog, NothingIsMissedOverARestartAndOrderIsKept) {
    start_and_connect();
    for (int i = 0; i < 10; ++i) publish(i);
    wait_for("Recorder", 10);
    stop();
    EXPECT_THAT(status(), AllOf(HasSubstr("\\\"i\\\":9,"), HasSubstr(R"("status":"post"})")));
    for (int i = 10; i < 460; ++i) store(message(i));
    store(message(1000, "org.other"));
    start_and_connect();
    for (int i = 460; i < 500; ++i) publish(i);
    EXPECT_EQ(wait_for("Recorder", 501), [] {
        auto all = range(0, 460);
        all.push_back(1000);
        const auto live = range(460, 500);
        all.insert(all.end(), live.begin(), live.end());
        return all;
    }());
    hub->error_line_with("Recorder has caught up");
    stop();
    EXPECT_THAT(status(), HasSubstr("\\\"i\\\":499,"));
    EXPECT_THAT(hub->errors(), AllOf(HasSubstr("Recorder: 491 handled; fetched for Recorder: 4"),
                                     Not(HasSubstr("questions failed"))));
}

TEST_F(Backlog, MessagesComeAsTheyWerePublished) {
    std::vector<std::string> bodies{R"({"é":"\u4e2d\ud83d\ude00\u0000","half":"\ud800"})",
                                    R"([1.0,1e5,-0.0,123456789012345678901234567890,1e-07,null,true])",
                                    R"("text")", "{}"};
    if (const auto file = shared_file("firehose.jsonl"))
        for (const auto& line : lines_of(read_file(*file)))
            bodies.push_back(encoding::dumps(at(parse_json(line).root(), "msg")));
    start_and_connect();
    publish(0);
    wait_for("Recorder", 1);
    stop();
    std::vector<std::string> expected{read_file(folder / "Recorder")};
    expected[0].pop_back();
    for (std::size_t i = 0; i < bodies.size(); ++i) {
        auto text = message(static_cast<int>(i) + 1);
        text.replace(text.find(R"("msg":{})") + 6, 2, bodies[i]);
        expected.push_back(encoding::dumps(parse_json(text).root()));
        store(expected.back());
    }
    start_hub();
    wait_for("Recorder", static_cast<int>(expected.size()));
    EXPECT_EQ(lines_of(read_file(folder / "Recorder")), expected);
    stop();
}

TEST_F(Backlog, ProgramsOfEveryModeFollowAndWantTheirTopics) {
    const auto program = [&](const std::string& name, const std::string& words, const std::string& more) {
        programs += (programs.empty() ? "" : ", ") +
                    ("\"" + name + R"(": {"command": ["/bin/sh", "-c", ")" + words + "\"]") +
                    R"(, "queue_bytes": 65536, "topic": "org.test.*")" + more + "}";
    };
    program("stream", "exec cat >>" + path("stream"), "");
    program("each", "cat >>" + path("each"), R"(, "mode": "each")");
    programs +=
        R"(, "ack": {"mode": "ack", "queue_bytes": 65536, "topic": "org.test.*", "command": ["/usr/bin/python3", "-SEu", ")" +
        folder.write("ack.py", "import json, sys\nout = open('" + path("ack") + R"(', 'a')
for line in sys.stdin:
    out.write(line)
    out.flush()
    print(json.dumps({'msg_id': json.loads(line)['msg_id'], 'ok': True}))
)") + "\"]}";
    start_and_connect();
    for (int i = 0; i < 5; ++i) publish(i);
    const std::vector<std::string> all{"stream", "each", "ack"};
    for (const auto& name : all) wait_for(name, 5);
    stop();
    for (const auto& name : all)
        EXPECT_THAT(status(name),
                    AllOf(HasSubstr(R"({"message":{"body":{"i":4,"msg")"), HasSubstr("\"post\"")))
            << name;
    // More at once than the queues hold.
    for (int i = 5; i < 300; ++i) store(message(i));
    store(message(1000, "org.other"));
    start_hub();
    for (const auto& name : all) EXPECT_EQ(sorted(wait_for(name, 300)), range(0, 300)) << name;
    EXPECT_EQ(wait_for("Recorder", 301).back(), 1000);
    stop();
}

TEST_F(Backlog, TheMessageInHandIsHandedOutAgainUnlessItIsToBeSkipped) {
    const auto in_hand = R"({"message":{"body":{"i":3,"msg":{},"msg_id":"2026-3","timestamp":)" +
                         std::to_string(std::time(nullptr)) +
                         R"(,"topic":"org.test"},"topic":"org.test"},"status":"pre"})";
    std::filesystem::create_directory(folder / "status/fedmsg-hub");
    folder.write("status/fedmsg-hub/Recorder", in_hand);
    start_hub();
    EXPECT_EQ(wait_for("Recorder", 1), range(3, 4)) << "datagrepper does not know it";
    stop();
    std::filesystem::remove_all(folder / "status/fedmsg-hub");
    std::filesystem::create_directory(folder / "status/fedmsg-hub");
    folder.write("status/fedmsg-hub/Recorder", in_hand);
    store(message(3));
    store(message(4));
    start_hub(R"(, "skip_last_message": true)");
    EXPECT_EQ(wait_for("Recorder", 2), range(3, 5));
    stop();
}

TEST_F(Backlog, LiveMessagesGoOnWhileDatagrepperFailsAndNothingIsLost) {
    start_and_connect();
    publish(0);
    wait_for("Recorder", 1);
    stop();
    const auto before = status();
    for (int i = 1; i < 5; ++i) store(message(i));
    datagrepper->terminate();
    start_and_connect();
    hub->error_line_with("cannot fetch what Recorder has missed");
    for (int i = 5; i < 8; ++i) publish(i);
    wait_for("Recorder", 4);
    stop();
    EXPECT_EQ(status(), before) << "what was missed is still to be fetched";
    EXPECT_THAT(hub->errors(), HasSubstr("Recorder has not caught up"));

    start_datagrepper();
    folder.write("history.trouble", "503");
    start_and_connect();
    hub->error_line_with("cannot fetch what Recorder has missed");
    datagrepper->next_line();
    folder.write("history.trouble", "<html>");
    while (datagrepper->next_line().value().empty()) continue;
    std::filesystem::remove(folder / "history.trouble");
    hub->error_line_with("datagrepper answers again");
    hub->error_line_with("Recorder has caught up");
    EXPECT_EQ(sorted(wait_for("Recorder", 8)), range(0, 8));
    stop();
    EXPECT_THAT(hub->errors(), HasSubstr("questions failed"));
    const auto& errors = hub->errors();
    EXPECT_EQ(errors.find("cannot fetch"), errors.rfind("cannot fetch")) << "told once";
}

TEST_F(Backlog, WhatWasMissedIsValidatedAsLiveMessagesAre) {
    validation = R"("validate_signatures": true, "ssldir": ")" + folder.path().string() +
                 R"(", "ca_cert_location": ")" + path("ca.crt") + R"(", "crl_location": ")" +
                 path("crl.pem") + "\"";
    const auto site = folder.write("site.json", "{" + validation + "}");
    const auto here = [&](std::vector<std::string> words, const std::string& input = "") {
        words.insert(words.end(), {"--config-filename", site});
        const auto result = run(fedmsg(std::move(words)), input);
        EXPECT_EQ(result.status, 0) << result.errors;
        return result.output;
    };
    here({"certs", "init-ca"});
    here({"certs", "issue", "shell.a"});
    const auto signed_message = [&](int i) {
        const auto line = here({"sign", "--certname", "shell-a"}, message(i));
        return line.substr(0, line.size() - 1);
    };
    start_and_connect();
    bus.publish("org.test.message", signed_message(0));
    wait_for("Recorder", 1);
    stop();
    const auto good = signed_message(1);
    store(good);
    store(message(2));
    auto changed = signed_message(3);
    changed.replace(changed.find(R"("msg":{})"), 8, R"("msg":[])");
    store(changed);
    store(signed_message(4));
    start_hub();
    const auto all = wait_for("Recorder", 3);
    EXPECT_EQ(all, (std::vector{0, 1, 4}));
    EXPECT_EQ(lines_of(read_file(folder / "Recorder")).at(1), good) << "as it was published";
    stop();
    EXPECT_THAT(hub->errors(), AllOf(HasSubstr("1 unsigned"), HasSubstr("1 bad-signature")));
}

TEST_F(Backlog, WithoutDatagrepperThereIsNoStatus) {
    follows = false;
    start_and_connect();
    publish(0);
    wait_for("Recorder", 1);
    stop();
    EXPECT_FALSE(has_status());
}

/// A hub that is killed and started again while 500 messages a second are published.
class KilledHub : public Backlog {
  protected:
    /// Each consumer has had the first message when it begins. How many messages there were at its end.
    int kill_at_random(const std::vector<std::string>& consumers) {
        constexpr std::chrono::microseconds pace{2000};
        std::mt19937 random{static_cast<unsigned>(std::time(nullptr))};
        start_and_connect();
        publish(0);
        for (const auto& name : consumers) wait_for(name, 1);
        int i = 1;
        for (int round = 0; round < rounds; ++round) {
            const auto lives = std::uniform_int_distribution<int>{20, 1000}(random);
            auto next = Clock::now();
            for (const int end = i + lives; i < end; ++i) {
                publish(i);
                hub->pump(hub->ended_descriptor(), next += pace);
                datagrepper->pump(datagrepper->ended_descriptor(), Clock::now());
            }
            hub->send(SIGKILL);
            hub->wait();
            const auto down = std::uniform_int_distribution<int>{0, 100}(random);
            for (const int end = i + down; i < end; ++i) publish(i);
            start_hub();
        }
        EXPECT_TRUE(pump_until([&] {
            return std::ranges::all_of(consumers, [&](const auto& name) {
                return hub->errors().find("] " + name + " has caught up") != std::string::npos;
            });
        })) << hub->errors();
        return i;
    }
    /// Waits until it has them all. How many came once more than they should.
    int doublets(const std::string& name, int messages) {
        std::map<int, int> times;
        for (const int n : wait_for(name, messages)) ++times[n];
        EXPECT_EQ(static_cast<int>(times.size()), messages) << name;
        int result = 0;
        for (const auto& [n, count] : times) result += count - 1;
        std::cout << name << ": " << messages << " messages, " << messages - static_cast<int>(times.size())
                  << " missed, " << result << " twice, " << rounds << " times killed\n";
        return result;
    }

    const int rounds = std::getenv("FEDMSG_KILL_ROUNDS") ? std::stoi(std::getenv("FEDMSG_KILL_ROUNDS")) : 4;
};

TEST_F(KilledHub, NoMessageIsMissed) {
    programs = R"("stream": {"command": ["/bin/sh", "-c", "exec cat >>)" + path("stream") + R"("]})";
    const int messages = kill_at_random({"Recorder", "stream"});
    EXPECT_LE(doublets("Recorder", messages), rounds) << "one in hand for each crash";
    doublets("stream", messages);  // what was in the pipe
    stop();
}

/// Some attempts fail, so that some messages wait for another one when the hub is killed.
TEST_F(KilledHub, ProgramsThatAnswerGetTwiceOnlyWhatTheyHadInHand) {
    const auto ack = folder.write("ack.py", R"(import json, sys
out = open(sys.argv[1], 'a')
tried = set()
for line in sys.stdin:
    message = json.loads(line)
    ok = message['i'] % 100 != 77 or message['i'] in tried
    tried.add(message['i'])
    if ok:
        out.write(line)
        out.flush()
    print(json.dumps({'msg_id': message['msg_id'], 'ok': ok}))
)");
    const auto each = folder.write("each.sh", R"(read -r message
i=${message#*'"i":'}
i=${i%%,*}
case $i in *77) mkdir "$1.tried$i" 2>/dev/null && exit 1 ;; esac
printf '%s\n' "$message" >>"$1"
)");
    const auto add = [&](const std::string& name, const std::string& command, const std::string& members) {
        programs += (programs.empty() ? "\"" : ", \"") + name + R"(": {"command": [)" + command + ", \"" +
                    path(name) + R"("], "retry_after": 0.02, )" + members + "}";
    };
    const auto python = R"("/usr/bin/python3", "-SEu", ")" + ack + "\"";
    const auto sh = R"("/bin/sh", ")" + each + "\"";
    add("ack", python, R"("mode": "ack", "unacknowledged": 1)");
    add("ack-many", python, R"("mode": "ack", "unacknowledged": 20)");
    add("each", sh, R"("mode": "each")");
    add("each-many", sh, R"("mode": "each", "jobs": 4)");
    const std::map<std::string, int> in_hand{{"ack", 1}, {"ack-many", 20}, {"each", 1}, {"each-many", 4}};
    const int messages = kill_at_random({"ack", "ack-many", "each", "each-many"});
    for (const auto& [name, count] : in_hand) EXPECT_LE(doublets(name, messages), rounds * count) << name;
    stop();
    for (const auto& [name, count] : in_hand)
        EXPECT_FALSE(std::filesystem::exists(folder / ("status/" + name + ".dead"))) << name;
}

}  // namespace
}  // namespace fedmsg::test
