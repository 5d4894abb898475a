#include "services/datagrepper/datagrepper.h"

#include "util/error.h"

#include <gtest/gtest.h>

namespace fedmsg::services {
namespace {

TEST(MessageUrl, IsThePageIdOfTheService) {
    for (const auto* url : {"https://x.org/datagrepper", "https://x.org/datagrepper/",
                            "https://x.org/datagrepper/raw", "https://x.org/datagrepper/raw/",
                            "https://x.org/datagrepper/id", "https://x.org/datagrepper//id//"})
        EXPECT_EQ(message_url(url, "2016-a"), "https://x.org/datagrepper/id?id=2016-a") << url;
    EXPECT_EQ(message_url("http://x:8080", "1"), "http://x:8080/id?id=1");
    EXPECT_EQ(message_url("http://x/draw", "1"), "http://x/draw/id?id=1");
}

TEST(MessageUrl, AnIdentifierIsNothingElseThanOne) {
    EXPECT_EQ(message_url("http://x", "a&b=/?#% \nö~"), "http://x/id?id=a%26b%3D%2F%3F%23%25%20%0A%C3%B6~");
}

TEST(MessageUrl, AQueryIsNoService) {
    EXPECT_THROW((void)message_url("http://x/raw?delta=3", "1"), UsageError);
    EXPECT_THROW((void)message_url("http://x/#a", "1"), UsageError);
}

}  // namespace
}  // namespace fedmsg::services
