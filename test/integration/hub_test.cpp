/// fedmsg hub with real consumers: programs, shared objects, good ones and bad ones.
#include "encoding/write.h"
#include "support/bus.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <set>

namespace fedmsg::test {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string prefix = "org.fedoraproject.dev.";

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr)
        throw std::runtime_error{std::string{name} + " is not set: run the tests through meson"};
    return value;
}

std::string json(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        if (c == '\n')
            result += "\\n";
        else
            result += c;
    }
    return result + "\"";
}

class Hub : public testing::Test {
  protected:
    Hub() {
        std::filesystem::create_directory(folder / "status");
        std::filesystem::create_directories(folder / "modules/consumers");
        std::filesystem::create_symlink(std::filesystem::path{binary()}.parent_path() / "fedmsg-x509.so",
                                        folder / "modules/fedmsg-x509.so");
    }

    [[nodiscard]] std::string path(const std::string& name) const { return (folder / name).string(); }
    /// An entry of `consumers`: a program in sh. \param more  further members
    void shell(const std::string& name, const std::string& script, const std::string& more = "") {
        add(name, R"(["/bin/sh", "-c", )" + json(script) + "]", more);
    }
    void python(const std::string& name, const std::string& script, const std::string& more = "") {
        add(name, R"(["/usr/bin/python3", "-SEu", )" + json(folder.write(name + ".py", script)) + "]", more);
    }
    void add(const std::string& name, const std::string& command, const std::string& more) {
        consumers += (consumers.empty() ? "" : ",\n") + json(name) + ": {\"command\": " + command +
                     (more.empty() ? "" : ", ") + more + "}";
    }
    void use_shared_object(const std::string& file) {
        std::filesystem::create_symlink(
            file, folder / ("modules/consumers/" + std::filesystem::path{file}.filename().string()));
    }
    void write_config() {
        std::string text = R"({"endpoints": {"test": [")" + bus.address() + '"';
        for (const auto& address : more_endpoints) text += ", " + json(address);
        text += R"(]}, "zmq_linger": 200, "status_directory": )" + json(path("status"));
        for (const auto& [key, value] : settings) text += ",\n" + json(key) + ": " + value;
        folder.write("config.json", text + ",\n\"consumers\": {" + consumers + "}}\n");
    }
    Start command(std::vector<std::string> words = {}) {
        write_config();
        words.insert(words.begin(), "hub");
        words.insert(words.end(), {"--config-filename", path("config.json")});
        auto start_ = fedmsg(std::move(words));
        // Whatever the hub starts carries the mark, whoever its parent is.
        start_.environment = {{"NOTIFY_SOCKET", notifications.address()},
                              {"FEDMSG_MODULES", path("modules")},
                              {"HUB_TEST", folder.path().string()}};
        return start_;
    }
    /// Runs it until it is ready, and connected.
    void start(std::vector<std::string> words = {}) {
        hub.emplace(command(std::move(words)));
        notifications.wait_for("READY=1", *hub);
        bus.wait_for_subscriber();
    }
    void publish(int i, const std::string& more = "") {
        bus.publish(prefix + "test.message", message(i, more));
    }
    static std::string message(int i, const std::string& more = "") {
        const auto n = std::to_string(i);
        return R"({"i":)" + n + R"(,"msg":{)" + more + R"(},"msg_id":"2026-)" + n + R"(","topic":")" +
               prefix + "test.message\"}";
    }
    /// SIGTERM; how long the end took. It ends with status 0.
    milliseconds stop() {
        const auto begin = Clock::now();
        EXPECT_EQ(hub->terminate(), 0) << hub->errors();
        return std::chrono::duration_cast<milliseconds>(Clock::now() - begin);
    }
    /// Lines of a file, once there are so many of them (or more).
    std::vector<std::string> lines(const std::string& name, std::size_t count) {
        std::vector<std::string> result;
        for (const auto deadline = Clock::now() + patience; Clock::now() < deadline;) {
            if (std::filesystem::exists(folder / name)) result = lines_of(read_file(folder / name));
            if (result.size() >= count) return result;
            if (hub->pump(hub->ended_descriptor(), Clock::now() + milliseconds{5})) break;
        }
        ADD_FAILURE() << name << " has " << result.size() << " lines, not " << count << "\n" << hub->errors();
        return result;
    }
    /// Processes that the hub of this test has started, or their children.
    [[nodiscard]] std::vector<std::string> processes() const {
        std::vector<std::string> result;
        const auto mark = "HUB_TEST=" + folder.path().string();
        for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
            std::ifstream environment{entry.path() / "environ"};
            const std::string text{std::istreambuf_iterator<char>{environment}, {}};
            if (text.find(mark) == text.npos) continue;
            std::ifstream words{entry.path() / "cmdline"};
            result.emplace_back(std::istreambuf_iterator<char>{words}, std::istreambuf_iterator<char>{});
        }
        return result;
    }
    /// A counter of one consumer in the last line of the log: "mailer: 12 handled, 3 dropped".
    [[nodiscard]] int counter(const std::string& consumer, const std::string& what) const {
        const auto& log = hub->errors();
        const auto stopped = log.rfind("stopped: ");
        const auto begin = log.find("; " + consumer + ": ", stopped);
        if (stopped == log.npos || begin == log.npos)
            throw std::runtime_error{"no counters of " + consumer + log};
        const auto end = std::min(log.find(';', begin + 1), log.find('\n', begin));
        const auto part = log.substr(begin, end - begin);
        const auto at = part.find(" " + what);
        if (at == part.npos) return 0;
        const auto number = part.find_last_not_of("0123456789", at - 1) + 1;
        return std::stoi(part.substr(number, at - number));
    }
    static std::vector<std::string> messages(int from, int to) {
        std::vector<std::string> result;
        for (int i = from; i < to; ++i) result.push_back(message(i));
        return result;
    }

    Bus bus;
    TemporaryFolder folder;
    Notifications notifications;
    std::map<std::string, std::string> settings;
    std::vector<std::string> more_endpoints;
    std::string consumers;
    std::optional<Process> hub;
};

