#include "crypto/expiry.h"

#include "unit/crypto/trust.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fedmsg::crypto::test {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::sys_seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr sys_seconds end = some_day;

/// Ends at `end`, and has been valid for `life` then.
InUse lasting(seconds life, InUse::Kind kind = InUse::Kind::certificate) {
    return {kind, "app", "/pki/app.crt", end - life, end};
}

TEST(Expiry, IsUrgentIn30And7And1Days) {
    const auto thing = lasting(days{825});
    EXPECT_EQ(urgency(thing, end - days{31}), Urgency::none);
    EXPECT_EQ(urgency(thing, end - days{30} - seconds{1}), Urgency::none);
    EXPECT_EQ(urgency(thing, end - days{30}), Urgency::month);
    EXPECT_EQ(urgency(thing, end - days{7}), Urgency::week);
    EXPECT_EQ(urgency(thing, end - days{1}), Urgency::day);
    EXPECT_EQ(urgency(thing, end), Urgency::day);  // both ends belong to it
    EXPECT_EQ(urgency(thing, end + seconds{1}), Urgency::ended);
}

TEST(Expiry, IsNotUrgentBeforeTheLastThirdOfALife) {
    const auto week = lasting(days{7}, InUse::Kind::crl);
    EXPECT_EQ(urgency(week, end - days{7}), Urgency::none);
    EXPECT_EQ(urgency(week, end - hours{56}), Urgency::none);
    EXPECT_EQ(urgency(week, end - hours{56} + seconds{1}), Urgency::week);
    EXPECT_EQ(urgency(week, end - days{1}), Urgency::day);
    EXPECT_EQ(urgency(lasting(days{1}), end - hours{9}), Urgency::none);
    EXPECT_EQ(urgency(lasting(days{1}), end - hours{7}), Urgency::day);
    EXPECT_EQ(urgency(lasting(days{60}), end - days{20}), Urgency::none);
    EXPECT_EQ(urgency(lasting(days{60}), end - days{20} + seconds{1}), Urgency::month);
}

TEST(Expiry, SaysWhatWhereWhenAndWhatToDo) {
    EXPECT_EQ(
        describe(lasting(days{825}), end - days{5} - hours{3}),
        "the certificate /pki/app.crt (of \"app\") expires on 2025-06-01 00:00:00Z, in 5 days: issue a new "
        "one with `fedmsg certs issue --force SERVICE.HOST`, and install it here");
    EXPECT_THAT(
        describe(lasting(days{90}, InUse::Kind::crl), end + days{1}),
        AllOf(HasSubstr("the CRL /pki/app.crt"), HasSubstr("has expired on 2025-06-01 00:00:00Z, 1 day ago"),
              HasSubstr("`fedmsg certs crl`")));
    EXPECT_THAT(
        describe(lasting(days{90}, InUse::Kind::ca), end - hours{1} - seconds{59}),
        AllOf(HasSubstr("the CA certificate"), HasSubstr("in 1 hour:"), HasSubstr("fedmsg certs init-ca")));
}

TEST(Expiry, EachThresholdIsWarnedOfOnce) {
    ExpiryWarnings warnings;
    const auto thing = lasting(days{825});
    std::vector<std::pair<int, Urgency>> told;  // days before the end
    for (auto left = days{40} + hours{0}; left >= -days{3}; left -= hours{1})
        for (const auto& due : warnings.due({thing}, end - left))
            told.emplace_back(std::chrono::floor<days>(left).count(), urgency(due, end - left));
    EXPECT_THAT(told, ElementsAre(std::pair{30, Urgency::month}, std::pair{7, Urgency::week},
                                  std::pair{1, Urgency::day}, std::pair{-1, Urgency::ended}));
}

TEST(Expiry, AStartLateWarnsOfTheNearestThresholdOnly) {
    ExpiryWarnings warnings;
    EXPECT_THAT(warnings.due({lasting(days{825})}, end - hours{5}), ElementsAre(lasting(days{825})));
    EXPECT_THAT(warnings.due({lasting(days{825})}, end - hours{4}), IsEmpty());
}

