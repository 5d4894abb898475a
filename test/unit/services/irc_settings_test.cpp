#include "services/irc/settings.h"

#include "support/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fedmsg::services {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// \param entries  the inside of the list `irc` \param more  other keys
CheckedIrc check(const std::string& entries, const std::string& more = "") {
    const test::TemporaryFolder folder;
    LoadOptions options;
    options.config_filename = folder.write("c.json", R"({"irc": [)" + entries + "]" + more + "}");
    return check_irc(load_config(options));
}

std::vector<std::string> texts(const std::vector<Finding>& findings) {
    std::vector<std::string> result;
    for (const auto& finding : findings) result.push_back(finding.text);
    return result;
}

/// The errors of one entry.
std::vector<std::string> errors(const std::string& members) {
    return texts(
        check(R"({"network": "x", "channel": "y")" + (members.empty() ? "" : ", " + members) + "}").errors);
}

TEST(IrcSettings, HaveDefaults) {
    const auto checked = check(R"({"network": "IRC.Example.org", "channel": "noise"})");
    ASSERT_THAT(texts(checked.errors), IsEmpty());
    EXPECT_THAT(texts(checked.warnings), IsEmpty());
    ASSERT_THAT(checked.links, SizeIs(1));
    const auto& link = checked.links.front();
    EXPECT_EQ(link.host, "irc.example.org");
    EXPECT_EQ(link.port, 6667);
    EXPECT_FALSE(link.tls);
    EXPECT_TRUE(link.verify);
    EXPECT_EQ(link.line_rate, 1s);
    EXPECT_EQ(link.session.nickname, "fedmsg-bot");
    EXPECT_EQ(link.session.timeout, 120s);
    EXPECT_EQ(link.session.rejoin, 60s);
    EXPECT_EQ(link.session.sasl, irc::Sasl::none);
    const auto& channel = link.channels.front();
    EXPECT_EQ(channel.name, "#noise");
    EXPECT_EQ(channel.command, "NOTICE");
    EXPECT_FALSE(channel.terse || channel.colours || channel.short_links);
    EXPECT_EQ(checked.colours.others, 15);
}

TEST(IrcSettings, TakeWhatThePythonCommandTook) {
    const auto checked = check(
        R"_({"network": "irc.freenode.net", "port": 6667, "ssl": false, "nickname": "fedmsg-dev",
            "channel": "my-fedmsg-channel", "timeout": 120, "make_pretty": true, "make_terse": true, "make_short": true,
            "line_rate": 0.9, "filters": {"topic": [], "body": ["lub-dub"]}},
           {"network": "irc.libera.chat", "port": 6697, "ssl": true, "nickname": "fm-stg", "channel": "#fedora-fedmsg",
            "filters": {"topic": ["\\.git\\.(?!receive)", "^((?!(pkgdb|bodhi)).)*$"], "body": []}})_",
        R"(, "irc_color_lookup": {"fas": "light blue"}, "irc_default_color": "grey", "irc_method": "msg")");
    ASSERT_THAT(texts(checked.errors), IsEmpty());
    EXPECT_THAT(texts(checked.warnings), ElementsAre(HasSubstr("there is no irc_shortener")));
    ASSERT_THAT(checked.links, SizeIs(2));
    EXPECT_EQ(checked.links[0].line_rate, 900ms);
    EXPECT_TRUE(checked.links[0].channels[0].colours && checked.links[0].channels[0].short_links);
    EXPECT_EQ(checked.links[1].network(), "irc.libera.chat:6697");
    EXPECT_EQ(checked.links[1].channels[0].command, "PRIVMSG");
    EXPECT_EQ(checked.colours.by_word.at("fas"), 12);
    EXPECT_EQ(checked.colours.others, 14);
    std::uint64_t gave_up = 0;
    const auto& channel = checked.links[1].channels[0];
    EXPECT_TRUE(wants(channel, "x.dev.bodhi.update", "{}", gave_up));
    EXPECT_FALSE(wants(channel, "x.dev.wiki.edit", "{}", gave_up));
    EXPECT_FALSE(wants(channel, "x.dev.git.lookaside.bodhi", "{}", gave_up));
}