TEST_F(Hub, FeedsAStreamEachMessageInOrder) {
    shell("all", "exec cat >" + path("all"));
    shell("some", "exec cat >" + path("some"), R"("topic": ["org.fedoraproject.*.git", "org.x.*"])");
    start();
    for (int i = 0; i < 1000; ++i) publish(i);
    bus.publish(prefix + "git.receive", R"({"topic":"x", "msg": "ü"})");
    bus.publish("org.y", R"({"topic":"y"})");
    bus.publish(prefix + "test", "[1,\n2]");
    bus.publish(prefix + "test", "not json");
    bus.publish(prefix + "test", R"({"topic":"last"})");
    auto all = lines("all", 1004);
    ASSERT_EQ(all.size(), 1004U);
    EXPECT_THAT(std::vector(all.begin() + 1000, all.end()),
                ElementsAre(R"({"topic":"x", "msg": "ü"})", R"({"topic":"y"})",
                            R"({"msg":[1,2],"topic":"org.fedoraproject.dev.test"})", R"({"topic":"last"})"));
    all.resize(1000);
    EXPECT_EQ(all, messages(0, 1000));
    EXPECT_THAT(lines("some", 1), ElementsAre(R"({"topic":"x", "msg": "ü"})"));
    EXPECT_LT(stop(), milliseconds{2000});
    EXPECT_EQ(counter("all", "handled"), 1004);
    EXPECT_EQ(counter("some", "handled"), 1);
    EXPECT_THAT(hub->errors(), HasSubstr("1004 messages in, dropped 1 not_json"));
    EXPECT_THAT(processes(), IsEmpty());
}

TEST_F(Hub, RunsAProcessForEachMessage) {
    // Two at a time, each of which ends only when the other one has begun.
    shell("pairs",
          "read m; n=$(printf %s \"$m\" | cut -d: -f2 | cut -d, -f1); d=" + path("") +
              "; : >$d/begun$n; until [ -e $d/begun$((n ^ 1)) ]; do sleep 0.01; done; echo $n >>$d/pairs",
          R"("mode": "each", "jobs": 2)");
    start();
    for (int i = 0; i < 10; ++i) publish(i);
    EXPECT_EQ(lines("pairs", 10).size(), 10U);
    stop();
    EXPECT_EQ(counter("pairs", "handled"), 10);
    EXPECT_EQ(counter("pairs", "failed"), 0);
}

TEST_F(Hub, TriesAMessageAgainAndPutsItAside) {
    shell("picky",
          "m=$(cat); echo \"$m\" >>" + path("tried") +
              "; case $m in *'\"i\":3,'*) exit 7;; esac; echo \"$m\" >>" + path("done"),
          R"("mode": "each", "retries": 2, "retry_after": 0.01)");
    start();
    for (int i = 0; i < 6; ++i) publish(i);
    EXPECT_EQ(lines("tried", 8).size(), 8U) << "three attempts for one of them";
    const auto dead = lines("status/picky.dead", 1);
    ASSERT_EQ(dead.size(), 1U);
    const auto aside = parse_json(dead[0]);
    EXPECT_EQ(text_at(aside.root(), "reason"), "the program ended with exit status 7");
    EXPECT_EQ(at(aside.root(), "attempts").integer(), 3);
    EXPECT_EQ(encoding::dumps(at(aside.root(), "body")), message(3));
    EXPECT_EQ(text_at(aside.root(), "topic"), prefix + "test.message");
    stop();
    EXPECT_EQ(counter("picky", "handled"), 5);
    EXPECT_EQ(counter("picky", "failed"), 3);
    EXPECT_EQ(counter("picky", "given up"), 1);
    EXPECT_THAT(hub->errors(),
                AllOf(HasSubstr("message 2026-3 on org.fedoraproject.dev.test.message: the program ended "
                                "with exit status 7"),
                      HasSubstr("gave up message 2026-3 after 3 attempts")));
}

/// Answers that depend on the message, and what it had, a line each.
const std::string answering = R"(import json, sys
got = open(sys.argv[1] if len(sys.argv) > 1 else __file__ + '.got', 'a')
seen = {}
for line in sys.stdin:
    m = json.loads(line)
    i = m['i']
    seen[i] = seen.get(i, 0) + 1
    got.write('%d\n' % i)
    got.flush()
    ok = i != 3 and (i != 5 or seen[i] > 1)
    if i == 6:
        print('{"ok": true}')
    else:
        print(json.dumps({'msg_id': m['msg_id'], 'ok': ok}))
)";

