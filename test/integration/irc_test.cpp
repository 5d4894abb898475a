/// fedmsg irc, at real servers.
#include "support/ngircd.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fedmsg::test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class Irc : public testing::Test {
  protected:
    /// \param entries  of `irc`, as JSON; PORT and TLS_PORT stand for those of the server
    Start words(const std::string& entries, const std::string& settings = "") {
        std::string text = R"({"endpoints": {"test": [")" + bus.address() +
                           R"("]}, "relay_outbound": [], "irc": [)" + entries + "]" + settings + "}";
        const auto fill = [&text](const std::string& name, int port) {
            for (std::size_t at = 0; (at = text.find(name, at)) != text.npos;)
                text.replace(at, name.size(), std::to_string(port));
        };
        fill("TLS_PORT", server.tls_port());
        fill("PORT", server.port());
        auto start = fedmsg({"irc", "--config-filename", folder.write("config.json", text)});
        start.environment = {{"SSL_CERT_FILE", server.certificate()}};
        return start;
    }
    void publish(const std::string& topic, const std::string& msg = "{}") {
        bus.publish(topic, R"({"topic": ")" + topic + R"(", "msg": )" + msg + "}");
    }

    TemporaryFolder folder;
    Bus bus;
    Ngircd server;
    IrcUser user{server.port(), "user"};
};

TEST_F(Irc, SaysInAChannelWhatCrossesTheBus) {
    user.join("#one");
    Process bot{words(R"({"network": "127.0.0.1", "port": PORT, "nickname": "bot", "channel": "one",
                          "make_terse": true, "make_pretty": true, "line_rate": 0.1})")};
    EXPECT_THAT(user.line_with("JOIN"), StartsWith(":bot!"));
    bus.wait_for_subscriber();
    publish("org.x.dev.git.receive");
    EXPECT_THAT(user.line_with("NOTICE"), EndsWith("NOTICE #one :\x03"
                                                   "15git.receive\x03 --"));
    EXPECT_EQ(bot.terminate(), 0);
    EXPECT_THAT(user.line_with("QUIT"), HasSubstr("fedmsg stops"));
    EXPECT_THAT(bot.errors(), HasSubstr("stopped: said 1 lines"));
}

}  // namespace
}  // namespace fedmsg::test
