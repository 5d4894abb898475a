/// Sentences about messages, as other programs ask for them.
#include "api/meta.h"

#include "support/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace fedmsg {
namespace {

using encoding::Object;
using encoding::Value;
using testing::ElementsAre;

Value message(const std::string& text) {
    return Object{{"topic", "org.fedoraproject.dev.coffee.brewed"},
                  {"msg", Object{{"user", text}}},
                  {"timestamp", 1.0}};
}

TEST(Msg2, SaysWhatTheRulesSay) {
    const test::TemporaryFolder folder;
    folder.write("coffee.lua", R"(return {
        subtitle = function(msg) return fmt("{msg.user} brewed", msg) end,
        link = function(msg) return "https://x" end,
        usernames = function(msg) return { msg.msg.user } end,
        objects = function(msg) return { 7 } end,
        emails = function(msg) return { [msg.msg.user] = "a@b" } end,
        subjective = function(msg, subject) return subject == msg.msg.user and "you brewed" or "" end,
    })");
    Config config;
    config.topic_prefix_re = R"(org\.fedoraproject\.dev)";
    make_processors(config, {folder.path()});
    const auto ralph = message("ralph");
    EXPECT_EQ(msg2title(ralph), "coffee.brewed");
    EXPECT_EQ(msg2repr(ralph), "coffee.brewed -- ralph brewed https://x");
    EXPECT_EQ(msg2long_form(ralph), "ralph brewed");
    EXPECT_EQ(msg2subjective(ralph, "ralph"), "you brewed");
    EXPECT_THAT(msg2usernames(ralph), ElementsAre("ralph"));
    EXPECT_THAT(msg2objects(ralph), ElementsAre("7"));
    EXPECT_THAT(msg2emails(ralph), ElementsAre(testing::Pair("ralph", "a@b")));
    EXPECT_EQ(msg2agent(ralph), "ralph");
    EXPECT_EQ(msg2icon(ralph), std::nullopt);
    EXPECT_EQ(msg2processor(ralph), "coffee");
    EXPECT_EQ(msg2title(Value{7}), "");
    EXPECT_EQ(conglomerate({ralph, ralph}).size(), 2U);

    // Threads have states of their own, and see what is chosen later.
    std::thread{[&] { EXPECT_EQ(msg2subtitle(ralph), "ralph brewed"); }}.join();
    make_processors(config);
    std::thread{[&] { EXPECT_EQ(msg2subtitle(ralph), ""); }}.join();
    EXPECT_EQ(msg2subtitle(ralph), "");
}

}  // namespace
}  // namespace fedmsg