TEST_F(Hub, AcknowledgedMessagesAreHandledTheOthersTriedAgain) {
    python("answers", answering, R"("mode": "ack", "retries": 1, "retry_after": 0.01)");
    start();
    for (int i = 0; i < 8; ++i) publish(i);
    auto got = lines("answers.py.got", 10);
    std::ranges::sort(got);
    EXPECT_THAT(got, ElementsAre("0", "1", "2", "3", "3", "4", "5", "5", "6", "7"));
    EXPECT_EQ(lines("status/answers.dead", 1).size(), 1U);
    stop();
    EXPECT_EQ(counter("answers", "handled"), 7);
    EXPECT_EQ(counter("answers", "failed"), 3);
    EXPECT_EQ(counter("answers", "given up"), 1);
}

TEST_F(Hub, AProgramThatDoesNotAnswerIsStartedAnew) {
    python("silent", R"(import json, sys
for line in sys.stdin:
    m = json.loads(line)
    if m['i'] != 1: print(json.dumps({'msg_id': m['msg_id'], 'ok': True}))
)",
           R"("mode": "ack", "timeout": 0.3, "retries": 1)");
    start();
    for (int i = 0; i < 4; ++i) publish(i);
    EXPECT_THAT(lines("status/silent.dead", 1), ElementsAre(HasSubstr("no answer within 0.3 s")));
    stop();
    EXPECT_EQ(counter("silent", "handled"), 3);
    EXPECT_EQ(counter("silent", "restarts"), 2);
}

TEST_F(Hub, ProgramsInheritNoDescriptors) {
    python("descriptors", R"(import os, resource, sys
fds = [fd for fd in os.listdir('/proc/self/fd') if os.path.exists('/proc/self/fd/' + fd)]
open(')" + path("limit") + R"(', 'w').write('%d\n' % resource.getrlimit(resource.RLIMIT_NOFILE)[0])
open(')" + path("fds") + R"(', 'w').write(''.join(fd + '\n' for fd in sorted(fds) if int(fd) < 100))
sys.stdin.read()
)");
    auto start_ = command();
    start_.command = {"/bin/sh",
                      "-c",
                      "ulimit -S -n 140; exec \"$@\"",
                      "sh",
                      start_.command[0],
                      "hub",
                      "--config-filename",
                      path("config.json")};
    hub.emplace(std::move(start_));
    notifications.wait_for("READY=1", *hub);
    const auto fds = lines("fds", 3);
    EXPECT_THAT(fds, ElementsAre("0", "1", "2"));
    EXPECT_THAT(lines("limit", 1), ElementsAre("140"));
    stop();
}

TEST_F(Hub, PublishesWhatAProgramPrints) {
    Relay relay;
    relay.start();
    auto tail = relay.tail();
    settings["relay_inbound"] = json(relay.inbound());
    settings["active"] = "true";
    shell("echo",
          R"(while read -r m; do echo '{"publish":{"topic":"seen","msg":{"n":1}}}'; echo stray; done)");
    start();
    publish(1);
    publish(2);
    for (int i = 1; i < 3; ++i) {
        const auto message = parse_json(tail.next_line().value());
        EXPECT_EQ(text_at(message.root(), "topic"), "org.fedoraproject.dev.echo.seen");
        EXPECT_EQ(at(message.root(), "i").integer(), i);
        EXPECT_EQ(encoding::dumps(at(message.root(), "msg")), R"({"n":1})");
    }
    stop();
    EXPECT_EQ(counter("echo", "published"), 2);
    EXPECT_THAT(hub->errors(), HasSubstr("a line of its output means nothing here: it is no JSON object"));
}

TEST_F(Hub, ConsumersInCppAreCountedAndLoggedAndNeverEndTheHub) {
    use_shared_object(variable("TEST_CONSUMERS"));
    settings = {{"test.recorder", "true"}, {"test.record", json(path("record"))}, {"test.thrower", "true"}};
    start();
    for (int i = 0; i < 9; ++i) publish(i);
    EXPECT_EQ(lines("record", 9), messages(0, 9));
    stop();
    EXPECT_EQ(counter("Recorder", "handled"), 9);
    EXPECT_EQ(counter("Thrower", "handled"), 3);
    EXPECT_EQ(counter("Thrower", "failed"), 6);
    EXPECT_THAT(hub->errors(),
                HasSubstr("message 2026-0 on org.fedoraproject.dev.test.message: cannot digest"));
}

TEST_F(Hub, ConsumersInCppWorkInLineOrOnSeveralThreads) {
    use_shared_object(variable("TEST_CONSUMERS"));
    for (const auto* mode : {R"("moksha.blocking_mode": true)", R"("moksha.workers_per_consumer": 4)"}) {
        const std::string text = mode;
        const auto colon = text.find(": ");
        settings = {{"test.thrower", "true"}, {text.substr(1, colon - 2), text.substr(colon + 2)}};
        start();
        for (int i = 0; i < 300; ++i) publish(i);
        shell("x", "true", R"("enabled": false)");  // an entry more is no trouble
        consumers.clear();
        const auto end = Clock::now() + patience;
        while (Clock::now() < end) {
            hub->send(SIGHUP);
            if (hub->error_line_with("configuration read again").find("Thrower: 100 handled, 200 failed") !=
                std::string::npos)
                break;
        }
        stop();
        EXPECT_EQ(counter("Thrower", "handled"), 100) << mode;
    }
}

