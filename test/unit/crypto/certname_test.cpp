#include "crypto/certname.h"

#include "util/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fedmsg::crypto {
namespace {

Config config() {
    Config c;
    c.certnames = {{"shell.app01", "shell-app01.example.org"},
                   {"bodhi.app01", "bodhi-app01.example.org"},
                   {"relay_inbound", "never"}};
    return c;
}

TEST(Certname, IsOfThePrefixAndHost) {
    auto c = config();
    c.cert_prefix = "bodhi";
    c.name = "shell.app01";
    EXPECT_EQ(find_certname(c, "app01", ""), "bodhi-app01.example.org");
}

TEST(Certname, IsOfTheNameWithoutAPrefix) {
    auto c = config();
    c.name = "bodhi.app01";
    EXPECT_EQ(find_certname(c, "elsewhere", ""), "bodhi-app01.example.org");
}

TEST(Certname, IsTheShellsForTheRelayAndWithoutAName) {
    auto c = config();
    EXPECT_EQ(find_certname(c, "app01", ""), "shell-app01.example.org");
    c.name = "relay_inbound";
    EXPECT_EQ(find_certname(c, "app01", ""), "shell-app01.example.org");
}

TEST(Certname, CanBeSaidOutright) {
    auto c = config();
    c.cert_prefix = "bodhi";
    c.certname = "mine";
    EXPECT_EQ(find_certname(c, "app01", ""), "mine");
}

TEST(Certname, ThatIsMissingIsToldWithKeyAndFile) {
    auto c = config();
    c.cert_prefix = "bodhi";
    try {
        (void)find_certname(c, "app02", "/etc/fedmsg.d/ssl.py:7");
        FAIL();
    } catch (const UsageError& e) {
        EXPECT_STREQ(e.what(),
                     "certnames has no \"bodhi.app02\", which names the certificate to sign with (it has "
                     "\"bodhi.app01\"): add \"bodhi.app02\": \"NAME\" to it in /etc/fedmsg.d/ssl.py, where "
                     "/etc/pki/fedmsg/NAME.crt and NAME.key are the files");
    }
}

}  // namespace
}  // namespace fedmsg::crypto
