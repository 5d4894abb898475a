#include "irc/session.h"

#include "crypto/base64.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fedmsg::irc {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Lines = Session::Lines;

SessionSettings settings_of(std::vector<SessionSettings::Channel> channels = {{"#one"}}) {
    return {.network = "irc.test:6667", .nickname = "bot", .channels = std::move(channels)};
}

/// A session that tests talk to as its server.
class Server {
  public:
    explicit Server(SessionSettings settings) : session{std::move(settings)} { first = session.begin(now); }

    Lines say(const std::string& line) { return session.on_line(line, now); }
    Lines welcome(const std::string& nickname = "bot") {
        say(":irc.test 001 " + nickname + " :Welcome");
        return say(":irc.test 376 " + nickname + " :End of MOTD");
    }
    Lines join(const std::string& channel) {
        return say(":" + session.nickname() + "!~bot@127.0.0.1 JOIN :" + channel);
    }
    Lines pass(std::chrono::milliseconds time) {
        now += time;
        return session.on_time(now);
    }

    Session::Time now{1000s};
    Session session;
    Lines first;
};

TEST(Session, RegistersJoinsAndAsksForTheModes) {
    Server server{settings_of()};
    EXPECT_THAT(server.first, ElementsAre("NICK bot", "USER bot 0 * :fedmsg"));
    EXPECT_FALSE(server.session.welcome());
    EXPECT_THAT(server.say(":irc.test 001 bot :Welcome"), IsEmpty());
    EXPECT_TRUE(server.session.welcome());
    EXPECT_THAT(server.say(":irc.test 376 bot :End"), ElementsAre("JOIN #one"));
    EXPECT_FALSE(server.session.is_in(0));
    EXPECT_THAT(server.join("#ONE"), ElementsAre("MODE #one"));
    EXPECT_TRUE(server.session.is_in(0));
    EXPECT_TRUE(server.session.takes_colours(0));
    EXPECT_EQ(server.session.say(0, "NOTICE", "x"), "NOTICE #one :x");
}

TEST(Session, ThePasswordOfTheServerComesFirst) {
    auto settings = settings_of();
    settings.password = "a b";
    EXPECT_THAT(Server{settings}.first, ElementsAre("PASS :a b", "NICK bot", "USER bot 0 * :fedmsg"));
}

TEST(Session, ChannelsWithKeysComeFirstAndManyTakeSeveralLines) {
    Server server{settings_of({{"#a"}, {"#b", "kb"}, {"#c"}, {"#d", "kd"}})};
    EXPECT_THAT(server.welcome(), ElementsAre("JOIN #b,#d,#a,#c kb,kd"));

    std::vector<SessionSettings::Channel> many;
    for (int i = 0; i < 40; ++i) many.push_back({"#channel" + std::to_string(i), "key" + std::to_string(i)});
    Server large{settings_of(many)};
    const auto lines = large.welcome();
    EXPECT_EQ(lines.size(), 3U);
    std::string all;
    for (const auto& line : lines) {
        EXPECT_LE(line.size(), longest_line - 2);
        all += line + ",";
    }
    for (int i = 0; i < 40; ++i) EXPECT_THAT(all, HasSubstr("#channel" + std::to_string(i)));
}

TEST(Session, ModesAreAskedForOneAfterAnother) {
    Server server{settings_of({{"#a"}, {"#b"}, {"#c"}})};
    server.welcome();
    EXPECT_THAT(server.join("#a"), ElementsAre("MODE #a"));
    EXPECT_THAT(server.join("#b"), IsEmpty());
    EXPECT_THAT(server.join("#c"), IsEmpty());
    EXPECT_THAT(server.say(":irc.test 324 bot #a +cnt"), ElementsAre("MODE #b"));
    // Kicked while it is asked for: the next one has its turn.
    EXPECT_THAT(server.say(":op KICK #b bot :out"), ElementsAre("MODE #c"));
    EXPECT_THAT(server.say(":irc.test 324 bot #c +n"), IsEmpty());
    EXPECT_FALSE(server.session.takes_colours(0));
    EXPECT_TRUE(server.session.takes_colours(2));
}

TEST(Session, AServerThatDoesNotTellTheModesIsAskedForTheNext) {
    Server server{settings_of({{"#a"}, {"#b"}})};
    server.welcome();
    server.join("#a");
    server.join("#b");
    EXPECT_THAT(server.say(":irc.test 442 bot #a :You're not on that channel"), ElementsAre("MODE #b"));
    EXPECT_TRUE(server.session.is_in(0));
}

