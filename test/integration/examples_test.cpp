/// The programs of example/, as a user of the library would run them.
#include "support/bus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace fedmsg::test {
namespace {

using testing::HasSubstr;

std::string example(const char* variable) {
    const char* path = std::getenv(variable);
    EXPECT_NE(path, nullptr) << variable << " is not set: run the tests through meson";
    return path ? path : "";
}

TEST(Examples, WhatOnePublishesTheOtherPrints) {
    Relay relay{R"("active": true)"};
    relay.start_and_wait_for_subscriber();
    Process tail{Start{.command = {example("EXAMPLE_TAIL"), relay.config(), "1"}}};
    relay.ready();
    const auto publish = run(Start{.command = {example("EXAMPLE_PUBLISH"), relay.config()}});
    EXPECT_EQ(publish.status, 0) << publish.errors;
    EXPECT_EQ(publish.output, "41\n") << "the hook sees the msg_id, a year and a UUID";
    EXPECT_EQ(tail.wait(), 0) << tail.errors();
    EXPECT_THAT(tail.output(), HasSubstr("relay_outbound " + relay.outbound() +
                                         " org.fedoraproject.dev.fedoratagger.tag.update {"));
    EXPECT_THAT(tail.output(),
                HasSubstr(R"("msg":{"tag":"awesome","user":{"member_since":1307654321.0,"name":"ralph"}})"));
    EXPECT_EQ(relay.stop(), 0);
}

TEST(Examples, WithoutARelayPublishSaysSo) {
    TemporaryFolder folder;
    const auto config = folder.write(
        "config.json", R"({"active": true, "timeout": 0.2, "relay_inbound": "tcp://127.0.0.1:1"})");
    const auto publish = run(Start{.command = {example("EXAMPLE_PUBLISH"), config}});
    EXPECT_EQ(publish.status, 1);
    EXPECT_THAT(publish.errors, HasSubstr("tcp://127.0.0.1:1: connection refused"));
}

}  // namespace
}  // namespace fedmsg::test
