#include "crypto/https_source.h"

#include "support/https_server.h"
#include "util/error.h"

#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <thread>

namespace fedmsg::crypto {
namespace {

using namespace std::chrono_literals;
using fedmsg::test::Clock;
using fedmsg::test::HttpsServer;
using fedmsg::test::patience;
using fedmsg::test::read_file;
using testing::AllOf;
using testing::HasSubstr;
using testing::internal::CaptureStderr;
using testing::internal::GetCapturedStderr;

/// What passes for a certificate here: nobody looks into it.
std::string pem(const std::string& body) {
    return "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
}
const std::string one = pem("b25l"), two = pem("dHdv"), three = pem("dGhyZWU=");

/// A server, a cache, and a clock that the test turns; both clocks turn together.
class HttpsLocation : public testing::Test {
  protected:
    HttpsLocation() {
        ::setenv("SSL_CERT_FILE", server.ca_file().c_str(), 1);
        ::setenv("no_proxy", "*", 1);
        server.put("ca.crt", one);
    }

    std::unique_ptr<Source> open(std::chrono::seconds expiry = 0s, const std::string& path = "ca.crt",
                                 std::chrono::milliseconds timeout = patience) {
        return open_with({.cache = cache, .timeout = timeout, .pause = 1ms}, expiry, path);
    }
    std::unique_ptr<Source> without_cache(std::chrono::seconds expiry = 0s,
                                          const std::string& path = "ca.crt") {
        return open_with({.timeout = patience, .pause = 1ms}, expiry, path);
    }
    std::unique_ptr<Source> open_with(Download download, std::chrono::seconds expiry,
                                      const std::string& path) {
        return open_source(server.url(path), expiry,
                           {.date = [this] { return std::chrono::system_clock::now() + passed.load(); },
                            .timer = [this] { return started + passed.load(); }},
                           std::move(download));
    }
    void turn(std::chrono::seconds time) { passed = passed.load() + time; }
    /// Makes the cache look as if it had been written so long ago.
    void age_cache(std::chrono::seconds age) const {
        std::filesystem::last_write_time(cache, std::filesystem::file_time_type::clock::now() - age);
    }
    /// Reads as those do who validate, while time passes, until it has that text.
    testing::AssertionResult becomes(Source& source, const std::string& text) {
        const auto deadline = Clock::now() + patience;
        while (source.content()->text != text) {
            if (Clock::now() > deadline) return testing::AssertionFailure() << source.content()->text;
            std::this_thread::sleep_for(1ms);  // the download has its own time
            passed = passed.load() + 5s;
        }
        return testing::AssertionSuccess();
    }
    /// The same until it has been asked for another `count` times: all but the last one have ended then.
    void wait_for_downloads(Source& source, int count) {
        const std::jthread reader{[&](const std::stop_token& stop) {
            while (!stop.stop_requested()) {
                (void)source.content();
                std::this_thread::sleep_for(1ms);
                passed = passed.load() + 1s;
            }
        }};
        for (int i = 0; i < count; ++i) EXPECT_EQ(server.next_request(), "GET /ca.crt");
    }
    /// How many requests there were, one to "/end" not counted.
    int requests() {
        (void)without_cache(0s, "end")->content();
        int count = 0;
        while (server.next_request() != "GET /end") ++count;
        return count;
    }

    HttpsServer server;
    fedmsg::test::TemporaryFolder folder;
    std::string cache = (folder / "ca.crt").string();
    const Clock::time_point started = Clock::now();
    std::atomic<Clock::duration> passed{Clock::duration{}};
};

TEST_F(HttpsLocation, TheFirstContentIsWaitedForAndKeptInTheCache) {
    EXPECT_EQ(open()->content()->text, one);
    EXPECT_EQ(read_file(cache), one);
    EXPECT_EQ(std::filesystem::status(cache).permissions(), std::filesystem::perms{0644});
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator{folder.path()}, {}), 1);
}

TEST_F(HttpsLocation, AFreshCacheAvoidsTheDownload) {
    folder.write("ca.crt", two);
    age_cache(59min);
    EXPECT_EQ(open(1h)->content()->text, two);
    age_cache(24h * 1000);
    EXPECT_EQ(open(0s)->content()->text, two);  // never expires
    EXPECT_EQ(requests(), 0);
}

TEST_F(HttpsLocation, AStaleCacheIsDownloadedAnew) {
    folder.write("ca.crt", two);
    age_cache(61min);
    EXPECT_EQ(open(1h)->content()->text, one);
    EXPECT_EQ(read_file(cache), one);
    EXPECT_EQ(open(1h)->content()->text, one);
    EXPECT_EQ(requests(), 1);
}

