#include "crypto/gpg/key_name.h"

#include "util/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace fedmsg::crypto::gpg {
namespace {

using testing::EndsWith;
using testing::Not;
using testing::StartsWith;

Config config() {
    Config c;
    c.gpg_keys = {{"app01", "AAAA"}, {"app02", "BBBB"}};
    return c;
}

TEST(KeyName, IsThatOfTheHost) { EXPECT_EQ(find_key_name(config(), "app02", ""), "BBBB"); }

TEST(KeyName, CanBeSaidOutright) {
    auto c = config();
    c.gpg_signing_key = "CCCC";
    EXPECT_EQ(find_key_name(c, "app02", ""), "CCCC");
    c.gpg_signing_key = "";
    EXPECT_EQ(find_key_name(c, "app02", ""), "BBBB");
}

TEST(KeyName, ThatIsMissingIsToldWithKeyAndFile) {
    try {
        (void)find_key_name(config(), "app03", "/etc/fedmsg.d/ssl.py:7");
        FAIL();
    } catch (const UsageError& e) {
        EXPECT_STREQ(
            e.what(),
            "gpg_keys has no \"app03\", which names the key to sign with (it has \"app01\"): add \"app03\": "
            "\"FINGERPRINT\" to it in /etc/fedmsg.d/ssl.py, or set gpg_signing_key; gpg --homedir ~/.gnupg "
            "--list-secret-keys shows the fingerprints");
    }
}

TEST(HomeFolder, IsAWholePath) {
    const char* before = std::getenv("HOME");
    const auto home = [](const std::string& path) {
        Config c;
        c.gpg_home = path;
        return home_folder(c);
    };
    ::setenv("HOME", "/home/tester", 1);
    EXPECT_EQ(home_folder(Config{}), "/home/tester/.gnupg");
    EXPECT_EQ(home("~"), "/home/tester");
    EXPECT_EQ(home("/etc/~"), "/etc/~");
    EXPECT_THAT(home("keys"), testing::AllOf(StartsWith("/"), EndsWith("/keys")));
    ::unsetenv("HOME");
    EXPECT_THAT(home("~/x"), testing::AllOf(StartsWith("/"), EndsWith("/x"), Not(StartsWith("/x"))));
    if (before != nullptr) ::setenv("HOME", before, 1);
}

}  // namespace
}  // namespace fedmsg::crypto::gpg