TEST(Session, FollowsTheModeThatForbidsColours) {
    Server server{settings_of()};
    server.welcome();
    server.join("#one");
    server.say(":op!o@h MODE #one +o-v+c alice bob");
    EXPECT_FALSE(server.session.takes_colours(0));
    server.say(":op!o@h MODE #one -nc");
    EXPECT_TRUE(server.session.takes_colours(0));
    server.say(":op!o@h MODE #other +c");
    EXPECT_TRUE(server.session.takes_colours(0));
}

TEST(Session, AnswersPingAndAsksItself) {
    Server server{settings_of()};
    EXPECT_THAT(server.say("PING :irc.test"), ElementsAre("PONG :irc.test"));
    server.welcome();
    server.join("#one");
    EXPECT_EQ(server.session.due(), server.now + 60s);
    EXPECT_THAT(server.pass(59s), IsEmpty());
    EXPECT_THAT(server.pass(1s), ElementsAre("PING fedmsg"));
    EXPECT_THAT(server.pass(1s), IsEmpty());
    server.say(":irc.test PONG irc.test :fedmsg");
    EXPECT_EQ(server.session.due(), server.now + 60s);
    server.pass(60s);
    server.pass(59s);
    EXPECT_FALSE(server.session.failure());
    server.pass(1s);
    EXPECT_EQ(server.session.failure(), "the server is silent");
}

TEST(Session, GivesUpOnAServerThatNeverWelcomesIt) {
    Server server{settings_of()};
    server.say(":irc.test NOTICE * :Looking up your hostname");
    server.say(":irc.test 464 bot :Bad password\x1b");
    EXPECT_EQ(server.session.due(), server.now + 120s);
    server.pass(120s);
    EXPECT_EQ(server.session.failure(), "no welcome: Bad password?");
}

TEST(Session, AnErrorEndsIt) {
    Server server{settings_of()};
    server.say("ERROR :Closing link: (K-lined)");
    EXPECT_EQ(server.session.failure(), "the server says: Closing link: (K-lined)");
}

TEST(Session, ANicknameThatIsTakenGetsUnderscoresAndIsTakenBack) {
    Server server{settings_of()};
    EXPECT_THAT(server.say(":irc.test 433 * bot :Nickname already in use"), ElementsAre("NICK bot_"));
    EXPECT_THAT(server.say(":irc.test 433 * bot_ :Nickname already in use"), ElementsAre("NICK bot__"));
    server.welcome("bot__");
    EXPECT_EQ(server.session.nickname(), "bot__");
    server.join("#one");
    EXPECT_TRUE(server.session.is_in(0));
    // Now and then.
    EXPECT_THAT(server.pass(60s), ElementsAre("PING fedmsg", "NICK bot"));
    EXPECT_THAT(server.say(":irc.test 433 bot__ bot :Nickname already in use"), IsEmpty());
    EXPECT_THAT(server.pass(60s), testing::Contains("NICK bot"));
    // At once, when who has it goes.
    EXPECT_THAT(server.say(":bot!x@y QUIT :bye"), ElementsAre("NICK bot"));
    server.say(":bot__!~bot@127.0.0.1 NICK :bot");
    EXPECT_EQ(server.session.nickname(), "bot");
    EXPECT_TRUE(server.session.is_in(0));
    EXPECT_THAT(server.say(":bot_!x@y QUIT :bye"), IsEmpty());
    server.say(":irc.test PONG x");
    EXPECT_EQ(server.session.due(), server.now + 60s);  // no more attempts
}

TEST(Session, ANicknameThatTheServicesTakeIsIdentifiedForAndTakenBack) {
    auto settings = settings_of();
    settings.nickserv = "secret";
    Server server{settings};
    server.welcome();
    server.join("#one");
    EXPECT_THAT(server.say(":bot!~bot@127.0.0.1 NICK :Guest1"),
                ElementsAre("PRIVMSG NickServ :IDENTIFY bot secret"));
    EXPECT_TRUE(server.session.is_in(0));
    EXPECT_THAT(server.pass(60s), testing::Contains("NICK bot"));
}

TEST(Session, NotEveryNicknameIsTried) {
    Server server{settings_of()};
    for (int i = 1; i < Session::most_nicknames; ++i)
        EXPECT_THAT(server.say(":irc.test 433 * x :in use"), testing::SizeIs(1));
    EXPECT_THAT(server.say(":irc.test 433 * x :in use"), IsEmpty());
    EXPECT_EQ(server.session.failure(), "the nickname bot is taken, and so is bot_____: in use");
}

