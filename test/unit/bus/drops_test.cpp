#include "bus/drops.h"

#include "support/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fedmsg::bus {
namespace {

using message::Drop;

TEST(Drops, AreCountedByReason) {
    Drops drops{"test"};
    EXPECT_EQ(drops.summary(), "");
    EXPECT_EQ(drops.total(), 0U);
    const auto peer = [] { return std::string{"127.0.0.1:1"}; };
    for (int i = 0; i < 3; ++i) drops.count(Drop::not_json, peer);
    drops.count(Drop::not_two_frames, peer);
    EXPECT_EQ(drops.of(Drop::not_json), 3U);
    EXPECT_EQ(drops.of(Drop::too_large), 0U);
    EXPECT_EQ(drops.total(), 4U);
    EXPECT_EQ(drops.summary(), "1 not_two_frames, 3 not_json");
}

TEST(Drops, AreLoggedOnceASecondAReason) {
    test::TemporaryFolder folder;
    const auto path = (folder / "log").string();
    log::Sink sink;
    sink.kind = log::Sink::Kind::file;
    sink.format = "%(name)s %(message)s";
    sink.path = path;
    log::Setup setup;
    setup.sinks = {sink};
    log::configure(setup, "test");
    Drops drops{"test"};
    int asked = 0;
    const auto peer = [&] {
        ++asked;
        return std::string{asked == 1 ? "127.0.0.1:1" : ""};
    };
    for (int i = 0; i < 1000; ++i) drops.count(Drop::not_json, peer);
    drops.count(Drop::empty_topic, peer);
    EXPECT_EQ(asked, 2) << "looking up a peer costs a system call";
    EXPECT_EQ(test::read_file(path),
              "fedmsg.test dropped a message from 127.0.0.1:1: the body is not JSON\n"
              "fedmsg.test dropped a message from an unknown peer: the topic is empty\n");
    log::configure({}, "test");
}

}  // namespace
}  // namespace fedmsg::bus
