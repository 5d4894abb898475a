#include "message/filter.h"

#include "data.h"
#include "util/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fedmsg::message {
namespace {

using testing::ElementsAre;

std::string error_of(const FilterOptions& options) {
    try {
        const Filter filter{options};
    } catch (const UsageError& e) {
        return e.what();
    }
    return "no error";
}

/// The option of a tail vector that takes a value.
std::string option(encoding::Node mode, std::string_view name) {
    const auto arguments = mode.find("args")->elements();
    for (std::size_t i = 0; i + 1 < arguments.size(); ++i) {
        if (arguments[i].text() == name) return std::string{arguments[i + 1].text()};
    }
    return {};
}

TEST(Filter, AcceptsTheTopicsThatThePythonTailShowed) {
    const auto vectors = load("tail.json");
    int modes = 0;
    for (const auto mode : vectors.root().find("modes")->elements()) {
        FilterOptions options{.include = option(mode, "--include")};
        if (const auto topic = option(mode, "--topic"); !topic.empty()) options.topics = {topic};
        if (const auto exclude = option(mode, "--exclude"); !exclude.empty()) options.exclude = exclude;
        const auto users = option(mode, "--users"), packages = option(mode, "--packages");
        if (option(mode, "--query") != "topic" || !users.empty() || !packages.empty()) continue;
        Filter filter{options};
        std::vector<std::string> accepted, expected;
        for (const auto text : vectors.root().find("messages")->elements()) {
            const auto message = parse(text.text());
            const auto topic = string_in(message.root(), "topic");
            if (filter.accepts(topic)) accepted.emplace_back(topic);
        }
        for (const auto output : mode.find("outputs")->elements()) expected.emplace_back(output.text());
        EXPECT_EQ(accepted, expected) << string_in(mode, "mode");
        ++modes;
    }
    EXPECT_EQ(modes, 4);
}

TEST(Filter, LeavesOutHeartbeatsUnlessTold) {
    Filter by_default{{}};
    EXPECT_TRUE(by_default.accepts("org.fedoraproject.dev.bodhi.update"));
    EXPECT_FALSE(by_default.accepts("org.fedoraproject.dev._heartbeat.x"));
    Filter everything{{.exclude = ""}};
    EXPECT_TRUE(everything.accepts("org.fedoraproject.dev._heartbeat.x"));
    Filter as_in_python{{.include = "^((?!_heartbeat).)*$", .exclude = ""}};
    EXPECT_TRUE(as_in_python.accepts("org.fedoraproject.dev.bodhi.update"));
    EXPECT_FALSE(as_in_python.accepts("org.fedoraproject.dev._heartbeat.x"));
}

TEST(Filter, TakesAnyOfItsTopicsAndOfItsCategories) {
    Filter filter{{.topics = {"org.x.dev.bodhi", "org.x.*.git.*"}, .categories = {"git", "koji"}}};
    EXPECT_TRUE(filter.accepts("org.x.dev.git.push"));
    EXPECT_FALSE(filter.accepts("org.x.dev.bodhi.push"));
    EXPECT_FALSE(filter.accepts("org.x.dev.koji.push"));
    EXPECT_THAT(filter.prefixes(), ElementsAre("org.x.", "org.x.dev.bodhi"));
}

TEST(Filter, SubscribesToEverythingWithoutTopics) {
    EXPECT_THAT(Filter{{}}.prefixes(), ElementsAre(""));
    EXPECT_THAT((Filter{{.topics = {"a.b", "a.*.c", "a.b"}}}.prefixes()), ElementsAre("a.", "a.b"));
}

TEST(Filter, ComparesWholeTopicsWhenStrict) {
    Filter filter{{.topics = {"org.x.git", "org.*.koji"}, .strict = true}};
    EXPECT_TRUE(filter.accepts("org.x.git"));
    EXPECT_FALSE(filter.accepts("org.x.git.push"));
    EXPECT_TRUE(filter.accepts("org.y.koji"));
}

TEST(Filter, SaysWhatIsWrongWithARegularExpression) {
    EXPECT_EQ(error_of({.include = "a(b"}),
              "include 'a(b': column 4: a parenthesis is not closed, or not opened");
    EXPECT_EQ(error_of({.exclude = "*a"}), "exclude '*a': column 1: nothing to repeat");
}

TEST(Filter, CountsExpressionsThatGiveUp) {
    const std::string hostile(10'000, 'a');
    Filter filter{{.include = "(a+)+$", .exclude = ""}};
    EXPECT_FALSE(filter.accepts(hostile + "b"));
    EXPECT_EQ(filter.gave_up(), 1U);
    EXPECT_TRUE(filter.accepts("org.a"));
    Filter other{{.exclude = "(a+)+$"}};
    EXPECT_TRUE(other.accepts(hostile + "b"));
    EXPECT_EQ(other.gave_up(), 1U);
}

}  // namespace
}  // namespace fedmsg::message