TEST_F(Hub, AConsumerThatCannotBeMadeIsAnError) {
    use_shared_object(variable("TEST_CONSUMERS"));
    settings = {{"test.unborn", "true"}};
    const auto result = run(command());
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(result.errors, "fedmsg hub: cannot make the consumer Unborn: no database\n");
}

/// Peak memory of a process, in MiB.
int peak_memory(pid_t pid) {
    std::ifstream status{"/proc/" + std::to_string(pid) + "/status"};
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) return std::stoi(line.substr(6)) / 1024;
    return -1;
}

TEST_F(Hub, TenConsumersOfWhichHalfMisbehave) {
    const int count = sanitized ? 10'000 : 100'000;
    use_shared_object(variable("TEST_CONSUMERS"));
    settings = {{"test.recorder", "true"}, {"test.record", json(path("recorder"))}};
    const std::string small = R"("queue_bytes": 1000000, "block_for": 0.2)";
    shell("plain", "exec cat >" + path("plain"));
    python("reader",
           "import sys\nout = open('" + path("reader") + "', 'w')\nfor line in sys.stdin: out.write(line)\n");
    python("answers", "import json, sys\nout = open('" + path("answers") + R"(', 'w')
for line in sys.stdin:
    out.write(line)
    print(json.dumps({'msg_id': json.loads(line)['msg_id'], 'ok': True}))
)",
           R"("mode": "ack")");
    shell("sleeps", "while read -r m; do sleep 1; done", small);
    python("crashes", R"(import sys
for i, line in enumerate(iter(sys.stdin.buffer.raw.readline, b'')):
    if i % 3 == 2: sys.exit(3)
)",
           small);
    shell("deaf", "exec sleep 1000", small);
    shell("floods", "yes & yes >&2 & exec cat >" + path("floods"));
    shell("forks", "(sleep 1000) & setsid sleep 1000 & exec cat >" + path("forks"));
    shell("spilling", "sleep 1; exec cat >" + path("spilling"),
          R"("when_full": "spill", "queue_bytes": 100000)");
    start();
    for (int i = 0; i < count; ++i) publish(i);
    const auto expected = messages(0, count);
    for (const auto* healthy : {"plain", "recorder", "floods", "forks", "spilling"})
        EXPECT_EQ(lines(healthy, expected.size()), expected) << healthy;
    const auto memory = peak_memory(hub->pid());
    if (!sanitized) {
        EXPECT_LT(memory, 150) << "MiB";
    }
    EXPECT_LT(stop(), milliseconds{5000});
    EXPECT_THAT(processes(), IsEmpty());
    for (const auto* healthy : {"reader", "answers"})  // they write in blocks, and the last at their end
        EXPECT_EQ(lines_of(read_file(folder / healthy)), expected) << healthy;
    for (const auto* healthy : {"plain", "reader", "answers", "floods", "forks", "spilling", "Recorder"}) {
        EXPECT_EQ(counter(healthy, "handled"), count) << healthy;
        EXPECT_EQ(counter(healthy, "dropped"), 0) << healthy;
    }
    for (const auto* bad : {"sleeps", "crashes", "deaf"}) {
        EXPECT_GT(counter(bad, "dropped"), 0) << bad;
        EXPECT_EQ(counter(bad, "handled") + counter(bad, "dropped") + counter(bad, "not handed out"), count)
            << bad;
    }
    EXPECT_LT(counter("deaf", "handled"), 1);
    EXPECT_GT(counter("crashes", "restarts"), 0);
    EXPECT_THAT(hub->errors(), AllOf(HasSubstr("crashes WARNING] the program ended with exit status 3"),
                                     HasSubstr("writes more than 20 lines a second to its standard error"),
                                     HasSubstr("deaf is too slow for the bus")));
    std::cout << count << " messages, peak memory " << memory << " MiB\n";
}

