#include "crypto/policy.h"

#include "encoding/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fedmsg::crypto {
namespace {

Policy policy(std::string_view json, bool nitpicky = false) {
    const auto value = encoding::loads(json);
    return Policy::of(&*value, nitpicky);
}

TEST(Policy, AllowsWhoIsListed) {
    const auto p = policy(R"({"a.b": ["x", "y"]})");
    EXPECT_FALSE(p.refusal("a.b", "x"));
    EXPECT_FALSE(p.refusal("a.b", "y"));
    EXPECT_THAT(p.refusal("a.b", "z").value(), testing::HasSubstr("does not let z sign a.b"));
    EXPECT_TRUE(p.refusal("a.b", "X"));
    EXPECT_TRUE(p.refusal("a.b", ""));
}

TEST(Policy, LetsOtherTopicsPassUnlessItIsNitpicky) {
    EXPECT_FALSE(policy(R"({"a.b": []})").refusal("a.b.c", "x"));
    EXPECT_FALSE(policy(R"({"a.b": []})").refusal(std::nullopt, "x"));
    EXPECT_TRUE(policy(R"({"a.b": []})", true).refusal("a.b.c", "x"));
    EXPECT_TRUE(policy("{}", true).refusal(std::nullopt, "x"));
}

TEST(Policy, TakesAStringAsPythonDoes) {
    const auto p = policy(R"({"a.b": "an-app01-of-ours"})");
    EXPECT_FALSE(p.refusal("a.b", "app01"));
    EXPECT_TRUE(p.refusal("a.b", "app02"));
}

TEST(Policy, AllowsNobodyWhereThereIsNoList) {
    for (const auto* none : {R"({"a.b": null})", R"({"a.b": 5})", R"({"a.b": {"x": 1}})", R"({"a.b": [5]})"})
        EXPECT_TRUE(policy(none).refusal("a.b", "x")) << none;
}

}  // namespace
}  // namespace fedmsg::crypto
