#include "crypto/certificate_check.h"
#include "crypto/certificate_folder.h"
#include "crypto/certificate_index.h"
#include "support/files.h"
#include "util/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fedmsg::crypto {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// The index, in lines that `openssl ca` and easy-rsa have written.

constexpr const char* of_easy_rsa =
    "V\t220814131518Z\t\t01\tunknown\t/C=US/ST=NM/O=Example/CN=shell-app01.example.org/"
    "emailAddress=admin@example.org\n"
    "R\t20510814131518Z\t120816142033Z,keyCompromise\t0A\tunknown\t/O=Example/CN=wiki-app03.example.org\n";

TEST(CertificateIndex, ReadsWhatOpensslHasWritten) {
    const auto entries = parse_index(of_easy_rsa);
    ASSERT_TRUE(entries);
    ASSERT_EQ(entries->size(), 2U);
    EXPECT_EQ((*entries)[0].name(), "shell-app01.example.org");
    EXPECT_EQ(shown_time((*entries)[0].expires), "2022-08-14 13:15:18Z");
    EXPECT_FALSE((*entries)[0].revoked);
    EXPECT_EQ((*entries)[1].name(), "wiki-app03.example.org");
    EXPECT_EQ((*entries)[1].serial, "0A");
    EXPECT_EQ(shown_time((*entries)[1].expires), "2051-08-14 13:15:18Z");
    EXPECT_EQ(shown_time((*entries)[1].revoked.value()), "2012-08-16 14:20:33Z");
}

TEST(CertificateIndex, WritesItBack) {
    const auto entries = parse_index(of_easy_rsa);
    ASSERT_TRUE(entries);
    EXPECT_EQ(write_index(*entries, sys_days{year{2020} / 1 / 1}), of_easy_rsa);
    EXPECT_THAT(write_index(*entries, sys_days{year{2023} / 1 / 1}), StartsWith("E\t220814131518Z\t\t01"));
}

TEST(CertificateIndex, NamesTheLineThatIsNone) {
    const std::string good = "V\t220814131518Z\t\t01\tunknown\t/CN=a\n";
    for (const auto& [line, why] : std::initializer_list<std::pair<const char*, const char*>>{
             {"V\t220814131518Z\t\t01\tunknown", "six fields"},
             {"V\t220814131518Z\t\t01\tunknown\t/CN=a\tmore", "six fields"},
             {"X\t220814131518Z\t\t01\tunknown\t/CN=a", "must be V, R or E"},
             {"V\t220814131518Z\t\t0x1\tunknown\t/CN=a", "not a serial number"},
             {"V\t221314131518Z\t\t01\tunknown\t/CN=a", "not a date"},
             {"R\t220814131518Z\t\t01\tunknown\t/CN=a", "not a date"}}) {
        const auto entries = parse_index(good + line + "\n" + good);
        ASSERT_FALSE(entries) << line;
        EXPECT_THAT(entries.error(), AllOf(StartsWith("line 2: "), HasSubstr(why)));
    }
}

TEST(CertificateName, IsServiceAndHost) {
    const auto name = CertificateName::parse("shell.app01.phx2.example.org");
    EXPECT_EQ(name.file(), "shell-app01.phx2.example.org");  // as the reference keys are named
    EXPECT_EQ(name.key(), "shell.app01");
    for (const auto* bad :
         {"", "shell", "shell.", ".app01", "shell..org", "../x.y", "a.b/c", "a.b c", "-a.b"})
        EXPECT_THROW((void)CertificateName::parse(bad), UsageError) << bad;
}

// Time passes.

class Years : public testing::Test {
  protected:
    static constexpr sys_seconds start = sys_days{year{2025} / 6 / 1};

    CertificateFolder at(sys_seconds now) const { return {path(), now}; }
    std::string path() const { return folder.path().string(); }
    void SetUp() override {
        (void)at(start).init_ca({.common_name = "CA",
                                 .organization = {},
                                 .bits = 2048,
                                 .days = days{1000},
                                 .crl_days = days{100},
                                 .force = false});
        (void)at(start).issue({"shell-app01.example.org"}, 2048, days{500}, false);
    }
    /// "error: ca.crt has expired …", for all that is not fine.
    std::vector<std::string> problems(sys_seconds now) const {
        std::vector<std::string> lines;
        for (const auto& [severity, what, text] :
             check_certificates({path(), path() + "/ca.crt", path() + "/crl.pem"}, now))
            if (severity != Severity::fine)
                lines.push_back(std::string{to_string(severity)} + ": " +
                                std::filesystem::path{what}.filename().string() + " " + text);
        return lines;
    }
    fedmsg::test::TemporaryFolder folder;
};

TEST_F(Years, ACrlIsMissedBeforeAndAfterItsEnd) {
    EXPECT_THAT(problems(start), IsEmpty());
    EXPECT_THAT(problems(start + days{69}), IsEmpty());
    EXPECT_THAT(problems(start + days{70}),
                ElementsAre(StartsWith("warning: crl.pem expires within 30 days")));
    EXPECT_THAT(problems(start + days{101}),
                ElementsAre(StartsWith("error: crl.pem has expired on 2025-09-09")));
    (void)at(start + days{101}).revoke({}, days{100});
    EXPECT_THAT(problems(start + days{101}), IsEmpty());
}

TEST_F(Years, ACertificateIsMissedAfterItsEnd) {
    const auto later = start + days{501};
    (void)at(later).revoke({}, days{100});
    EXPECT_THAT(problems(later),
                ElementsAre(StartsWith("error: shell-app01.example.org.crt has expired on")));
    std::filesystem::remove(folder / "shell-app01.example.org.crt");
    std::filesystem::remove(folder / "shell-app01.example.org.key");
    EXPECT_THAT(problems(later), IsEmpty());  // nobody seems to need it
}

TEST_F(Years, ACertificateThatIsElsewhereIsKnownFromTheIndex) {
    std::filesystem::remove(folder / "shell-app01.example.org.crt");
    std::filesystem::remove(folder / "shell-app01.example.org.key");
    const auto later = start + days{495};
    (void)at(later).revoke({}, days{100});
    EXPECT_THAT(problems(later),
                ElementsAre(StartsWith("warning: shell-app01.example.org expires within 7 days")));
}

TEST_F(Years, NoCertificateOutlivesItsAuthority) {
    const auto later = start + days{800};
    const auto made = at(later).issue({"git-app02.example.org"}, 2048, days{500}, false);
    EXPECT_EQ(made.at(0).facts.validity.until, start + days{1000});
    EXPECT_THROW((void)at(start + days{1001}).issue({"wiki-app03.example.org"}, 2048, days{500}, false),
                 SetupError);
}

TEST_F(Years, HostsWhoseClocksAreBehindTakeWhatIsNew) {
    EXPECT_THAT(problems(start - std::chrono::minutes{59}), IsEmpty());
    EXPECT_THAT(problems(start - std::chrono::minutes{61}),
                testing::Contains(HasSubstr("crl.pem is valid only from 2025-05-31 23:00:00Z")));
}

}  // namespace
}  // namespace fedmsg::crypto
