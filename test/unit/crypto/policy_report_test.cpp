#include "crypto/policy_report.h"

#include "crypto/claimed_signer.h"
#include "trust.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fedmsg::crypto::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

Policy policy(std::string_view json, bool nitpicky = false) {
    const auto value = load(json);
    return Policy::of(&value, nitpicky);
}

// PolicyReport

/// "topic signer outcome count", for each row.
std::vector<std::string> rows_of(const PolicyReport& report) {
    std::vector<std::string> rows;
    for (const auto& [sender, outcome, count] : report.rows())
        rows.push_back(sender.topic.value_or("-") + " " + sender.signer + sender.why + " " +
                       std::string{to_string(outcome)} + " " + std::to_string(count));
    return rows;
}

TEST(PolicyReport, CountsByTopicAndSigner) {
    PolicyReport report{policy(R"({"a": ["x"]})")};
    for (int i = 0; i < 3; ++i) report.add({"a", "x"});
    report.add({"a", "y"});
    report.add({"b", "y"});
    report.add({"b", "x"});
    report.add({{}, "x"});
    report.add({"a", "", "unsigned"});
    EXPECT_THAT(rows_of(report), ElementsAre("a x allowed 3", "- x no-rule 1", "b x no-rule 1",
                                             "b y no-rule 1", "a y refused 1", "a unsigned not-judged 1"));
    EXPECT_EQ(report.messages(), 8U);
    EXPECT_EQ(report.refused(), 1U);
    EXPECT_EQ(report.count(Outcome::no_rule), 3U);
}

TEST(PolicyReport, NitpickyRefusesWhatHasNoRule) {
    PolicyReport report{policy(R"({"a": ["x"]})", true)};
    report.add({"b", "x"});
    report.add({"a", "y"});
    report.add({"a", "x"});
    EXPECT_EQ(report.refused(), 2U);
}

TEST(PolicyReport, ACertificateWithoutANameIsRefusedAsByValidation) {
    PolicyReport report{policy(R"({"a": [""], "s": "string"})")};
    for (const auto* topic : {"a", "b", "s"}) report.add({topic, ""});
    EXPECT_EQ(report.refused(), 3U);
}

TEST(PolicyReport, SaysOfEverySenderWhatTheValidatorSays) {
    // The same policy, asked by both.
    for (const bool nitpicky : {false, true}) {
        const auto rules = policy(R"({"a": ["x", "y"], "b": "xyz", "c": []})", nitpicky);
        for (const std::string topic : {"a", "b", "c", "d"})
            for (const std::string signer : {"x", "y", "yz", "q"}) {
                PolicyReport report{rules};
                report.add({topic, signer});
                EXPECT_EQ(report.refused() == 1, rules.refusal(topic, signer).has_value()) << topic << signer;
            }
    }
}

TEST(PolicyReport, NamesRulesAndNamesWithoutAMessage) {
    PolicyReport report{policy(R"({"a": ["x", "y", "y"], "b": ["x"], "c": ["x"], "s": "x"})")};
    report.add({"a", "x"});
    report.add({"a", "z"});
    report.add({"c", "", "unsigned"});
    report.add({"s", "x"});
    EXPECT_THAT(report.unmatched_rules(), ElementsAre("b"));
    EXPECT_THAT(report.unused_names(), ElementsAre(Pair("a", "y"), Pair("c", "x")));
}

TEST(PolicyReport, IsBounded) {
    PolicyReport report{policy("{}")};
    for (std::size_t i = 0; i < PolicyReport::most_rows + 5; ++i) report.add({std::to_string(i), "x"});
    report.add({"0", "x"});
    EXPECT_EQ(report.rows().size(), PolicyReport::most_rows);
    EXPECT_EQ(report.without_row(), 5U);
    EXPECT_EQ(report.messages(), PolicyReport::most_rows + 6);
}

// ClaimedSigners

TEST(ClaimedSigners, ReadTheFirstNameWhateverTheCertificateIsWorth) {
    ClaimedSigners signers;
    const auto of = [&](const std::string& message) { return signers.of(parse_json(message).root()); };
    for (const std::string name : {"shell-app01", "expired", "revoked"})
        for (int i = 0; i < 2; ++i)
            EXPECT_EQ(*of(sign(hello(), name + ".phx2.example.org")), name + ".phx2.example.org");
    EXPECT_EQ(*of(sign(hello(), "selfsigned.phx2.example.org")), good) << "which it says it is";
    EXPECT_EQ(*of(sign(hello(), "no-cn.phx2.example.org")), "");
    EXPECT_EQ(of("{}").error(), Unnamed::unsigned_);
    EXPECT_EQ(of(R"({"signature": "x"})").error(), Unnamed::gpg);
    EXPECT_EQ(of(R"({"signature": "x", "certificate": "y", "crypto": "gpg"})").error(), Unnamed::gpg);
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(of(R"({"signature": "x", "certificate": "y"})").error(), Unnamed::malformed);
    EXPECT_EQ(of(R"({"signature": "x", "certificate": "bm90IFBFTQ=="})").error(), Unnamed::malformed);
}