TEST_F(HttpsLocation, ACacheOfTheFutureIsStale) {
    folder.write("ca.crt", two);
    age_cache(-24h);
    EXPECT_EQ(open(1h)->content()->text, one);
}

TEST_F(HttpsLocation, AStaleCacheIsUsedWithAWarningWhenThereIsNoServer) {
    folder.write("ca.crt", two);
    age_cache(61min);
    server.stop();
    CaptureStderr();
    EXPECT_EQ(open(1h)->content()->text, two);
    EXPECT_THAT(GetCapturedStderr(), AllOf(HasSubstr(server.url("ca.crt") + " cannot be downloaded: "),
                                           HasSubstr("the copy that is there is used meanwhile")));
    EXPECT_EQ(read_file(cache), two);
}

TEST_F(HttpsLocation, ACorruptCacheIsReplacedWithAWarning) {
    for (const auto* text : {"", "not PEM", "-----BEGIN CERTIFICATE-----\nb25l\n"}) {
        folder.write("ca.crt", text);
        CaptureStderr();
        EXPECT_EQ(open(0s)->content()->text, one);
        EXPECT_THAT(GetCapturedStderr(), HasSubstr(cache + ", the cache of "));
        EXPECT_EQ(read_file(cache), one);
    }
}

TEST_F(HttpsLocation, WithoutAnyCopyTheErrorSaysWhy) {
    server.remove("ca.crt");
    CaptureStderr();
    const auto source = open();
    EXPECT_EQ(source->content()->text, "");
    EXPECT_THAT(source->content()->error,
                HasSubstr("cannot be downloaded: the server answers with status 404"));
    EXPECT_THAT(GetCapturedStderr(), HasSubstr("nothing validates without it"));
    EXPECT_FALSE(std::filesystem::exists(cache));

    server.put("ca.crt", one);
    turn(59s);
    (void)source->content();
    EXPECT_EQ(source->content()->text, "");  // once a minute
    turn(2s);
    EXPECT_TRUE(becomes(*source, one));
    EXPECT_EQ(source->content()->error, "");
    EXPECT_EQ(requests(), 2);
}

TEST_F(HttpsLocation, WhatIsNoPemIsAFailure) {
    for (const auto* text : {"", "<html>Sign in</html>", "-----BEGIN CERTIFICATE-----\nb25l\n"}) {
        server.put("ca.crt", text);
        const auto source = without_cache();
        EXPECT_EQ(source->content()->text, "");
        EXPECT_THAT(source->content()->error,
                    AllOf(HasSubstr("it is "), HasSubstr("hand out the file itself")));
    }
}

TEST_F(HttpsLocation, WhatIsTooLargeIsAFailure) {
    EXPECT_THAT(without_cache(0s, "huge")->content()->error, HasSubstr("larger than 67108864 bytes"));
}

TEST_F(HttpsLocation, ARedirectionToHttpIsAFailure) {
    EXPECT_THAT(without_cache(0s, "redirect/http://localhost:1/ca.crt")->content()->error,
                HasSubstr("redirects to http://localhost:1/ca.crt, which is not protected"));
}

TEST_F(HttpsLocation, AServerThatNeverAnswersIsGivenUp) {
    EXPECT_THAT(open(0s, "silent", 50ms)->content()->error, HasSubstr("imed out"));
    EXPECT_EQ(requests(), 3);
}

TEST_F(HttpsLocation, GoingAwayEndsADownloadAtOnce) {
    const auto source = open(0s, "silent");
    EXPECT_EQ(server.next_request(), "GET /silent");
}

TEST_F(HttpsLocation, IsDownloadedAgainWhenItExpires) {
    for (const bool with_cache : {true, false}) {
        server.put("ca.crt", one);
        const auto source = with_cache ? open(1h) : without_cache(1h);
        const auto before = source->content();
        server.put("ca.crt", two);
        turn(59min);
        EXPECT_EQ(source->content(), before);
        turn(2min);
        EXPECT_EQ(source->content()->text, one);  // without waiting
        EXPECT_TRUE(becomes(*source, two));
        EXPECT_NE(source->content()->generation, before->generation);
        EXPECT_EQ(requests(), 2);
    }
}

