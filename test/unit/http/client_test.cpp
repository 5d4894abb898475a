#include "http/client.h"

#include "support/https_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

namespace fedmsg::http {
namespace {

using namespace std::chrono_literals;
using fedmsg::test::Clock;
using fedmsg::test::HttpsServer;
using fedmsg::test::patience;
using testing::AllOf;
using testing::HasSubstr;

/// What this process trusts; its threads are not there yet.
void trust(const std::string& ca_file) {
    ::setenv("SSL_CERT_FILE", ca_file.c_str(), 1);
    ::setenv("SSL_CERT_DIR", "/nonexistent", 1);
    ::setenv("no_proxy", "*", 1);
}

class Download : public testing::Test {
  protected:
    Download() { trust(server.ca_file()); }

    Request request(const std::string& path) const {
        return {.url = server.url(path), .https_only = true, .timeout = patience, .pause = 1ms};
    }
    Error error(const Request& r) const {
        const auto result = get(r);
        return result ? Error{.text = "it worked"} : result.error();
    }

    HttpsServer server;
};

TEST_F(Download, GivesTheBody) {
    server.put("a", std::string{"one\0two", 7});
    const auto result = get(request("a"));
    ASSERT_TRUE(result) << result.error().text;
    EXPECT_EQ(result->body, (std::string{"one\0two", 7}));
}

TEST_F(Download, FollowsToAnotherHttpsAddress) {
    server.put("a", "one");
    const auto result = get(request("redirect/" + server.url("a")));
    ASSERT_TRUE(result) << result.error().text;
    EXPECT_EQ(result->body, "one");
}

TEST_F(Download, DoesNotFollowToHttp) {
    const auto e = error(request("redirect/http://localhost:1/a"));
    EXPECT_EQ(e.reason, Reason::redirected);
    EXPECT_THAT(e.text, HasSubstr("redirects to http://localhost:1/a, which is not protected"));
}

TEST_F(Download, DoesNotFollowForEver) {
    server.put("a", "one");
    std::string path = server.url("a");
    for (int i = 0; i < 6; ++i) path = server.url("redirect/" + path);
    const auto e = error({.url = path, .timeout = patience});
    EXPECT_EQ(e.reason, Reason::redirected);
    EXPECT_THAT(e.text, HasSubstr("5"));
}

TEST_F(Download, RefusesHttpFromTheStart) {
    const auto e = error({.url = "http://localhost:1/a", .https_only = true});
    EXPECT_EQ(e.reason, Reason::bad_url);
    EXPECT_THAT(e.text, HasSubstr("http"));
}

TEST_F(Download, NamesAStatusAndDoesNotInsist) {
    const auto e = error(request("nothing"));
    EXPECT_EQ(e.reason, Reason::status);
    EXPECT_EQ(e.status, 404);
    EXPECT_THAT(e.text, HasSubstr("status 404"));
    EXPECT_EQ(server.next_request(), "GET /nothing");
    server.put("a", "");
    ASSERT_TRUE(get(request("a")));
    EXPECT_EQ(server.next_request(), "GET /a");  // so there was one request before
}

TEST_F(Download, TriesThreeTimesWhereThatMayHelp) {
    EXPECT_EQ(error(request("status/503")).status, 503);
    server.put("a", "");
    ASSERT_TRUE(get(request("a")));
    for (const auto* line : {"GET /status/503", "GET /status/503", "GET /status/503", "GET /a"})
        EXPECT_EQ(server.next_request(), line);
}

TEST_F(Download, StopsAtItsLimitOfSize) {
    for (const auto* path : {"endless", "huge"}) {
        auto r = request(path);
        r.largest = 1'000'000;
        const auto e = error(r);
        EXPECT_EQ(e.reason, Reason::too_large) << path << ": " << e.text;
        EXPECT_THAT(e.text, HasSubstr("larger than 1000000 bytes"));
    }
    server.put("a", std::string(1000, 'x'));
    auto r = request("a");
    r.largest = 1000;
    EXPECT_TRUE(get(r));
}

TEST_F(Download, SaysWhenTheBodyIsNotWhole) { EXPECT_EQ(error(request("cut")).reason, Reason::interrupted); }

TEST_F(Download, TimesOut) {
    auto r = request("silent");
    r.timeout = 50ms;
    r.tries = 2;
    const auto before = Clock::now();
    const auto e = error(r);
    EXPECT_GE(Clock::now() - before, 100ms);
    EXPECT_EQ(e.reason, Reason::timed_out);
    EXPECT_THAT(e.text, HasSubstr("look at the server"));
}

TEST_F(Download, EndsAtOnceWhenItIsStopped) {
    std::stop_source stop;
    auto r = request("silent");
    r.stop = stop.get_token();
    std::optional<Error> e;
    std::jthread thread{[&] { e = error(r); }};
    EXPECT_EQ(server.next_request(), "GET /silent");
    stop.request_stop();
    thread.join();
    EXPECT_EQ(e->reason, Reason::stopped);
}

TEST_F(Download, EndsAtOnceWhenItIsStoppedBetweenTwoTries) {
    std::stop_source stop;
    auto r = request("status/500");
    r.stop = stop.get_token();
    r.pause = 10min;
    std::jthread thread{[&] { (void)error(r); }};
    EXPECT_EQ(server.next_request(), "GET /status/500");
    stop.request_stop();
    thread.join();
}

TEST_F(Download, SaysThatNobodyAnswers) {
    server.stop();
    const auto e = error(request("a"));
    EXPECT_EQ(e.reason, Reason::unreachable);
    EXPECT_THAT(e.text, HasSubstr("start the server"));
    EXPECT_EQ(error({.url = "https://nothing.invalid/", .pause = 1ms}).reason, Reason::unreachable);
}

TEST_F(Download, RefusesACertificateOfAnotherAuthority) {
    const HttpsServer other;
    const auto e = error({.url = other.url("a")});
    EXPECT_EQ(e.reason, Reason::untrusted);
    EXPECT_THAT(e.text, HasSubstr("SSL_CERT_FILE"));
}

TEST_F(Download, RefusesAnotherAuthorityOfTheSameName) {
    const HttpsServer one{{"--ca", "One"}}, other{{"--ca", "One"}};
    trust(one.ca_file());
    other.put("a", "b");
    EXPECT_THAT(error({.url = other.url("a"), .pause = 1ms}).text, HasSubstr("its certificate"));
}

TEST_F(Download, RefusesACertificateForAnotherName) {
    const HttpsServer other{{"--name", "mirror.example.org"}};
    trust(other.ca_file());
    const auto e = error({.url = other.url("a")});
    EXPECT_EQ(e.reason, Reason::untrusted);
    EXPECT_THAT(e.text, HasSubstr("localhost"));
}

TEST_F(Download, RefusesACertificateThatHasExpired) {
    const HttpsServer other{{"--expired"}};
    trust(other.ca_file());
    const auto e = error({.url = other.url("a")});
    EXPECT_EQ(e.reason, Reason::untrusted);
    EXPECT_THAT(e.text, HasSubstr("expired"));
}

TEST_F(Download, NamesACertificateStoreThatIsNotThere) {
    trust("/nonexistent/ca.pem");
    const auto e = error(request("a"));
    EXPECT_EQ(e.reason, Reason::failed);
    EXPECT_THAT(e.text, AllOf(HasSubstr("/nonexistent/ca.pem"), HasSubstr("SSL_CERT_FILE")));
}

TEST_F(Download, SaysWhatIsNoAddress) {
    EXPECT_EQ(error({.url = "https://"}).reason, Reason::bad_url);
    EXPECT_EQ(error({.url = "file:///etc/passwd"}).reason, Reason::bad_url);
}

}  // namespace
}  // namespace fedmsg::http
