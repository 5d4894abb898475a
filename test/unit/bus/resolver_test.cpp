#include "bus/resolver.h"

#include <boost/asio/co_spawn.hpp>

#include <gtest/gtest.h>

namespace fedmsg::bus {
namespace {

TEST(Resolver, IsNeededForNamesOnly) {
    for (const auto* address :
         {"tcp://hub.fedoraproject.org:9940", "tcp://app01:3000", "tcp://a-b_c.d:1", "tcp://1host:1"})
        EXPECT_TRUE(Resolver::needed(address)) << address;
    for (const auto* address : {"tcp://127.0.0.1:1", "tcp://[::1]:1", "tcp://*:1", "tcp://localhost:1",
                                "ipc:///tmp/socket", "inproc://x", "", "tcp://:1"})
        EXPECT_FALSE(Resolver::needed(address)) << address;
}

asio::awaitable<void> resolve(Resolver& resolver, std::string address, std::string& resolved,
                              std::string& trouble) {
    resolved = co_await resolver.resolve(std::move(address), trouble);
}

TEST(Resolver, ANameThatCannotBeIsTrouble) {
    // RFC 6761, 6.4: "invalid." never resolves. Without a server the answer comes sooner.
    Loop loop;
    Resolver resolver{loop.context().get_executor()};
    std::string resolved = "?", trouble;
    loop.run(resolve(resolver, "tcp://nobody.invalid:4001", resolved, trouble));
    EXPECT_EQ(resolved, "");
    EXPECT_NE(trouble, "");
}

TEST(Resolver, WhatIsUnderWayEndsWithIt) {
    Loop loop;
    std::string resolved, trouble;
    auto ask_and_close = [](Resolver& r) -> asio::awaitable<void> {
        r.close();
        co_return;
    };
    Resolver resolver{loop.context().get_executor()};
    asio::co_spawn(loop.context(), resolve(resolver, "tcp://nobody.invalid:1", resolved, trouble),
                   rethrow_unless_cancelled);
    loop.run(ask_and_close(resolver));
    EXPECT_EQ(resolved, "");
}

}  // namespace
}  // namespace fedmsg::bus
