#include "crypto/source.h"

#include "support/files.h"
#include "util/error.h"

#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fedmsg::crypto {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class FileSource : public testing::Test {
  protected:
    std::unique_ptr<Source> open(std::chrono::seconds reread = 0s) {
        return open_source(path, reread, {.timer = [this] { return timer; }});
    }

    fedmsg::test::TemporaryFolder folder;
    std::chrono::steady_clock::time_point timer{1000s};
    const std::string path = folder.write("ca.crt", "one");
};

TEST_F(FileSource, NoticesAChangeAtItsNextLook) {
    const auto source = open();
    const auto before = source->content();
    EXPECT_EQ(before->text, "one");
    folder.write("ca.crt", "two");
    timer += 499ms;
    EXPECT_EQ(source->content(), before);
    timer += 1ms;
    EXPECT_EQ(source->content()->text, "two");
    EXPECT_NE(source->content()->generation, before->generation);
}

TEST_F(FileSource, KeepsItsGenerationWhileTheTextIsTheSame) {
    const auto source = open();
    const auto before = source->content();
    folder.write("ca.crt", "one");
    timer += 1s;
    EXPECT_EQ(source->content(), before);
}

TEST_F(FileSource, SaysWhenItIsGoneAndComesBack) {
    const auto source = open();
    std::filesystem::remove(path);
    timer += 1s;
    EXPECT_EQ(source->content()->text, "");
    EXPECT_THAT(source->content()->error, HasSubstr("No such file or directory"));
    folder.write("ca.crt", "three");
    timer += 1s;
    EXPECT_EQ(source->content()->text, "three");
    EXPECT_EQ(source->content()->error, "");
}

TEST_F(FileSource, IsReadAgainOnSuspicionOnceAMinute) {
    const auto source = open();
    const auto replace_unseen = [&](const char* text) {
        // Same size and date: only reading it shows the difference. (The poll is not due.)
        folder.write("ca.crt", text);
    };
    replace_unseen("two");
    source->suspect();
    EXPECT_EQ(source->content()->text, "one");  // it was read just now
    timer += 60s - 1ms;
    source->suspect();
    timer += 1ms;
    source->suspect();
    EXPECT_EQ(source->content()->text, "two");
    replace_unseen("six");
    for (int i = 0; i < 1000; ++i) source->suspect();
    EXPECT_EQ(source->content()->text, "two");
}

TEST_F(FileSource, DoesNotHangOnAFifo) {
    const auto fifo = (folder / "fifo").string();
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    EXPECT_EQ(open_source(fifo, 0s)->content()->text, "");
}

TEST_F(FileSource, NamesAFolder) {
    EXPECT_EQ(open_source(folder.path().string(), 0s)->content()->error, "Is a directory");
}

TEST(Location, OfAnotherKindIsToldWithTheWayOut) {
    try {
        (void)open_source("http://example.org/ca.crt", 0s);
        FAIL();
    } catch (const UsageError& e) {
        EXPECT_THAT(e.what(), HasSubstr("an address that begins with https://"));
    }
}

}  // namespace
}  // namespace fedmsg::crypto