TEST(Expiry, AClockThatIsSetBackWarnsOfNothingAgain) {
    ExpiryWarnings warnings;
    const auto thing = lasting(days{825});
    EXPECT_EQ(warnings.due({thing}, end - days{6}).size(), 1U);
    EXPECT_THAT(warnings.due({thing}, end - days{20}), IsEmpty());
    EXPECT_THAT(warnings.due({thing}, end - days{5}), IsEmpty());
}

TEST(Expiry, ARenewalIsWarnedOfAgainInItsTurn) {
    ExpiryWarnings warnings;
    auto thing = lasting(days{825});
    EXPECT_EQ(warnings.due({thing}, end - days{6}).size(), 1U);
    thing.from += days{825};
    thing.until += days{825};
    EXPECT_THAT(warnings.due({thing}, end), IsEmpty());
    EXPECT_EQ(warnings.due({thing}, thing.until - days{29}).size(), 1U);
}

TEST(Expiry, TheFirstToEndIsTheMostUrgent) {
    auto later = lasting(days{825}), crl = lasting(days{30}, InUse::Kind::crl);
    later.until += days{2};
    EXPECT_EQ(most_urgent({later, crl}, end - days{28}), std::optional{later});  // the CRL is young
    EXPECT_EQ(most_urgent({later, crl}, end - days{9}), std::optional{crl});
    EXPECT_EQ(most_urgent({later, crl}, end - days{40}), std::nullopt);
    EXPECT_EQ(most_urgent({}, end), std::nullopt);
}

// What is in use.

constexpr sys_seconds in_2020 = std::chrono::sys_days{std::chrono::year{2020} / 1 / 1};
constexpr sys_seconds in_2056 = std::chrono::sys_days{std::chrono::year{2056} / 1 / 1};

TEST(InUse, OfASignerIsItsCertificate) {
    const Signer signer{key_folder(), good, Digest::sha1};
    EXPECT_THAT(signer.in_use(), ElementsAre(InUse{InUse::Kind::certificate, good, key_file(good + ".crt"),
                                                   in_2020, in_2056}));
}

TEST(InUse, OfAValidatorAreItsAuthoritiesAndTheirCrls) {
    const Trusting trust;
    const std::string ca = "fedmsg test CA (shared)";
    EXPECT_THAT(trust.validator->in_use(),
                ElementsAre(InUse{InUse::Kind::ca, ca, "test.pem", in_2020, in_2056},
                            InUse{InUse::Kind::crl, ca, "test.pem", in_2020, in_2056}));
}

TEST(InUse, FollowsAChangeOfTheFiles) {
    const Trusting trust;
    trust.crl->set(read_file(key_file("crl-expired.pem")));
    const auto things = trust.validator->in_use();
    ASSERT_EQ(things.size(), 2U);
    EXPECT_EQ(urgency(things[1], some_day), Urgency::ended);
    trust.ca->set(read_file(key_file("ca-then-other.crt")));
    EXPECT_EQ(trust.validator->in_use().size(), 3U);
}

TEST(InUse, OfTwoCrlsOfOneAuthorityIsTheLaterOne) {
    const Trusting trust;
    trust.crl->set(read_file(key_file("crl-expired.pem")) + read_file(key_file("crl.pem")));
    const auto things = trust.validator->in_use();
    ASSERT_EQ(things.size(), 2U);
    EXPECT_EQ(things[1].until, in_2056);
}

TEST(InUse, LeavesOutWhatCannotBeUsed) {
    const Trusting trust;
    trust.crl->set(read_file(key_file("crl-other.pem")));  // nobody's whom we trust
    EXPECT_EQ(trust.validator->in_use().size(), 1U);
    trust.ca->set("garbage");
    EXPECT_THAT(trust.validator->in_use(), IsEmpty());
}

}  // namespace
}  // namespace fedmsg::crypto::test
