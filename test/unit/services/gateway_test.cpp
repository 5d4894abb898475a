#include "services/gateway/gateway.h"

#include "util/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fedmsg::services {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class GatewayApplies : public testing::Test {
  protected:
    Config config;
    Loop loop;
    Gateway gateway{loop, config};
};

TEST_F(GatewayApplies, WhatCanChangeWhileItRuns) {
    config.gateway_high_water_mark = 7;
    config.zmq_linger = std::chrono::milliseconds{7};
    config.endpoints["itself"] = {"tcp://127.0.0.1:9940"};  // which it does not connect to
    EXPECT_THAT(gateway.apply(config), IsEmpty());
}

TEST_F(GatewayApplies, AndNamesWhatNeedsARestart) {
    config.endpoints["new"] = {"tcp://127.0.0.1:1"};
    config.srv_endpoints = {"example.org"};
    config.gateway_port = 2;
    config.zmq_max_message_size = 1;
    config.metrics_listen = ":0";
    EXPECT_THAT(gateway.apply(config),
                ElementsAre("endpoints", "srv_endpoints", "fedmsg.consumers.gateway.port",
                            "zmq_max_message_size", "metrics_listen"));
}

TEST_F(GatewayApplies, ItsStatusBeginsWithNothing) { EXPECT_EQ(gateway.status(), "forwarded 0 messages"); }

TEST(Gateway, WithNothingToSubscribeToIsAUsageError) {
    Loop loop;
    Config config;
    config.endpoints = {{"itself", {"tcp://localhost:9940"}}};
    EXPECT_THROW((Gateway{loop, config}), UsageError);
}

TEST(LeadsTo, ThisHostAndThisPort) {
    const std::vector<std::string> own{"localhost", "bus01.example.org", "192.0.2.1"};
    for (const auto* address : {"tcp://127.0.0.1:9940", "tcp://127.1.2.3:9940", "tcp://localhost:9940",
                                "tcp://bus01.example.org:9940", "tcp://192.0.2.1:9940"})
        EXPECT_TRUE(leads_to(address, 9940, own)) << address;
    for (const auto* address :
         {"tcp://127.0.0.1:994", "tcp://127.0.0.1:19940", "tcp://bus02.example.org:9940",
          "tcp://192.0.2.10:9940", "tcp://[::1]:9940", "ipc:///run/127.0.0.1:9940"})
        EXPECT_FALSE(leads_to(address, 9940, own)) << address;
}

}  // namespace
}  // namespace fedmsg::services
