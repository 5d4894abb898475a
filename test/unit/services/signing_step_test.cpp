/// Held against what the signing relay of the Python system made of the same frames.
#include "services/relay/signing_step.h"

#include "encoding/write.h"
#include "support/files.h"

#include <gtest/gtest.h>

#include <map>

namespace fedmsg::services {
namespace {

using message::Drop;
using test::at;
using test::bytes_of;
using test::parse_json;
using test::text_at;

bus::Frames frames(std::string_view topic, std::string_view body) {
    bus::Frames result;
    result.topic.rebuild(topic.data(), topic.size());
    result.body.rebuild(body.data(), body.size());
    result.count = 2;
    return result;
}

Step step(bool resign = false) {
    return signing_step({test::data_file("crypto/keys").string(), "signing-relay", crypto::Digest::sha1},
                        resign);
}

std::string canonical(std::string_view text) { return test::canonical_without(text, {}); }

TEST(SigningStep, MakesOfEveryReferenceCaseWhatPythonDoesOrDropsIt) {
    const std::map<std::string, Drop> dropped{{"body is not JSON", Drop::not_json},
                                              {"body is truncated JSON", Drop::not_json},
                                              {"topic null in body", Drop::topic_mismatch},
                                              {"body topic differs from the frame", Drop::topic_mismatch}};
    const auto sign = step();
    const auto data = parse_json(test::read_file(test::data_file("crypto/signing_relay.json")));
    std::size_t drops = 0, signatures = 0;
    for (const auto& c : data.root().elements()) {
        const auto name = text_at(c, "name");
        const auto in = at(c, "in").elements();
        auto message = frames(bytes_of(in[0]), bytes_of(in[1]));
        const auto passed = sign(message);
        if (const auto found = dropped.find(name); found != dropped.end()) {
            ASSERT_FALSE(passed) << name;
            EXPECT_EQ(passed.error(), found->second) << name;
            ++drops;
            continue;
        }
        ASSERT_TRUE(passed) << name;
        EXPECT_EQ(message.topic_text(), bytes_of(in[0])) << name;
        if (name == "already signed by another") {
            // Python signed it again, over the other's signature: the result did not validate.
            EXPECT_EQ(*passed, Passed::as_it_came);
            EXPECT_EQ(message.body_text(), bytes_of(in[1]));
            continue;
        }
        EXPECT_EQ(*passed, Passed::signed_here) << name;
        EXPECT_EQ(message.body_text(), canonical(bytes_of(at(c, "out").elements()[0].elements()[1]))) << name;
        ++signatures;
    }
    EXPECT_EQ(drops, dropped.size());
    EXPECT_EQ(signatures, data.root().elements().size() - dropped.size() - 1);
}

TEST(SigningStep, ResignsInPlaceOfTheSignature) {
    auto first = frames("a", R"({"topic":"a","msg":1})");
    ASSERT_TRUE(step()(first));
    const std::string expected{first.body_text()};
    auto other = encoding::to_value(parse_json(expected).root());
    other["signature"] = "somebody else's";
    auto again = frames("a", encoding::dumps(other));
    EXPECT_EQ(*step(true)(again), Passed::signed_here);
    EXPECT_EQ(again.body_text(), expected);
}

TEST(SigningStep, WhatIsSignedPassesWhateverItsTopic) {
    const std::string body = R"({ "topic": "b", "signature": "x", "certificate": "y" })";
    auto message = frames("a", body);
    EXPECT_EQ(*step()(message), Passed::as_it_came);
    EXPECT_EQ(message.body_text(), body);
    const auto passed = step(true)(message);
    ASSERT_FALSE(passed);
    EXPECT_EQ(passed.error(), Drop::topic_mismatch);
}

TEST(SigningStep, CredentialsThatAreNoneAreReplaced) {
    auto message = frames("a", R"({"topic":"a","signature":null,"certificate":null,"crypto":"rot13"})");
    EXPECT_EQ(*step()(message), Passed::signed_here);
    const auto body = parse_json(message.body_text());
    EXPECT_EQ(text_at(body.root(), "crypto"), "x509");
    EXPECT_NE(text_at(body.root(), "signature"), "");
}

TEST(SigningStep, DropsWhatCannotBeRead) {
    for (const auto& [body, reason] : std::map<std::string, Drop>{
             {"", Drop::not_json},
             {"\xff", Drop::not_utf8},
             {std::string(501, '['), Drop::too_deep},
         }) {
        auto message = frames("a", body);
        const auto passed = step()(message);
        ASSERT_FALSE(passed);
        EXPECT_EQ(passed.error(), reason);
    }
}

}  // namespace
}  // namespace fedmsg::services