TEST_F(Hub, AnAcknowledgedMessageIsNeverHandedOutAgainHoweverOftenTheProgramIsKilled) {
    const int count = sanitized ? 2'000 : 20'000, kills = sanitized ? 10 : 100;
    // `got` and `answered` go to one file, in the order in which they happen.
    python("victim",
           R"(import json, os, sys
log = os.open(')" +
               path("victim.log") + R"(', os.O_WRONLY | os.O_CREAT | os.O_APPEND)
with open(')" + path("victim.pid") +
               R"(', 'w') as f: f.write('%d\n' % os.getpid())
for line in sys.stdin:
    m = json.loads(line)
    os.write(log, b'got %d\n' % m['i'])
    os.write(1, json.dumps({'msg_id': m['msg_id'], 'ok': True}).encode() + b'\n')
    os.write(log, b'answered %d\n' % m['i'])
)",
           R"("mode": "ack")");
    start();
    std::mt19937 random{42};
    std::ifstream log;
    std::string begun;  // of a line of it
    std::set<int> seen;
    /// Reads the log on until so many different messages were got.
    const auto wait_until_seen = [&](std::size_t enough) {
        for (const auto deadline = Clock::now() + patience;
             seen.size() < enough && Clock::now() < deadline;) {
            if (!log.is_open()) log.open(path("victim.log"));
            log.clear();
            // A line that crosses a page of the file may be there by halves.
            for (int c = 0; (c = log.get()) != std::char_traits<char>::eof();) {
                if (c != '\n') {
                    begun += static_cast<char>(c);
                    continue;
                }
                if (begun.starts_with("got ")) seen.insert(std::stoi(begun.substr(4)));
                begun.clear();
            }
            hub->pump(hub->ended_descriptor(), Clock::now() + milliseconds{1});
        }
    };
    int killed = 0;
    for (int kill = 0; kill < kills; ++kill) {
        // Somewhere in each stretch, so that the kills are spread over all messages.
        const int from = count / kills * kill, to = count / kills * (kill + 1);
        for (int i = from; i < to; ++i) publish(i);
        wait_until_seen(static_cast<std::size_t>(from) + 1 + random() % static_cast<unsigned>(to - from));
        // The one that was started after the last kill, not what is left of that.
        int pid = 0;
        for (const auto deadline = Clock::now() + patience; Clock::now() < deadline;) {
            pid = std::stoi(lines("victim.pid", 1).at(0));
            if (pid != killed) break;
            hub->pump(hub->ended_descriptor(), Clock::now() + milliseconds{1});
        }
        ASSERT_EQ(::kill(pid, SIGKILL), 0);
        killed = pid;
    }
    wait_until_seen(static_cast<std::size_t>(count));
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(count));
    stop();
    EXPECT_EQ(counter("victim", "handled"), count) << "each once";
    // It is not started again when everything is answered already and the hub stops.
    EXPECT_THAT(counter("victim", "restarts"), testing::AnyOf(kills, kills - 1));
    EXPECT_EQ(counter("victim", "given up"), 0);
    std::set<int> answered;
    for (const auto& line : lines_of(read_file(folder / "victim.log"))) {
        const auto i = std::stoi(line.substr(line.find(' ') + 1));
        if (line.starts_with("got")) {
            EXPECT_FALSE(answered.contains(i)) << "message " << i << " was answered, and came again";
        } else {
            answered.insert(i);
        }
    }
}

TEST_F(Hub, StopsInTimeWhateverConsumersDo) {
    use_shared_object(variable("TEST_CONSUMERS"));
    settings = {{"test.hanger", "true"}};
    shell("stubborn", "trap '' TERM INT HUP; while :; do sleep 1; done");
    shell("parent",
          "trap '' TERM; (trap '' TERM; setsid sh -c 'sleep 1000; :' ) & while :; do sleep 1; done");
    shell("each", "trap '' TERM; sleep 1000", R"("mode": "each", "jobs": 3)");
    python("mute", "import time\ntime.sleep(1000)\n", R"("mode": "ack")");
    shell("restarting", "exit 1");
    shell("witness", "exec cat > '" + path("witness.log") + "'");
    start({"--pid-file", path("pid")});
    for (int i = 0; i < 100; ++i) publish(i);
    (void)lines("witness.log", 100);  // so all have them
    hub->error_line_with("restarting WARNING] the program ended with exit status 1");
    EXPECT_TRUE(std::filesystem::exists(folder / "pid"));
    EXPECT_LT(stop(), milliseconds{5000});
    EXPECT_THAT(processes(), IsEmpty());
    EXPECT_FALSE(std::filesystem::exists(folder / "pid"));
    EXPECT_EQ(counter("stubborn", "not handed out"), 100);
    EXPECT_EQ(counter("each", "not handed out"), 100);
    EXPECT_EQ(counter("mute", "not handed out"), 0) << "they are kept for the next start";
    EXPECT_THAT(hub->errors(), HasSubstr("ended without waiting for a consumer that hangs"));
}

TEST_F(Hub, TellsWhichConsumersThereAre) {
    use_shared_object(variable("TEST_CONSUMERS"));
    settings = {{"test.recorder", "true"}};
    shell("git", "true", R"("topic": "org.x.git.*", "mode": "each")");
    shell("off", "true", R"("enabled": false)");
    const auto result = run(command({"--list-consumers"}));
    EXPECT_EQ(result.status, 0);
    EXPECT_THAT(result.output,
                AllOf(HasSubstr("Recorder: test-consumers: enabled\n"),
                      HasSubstr("Hanger: test-consumers: not enabled: `test.hanger` is not True\n"),
                      HasSubstr("git: program, each on org.x.git.*: enabled\n"),
                      HasSubstr("off: program, stream on *: not enabled: `enabled` is False\n")));
}

TEST_F(Hub, WithoutAConsumerIsAnError) {
    const auto result = run(command());
    EXPECT_EQ(result.status, 2);
    EXPECT_THAT(result.errors, HasSubstr("no consumer is enabled"));
}