TEST_F(HttpsLocation, ABadDownloadNeverReplacesAGoodCopy) {
    auto source = open(1h);
    const auto before = source->content();
    EXPECT_EQ(requests(), 1);
    CaptureStderr();
    for (const auto* text : {"", "<html>"}) {
        server.put("ca.crt", text);
        turn(2h);
        wait_for_downloads(*source, 3);
        EXPECT_EQ(source->content(), before);
    }
    EXPECT_EQ(read_file(cache), one);
    server.put("ca.crt", two);
    EXPECT_TRUE(becomes(*source, two));
    source.reset();  // the cache may have been there before the log
    const auto log = GetCapturedStderr();
    EXPECT_THAT(log, HasSubstr("it is empty"));
    EXPECT_THAT(log, HasSubstr("is downloaded again"));
    EXPECT_EQ(read_file(cache), two);
}

TEST_F(HttpsLocation, KeepsItsGenerationWhileTheTextIsTheSame) {
    const auto source = open(1h);
    const auto before = source->content();
    turn(2h);
    wait_for_downloads(*source, 2);
    EXPECT_EQ(source->content(), before);
    server.put("ca.crt", two);
    turn(2h);
    EXPECT_TRUE(becomes(*source, two));
    EXPECT_EQ(source->content()->generation, before->generation + 1);
}

TEST_F(HttpsLocation, SuspicionDownloadsOnceAMinute) {
    const auto source = open();
    EXPECT_EQ(source->content()->text, one);
    server.put("ca.crt", two);
    for (int i = 0; i < 1000; ++i) source->suspect();
    turn(59s);
    source->suspect();
    EXPECT_EQ(source->content()->text, one);
    turn(2s);
    source->suspect();
    EXPECT_TRUE(becomes(*source, two));
    for (int i = 0; i < 1000; ++i) source->suspect();
    EXPECT_EQ(source->content()->text, two);
    EXPECT_EQ(requests(), 2);
}

TEST_F(HttpsLocation, SuspicionCountsWhatAnotherProcessHasDownloaded) {
    folder.write("ca.crt", two);
    age_cache(50s);
    const auto source = open();
    source->suspect();
    EXPECT_EQ(source->content()->text, two);
    EXPECT_EQ(requests(), 0);
    turn(10s);
    source->suspect();
    EXPECT_TRUE(becomes(*source, one));
}

TEST_F(HttpsLocation, TakesWhatAnotherProcessPutsIntoTheCache) {
    const auto source = open(1h);
    EXPECT_EQ(source->content()->text, one);
    folder.write("ca.crt", two);
    turn(1s);
    EXPECT_EQ(source->content()->text, two);
    // Refreshed by the other one, again and again: nothing to download here.
    for (const auto& text : {three, two}) {
        turn(59min);
        folder.write("ca.crt", text);
        std::filesystem::last_write_time(cache, std::filesystem::file_time_type::clock::now() +
                                                    std::chrono::ceil<std::chrono::seconds>(passed.load()));
        turn(2s);
        EXPECT_EQ(source->content()->text, text);
    }
    EXPECT_EQ(requests(), 1);
}

TEST_F(HttpsLocation, ACacheThatBecomesBadOrGoesAwayIsWrittenAgain) {
    const auto source = open();
    EXPECT_EQ(source->content()->text, one);
    for (const bool gone : {true, false}) {
        turn(61s);
        if (gone)
            std::filesystem::remove(cache);
        else
            folder.write("ca.crt", "junk");
        const auto deadline = Clock::now() + patience;
        while (!std::filesystem::exists(cache) || read_file(cache) != one) {
            ASSERT_LT(Clock::now(), deadline);
            EXPECT_EQ(source->content()->text, one);
            std::this_thread::sleep_for(1ms);
            turn(1s);
        }
    }
}

TEST_F(HttpsLocation, ACacheThatCannotBeWrittenIsToldAndMemoryKeepsIt) {
    cache = (folder / "nothing/ca.crt").string();
    CaptureStderr();
    const auto source = open(1h);
    EXPECT_EQ(source->content()->text, one);
    EXPECT_THAT(GetCapturedStderr(), AllOf(HasSubstr(" is kept in memory alone: cannot write " + cache),
                                           HasSubstr("make the folder first")));
    turn(59min);
    EXPECT_EQ(source->content()->text, one);
    EXPECT_EQ(requests(), 1);
}

TEST_F(HttpsLocation, ManyThreadsWaitForOneDownload) {
    const auto source = open();
    std::vector<std::jthread> threads;
    std::atomic<int> good = 0;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            if (source->content()->text == one) ++good;
            source->suspect();
        });
    threads.clear();
    EXPECT_EQ(good, 8);
    EXPECT_EQ(requests(), 1);
}

}  // namespace
}  // namespace fedmsg::crypto
