#include "services/collectd/wallboard.h"

#include "support/files.h"

#include <gtest/gtest.h>

namespace fedmsg::services {
namespace {

using namespace std::chrono_literals;
using std::chrono::system_clock;

/// The reference run: what was published came in three rounds between its five dumps.
TEST(Wallboard, CountsAsThePythonCommand) {
    const auto reference = test::parse_json(test::read_file(test::data_file("services/collectd.json")));
    const auto topics = test::at(reference.root(), "sent_topics").elements();
    const auto lines = test::at(reference.root(), "putval_lines").elements();
    std::string expected, out;
    for (const auto& line : lines) expected += std::string{line.text()} + "\n";
    Wallboard wallboard{"vm", 2s, {"announce", "logger"}};
    auto due = system_clock::from_time_t(1795351714);
    for (std::size_t dump = 0; dump < 5; ++dump, due += 2s) {
        const auto rounds = dump >= 1 && dump <= 3 ? topics.size() / 3 : 0;
        for (std::size_t i = 0; i < rounds; ++i) wallboard.count(topics[(dump - 1) * rounds + i].text());
        wallboard.dump(due + 999ms, out);
    }
    EXPECT_EQ(topics.size(), 42U);
    EXPECT_EQ(out, expected);
}

TEST(Wallboard, AFractionOfASecondIsInTheTimeAsWell) {
    Wallboard wallboard{"host.example.org", 250ms, {"announce", "logger"}};
    wallboard.count("org.x.dev.logger.log");
    std::string out;
    wallboard.dump(system_clock::from_time_t(1000) + 75ms, out);
    EXPECT_EQ(out,
              "PUTVAL host.example.org/fedmsg/fedmsg_wallboard-announce interval=0.25 1000.075:0\n"
              "PUTVAL host.example.org/fedmsg/fedmsg_wallboard-logger interval=0.25 1000.075:1\n"
              "PUTVAL host.example.org/fedmsg/fedmsg_wallboard-unhandled interval=0.25 1000.075:0\n");
}

TEST(Wallboard, WhatStrangersPublishAddsNoLines) {
    Wallboard wallboard{"h", 10s, {"announce", "logger"}};
    for (const auto* topic : {"", "a", "a.b.c", "a.b.c.new\nPUTVAL x", "a.b.c.unhandled", "a.b.c.logge"})
        wallboard.count(topic);
    std::string out;
    wallboard.dump({}, out);
    EXPECT_EQ(out,
              "PUTVAL h/fedmsg/fedmsg_wallboard-announce interval=10 0:0\n"
              "PUTVAL h/fedmsg/fedmsg_wallboard-logger interval=10 0:0\n"
              "PUTVAL h/fedmsg/fedmsg_wallboard-unhandled interval=10 0:6\n");
    EXPECT_EQ(wallboard.counts().back().total, 6U);
}

TEST(Wallboard, AServiceMayHaveANameOfSeveralParts) {
    Wallboard wallboard{"h", 10s, {"ci.pipeline", "ci", "cia"}};
    for (const auto* topic :
         {"a.b.c.ci.pipeline.x", "a.b.c.ci.pipeline", "a.b.c.ci.pipelines", "a.b.c.ci", "a.b.c.cia.x"})
        wallboard.count(topic);
    std::string out;
    wallboard.dump({}, out);
    EXPECT_EQ(out,
              "PUTVAL h/fedmsg/fedmsg_wallboard-ci interval=10 0:2\n"
              "PUTVAL h/fedmsg/fedmsg_wallboard-ci.pipeline interval=10 0:2\n"
              "PUTVAL h/fedmsg/fedmsg_wallboard-cia interval=10 0:1\n"
              "PUTVAL h/fedmsg/fedmsg_wallboard-unhandled interval=10 0:0\n");
}

}  // namespace
}  // namespace fedmsg::services