TEST_F(Hub, SharedObjectsThatAreNotOursAreLeftOutAndTold) {
    folder.write("modules/consumers/broken.so", "no shared object");
    use_shared_object((std::filesystem::path{binary()}.parent_path() / "fedmsg-x509.so").string());
    shell("a", "exec cat >" + path("a"));
    start();
    publish(1);
    EXPECT_EQ(lines("a", 1).size(), 1U);
    stop();
    EXPECT_THAT(hub->errors(), AllOf(HasSubstr("left out " + path("modules/consumers/broken.so")),
                                     HasSubstr("fedmsg-x509.so: it has no FEDMSG_CONSUMERS(…)")));
}

TEST_F(Hub, KeepsWhatWasNotAnsweredForTheNextStart) {
    python("answers", "import time\ntime.sleep(1000)\n", R"("mode": "ack")");
    start();
    for (int i = 0; i < 300; ++i) publish(i);
    const auto end = Clock::now() + patience;
    do hub->send(SIGHUP);
    while (hub->error_line_with("configuration read again").find("300 messages in") == std::string::npos &&
           Clock::now() < end);
    EXPECT_LT(stop(), milliseconds{5000});
    folder.write("answers.py", "import json, sys\nout = open('" + path("got") + R"(', 'w')
for line in sys.stdin:
    out.write(line)
    out.flush()
    print(json.dumps({'msg_id': json.loads(line)['msg_id'], 'ok': True}))
)");
    start();
    publish(300);
    EXPECT_EQ(lines("got", 301), messages(0, 301));
    stop();
    EXPECT_EQ(counter("answers", "handled"), 301);
}