TEST(ClaimedSigners, ForgetWhenThereAreTooMany) {
    ClaimedSigners signers;
    const auto message = sign(hello());
    for (int i = 0; i < 5000; ++i)
        (void)signers.of(
            parse_json(R"({"signature": "x", "certificate": ")" + std::to_string(i) + "\"}").root());
    EXPECT_EQ(*signers.of(parse_json(message).root()), good);
}

// lint_policy

/// "topic code", for each problem.
std::vector<std::string> codes(std::string_view json, std::vector<std::string> names = {"x", "name-app01"}) {
    const PolicyContext context{"org.example", "prod", std::move(names)};
    std::vector<std::string> result;
    for (const auto& problem : lint_policy(policy(json), context))
        result.push_back(problem.topic + " " + problem.code);
    return result;
}
std::string text(std::string_view json) {
    const PolicyContext context{"org.example", "prod", {"x", "name-app01"}};
    const auto problems = lint_policy(policy(json), context);
    return problems.size() == 1 ? problems.front().text : std::to_string(problems.size()) + " problems";
}

TEST(LintPolicy, HasNothingToSayOfWhatIsRight) {
    EXPECT_THAT(codes("{}"), IsEmpty());
    EXPECT_THAT(codes(R"({"org.example.prod.a.b": ["x"], "org.example.prod.c": ["name-app01", "x"]})"),
                IsEmpty());
}

TEST(LintPolicy, NamesWhatIsNoListOfNames) {
    EXPECT_THAT(codes(R"({"org.example.prod.a": "x"})"), ElementsAre("org.example.prod.a not-a-list"));
    EXPECT_THAT(codes(R"({"org.example.prod.a": []})"), ElementsAre("org.example.prod.a no-names"));
    EXPECT_THAT(codes(R"({"org.example.prod.a": ["x", "x", "x"]})"),
                ElementsAre("org.example.prod.a duplicate-name"));
}

TEST(LintPolicy, NamesPatternsWhichDoNotExist) {
    for (const std::string topic :
         {"org.example.prod.a.*", "org.example.prod.*.b", "org.example.prod.a.", "org.example.prod.", "*"})
        EXPECT_THAT(codes(R"({")" + topic + R"(": ["x"]})"), testing::Contains(topic + " pattern"));
}

TEST(LintPolicy, NamesTopicsOfOthers) {
    EXPECT_THAT(codes(R"({"com.example.prod.a": ["x"]})"), ElementsAre("com.example.prod.a other-prefix"));
    EXPECT_THAT(codes(R"({"org.examples.prod.a": ["x"]})"), ElementsAre("org.examples.prod.a other-prefix"));
    EXPECT_THAT(text(R"({"org.exmaple.prod.a": ["x"]})"), HasSubstr("is that a typing error?"));
    EXPECT_THAT(text(R"({"net.other.prod.a": ["x"]})"), testing::Not(HasSubstr("typing error")));
    EXPECT_THAT(text(R"({"org.example.stg.a": ["x"]})"),
                HasSubstr("its environment is stg, and here it is prod: it counts in that environment only"));
    EXPECT_THAT(text(R"({"org.example.stg.a": ["x"], "org.example.prod.a": ["x"]})"),
                HasSubstr("it differs in that alone from org.example.prod.a"));
    EXPECT_THAT(text(R"({"org.example.pord.a": ["x"]})"), HasSubstr("is that a typing error?"));
}

TEST(LintPolicy, NamesNamesThatNoCertificateHas) {
    EXPECT_THAT(
        text(R"({"org.example.prod.a": ["name-ap01"]})"),
        testing::EndsWith(R"("name-ap01" is no name of a certificate in certnames or ssldir: did you mean )"
                          R"("name-app01"?)"));
    EXPECT_THAT(text(R"({"org.example.prod.a": ["somebody.else"]})"),
                testing::EndsWith("in certnames or ssldir"));
    EXPECT_THAT(codes(R"({"org.example.prod.a": ["somebody.else"]})", {}), IsEmpty())
        << "nobody knows any name";
}

TEST(LintPolicy, NamesWhiteSpaceThatNobodySees) {
    EXPECT_THAT(codes(R"({"org.example.prod.a ": ["x"]})"), ElementsAre("org.example.prod.a  white-space"));
    EXPECT_THAT(text(R"({"org.example.prod.a": ["x "]})"), HasSubstr(R"(white space around "x ")"));
}

}  // namespace
}  // namespace fedmsg::crypto::test