TEST(Session, ANicknameThatIsTooLongIsCut) {
    auto settings = settings_of();
    settings.nickname = "fedmsg-announcer";
    Server server{settings};
    EXPECT_THAT(server.say(":irc.test 432 * x :too long"), ElementsAre("NICK fedmsg-an"));
    EXPECT_THAT(server.say(":irc.test 433 * x :in use"), ElementsAre("NICK fedmsg-a_"));
    EXPECT_THAT(server.say(":irc.test 433 * x :in use"), ElementsAre("NICK fedmsg-__"));
    EXPECT_FALSE(server.session.failure());
    EXPECT_THAT(server.say(":irc.test 432 * x :bad"), IsEmpty());
    EXPECT_EQ(server.session.failure(), "the server refuses the nickname fedmsg-__: bad");
}

TEST(Session, ANicknameThatTheServerHasCutIsNotAskedForAgain) {
    auto settings = settings_of();
    settings.nickname = "fedmsg-announcer";
    Server server{settings};
    server.say(":irc.test 001 fedmsg-annou :Welcome");
    server.say(":irc.test 005 fedmsg-annou NICKLEN=12 :are supported");
    server.say(":irc.test 376 fedmsg-annou :End");
    server.join("#one");
    EXPECT_TRUE(server.session.is_in(0));
    EXPECT_EQ(server.session.due(), server.now + 60s);
    EXPECT_THAT(server.pass(60s), ElementsAre("PING fedmsg"));
}

TEST(Session, ComesBackAMinuteAfterAKick) {
    Server server{settings_of({{"#one"}, {"#two", "key"}})};
    server.welcome();
    server.join("#one");
    server.join("#two");
    EXPECT_EQ(server.session.joined_channels(), 2U);
    server.say(":op!o@h KICK #two alice :out");
    EXPECT_TRUE(server.session.is_in(1));
    server.say(":op!o@h KICK #two bot :out");
    EXPECT_FALSE(server.session.is_in(1));
    EXPECT_TRUE(server.session.is_in(0));
    EXPECT_EQ(server.session.due(), server.now + 60s);
    EXPECT_THAT(server.pass(59s), IsEmpty());
    EXPECT_THAT(server.pass(1s), testing::Contains("JOIN #two key"));
    server.say(":irc.test 474 bot #two :Cannot join channel (+b)");
    EXPECT_FALSE(server.session.is_in(1));
    EXPECT_THAT(server.pass(60s), testing::Contains("JOIN #two key"));
    server.join("#two");
    EXPECT_TRUE(server.session.is_in(1));
    server.say(":bot!~bot@127.0.0.1 PART #one :by force");
    EXPECT_FALSE(server.session.is_in(0));
}

TEST(Session, AChannelOfAKindThatTheServerDoesNotHaveIsNotJoined) {
    Server server{settings_of({{"#one"}, {"+two"}})};
    server.say(":irc.test 001 bot :Welcome");
    server.say(":irc.test 005 bot CASEMAPPING=ascii CHANTYPES=# NICKLEN=20 :are supported");
    EXPECT_THAT(server.say(":irc.test 422 bot :no MOTD"), ElementsAre("JOIN #one"));
}

TEST(Session, NamesAreComparedAsTheServerDoes) {
    Server rfc{settings_of({{"#a[1]~"}})};
    rfc.welcome();
    rfc.join("#A{1}^");
    EXPECT_TRUE(rfc.session.is_in(0));
    Server ascii{settings_of({{"#a[1]"}})};
    ascii.say(":irc.test 005 bot CASEMAPPING=ascii :are supported");
    ascii.welcome();
    ascii.join("#a{1}");
    EXPECT_FALSE(ascii.session.is_in(0));
    ascii.join("#A[1]");
    EXPECT_TRUE(ascii.session.is_in(0));
}

TEST(Session, LeavesRoomForThePrefixThatTheServerPutsInFront) {
    Server server{settings_of()};
    server.welcome();
    const std::string text(1000, 'x');
    EXPECT_LE(server.session.say(0, "NOTICE", text).size(), 510U - 75);
    const auto prefix = "bot!~bot@127.0.0.1"s;
    server.join("#one");
    EXPECT_EQ((":" + prefix + " " + server.session.say(0, "NOTICE", text)).size(), 510U);
    server.say(":irc.test 396 bot user/bot :is now your displayed host");
    EXPECT_LE(server.session.say(0, "NOTICE", text).size(), 510U - 75);
}

TEST(Session, CountsWhatTheServerRefuses) {
    Server server{settings_of()};
    server.welcome();
    server.join("#one");
    server.say(":irc.test 404 bot #one :Cannot send to channel");
    server.say(":irc.test 404 bot #one :Cannot send to channel");
    EXPECT_EQ(server.session.refused(), 2U);
    EXPECT_TRUE(server.session.is_in(0));
}

