#include "message/topic.h"

#include "data.h"
#include "util/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace fedmsg::message {
namespace {

using testing::HasSubstr;
using testing::Optional;

TEST(Topic, IsBuiltAsThePythonPublisherBuiltIt) {
    const auto vectors = load("topics.json");
    int compared = 0;
    for (const auto entry : vectors.root().elements()) {
        const auto* full = entry.find("full_topic");
        if (full == nullptr) continue;  // a number as topic: it cannot be written here
        const auto part = [&](const char* key) { return entry.find_string(key).value_or(""); };  // null, or 0
        const TopicParts parts{part("topic_prefix"), part("environment"), part("modname"), part("topic")};
        EXPECT_EQ(make_topic(parts), full->text());
        ++compared;
    }
    EXPECT_EQ(compared, 59);
}

TEST(Topic, OfAnInvalidPartIsRefusedAndShown) {
    try {
        (void)make_topic({.topic_prefix = "org", .environment = "dev", .modname = "a", .topic = "b\xFF"});
        FAIL() << "not refused";
    } catch (const UsageError& e) {
        EXPECT_STREQ(e.what(), "cannot publish on 'org.dev.a.b\uFFFD': a topic must be UTF-8");
    }
}

TEST(Category, IsPartThreeOrTwoOfAVirtualTopic) {
    EXPECT_EQ(category("org.fedoraproject.dev.bodhi.update"), "bodhi");
    EXPECT_EQ(category("org.fedoraproject.dev.bodhi"), "bodhi");
    EXPECT_EQ(category("VirtualTopic.eng.brew.build"), "brew");
    EXPECT_EQ(category("org.fedoraproject.dev"), "");
    EXPECT_EQ(category("org.fedoraproject.dev."), "");
    EXPECT_EQ(category(""), "");
    EXPECT_EQ(category("a.b.c..e"), "");
}

TEST(ServiceTopic, IsWhatThePublisherGave) {
    const auto parts = [](std::string_view topic, std::string_view prefix = "org.fedoraproject") {
        const auto [modname, rest] = service_topic(topic, prefix);
        return std::string{modname} + "|" + std::string{rest};
    };
    EXPECT_EQ(parts("org.fedoraproject.prod.copr.build.start"), "copr|build.start");
    EXPECT_EQ(parts("org.debian.prod.copr.build.start"), "copr|build.start");
    EXPECT_EQ(parts("com.example.bus.dev.git.push", "com.example.bus"), "git|push");
    EXPECT_EQ(parts("com.example.bus.dev.git.push"), "dev|git.push");
    EXPECT_EQ(parts("org.fedoraproject.prod.copr.a", "org.fedora"), "copr|a");
    EXPECT_EQ(parts("VirtualTopic.eng.brew.build.x"), "brew|build.x");
    EXPECT_EQ(parts("org.fedoraproject.prod.copr"), "copr|");
    EXPECT_EQ(parts("org.fedoraproject.prod"), "|");
    EXPECT_EQ(parts("a"), "|");
    EXPECT_EQ(parts(""), "|");
}

TEST(GrammarWarning, IsSilentOnRecommendedTopics) {
    for (const auto* topic :
         {"bodhi.update.request", "bodhi.update.request.testing", "koji.build-x.state_change"}) {
        EXPECT_EQ(grammar_warning(std::string{"org.fedoraproject.prod."} + topic, "org.fedoraproject"),
                  std::nullopt);
    }
}

TEST(GrammarWarning, SaysWhichRuleIsBroken) {
    const auto warning = [](std::string_view topic) { return grammar_warning(topic, "org.fedoraproject"); };
    EXPECT_EQ(warning("org.fedoraproject.dev.logger.log"),
              "topic 'org.fedoraproject.dev.logger.log' does not follow "
              "org.fedoraproject.ENV.CATEGORY.OBJECT[.SUBOBJECT].EVENT: it has fewer parts");
    EXPECT_THAT(warning("org.fedoraprojectx.dev.a.b.c"),
                Optional(HasSubstr("does not begin with 'org.fedoraproject.'")));
    EXPECT_THAT(warning("org.fedoraproject.test.a.b.c"),
                Optional(HasSubstr("ENV is 'test', not dev, stg or prod")));
    EXPECT_THAT(warning("org.fedoraproject.dev.a..c"), Optional(HasSubstr("a part is empty")));
    EXPECT_THAT(warning("org.fedoraproject.dev.a.Build.c"),
                Optional(HasSubstr("'Build' has other characters")));
    EXPECT_THAT(warning("org.fedoraproject.dev.a.b.c.d.e"), Optional(HasSubstr("it has more parts")));
    EXPECT_THAT(warning("org.fedoraproject."), Optional(HasSubstr("ENV is ''")));
}

struct PatternCase {
    const char *pattern, *topic;
    bool prefix_match, whole_match;
};

class Patterns : public testing::TestWithParam<PatternCase> {};

TEST_P(Patterns, MatchAsTheyShould) {
    const auto& [pattern, topic, prefix_match, whole_match] = GetParam();
    EXPECT_EQ(TopicPattern(pattern).matches(topic), prefix_match) << pattern << " on " << topic;
    EXPECT_EQ(TopicPattern(pattern, TopicPattern::Match::whole).matches(topic), whole_match)
        << pattern << " on " << topic << " (whole)";
}

INSTANTIATE_TEST_SUITE_P(Topic, Patterns,
                         testing::ValuesIn(std::initializer_list<PatternCase>{
                             {"", "org.x", true, false},
                             {"", "", true, true},
                             {"*", "org.x.y", true, true},
                             {"*", "", true, true},
                             {"org.x", "org.x", true, true},
                             {"org.x", "org.x.y", true, false},
                             {"org.x", "org.xy", true, false},
                             {"org.x", "org.", false, false},
                             {"org.x.*", "org.x.y", true, true},
                             {"org.x.*", "org.x.y.z", true, false},
                             {"org.x.*", "org.x.", true, true},
                             {"org.x.*", "org.x", false, false},
                             {"org.*.git", "org.dev.git", true, true},
                             {"org.*.git", "org..git", true, true},
                             {"org.*.git", "org.dev.github.push", true, false},
                             {"org.*.git", "org.a.b.git", false, false},
                             {"org.*.git", "org.dev", false, false},
                             {"org.*.git.*", "org.dev.git.receive", true, true},
                             {"org.*.git.*", "org.dev.github", false, false},
                             {"org.*.*.git", "org.a.b.git", true, true},
                             {"org.*.*.git", "org.a.git", false, false},
                             {"org.a*b*c.d", "org.axbxbxc.d", true, true},
                             {"org.a*b*c.d", "org.axb.xc.d", false, false},
                             {"*.git", "dev.git", true, true},
                             {"org.*.foo", "org.*.foo", true, true},
                             {"org.**.foo", "org.x.foo", true, true},
                             {"org.\u00e9.*.x", "org.\u00e9.\u65e5\u672c.x", true, true},
                         }));

TEST(TopicPattern, TellsZeroMqItsLiteralBeginning) {
    EXPECT_EQ(TopicPattern("org.fedoraproject.stg.koji.*").prefix(), "org.fedoraproject.stg.koji.");
    EXPECT_TRUE(TopicPattern("org.fedoraproject.stg.koji.*").is_prefix());
    EXPECT_EQ(TopicPattern("org.*.git.*").prefix(), "org.");
    EXPECT_FALSE(TopicPattern("org.*.git.*").is_prefix());
    EXPECT_EQ(TopicPattern("*").prefix(), "");
    EXPECT_TRUE(TopicPattern("*", TopicPattern::Match::whole).is_prefix());
    EXPECT_FALSE(TopicPattern("org.x", TopicPattern::Match::whole).is_prefix());
}

TEST(TopicPattern, EndsSoonOnHostileTopics) {
    const std::string pattern = "*" + std::string(200, 'a') + "b", topic(100'000, 'a');
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_FALSE(TopicPattern(pattern).matches(topic));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{2});
}

}  // namespace
}  // namespace fedmsg::message