TEST_F(Hub, WhatIsSpilledSurvivesTheHub) {
    // Memory holds a few of them only; the hub is killed while nobody reads.
    shell("late",
          "echo $$ >" + path("pid") + "; until [ -e " + path("go") + " ]; do sleep 0.02; done; exec cat >>" +
              path("late"),
          R"("when_full": "spill", "queue_bytes": 65536)");
    start();
    for (int i = 0; i < 10'000; ++i) publish(i);
    const auto end = Clock::now() + patience;
    do hub->send(SIGHUP);
    while (hub->error_line_with("configuration read again").find("10000 messages in") == std::string::npos &&
           Clock::now() < end);
    hub->send(SIGKILL);
    EXPECT_EQ(hub->wait(), 128 + SIGKILL);
    ::kill(std::stoi(read_file(folder / "pid")), SIGKILL);  // else it would go on with what is in its pipe
    folder.write("go", "");
    start();
    publish(10'000);
    std::vector<std::string> got;
    for (const auto deadline = Clock::now() + patience; Clock::now() < deadline;) {
        got = std::filesystem::exists(folder / "late") ? lines_of(read_file(folder / "late")) : got;
        if (!got.empty() && got.back() == message(10'000)) break;
        hub->pump(hub->ended_descriptor(), Clock::now() + milliseconds{5});
    }
    // What was in the pipe (128 KiB), on its way there (as much) and in memory (64 KiB) is gone, and nothing
    // else.
    ASSERT_GT(got.size(), 4000U);
    EXPECT_EQ(got, messages(10'001 - static_cast<int>(got.size()), 10'001));
    stop();
}

TEST_F(Hub, ReportsItsStateEveryFiveSeconds) {
    settings["moksha.monitoring.socket"] = json("ipc://" + path("monitoring"));
    settings["moksha.monitoring.socket.mode"] = json("760");
    shell("count", "exec cat >" + path("count"), R"("topic": ["org.fedoraproject.*"])");
    start();
    struct stat status {};
    ASSERT_EQ(::stat(path("monitoring").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0760U);
    const Listener listener_{"ipc://" + path("monitoring")};
    auto& listener = const_cast<Listener&>(listener_);
    publish(1);
    publish(2);
    lines("count", 2);
    const auto frames = listener.next();
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_THAT(
        frames[0],
        AllOf(
            HasSubstr(R"({"consumers": [{"name": "count", "module": "fedmsg.consumers.program", "topic": )"
                      R"(["org.fedoraproject.*"], "initialized": true, "exceptions": 0, "jsonify": true, )"
                      R"("backlog": 0, "headcount_out": 2, "headcount_in": 2, "times": [)"),
            HasSubstr(R"("producers": [{"name": "MonitoringProducer", "module": "moksha.hub.monitoring")")));
    stop();
}

TEST_F(Hub, ReadsItsConfigurationAgain) {
    shell("a", "exec cat >" + path("a"));
    start();
    consumers.clear();
    shell("a", "exec cat >" + path("a"), R"("queue_bytes": 100000)");
    write_config();
    hub->send(SIGHUP);
    EXPECT_THAT(hub->error_line_with("configuration read again"), testing::Not(HasSubstr("restart")));
    consumers.clear();
    shell("a", "exec cat >" + path("b"));
    shell("new", "true");
    settings["active"] = "true";
    write_config();
    hub->send(SIGHUP);
    EXPECT_THAT(hub->error_line_with("configuration read again"),
                HasSubstr("a restart is needed for changes of active, the consumer a, the consumer new"));
    consumers.clear();
    shell("a", "true", R"("mode": "foo")");
    write_config();
    hub->send(SIGHUP);
    EXPECT_THAT(hub->error_line_with("kept the old configuration"),
                HasSubstr("must be \"stream\", \"each\" or \"ack\""));
    publish(1);
    EXPECT_EQ(lines("a", 1), messages(1, 2));
    stop();
}

TEST_F(Hub, MessagesThatDoNotValidateAreCountedAndNeverHandedOut) {
    settings["validate_signatures"] = "true";
    settings["ca_cert_location"] = json(data_file("crypto/keys/ca.crt").string());
    shell("strict", "exec cat >" + path("strict"));
    shell("lax", "exec cat >" + path("lax"), R"("validate_signatures": false)");
    start();
    publish(1);
    publish(2);
    EXPECT_EQ(lines("lax", 2), messages(1, 3));
    stop();
    EXPECT_EQ(counter("strict", "unsigned"), 2);
    EXPECT_EQ(counter("strict", "handled"), 0);
    EXPECT_EQ(read_file(folder / "strict"), "");
    EXPECT_THAT(hub->errors(),
                HasSubstr("not handed to strict: org.fedoraproject.dev.test.message: unsigned"));
}

/// The programs of example/consumers, as the README says.
TEST_F(Hub, RunsTheExamples) {
    Relay relay;
    relay.start();
    auto tail = relay.tail();
    settings = {
        {"relay_inbound", json(relay.inbound())}, {"active", "true"}, {"busmon.consumers.enabled", "true"}};
    const auto examples = variable("FEDMSG_SOURCE") + "/example/consumers/";
    add("mailbox", "[" + json(examples + "mailbox.sh") + ", " + json(path("mailbox")) + "]",
        R"("mode": "each")");
    add("journal", "[" + json(examples + "journal.py") + ", " + json(path("journal")) + "]",
        R"("mode": "ack")");
    use_shared_object(variable("EXAMPLE_COLORIZER"));
    start();
    publish(1, R"("a":"<b>")");
    EXPECT_THAT(lines("journal", 1), ElementsAre(message(1, R"("a":"<b>")")));
    EXPECT_THAT(lines("mailbox", 5), testing::Contains(message(1, R"("a":"<b>")")));
    std::map<std::string, std::string> published;
    for (int i = 0; i < 2; ++i) {
        const auto m = parse_json(tail.next_line().value());
        published[text_at(m.root(), "topic")] = encoding::dumps(at(m.root(), "msg"));
    }
    EXPECT_EQ(published[prefix + "mailbox.mail.sent"], R"({"to":)" + json(path("mailbox")) + "}");
    EXPECT_THAT(published[prefix + "busmon.colorized-messages"], HasSubstr(R"(\"a\": \"&lt;b>\")"));
    stop();
    for (const auto* name : {"mailbox", "journal", "MessageColorizer"})
        EXPECT_EQ(counter(name, "handled"), 1) << name;
}

/// Seconds of processor time that a process has used.
double cpu_seconds(pid_t pid) {
    clockid_t clock{};
    timespec used{};
    if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &used) != 0)
        throw std::runtime_error{"no such process"};
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

/// What a test measured: told: its limits leave room for others who use the machine.
/// `./dev bench endpoints` holds to the strict ones.
void tell(const char* what, double value) {
    std::cout << what << ": " << value << '\n';
    testing::Test::RecordProperty(what, std::to_string(value));
}

TEST_F(Hub, IsHardlyDisturbedByNineHundredAndNinetyEndpointsThatAreDown) {
    constexpr int down = 990, late = 10, live = 10;
    std::vector<std::unique_ptr<Port>> ports;
    for (int i = 0; i < 99; ++i) ports.push_back(std::make_unique<Port>());
    for (int i = 0; i < down; ++i)  // the late ones are configured once
        more_endpoints.push_back(
            ports.at(static_cast<std::size_t>(i < late ? i : late + i % (99 - late)))->address());
    for (int i = 1; i < live; ++i) more_endpoints.push_back(bus.address());
    ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
    const int fifo = ::open(path("fifo").c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_GE(fifo, 0);
    shell("all", "exec cat >" + path("fifo"));
    using Seconds = std::chrono::duration<double>;

    auto begin = Clock::now();
    hub.emplace(command());
    notifications.wait_for("READY=1", *hub);
    const Seconds ready = Clock::now() - begin;
    tell("seconds to be ready", ready.count());
    EXPECT_LT(ready.count(), sanitized ? 10 : 1);
    for (int i = 0; i < live; ++i) bus.wait_for_subscriber();

    // The least of three: others use this machine, too. At first all are tried more often.
    EXPECT_FALSE(hub->wait_for(std::chrono::seconds{2}));
    double share = 1;
    for (int i = 0; i < 3; ++i) {
        begin = Clock::now();
        const auto before = cpu_seconds(hub->pid());
        EXPECT_FALSE(hub->wait_for(std::chrono::seconds{2}));
        share = std::min(share, (cpu_seconds(hub->pid()) - before) / Seconds{Clock::now() - begin}.count());
    }
    tell("percent of a processor", share * 100);
    EXPECT_LT(share, sanitized ? 0.12 : 0.01);

    // One comes over each of the ten connections.
    std::vector<double> took;
    for (int i = 0; i < 20; ++i) {
        begin = Clock::now();
        publish(i);
        const auto expected = message(i) + '\n';
        std::string got;
        for (std::array<char, 4096> bytes{}; got.size() < live * expected.size();) {
            pollfd readable{fifo, POLLIN, 0};
            ASSERT_EQ(::poll(&readable, 1, static_cast<int>(milliseconds{patience}.count())), 1);
            const auto size = ::read(fifo, bytes.data(), bytes.size());
            ASSERT_GT(size, 0);
            got.append(bytes.data(), static_cast<std::size_t>(size));
            if (took.size() == static_cast<std::size_t>(i))
                took.push_back(Seconds{Clock::now() - begin}.count());
        }
        EXPECT_TRUE(got.starts_with(expected));
    }
    ::close(fifo);
    std::ranges::sort(took);
    tell("milliseconds to a consumer, median", took[took.size() / 2] * 1e3);
    tell("milliseconds to a consumer, most", took.back() * 1e3);
    EXPECT_LT(took[took.size() / 2], sanitized ? 0.05 : 0.005);

    zmq::context_t context;
    zmq::socket_t publisher{context, zmq::socket_type::xpub};
    publisher.set(zmq::sockopt::xpub_verbose, true);
    publisher.set(zmq::sockopt::linger, 0);
    publisher.set(zmq::sockopt::rcvtimeo, static_cast<int>(milliseconds{patience}.count()));
    // The second half comes up when all have just been tried, and waits for longest.
    double most = 0;
    for (std::size_t i = 0; i < late; ++i) {
        if (i % (late / 2) == 0) begin = Clock::now();
        publisher.bind(ports[i]->address());
        if (i % (late / 2) != late / 2 - 1) continue;
        zmq::message_t subscription;
        for (int n = 0; n < late / 2; ++n) ASSERT_TRUE(publisher.recv(subscription));
        most = std::max(most, Seconds{Clock::now() - begin}.count());
    }
    tell("seconds until what comes up is connected, at most", most);
    EXPECT_LT(most, sanitized ? 5 : 1.5);  // zmq_reconnect_ivl_max is 1 s
    stop();
}

TEST_F(Hub, HasCountersForWhoeverAsks) {
    // Who answers is known by the names of its consumers: they are nobody else's.
    const auto name = "a" + std::to_string(::getpid());
    shell(name, "exec cat >" + path("a"));
    start({"--with-consumers", name});
    publish(1);
    lines("a", 1);
    const auto status = run(command({"--status", "--json", "--with-consumers", name}));
    EXPECT_EQ(status.status, 0) << status.errors;
    EXPECT_THAT(status.output, AllOf(HasSubstr(R"("service":"hub")"), HasSubstr(name + ": 1 handled"),
                                     HasSubstr("fedmsg_consumer_handled_messages_total")));
    stop();
}

TEST_F(Hub, EachHubOfAHostHasAStatusOfItsOwn) {
    const auto who = [this](const std::string& config) {
        const auto asked = run(fedmsg({"hub", "--status", "--json", "--config-filename", config}));
        EXPECT_EQ(asked.status, 0) << asked.errors;
        return at(parse_json(asked.output).root(), "pid").integer();
    };
    shell("a", "exec cat >" + path("a"));
    settings["moksha.monitoring.socket"] = json("ipc://" + path("first"));
    start();
    const auto first = folder.write("first.json", read_file(path("config.json")));
    settings["moksha.monitoring.socket"] = json("ipc://" + path("second"));
    Process second{command()};
    notifications.wait_for("READY=1", second);
    EXPECT_EQ(who(first), hub->pid());
    EXPECT_EQ(who(path("config.json")), second.pid());
    EXPECT_EQ(second.terminate(), 0);
    stop();
}

TEST_F(Hub, ASecondOneTakesNothingFromTheFirst) {
    shell("a", "exec cat >" + path("a"));
    settings["moksha.monitoring.socket"] = json("ipc://" + path("monitoring"));
    start();
    const auto holder =
        "fedmsg hub --config-filename " + path("config.json") + "` (pid " + std::to_string(hub->pid()) + ")";
    const auto second = run(command());
    EXPECT_EQ(second.status, 1);
    EXPECT_THAT(second.errors, AllOf(HasSubstr("cannot bind moksha.monitoring.socket ipc://" +
                                               path("monitoring") + ": Address already in use, held by `"),
                                     HasSubstr(holder)));
    Listener listener{"ipc://" + path("monitoring")};
    EXPECT_THAT(listener.next().at(0), HasSubstr(R"("name": "a")"));
    stop();

    // With nothing that is its own, it says whom --status will find.
    settings.clear();
    start();
    Process third{command()};
    EXPECT_THAT(third.error_line_with("--status will not find this process"),
                AllOf(HasSubstr("`@fedmsg/hub/all consumers in " + path("status")), HasSubstr("held by `"),
                      HasSubstr("(pid " + std::to_string(hub->pid()) + ")")));
    EXPECT_EQ(third.terminate(), 0);
    stop();
}

}  // namespace
}  // namespace fedmsg::test
