#include "crypto/signed_message.h"

#include "unit/crypto/trust.h"

#include <gtest/gtest.h>

namespace fedmsg::crypto::test {
namespace {

std::string fixed(std::string_view text) {
    auto value = load(text);
    fix_datagrepper_message(*value.object());
    return encoding::dumps(value);
}

TEST(SignedMessage, OfFedorasMessagesIsWhatPythonSigned) {
    const auto data = parse_json(read_file(data_file("crypto/fedora_prod.json")));
    const auto cases = at(data.root(), "cases").elements();
    ASSERT_EQ(cases.size(), 25U);
    for (const auto& c : cases) {
        const auto message = fixed(text_at(c, "datagrepper"));
        EXPECT_EQ(message, fedmsg::test::canonical_without(text_at(c, "fixed"), {}));
        EXPECT_EQ(signed_bytes(parse_json(message).root()), text_at(c, "signed_text"));
    }
}

TEST(SignedMessage, SortsWhatIsNotSorted) {
    EXPECT_EQ(signed_bytes(parse_json(R"({"b": 1.50, "signature": 1, "a": "é", "certificate": {}})").root()),
              R"({"a":"\u00e9","b":1.5})");
    EXPECT_EQ(signed_bytes(parse_json(R"({"signature": "x"})").root()), "{}");
}

TEST(SignedMsg, IsTheBodyAlone) {
    EXPECT_EQ(signed_msg(parse_json(R"({"msg": {"b": 1.50, "a": "é"}, "i": 1})").root()),
              R"({"a":"\u00e9","b":1.5})");
    EXPECT_EQ(signed_msg(parse_json(R"({"msg": null})").root()), "null");
    EXPECT_EQ(signed_msg(parse_json(R"({"i": 1})").root()), std::nullopt);
}

TEST(StripCredentials, LeavesTheRest) {
    encoding::Object message{{"signature", "s"}, {"msg", 1}, {"certificate", "c"}, {"crypto", "x509"}};
    strip_credentials(message);
    EXPECT_EQ(encoding::dumps(encoding::Value{message}), R"({"crypto":"x509","msg":1})");
}

TEST(FixDatagrepperMessage, ActsOnlyWhereBothMarksAre) {
    for (const auto* text :
         {R"({"headers":{},"source_name":"d","timestamp":1.0})",
          R"({"headers":{},"source_version":"d","timestamp":1.0})", R"({"timestamp":1.0})"})
        EXPECT_EQ(fixed(text), text);
}

TEST(FixDatagrepperMessage, CutsTimestampsAsPythonsIntDoes) {
    const auto timestamp = [](const std::string& number) {
        return fixed(R"({"source_name":1,"source_version":1,"timestamp":)" + number + "}");
    };
    EXPECT_EQ(timestamp("1504643075.9"), R"({"timestamp":1504643075})");
    EXPECT_EQ(timestamp("-1.9"), R"({"timestamp":-1})");
    EXPECT_EQ(timestamp("-0.5"), R"({"timestamp":0})");
    EXPECT_EQ(timestamp("1e22"), R"({"timestamp":10000000000000000000000})");
    EXPECT_EQ(timestamp("7"), R"({"timestamp":7})");
    EXPECT_EQ(timestamp("NaN"), R"({"timestamp":NaN})");
}

TEST(IsSigned, AsksForTheFieldsOfItsBackend) {
    const auto is = [](const char* text) { return is_signed(parse_json(text).root()); };
    EXPECT_TRUE(is(R"({"crypto":"x509","signature":"s","certificate":"c"})"));
    EXPECT_TRUE(is(R"({"signature":"s","certificate":"c"})"));
    EXPECT_TRUE(is(R"({"crypto":"gpg","signature":"s"})"));
    EXPECT_TRUE(is(R"({"signature":"s"})")) << "gpg, before `crypto` was said";
    EXPECT_FALSE(is("{}"));
    EXPECT_FALSE(is(R"({"crypto":"x509"})"));
    EXPECT_FALSE(is(R"({"crypto":"x509","signature":"s"})"));
    EXPECT_FALSE(is(R"({"signature":"s","certificate":null})"));
    EXPECT_FALSE(is(R"({"signature":null,"certificate":"c"})"));
    EXPECT_FALSE(is(R"({"crypto":"gpg","signature":1})"));
    EXPECT_FALSE(is("[]"));
}

TEST(FixDatagrepperMessage, KeepsHeadersThatSaySomething) {
    const auto with = [](const std::string& headers) {
        return fixed(R"({"headers":)" + headers + R"(,"source_name":1,"source_version":1})");
    };
    EXPECT_EQ(with("{}"), "{}");
    EXPECT_EQ(with("null"), "{}");
    EXPECT_EQ(with(R"({"a":1})"), R"({"headers":{"a":1}})");
}

}  // namespace
}  // namespace fedmsg::crypto::test
