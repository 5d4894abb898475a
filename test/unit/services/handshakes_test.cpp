#include "services/relay/handshakes.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

namespace fedmsg::services {
namespace {

TEST(Handshakes, ThatFailAreCounted) {
    Handshakes handshakes;
    handshakes.accepted(1);
    handshakes.succeeded();
    for (const int stranger : {2, 3, 2}) {
        handshakes.accepted(stranger);
        handshakes.ended(stranger);
    }
    EXPECT_EQ(handshakes.failed(), 3U);
    handshakes.ended(1);
    EXPECT_EQ(handshakes.failed(), 3U);
}

TEST(Handshakes, ThatSucceedInAnotherOrderAreNot) {
    Handshakes handshakes;
    handshakes.accepted(1);
    handshakes.accepted(2);
    handshakes.succeeded();  // of 2
    handshakes.ended(2);
    EXPECT_EQ(handshakes.failed(), 0U);
    handshakes.succeeded();  // of 1
    handshakes.ended(1);
    EXPECT_EQ(handshakes.failed(), 0U);
}

TEST(Handshakes, NeverAreTooManyNorFewerThanBeforeAndRightInTheEnd) {
    std::mt19937 random{20261126};  // the same at each run
    for (int round = 0; round < 200; ++round) {
        Handshakes handshakes;
        std::map<int, bool> open;  // connection, whether it has succeeded
        std::uint64_t failed = 0, counted = 0;
        const auto end = [&](std::map<int, bool>::iterator connection) {
            failed += connection->second ? 0 : 1;
            handshakes.ended(connection->first);
            open.erase(connection);
        };
        for (int step = 0; step < 300; ++step) {
            const auto any = open.empty()
                                 ? open.end()
                                 : std::next(open.begin(), static_cast<long>(random() % open.size()));
            const auto event = random() % 3;
            if (event == 0 || any == open.end()) {
                int connection = 0;
                while (open.contains(connection)) ++connection;  // as the kernel gives descriptors
                open[connection] = false;
                handshakes.accepted(connection);
            } else if (event == 1 && !any->second) {
                any->second = true;
                handshakes.succeeded();
            } else if (event == 2) {
                end(any);
            }
            ASSERT_LE(handshakes.failed(), failed);
            ASSERT_GE(handshakes.failed(), counted);
            counted = handshakes.failed();
        }
        while (!open.empty()) end(open.begin());
        ASSERT_EQ(handshakes.failed(), failed);
    }
}

}  // namespace
}  // namespace fedmsg::services
