#include "api/fedmsg.h"

#include "support/files.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace fedmsg {
namespace {

Config signing() {
    Config config;
    config.active = true;
    config.sign_messages = true;
    config.ssldir = test::data_file("crypto/keys").string();
    config.certname = "shell-app01.phx2.example.org";
    config.relay_inbound = {"tcp://127.0.0.1:1"};
    return config;
}

TEST(EndOfTheProgram, IsTheEndOfThePublisherToo) {
    const auto config = signing();
    EXPECT_EXIT(
        {
            init(config);
            std::exit(0);
        },
        testing::ExitedWithCode(0), "");
}

TEST(EndOfTheProgram, EndsAPublisherThatIsStatic) {
    const auto config = signing();
    EXPECT_EXIT(
        {
            static const Publisher publisher{config};
            std::exit(0);
        },
        testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace fedmsg
