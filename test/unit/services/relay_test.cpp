#include "services/relay/relay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fedmsg::services {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class RelayApplies : public testing::Test {
  protected:
    Config config;
    Loop loop;
    Relay relay{loop, config};
};

TEST_F(RelayApplies, NothingThatDidNotChange) { EXPECT_THAT(relay.apply(config), IsEmpty()); }

TEST_F(RelayApplies, WhatCanChangeWhileItRuns) {
    config.zmq_max_message_size = 1;
    config.zmq_linger = std::chrono::milliseconds{7};
    config.environment = "prod";
    EXPECT_THAT(relay.apply(config), IsEmpty());
}

TEST_F(RelayApplies, AndNamesWhatNeedsARestart) {
    config.relay_inbound = {"tcp://127.0.0.1:1"};
    EXPECT_THAT(relay.apply(config), ElementsAre("relay_inbound"));
    config.endpoints["relay_outbound"] = {"tcp://127.0.0.1:2"};
    config.high_water_mark = 1;
    config.io_threads = 2;
    config.metrics_listen = ":0";
    EXPECT_THAT(relay.apply(config), ElementsAre("relay_inbound", "relay_outbound", "high_water_mark",
                                                 "io_threads", "metrics_listen"));
    config.endpoints.erase("relay_outbound");
    EXPECT_THAT(relay.apply(config), ElementsAre("relay_inbound", "relay_outbound", "high_water_mark",
                                                 "io_threads", "metrics_listen"));
}

TEST_F(RelayApplies, TheNumberOfWorkersOnlyToARelayThatHasSome) {
    config.crypto_workers = 3;
    EXPECT_THAT(relay.apply(config), IsEmpty());
    Step step{.work = [](bus::Frames&) { return Passed::as_it_came; }};
    Relay signing{loop, Config{}, std::move(step)};
    EXPECT_THAT(signing.apply(config), ElementsAre("crypto_workers"));
    EXPECT_EQ(signing.status(), "forwarded 0 messages, signed 0 of them");
}

TEST_F(RelayApplies, ItsStatusBeginsWithNothing) { EXPECT_EQ(relay.status(), "forwarded 0 messages"); }

}  // namespace
}  // namespace fedmsg::services
