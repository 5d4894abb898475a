/// fedmsg irc, at real servers.
#include "support/https_server.h"
#include "support/inspircd.h"
#include "support/ngircd.h"
#include "support/prometheus.h"

#include "encoding/write.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

namespace fedmsg::test {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// A bot that speaks without patience.
std::string entry(int port, const std::string& channel = "one", const std::string& more = "") {
    return R"({"network": "127.0.0.1", "nickname": "bot", "make_terse": true, "line_rate": 0.02, "port": )" +
           std::to_string(port) + R"(, "channel": ")" + channel + '"' + (more.empty() ? "" : ", " + more) +
           "}";
}

/// The same over TLS, to a host that has a name.
std::string tls_entry(int port, const std::string& more = "") {
    return R"({"network": "localhost", "ssl": true, "nickname": "bot", "make_terse": true, "line_rate": 0.02,
               "channel": "one", "port": )" +
           std::to_string(port) + (more.empty() ? "" : ", " + more) + "}";
}

class IrcBot : public testing::Test {
  protected:
    std::string config(const std::string& entries, const std::string& settings = "") {
        return folder.write("config.json", R"({"endpoints": {"test": [")" + bus.address() +
                                               R"("]}, "relay_outbound": [], "irc": [)" + entries + "]" +
                                               settings + "}");
    }
    /// \param trusted  a certificate; empty: the authorities of the system
    Start words(const std::string& entries, const std::string& trusted = "",
                const std::string& settings = "") {
        auto start = fedmsg({"irc", "--config-filename", config(entries, settings)});
        if (!trusted.empty()) start.environment = {{"SSL_CERT_FILE", trusted}};
        return start;
    }
    /// Of the running one.
    encoding::Document status() {
        const auto result =
            run(fedmsg({"irc", "--status", "--json", "--config-filename", folder / "config.json"}));
        if (result.status != 0) throw std::runtime_error(result.errors);
        return parse_json(result.output);
    }
    /// The sum of a counter's samples.
    static double count(const encoding::Document& status, std::string_view name,
                        std::string_view labels = "") {
        double sum = 0;
        const auto family = at(at(status.root(), "metrics"), name);
        for (const auto& sample : at(family, "samples").elements())
            if (encoding::dumps(at(sample, "labels")).find(labels) != std::string::npos)
                sum += at(sample, "value").number().value_or(0);
        return sum;
    }
    void publish(const std::string& topic, const std::string& msg = "{}") {
        encoding::Object body{{"topic", topic}, {"msg", *encoding::loads(msg)}};
        bus.publish(topic, encoding::dumps(encoding::Value{body}));
    }

    TemporaryFolder folder;
    Bus bus;
};

class AtNgircd : public IrcBot {
  protected:
    /// Runs, is subscribed, and is in #one, which `user` sees.
    Process start(const std::string& entries, const std::string& settings = "") {
        user.join("#one");
        Process process{words(entries, server.certificate(), settings)};
        user.line_with(" JOIN ");
        bus.wait_for_subscriber();
        return process;
    }

    Ngircd server;
    IrcUser user{server.port(), "user"};
};

TEST_F(AtNgircd, SaysInAChannelWhatCrossesTheBus) {
    auto bot = start(entry(server.port(), "one", R"("make_pretty": true)"),
                     R"(, "irc_color_lookup": {"git": "red"})");
    publish("org.x.dev.git.receive");
    EXPECT_EQ(user.line_with("NOTICE"),
              ":bot!~bot@127.0.0.1 NOTICE #one :\x03"
              "4git.receive\x03 --");
    publish("org.x.dev.bodhi.update");
    EXPECT_THAT(user.line_with("NOTICE"), EndsWith(" #one :\x03"
                                                   "15bodhi.update\x03 --"));
    EXPECT_EQ(bot.terminate(), 0);
    EXPECT_THAT(user.line_with("QUIT"), HasSubstr("fedmsg stops"));
    EXPECT_THAT(bot.errors(), HasSubstr("stopped: said 2 lines"));
}