TEST(IrcSettings, EntriesOfOneNetworkAndNicknameShareAConnection) {
    const auto checked =
        check(R"({"network": "A", "channel": "1", "line_rate": 2, "timeout": 30, "nickserv": "s"},
        {"network": "a", "channel": "2", "channel_key": "k", "method": "msg"}, {"network": "a", "channel": "3", "ssl": true},
        {"network": "a", "channel": "4", "nickname": "other"}, {"network": "a", "channel": "&5", "port": 7000},
        {"network": "a", "channel": "6", "color": false, "make_pretty": true})");
    ASSERT_THAT(texts(checked.errors), IsEmpty());
    ASSERT_THAT(checked.links, SizeIs(4));
    const auto& shared = checked.links[0];
    ASSERT_THAT(shared.channels, SizeIs(3));
    EXPECT_EQ(shared.channels[1].name, "#2");
    EXPECT_EQ(shared.channels[1].command, "PRIVMSG");
    EXPECT_FALSE(shared.channels[2].colours);
    EXPECT_EQ(shared.session.channels[1].key, "k");
    EXPECT_EQ(shared.session.nickserv, "s");
    EXPECT_EQ(shared.line_rate, 2s);
    EXPECT_EQ(shared.session.timeout, 30s);
    EXPECT_EQ(checked.links[1].port, 6697);
    EXPECT_EQ(checked.links[3].channels[0].name, "&5");
}

TEST(IrcSettings, WhatSharesAConnectionHasOnePassword) {
    const auto checked = check(R"({"network": "a", "channel": "1", "password": "x"},
        {"network": "a", "channel": "2", "password": "y"}, {"network": "a", "channel": "#1"})");
    EXPECT_THAT(
        texts(checked.errors),
        ElementsAre("irc[1].password is not that of another entry with the same network and nickname, which "
                    "shares its connection",
                    "irc[2].channel is #1, which this nickname is in already, by another entry"));
    EXPECT_THAT(texts(checked.warnings), Contains(HasSubstr("irc[0]: passwords are sent in the clear")));
}

TEST(IrcSettings, EveryErrorIsToldAtOnceWithTheNearestMember) {
    const auto checked = check(R"({"network": "x", "channel": "y", "nikname": "z", "port": 0}, {"zzz": 1})");
    EXPECT_THAT(texts(checked.errors),
                ElementsAre("irc[0]: unknown member \"nikname\": did you mean nickname?",
                            "irc[0].port is 0: must be an integer from 1 to 65535",
                            "irc[1]: unknown member \"zzz\": see fedmsg-irc(1) for those there are",
                            "irc[1] has no network: it needs the name of a server",
                            "irc[1] has no channel: it needs the name of a channel"));
    EXPECT_THAT(to_string(checked.errors.front()), HasSubstr("c.json:1: irc[0]"));
}

