#include "services/validation/validating_subscriber.h"

#include "support/bus.h"
#include "unit/crypto/trust.h"

#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>

#include <algorithm>
#include <map>

namespace fedmsg::services {
namespace {

using crypto::Reason;
using crypto::Validator;
using test::parse_json;

class Validating : public testing::Test {
  protected:
    Validating() { config.endpoints = {{"one", {one.address()}}, {"two", {two.address()}}}; }

    /// Whose messages arrive from now on.
    void subscribe(bool validate = true, ValidatingSubscriber::Wanted wanted = {}) {
        std::unique_ptr<Validator> validator;
        if (validate) {
            config.ca_cert_location = crypto::test::key_file("ca.crt");
            config.crl_location = crypto::test::key_file("crl.pem");
            validator = std::make_unique<Validator>(Validator::Settings::of(config));
        }
        subscriber.emplace(loop, config, std::vector<std::string>{}, std::move(validator), std::move(wanted));
        while (!subscriber->bus().waiting_for().empty()) loop.context().run_one();
        one.wait_for_subscriber();
        two.wait_for_subscriber();
    }
    static encoding::Object message(int i) {
        return {{"topic", "org.fedoraproject.dev.test.many"}, {"msg", encoding::Object{}}, {"i", i}};
    }
    static void publish(test::Bus& bus, const std::string& body) {
        bus.publish("org.fedoraproject.dev.test.many", body);
    }
    /// Handles the next message.
    template <class Handle>
    void next(Handle handle) {
        for (;;) {
            if (const auto judged = subscriber->try_next()) return handle(*judged);
            loop.context().run_one();
        }
    }
    static std::int64_t number(const Judged& judged) {
        return *judged.received.message.envelope().find("i")->integer();
    }

    test::Bus one, two;
    Config config;
    Loop loop;
    // What threads are still working on does not count as work of the loop.
    const asio::executor_work_guard<asio::io_context::executor_type> stay{loop.context().get_executor()};
    std::optional<ValidatingSubscriber> subscriber;
};

TEST_F(Validating, EachMessageComesWithItsVerdictInTheOrderOfItsEndpoint) {
    subscribe();
    constexpr int count = 300;
    for (int i = 0; i < count; ++i) {
        const auto body = i % 3 == 0
                              ? encoding::dumps(encoding::Value{message(i)})
                              : crypto::test::sign(
                                    message(i), i % 3 == 1 ? crypto::test::good : "foreign.phx2.example.org");
        publish(one, body);
        publish(two, body);
    }
    std::map<std::string, std::int64_t> due;
    for (int i = 0; i < 2 * count; ++i)
        next([&](const Judged& judged) {
            EXPECT_EQ(number(judged), due[judged.received.origin->name]++);
            constexpr std::array expected{Reason::unsigned_, Reason::valid, Reason::untrusted};
            EXPECT_EQ(judged.verdict.reason, expected.at(static_cast<std::size_t>(number(judged) % 3)));
            EXPECT_EQ(parse_json(judged.received.body).root().find("i")->integer(), number(judged));
        });
    EXPECT_EQ(due["one"], count);
    EXPECT_EQ(due["two"], count);
    EXPECT_EQ(subscriber->refused_summary(), "200 unsigned, 200 untrusted");
}

TEST_F(Validating, WhatIsNotWantedIsNotLookedAt) {
    subscribe(true, [](const bus::Received& received) {
        return *received.message.envelope().find("i")->integer() > 0;
    });
    for (int i = 0; i < 2; ++i) publish(one, encoding::dumps(encoding::Value{message(i)}));
    next([&](const Judged& judged) { EXPECT_EQ(number(judged), 1); });
    EXPECT_EQ(subscriber->refused_summary(), "1 unsigned");
}

TEST_F(Validating, WithoutAValidatorEverythingIsValid) {
    subscribe(false);
    publish(one, encoding::dumps(encoding::Value{message(7)}));
    next([&](const Judged& judged) {
        EXPECT_EQ(number(judged), 7);
        EXPECT_TRUE(judged.verdict.valid());
    });
}

TEST_F(Validating, WhatThreadsCannotTakeStaysWithItsPublisher) {
    config.crypto_workers = 1;
    subscribe();
    constexpr std::uint64_t count = 1500;
    const auto body =
        crypto::test::sign(message(0), "foreign.phx2.example.org");  // takes longer than reading it
    for (std::uint64_t i = 0; i < count; ++i) publish(one, body);
    std::uint64_t handed_out = 0, most_under_way = 0, when_two_came = 0;
    while (handed_out < count + 1)
        next([&](const Judged& judged) {
            ++handed_out;
            if (handed_out == 1) publish(two, crypto::test::sign(message(0)));
            if (judged.received.origin->name == "two") when_two_came = handed_out;
            most_under_way = std::max(most_under_way, subscriber->bus().received() - handed_out);
        });
    EXPECT_GE(most_under_way, 200U);
    EXPECT_LE(most_under_way, 257U);
    // It did not wait for the 256 that were there before it.
    EXPECT_LT(when_two_came, 150U);
}

}  // namespace
}  // namespace fedmsg::services