TEST_F(AtNgircd, EachChannelHasItsOwnFormFilterAndMethod) {
    user.join("#two");
    user.say("MODE #two +k secret");
    auto bot = start(entry(server.port()) + "," + entry(server.port(), "two", R"("channel_key": "secret",
        "make_terse": false, "method": "msg", "filters": {"topic": ["git"], "body": ["hush"]})"));
    user.line_with(" JOIN ");  // the other one: the same connection
    publish("org.x.dev.git.receive");
    publish("org.x.dev.b", R"({"hush": 1})");
    publish("org.x.dev.a", R"({"é": [1, "x"]})");
    EXPECT_THAT(user.line_with("PRIVMSG"),
                EndsWith(R"( PRIVMSG #two :org.x.dev.a                    {"msg":{"é":[1,"x"]}})"));
    EXPECT_EQ(bot.terminate(), 0);
    EXPECT_THAT(bot.errors(), HasSubstr("reporting to 2 channels over 1 connections"));
}

TEST_F(AtNgircd, SaysWhatTheRulesSay) {
    const HttpsServer shortener{{"--plain"}};
    shortener.put("short", "https://da.gd/x");
    auto bot = start(entry(server.port(), "one", R"("make_pretty": true)") + "," +
                         entry(server.port(), "two", R"("make_short": true)"),
                     R"(, "irc_shortener": ")" + shortener.url("short/{url}") + '"');
    user.join("#two");
    const auto message = R"({"message": "It is out.\r\nQUIT", "link": "https://example.org/release"})";
    publish("org.fedoraproject.dev.announce.announcement", message);
    std::string lines = user.line_with("NOTICE") + "\n" + user.line_with("NOTICE");
    EXPECT_THAT(lines, AllOf(HasSubstr("#one :\x03"
                                       "15announce.announcement\x03 -- It is out. QUIT \x03"
                                       "10https://example.org/release\x03"),
                             HasSubstr("#two :announce.announcement -- It is out. QUIT https://da.gd/x")));
    EXPECT_EQ(bot.terminate(), 0);
}

TEST_F(AtNgircd, TakesNewRulesOnSighup) {
    std::filesystem::create_directory(folder / "meta");
    const auto rule = [this](const std::string& text) {
        folder.write("meta/coffee.lua",
                     "return {name = 'coffee', subtitle = function() return '" + text + "' end}");
    };
    rule("is ready");
    auto bot = start(entry(server.port()));
    publish("org.fedoraproject.dev.coffee.brewed");
    EXPECT_THAT(user.line_with("NOTICE"), EndsWith(":coffee.brewed -- is ready"));
    rule("is cold");
    bot.send(SIGHUP);
    bot.error_line_with("rules read again");
    publish("org.fedoraproject.dev.coffee.brewed");
    EXPECT_THAT(user.line_with("NOTICE"), EndsWith(":coffee.brewed -- is cold"));
    rule("' .. nothing .. '");
    bot.send(SIGHUP);
    bot.error_line_with("rules read again");
    publish("org.fedoraproject.dev.coffee.brewed");
    EXPECT_THAT(user.line_with("NOTICE"), EndsWith(":coffee.brewed --"));
    const auto now = status();
    EXPECT_EQ(count(now, "fedmsg_meta_failures_total", R"("processor":"coffee")"), 1);
    EXPECT_EQ(count(now, "fedmsg_meta_stops_total"), 0);
    EXPECT_EQ(bot.terminate(), 0);
}

TEST_F(AtNgircd, NoMessageCanSendACommand) {
    auto bot = start(entry(server.port()) + "," + entry(server.port(), "two", R"("make_terse": false)"));
    user.join("#two");
    publish("org.x.dev.a\r\nQUIT :injected\r\nJOIN #evil");
    EXPECT_THAT(user.line_with("a QUIT"), EndsWith("NOTICE #one :a QUIT :injected JOIN #evil --"));
    publish("org.x.dev.b", R"({"a": "x\r\nQUIT :injected\r\n\u0000PRIVMSG #one :y\u0001"})");
    EXPECT_THAT(user.line_with("NOTICE #two :org.x.dev.b"),
                HasSubstr(R"("x\r\nQUIT :injected\r\n\u0000PRIVMSG #one :y\u0001")"));
    publish("org.x.dev.c.last");
    EXPECT_THAT(user.line_with("c.last"), StartsWith(":bot!"));
    EXPECT_THAT(text_at(status().root(), "status"), HasSubstr("(bot) in 2 of 2 channels"));
    EXPECT_EQ(count(status(), "fedmsg_irc_lost_connections_total"), 0);
    EXPECT_EQ(bot.terminate(), 0);
}

TEST_F(AtNgircd, ALongLineArrivesAsFarAsItFits) {
    auto bot = start(entry(server.port()));
    std::string topic = "org.x.dev.";
    for (int i = 0; i < 200; ++i) topic += "日é";
    publish(topic);
    const auto line = user.line_with("日é");
    EXPECT_GT(line.size(), 500U);
    EXPECT_LE(line.size(), 510U);
    EXPECT_TRUE(line.ends_with("日") || line.ends_with("é")) << line;
    EXPECT_EQ(bot.terminate(), 0);
}

TEST_F(AtNgircd, OverTls) {
    auto bot = start(tls_entry(server.tls_port()));
    publish("org.x.dev.git.receive");
    EXPECT_THAT(user.line_with("NOTICE"), HasSubstr(":git.receive --"));
    for (int i = 0; i < 100; ++i) publish("org.x.dev.n." + std::to_string(i));
    user.line_with("n.99 ");
    EXPECT_EQ(bot.terminate(), 0);
    EXPECT_THAT(user.line_with("QUIT"), HasSubstr("fedmsg stops"));
}

/// Not one byte of ours goes to a server that is not the right one.
TEST_F(IrcBot, AServerWithAWrongCertificateIsNotSpokenTo) {
    Ngircd other{"", "other.example.org"};
    Process wrong_name{words(tls_entry(other.tls_port(), R"("password": "secret")"), other.certificate())};
    EXPECT_THAT(wrong_name.error_line_with("not valid"),
                AllOf(HasSubstr("localhost:" + std::to_string(other.tls_port())),
                      HasSubstr("for localhost: hostname mismatch"), HasSubstr("next attempt in 1 s")));
    EXPECT_EQ(wrong_name.terminate(), 0);
    Ngircd stranger;
    Process not_trusted{words(tls_entry(stranger.tls_port()), other.certificate())};
    EXPECT_THAT(not_trusted.error_line_with("not valid"), HasSubstr("self-signed certificate"));
    EXPECT_EQ(not_trusted.terminate(), 0);
    IrcUser user{other.port(), "user"};
    user.join("#one");
    Process careless{words(tls_entry(other.tls_port(), R"("ssl_verify": false)"))};
    EXPECT_THAT(user.line_with("JOIN"), StartsWith(":bot!"));
    EXPECT_EQ(careless.terminate(), 0);
}

TEST_F(IrcBot, ACertificateOfOursThatIsNotThereIsToldAtOnce) {
    const auto result = run(words(tls_entry(1, R"("ssl_cert": "/nonexistent.pem")")));
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.errors, HasSubstr("cannot use the certificate /nonexistent.pem: "));
}

TEST_F(AtNgircd, ANicknameThatIsTakenIsTakenBack) {
    IrcUser thief{server.port(), "bot"};
    thief.join("#one");
    auto bot = start(entry(server.port()));
    bot.error_line_with("the nickname bot is taken: we are bot_");
    publish("org.x.dev.a");
    EXPECT_THAT(user.line_with("NOTICE"), StartsWith(":bot_!"));
    thief.say("NICK former");
    EXPECT_THAT(user.line_with(":bot_!"), EndsWith("NICK :bot"));
    publish("org.x.dev.b");
    EXPECT_THAT(user.line_with("NOTICE"), StartsWith(":bot!"));
    EXPECT_EQ(bot.terminate(), 0);
}

TEST_F(AtNgircd, ComesBackAfterAKick) {
    auto bot = start(entry(server.port(), "one", R"("rejoin": 0.3)"));
    user.say("KICK #one bot :enough");
    bot.error_line_with("kicked by user (enough) out of #one");
    publish("org.x.dev.while.away");
    EXPECT_THAT(user.line_with(":bot!"), HasSubstr("JOIN"));
    EXPECT_THAT(user.line_with("NOTICE"), EndsWith("while.away --"));
    EXPECT_EQ(bot.terminate(), 0);
}

TEST_F(AtNgircd, ComesBackWhenTheServerDoes) {
    auto bot = start(entry(server.port()));
    server.stop();
    bot.error_line_with("next attempt in 1 s");
    publish("org.x.dev.while.down");
    server.start();
    IrcUser later{server.port(), "later"};
    later.join("#one");
    EXPECT_THAT(later.line_with("NOTICE"), EndsWith("while.down --"));
    const auto now = status();
    EXPECT_EQ(count(now, "fedmsg_irc_connections_total", "welcome"), 2);
    EXPECT_EQ(count(now, "fedmsg_irc_lost_connections_total"), 1);
    EXPECT_EQ(count(now, "fedmsg_irc_link_state", R"("state":"up")"), 1);
    EXPECT_EQ(bot.terminate(), 0);
}

/// It answers nothing, and the kernel still takes what is sent.
TEST_F(AtNgircd, NoticesAServerThatHangs) {
    auto bot = start(entry(server.port(), "one", R"("timeout": 1)"));
    server.process().send(SIGSTOP);
    bot.error_line_with("the server is silent");
    server.process().send(SIGCONT);
    EXPECT_THAT(user.line_with(" JOIN "), StartsWith(":bot"));
    server.process().send(SIGSTOP);
    EXPECT_EQ(bot.terminate(), 0);  // nor does its end wait for it
    server.process().send(SIGCONT);
}

TEST_F(AtNgircd, OneNetworkThatIsDownHoldsUpNoOther) {
    const Port nobody;
    const auto down = R"({"network": "127.0.0.1", "nickname": "other", "channel": "x", "port": )" +
                      std::to_string(nobody.number()) + "}, " +
                      R"({"network": "no.such.host.invalid", "channel": "x"}, )";
    user.join("#one");
    Process bot{words(
        down +
        R"({"network": "localhost", "nickname": "bot", "channel": "one", "make_terse": true, "port": )" +
        std::to_string(server.port()) + "}")};
    EXPECT_THAT(user.line_with(" JOIN "), StartsWith(":bot"));
    bus.wait_for_subscriber();
    publish("org.x.dev.a");
    EXPECT_THAT(user.line_with("NOTICE"), EndsWith(":a --"));
    bot.error_line_with(std::to_string(nobody.number()) + ": connection refused");
    EXPECT_EQ(bot.terminate(), 0);
    EXPECT_THAT(bot.errors(), HasSubstr("no.such.host.invalid:6667: cannot resolve no.such.host.invalid"));
}

TEST_F(AtNgircd, MessagesThatDoNotValidateAreMarked) {
    const auto ca = data_file("crypto/keys/ca.crt");
    ASSERT_TRUE(std::filesystem::exists(ca));
    auto bot = start(entry(server.port()) + "," + entry(server.port(), "two", R"("make_terse": false)"),
                     R"(, "validate_signatures": true, "ca_cert_location": ")" + ca.string() + '"');
    user.join("#two");
    publish("org.x.dev.git.receive");
    EXPECT_THAT(user.line_with("NOTICE #one"), EndsWith(":git.receive -- (unsigned)"));
    bus.publish("org.x.dev.b",
                R"({"topic": "org.x.dev.b", "msg": {}, "signature": "AAAA\n", "certificate": "BBBB\n"})");
    EXPECT_THAT(user.line_with("NOTICE #one"), EndsWith(":b -- (invalid signature!)"));
    EXPECT_THAT(user.line_with("(invalid"),
                HasSubstr("#two :org.x.dev.b                    (invalid signature!) {"));
    EXPECT_EQ(bot.terminate(), 0);
    EXPECT_THAT(bot.errors(), HasSubstr("1 unsigned, 1 malformed did not validate"));
}

TEST_F(AtNgircd, TellsItsStateAndItsCounters) {
    auto bot = start(entry(server.port(), "one", R"("filters": {"topic": ["hush"]})"),
                     R"(, "metrics_listen": "127.0.0.1:0")");
    publish("org.x.dev.hush");
    publish("org.x.dev.a");
    user.line_with("NOTICE");
    const auto now = status();
    EXPECT_EQ(count(now, "fedmsg_irc_sent_lines_total", R"("channel":"#one")"), 1);
    EXPECT_EQ(count(now, "fedmsg_irc_filtered_messages_total"), 1);
    EXPECT_EQ(count(now, "fedmsg_irc_joined"), 1);
    EXPECT_EQ(count(now, "fedmsg_received_messages_total"), 2);
    EXPECT_EQ(count(now, "fedmsg_irc_link_state", R"("state":"up")"), 1);
    EXPECT_EQ(count(now, "fedmsg_irc_dropped_lines_total"), 0);
    EXPECT_EQ(text_at(now.root(), "status"),
              "said 1 lines; 127.0.0.1:" + std::to_string(server.port()) + " (bot) in 1 of 1 channels");
    const auto line = bot.error_line_with("metrics at http://127.0.0.1:");
    const auto metrics =
        parse_exposition(body_of(http(std::stoi(line.substr(line.find("127.0.0.1:") + 10)), "GET /metrics")));
    const auto labels =
        R"({network="127.0.0.1:)" + std::to_string(server.port()) + R"(",nickname="bot",channel="#one"})";
    EXPECT_EQ(metrics.samples.at("fedmsg_irc_sent_lines_total" + labels), 1);
    EXPECT_EQ(metrics.samples.at("fedmsg_irc_joined" + labels), 1);
    // What is not used is not loaded.
    EXPECT_THAT(read_file("/proc/" + std::to_string(bot.pid()) + "/maps"), Not(HasSubstr("libssl")));
    EXPECT_EQ(bot.terminate(), 0);
}

TEST_F(IrcBot, WrongConfigurationIsToldAtOnce) {
    const auto none = run(words(""));
    EXPECT_EQ(none.status, 2);
    EXPECT_THAT(none.errors, HasSubstr("there is no channel to report to: add `irc`"));
    const auto wrong = run(words(R"({"network": "x", "chanel": "y", "port": 0})"));
    EXPECT_EQ(wrong.status, 2);
    EXPECT_THAT(wrong.errors,
                AllOf(HasSubstr("config.json:1: irc[0]: unknown member \"chanel\": did you mean channel?"),
                      HasSubstr("irc[0].port is 0"), HasSubstr("irc[0] has no channel")));
    const auto checked = run(fedmsg({"config", "--check", "--config-filename", folder / "config.json"}));
    EXPECT_EQ(checked.status, 1);
    EXPECT_THAT(checked.errors, HasSubstr("did you mean channel?"));
    const auto status = run(fedmsg({"irc", "--status", "--config-filename", config(entry(1))}));
    EXPECT_EQ(status.status, 1);
}

TEST_F(IrcBot, SaysReadyAndAnswersTheWatchdog) {
    const Port nobody;
    Notifications notifications;
    auto start = words(entry(nobody.number()));
    start.environment = {{"NOTIFY_SOCKET", notifications.address()}, {"WATCHDOG_USEC", "200000"}};
    Process bot{std::move(start)};
    EXPECT_THAT(notifications.wait_for("READY=1", bot),
                HasSubstr("STATUS=reporting to 1 channels over 1 connections"));
    EXPECT_THAT(notifications.wait_for("WATCHDOG=1", bot), HasSubstr("STATUS=said 0 lines; 127.0.0.1:"));
    EXPECT_EQ(bot.terminate(), 0);
}

/// The network falls apart, and is whole again.
TEST_F(IrcBot, SpeaksOnThroughANetsplit) {
    const Port first_port;
    const auto peer = [](const std::string& name, const std::string& more = "") {
        return "[Server]\nName = " + name + "\nMyPassword = secret\nPeerPassword = secret\n" + more;
    };
    Ngircd first{peer("two.test"), "localhost", "one.test"};
    Ngircd second{peer("one.test", "Host = 127.0.0.1\nPort = " + std::to_string(first.port()) + "\n"),
                  "localhost", "two.test"};
    IrcUser near{first.port(), "near"};
    near.join("#one");
    IrcUser far{second.port(), "far"};
    far.join("#one");
    near.line_with(":far!");  // the servers are linked
    Process bot{words(entry(first.port()))};
    far.line_with(":bot!");
    bus.wait_for_subscriber();
    publish("org.x.dev.before");
    EXPECT_THAT(far.line_with("NOTICE"), EndsWith(":before --"));
    near.line_with("NOTICE");
    second.stop();
    EXPECT_THAT(near.line_with(":far!"), HasSubstr("QUIT"));
    publish("org.x.dev.during");
    EXPECT_THAT(near.line_with("NOTICE"), EndsWith(":during --"));
    second.start();
    IrcUser again{second.port(), "again"};
    again.join("#one");
    near.line_with(":again!");
    publish("org.x.dev.after");
    EXPECT_THAT(again.line_with("NOTICE"), EndsWith(":after --"));
    EXPECT_EQ(bot.terminate(), 0);
    EXPECT_THAT(bot.errors(), Not(HasSubstr("next attempt")));
}

class AtInspircd : public IrcBot {
  protected:
    Inspircd server;
    IrcUser user{server.port(), "user"};
};

TEST_F(AtInspircd, AChannelWithoutColoursGetsNone) {
    user.join("#one");
    user.say("MODE #one +c");
    user.line_with("MODE");
    Process bot{words(entry(server.port(), "one", R"("make_pretty": true)"))};
    user.line_with("JOIN");
    bus.wait_for_subscriber();
    publish("org.x.dev.git.receive");
    EXPECT_THAT(user.line_with("NOTICE #one"), HasSubstr(" :git.receive -- "));
    user.say("MODE #one -c");
    user.line_with("MODE");
    publish("org.x.dev.git.receive");
    std::string line;
    for (int i = 0; line.find('\x03') == line.npos && i < 100; ++i) {
        line = user.line_with("NOTICE #one");
        publish("org.x.dev.git.receive");
    }
    EXPECT_THAT(line, HasSubstr(" :\x03"
                                "15git.receive\x03 -- "));
    EXPECT_EQ(bot.terminate(), 0);
    EXPECT_THAT(bot.errors(), Not(HasSubstr("does not take what we say")));
}

/// Five thousand messages at once, and a server that throws out who says more than a line a second.
TEST_F(AtInspircd, ABurstIsSaidAtTheRateThatTheServerTakes) {
    user.join("#one");
    Process bot{words(entry(server.port(), "one", R"("line_rate": 1)"))};
    user.line_with("JOIN");
    bus.wait_for_subscriber();
    constexpr int messages = 5000;
    for (int i = 0; i < messages; ++i) publish("org.x.dev.burst." + std::to_string(i));
    std::string lines;
    // More than the server's threshold of ten.
    for (int i = 0; i < 14; ++i) lines += user.line_with("NOTICE #one") + "\n";
    EXPECT_THAT(lines, testing::ContainsRegex(":\\* backlogged by [0-9]+ messages"));
    EXPECT_THAT(lines, testing::ContainsRegex(":\\* [0-9]+ messages skipped"));
    const auto now = status();
    const auto sent = count(now, "fedmsg_irc_sent_lines_total");
    const auto waiting = count(now, "fedmsg_irc_waiting_lines");
    EXPECT_EQ(sent + waiting + count(now, "fedmsg_irc_dropped_lines_total", "queue_full"), messages);
    EXPECT_EQ(count(now, "fedmsg_irc_lost_connections_total"), 0);
    EXPECT_EQ(bot.terminate(), 0);
    EXPECT_THAT(bot.errors(), Not(HasSubstr("Excess Flood")));
}

/// The same, faster than the server takes it: the test above can fail.
TEST_F(AtInspircd, WhoSpeaksTooFastIsThrownOut) {
    user.join("#one");
    Process bot{words(entry(server.port()))};
    user.line_with("JOIN");
    bus.wait_for_subscriber();
    for (int i = 0; i < 100; ++i) publish("org.x.dev.burst." + std::to_string(i));
    bot.error_line_with("Excess Flood");
    EXPECT_EQ(bot.terminate(), 0);
}

class AtServices : public IrcBot {
  protected:
    AtServices() {
        user.say("PRIVMSG NickServ :REGISTER secret owner@example.org");
        user.line_with("is now registered");
        user.join("#one");
        user.say("MODE #one +r");  // who is in it must be known to the services
    }
    /// What the server knows the bot as.
    std::string account() {
        user.say("WHOIS bot");
        std::string name;
        for (std::string line; line.find(" 318 ") == line.npos;) {
            line = user.next_line();
            if (line.find(" 330 ") == line.npos) continue;
            name = line.substr(line.find("bot ") + 4);
            name.resize(name.find(' '));
        }
        return name;
    }

    Inspircd server{Inspircd::Services::atheme};
    IrcUser user{server.port(), "owner"};
};

TEST_F(AtServices, SaslPlain) {
    Process bot{words(tls_entry(server.tls_port(), R"("sasl_user": "owner", "sasl_pass": "secret")"),
                      server.certificate())};
    EXPECT_THAT(user.line_with("JOIN"), StartsWith(":bot!"));
    EXPECT_EQ(account(), "owner");
    EXPECT_EQ(bot.terminate(), 0);
}

TEST_F(AtServices, AWrongPasswordIsTold) {
    Process bot{words(tls_entry(server.tls_port(), R"("sasl_user": "owner", "sasl_pass": "wrong")"),
                      server.certificate())};
    EXPECT_THAT(bot.error_line_with("was refused"), HasSubstr("SASL PLAIN was refused"));
    EXPECT_EQ(bot.terminate(), 0);
    EXPECT_THAT(bot.errors(), AllOf(Not(HasSubstr("connected as")), Not(HasSubstr("wrong"))));
}

TEST_F(AtServices, SaslExternal) {
    const auto certificate = make_certificate(folder, "bot.pem", "bot");
    auto print =
        run({.command = {"openssl", "x509", "-in", certificate, "-noout", "-sha256", "-fingerprint"}}).output;
    print = print.substr(print.find('=') + 1);
    std::erase_if(print, [](char c) { return c == ':' || c == '\n'; });
    for (auto& c : print) c = static_cast<char>(std::tolower(c));
    user.say("PRIVMSG NickServ :CERT ADD " + print);
    user.line_with("Added fingerprint");
    Process bot{
        words(tls_entry(server.tls_port(), R"("sasl": "external", "ssl_cert": ")" + certificate + '"'),
              server.certificate())};
    EXPECT_THAT(user.line_with("JOIN"), StartsWith(":bot!"));
    EXPECT_EQ(account(), "owner");
    EXPECT_EQ(bot.terminate(), 0);
}

TEST_F(AtServices, NickServ) {
    Process bot{words(tls_entry(server.tls_port(), R"("nickserv": "owner secret", "line_rate": 1)"),
                      server.certificate())};
    EXPECT_THAT(user.line_with("JOIN"), StartsWith(":bot!"));
    bus.wait_for_subscriber();
    // What the services do takes its time; who asks too often is thrown out, so what the bot says sets the
    // pace.
    std::string name;
    for (int i = 0; name.empty() && i < 8; ++i) {
        publish("org.x.dev.tick");
        user.line_with("NOTICE #one");
        name = account();
    }
    EXPECT_EQ(name, "owner");
    EXPECT_EQ(bot.terminate(), 0);
}

TEST_F(IrcBot, AServerWithoutSaslIsLeft) {
    Ngircd server;
    Process bot{words(tls_entry(server.tls_port(), R"("sasl_user": "owner", "sasl_pass": "secret")"),
                      server.certificate())};
    bot.error_line_with("the server does not offer SASL");
    EXPECT_EQ(bot.terminate(), 0);
}

}  // namespace
}  // namespace fedmsg::test