TEST(Session, IdentifiesToNickServ) {
    auto settings = settings_of();
    settings.nickserv = "secret";
    Server server{settings};
    EXPECT_THAT(server.welcome(), ElementsAre("PRIVMSG NickServ :IDENTIFY secret", "JOIN #one"));
    Server other{settings};
    other.say(":irc.test 433 * bot :in use");
    EXPECT_THAT(other.welcome("bot_"), ElementsAre("PRIVMSG NickServ :IDENTIFY bot secret", "JOIN #one"));
}

class SaslSession : public testing::Test {
  protected:
    static SessionSettings with(Sasl sasl) {
        auto settings = settings_of();
        settings.sasl = sasl;
        settings.sasl_user = "account";
        settings.sasl_password = "secret";
        return settings;
    }
    Server server{with(Sasl::plain)};
};

TEST_F(SaslSession, AuthenticatesBeforeItIsLetIn) {
    EXPECT_THAT(server.first, ElementsAre("CAP LS 302", "NICK bot", "USER bot 0 * :fedmsg"));
    EXPECT_THAT(server.say(":irc.test CAP * LS * :multi-prefix away-notify"), IsEmpty());
    EXPECT_THAT(server.say(":irc.test CAP * LS :sasl=PLAIN,EXTERNAL"), ElementsAre("CAP REQ :sasl"));
    EXPECT_THAT(server.say(":irc.test CAP * ACK :sasl"), ElementsAre("AUTHENTICATE PLAIN"));
    // RFC 4616, 2: authorization identity, authentication identity, password.
    EXPECT_THAT(server.say("AUTHENTICATE +"), ElementsAre("AUTHENTICATE AGFjY291bnQAc2VjcmV0"));
    EXPECT_THAT(server.say(":irc.test 900 bot bot!b@h account :You are now logged in"), IsEmpty());
    EXPECT_THAT(server.say(":irc.test 903 bot :SASL authentication successful"), ElementsAre("CAP END"));
    EXPECT_THAT(server.welcome(), ElementsAre("JOIN #one"));
    EXPECT_FALSE(server.session.failure());
}

TEST_F(SaslSession, ExternalSaysNothingOfItself) {
    Server external{with(Sasl::external)};
    external.say(":irc.test CAP * LS :sasl");
    EXPECT_THAT(external.say(":irc.test CAP bot ACK :sasl"), ElementsAre("AUTHENTICATE EXTERNAL"));
    EXPECT_THAT(external.say("AUTHENTICATE +"), ElementsAre("AUTHENTICATE +"));
}

TEST_F(SaslSession, ALongPasswordGoesInPieces) {
    for (const std::size_t size : {282U, 291U, 292U}) {  // 292 + 8 bytes are 400 characters
        auto settings = with(Sasl::plain);
        settings.sasl_user = "u";
        settings.sasl_password = std::string(size + 5, 'p');
        Server long_one{settings};
        long_one.say(":irc.test CAP * LS :sasl");
        long_one.say(":irc.test CAP bot ACK :sasl");
        std::string text;
        const auto lines = long_one.say("AUTHENTICATE +");
        for (const auto& line : lines) {
            const auto piece = line.substr("AUTHENTICATE "s.size());
            EXPECT_LE(piece.size(), 400U);
            if (piece != "+") text += piece;
        }
        EXPECT_LT(lines.back().size(), "AUTHENTICATE "s.size() + 400);  // the end is shorter than the others
        EXPECT_EQ(crypto::decode_base64(text), "\0u\0"s + settings.sasl_password);
    }
}

TEST_F(SaslSession, EveryRefusalEndsIt) {
    const auto failure = [](const std::vector<std::string>& lines) {
        Server one{with(Sasl::plain)};
        for (const auto& line : lines) one.say(line);
        return one.session.failure().value_or("none");
    };
    EXPECT_THAT(failure({":s CAP * LS :multi-prefix"}), HasSubstr("does not offer SASL"));
    EXPECT_THAT(failure({":s CAP * LS :sasl=EXTERNAL"}),
                HasSubstr("does not offer SASL PLAIN, but sasl=EXTERNAL"));
    EXPECT_THAT(failure({":s 421 * CAP :Unknown command"}), HasSubstr("does not offer SASL"));
    EXPECT_THAT(failure({":s CAP * LS :sasl", ":s CAP * NAK :sasl"}), HasSubstr("refuses SASL"));
    EXPECT_THAT(failure({":s 904 bot :SASL authentication failed"}),
                "SASL PLAIN was refused: SASL authentication failed");
    EXPECT_THAT(failure({":s 001 bot :Welcome"}), HasSubstr("lets us in without SASL"));
}

}  // namespace
}  // namespace fedmsg::irc
