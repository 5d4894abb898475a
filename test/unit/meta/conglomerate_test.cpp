/// Several messages told as one.
#include "meta/conglomerate.h"

#include "encoding/write.h"
#include "scripts.h"

#include <gtest/gtest.h>

namespace fedmsg::meta {
namespace {

constexpr std::string_view coffee = R"(
    return {
        subtitle = function(msg) return fmt("{msg.user} brewed", msg) end,
        usernames = function(msg) return { msg.msg.user } end,
        conglomerators = { {
            can_handle = function(msg) return msg.topic:match("%.brewed$") end,
            matches = function(a, b) return a.msg.user == b.msg.user end,
            merge = function(messages, subject, entry)
                if messages[1].msg.fail then error("no") end
                entry.subtitle = fmt("{user} brewed {n} times", { user = messages[1].msg.user, n = #messages })
                entry.subjective = subject == messages[1].msg.user and "you brewed" or entry.subtitle
                return entry
            end,
        } },
    })";

std::string message(const std::string& user, const std::string& event, int at, const std::string& more = "") {
    return R"({"topic":"org.fedoraproject.dev.coffee.)" + event + R"(","timestamp":)" + std::to_string(at) +
           R"(,"msg_id":"id-)" + std::to_string(at) + R"(","msg":{"user":")" + user + "\"" + more + "}}";
}

std::vector<encoding::Object> groups(const std::vector<std::string>& messages,
                                     std::string_view subject = {}) {
    Scripts scripts;
    scripts.add("coffee", coffee);
    return conglomerate(scripts.rules(), messages, subject);
}

std::string text(const encoding::Object& entry, std::string_view key) {
    return encoding::dumps(*entry.find(key));
}

TEST(Conglomerate, PutsAGroupWhereItsFirstStood) {
    const auto entries = groups({message("a", "brewed", 10), message("b", "spilled", 11),
                                 message("b", "brewed", 12), message("a", "brewed", 20), "{}"});
    ASSERT_EQ(entries.size(), 3U);
    EXPECT_EQ(text(entries[0], "subtitle"), R"("a brewed 2 times")");
    EXPECT_EQ(text(entries[0], "timestamp"), "15");
    EXPECT_EQ(text(entries[0], "start_time") + text(entries[0], "end_time"), "1020");
    EXPECT_EQ(text(entries[0], "usernames"), R"(["a"])");
    EXPECT_EQ(text(entries[0], "categories"), R"(["coffee"])");
    EXPECT_EQ(entries[0].find("msg_ids")->object()->size(), 2U);
    EXPECT_EQ(text(entries[1], "subtitle"), R"("b brewed")");
    EXPECT_EQ(text(entries[1], "topics"), R"(["org.fedoraproject.dev.coffee.spilled"])");
    EXPECT_EQ(text(entries[2], "human_time"), R"("46 years ago")");
}

TEST(Conglomerate, SpeaksToItsSubject) {
    const auto entries = groups({message("a", "brewed", 10), message("a", "brewed", 20)}, "a");
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_EQ(text(entries[0], "subjective"), R"("you brewed")");
}

TEST(Conglomerate, WhatCannotBeMergedStaysAsItIs) {
    const auto entries = groups({message("a", "brewed", 10, R"(,"fail":1)"), message("a", "brewed", 20)});
    EXPECT_EQ(entries.size(), 2U);
}

}  // namespace
}  // namespace fedmsg::meta