TEST(IrcSettings, EachMemberIsChecked) {
    const std::vector<std::pair<std::string, std::string>> wrong{
        {R"("port": 65536)", "irc[0].port is 65536"},
        {R"("port": "6667")", "irc[0].port is"},
        {R"("ssl": 1)", "irc[0].ssl is 1: must be True or False"},
        {R"("ssl": true, "ssl_verify": "no")", "irc[0].ssl_verify is"},
        {R"("ssl_verify": false)", "irc[0].ssl_verify has no meaning without ssl"},
        {R"("ssl": true, "ssl_key": "/k")", "irc[0].ssl_key has no meaning without ssl_cert"},
        {R"("ssl": true, "ssl_cert": 1)", "irc[0].ssl_cert is 1"},
        {R"("nickname": "a b")", "irc[0].nickname is \"a b\""},
        {R"("nickname": "1a")", "irc[0].nickname is \"1a\""},
        {R"("nickname": "a\r\nQUIT")", "irc[0].nickname is"},
        {R"("nickname": "")", "irc[0].nickname is"},
        {R"("password": "a\nb")", "irc[0].password must be a string"},
        {R"("nickserv": 1)", "irc[0].nickserv must be a string"},
        {R"("sasl": "scram")", "irc[0].sasl is \"scram\": must be \"external\" or \"plain\""},
        {R"("sasl": "external")", "irc[0].sasl is \"external\": needs `ssl`, and a certificate"},
        {R"("sasl_user": "a")", "irc[0]: SASL needs both"},
        {R"("sasl_pass": "a")", "irc[0]: SASL needs both"},
        {R"("channel_key": "a b")", "irc[0].channel_key must not have spaces"},
        {R"("timeout": 0)", "irc[0].timeout is less than 0.1"},
        {R"("rejoin": -1)", "irc[0].rejoin is -1"},
        {R"("line_rate": "1")", "irc[0].line_rate is \"1\": must be a number of seconds, 0 or more"},
        {R"("make_terse": "yes")", "irc[0].make_terse is \"yes\""},
        {R"("make_pretty": 1)", "irc[0].make_pretty is 1"},
        {R"("make_short": "https://x")", "irc[0].make_short is"},
        {R"("color": 0)", "irc[0].color is 0"},
        {R"("method": "shout")", "irc[0].method is \"shout\": must be \"msg\" or \"notice\""},
        {R"("filters": [])", "irc[0].filters is []: must be a dict"},
        {R"("filters": {"topics": []})", "irc[0].filters: unknown member \"topics\": did you mean topic?"},
        {R"("filters": {"topic": "x"})",
         "irc[0].filters.topic is \"x\": must be a list of regular expressions"},
        {R"("filters": {"topic": [""]})", "none of them empty"},
        {R"("include": {"body": ["("]})",
         "irc[0].include.body has \"(\", which is no regular expression: column"},
    };
    for (const auto& [member, error] : wrong)
        EXPECT_THAT(errors(member), Contains(HasSubstr(error))) << member;
    EXPECT_THAT(errors(""), IsEmpty());
    EXPECT_THAT(errors(R"("nickname": null, "filters": null, "ssl": null)"), IsEmpty());
    EXPECT_THAT(texts(check(R"({"network": "::1", "channel": "x"})").errors), IsEmpty());
    for (const auto* entry :
         {R"({"network": "a/b", "channel": "x"})", R"({"network": "a b", "channel": "x"})",
          R"({"network": "x", "channel": "a b"})", R"({"network": "x", "channel": "a,#b"})",
          R"({"network": "x", "channel": "a\r\nQUIT"})", R"({"network": "", "channel": "x"})"})
        EXPECT_THAT(texts(check(entry).errors), SizeIs(1)) << entry;
}

TEST(IrcSettings, ErrorsDoNotShowPasswords) {
    for (const auto* key : {"password", "nickserv", "sasl_pass", "channel_key"})
        for (const auto& text : errors(std::string{"\""} + key + R"(": "hush\n hush", "port": 0)"))
            EXPECT_THAT(text, testing::Not(HasSubstr("hush"))) << key;
}

TEST(IrcSettings, ColoursAndShortenerAreChecked) {
    const auto checked = check("", R"(, "irc_color_lookup": {"git": "mauve"}, "irc_default_color": "gray",
                                      "irc_shortener": "https://da.gd/s")");
    EXPECT_THAT(
        texts(checked.errors),
        ElementsAre(AllOf(HasSubstr(R"(irc_color_lookup["git"] is "mauve": must be one of white, black)"),
                          HasSubstr("light grey")),
                    HasSubstr(R"(irc_default_color is "gray": must be one of)"),
                    HasSubstr("must be an http:// or https:// URL with {url} where the link goes")));
    EXPECT_EQ(check("", R"(, "irc_shortener": "https://da.gd/s?url={url}")").shortener,
              "https://da.gd/s?url={url}");
}

TEST(IrcSettings, FiltersWinOverInclude) {
    const auto checked = check(R"({"network": "x", "channel": "y", "filters": {"topic": ["secret"]},
                                   "include": {"topic": ["\\.git\\."], "body": ["ralph"]}})");
    ASSERT_THAT(texts(checked.errors), IsEmpty());
    const auto& channel = checked.links[0].channels[0];
    std::uint64_t gave_up = 0;
    EXPECT_TRUE(wants(channel, "x.git.y", "", gave_up));
    EXPECT_TRUE(wants(channel, "x.bodhi.y", "by ralph", gave_up));
    EXPECT_FALSE(wants(channel, "x.bodhi.y", "", gave_up));
    EXPECT_FALSE(wants(channel, "x.git.secret", "ralph", gave_up));
}

}  // namespace
}  // namespace fedmsg::services
