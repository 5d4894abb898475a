#include "services/web/http_server.h"

#include "support/process.h"
#include "support/tcp.h"
#include "unit/services/running.h"
#include "util/error.h"

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <random>

namespace fedmsg::services {
namespace {

using fedmsg::test::body_of;
using fedmsg::test::http;
using fedmsg::test::TcpClient;
using test::Running;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;
using namespace std::chrono_literals;

/// A server with one page.
class Served {
  public:
    explicit Served(const HttpServer::Limits& limits = {})
        : server_{loop_,
                  "test_listen",
                  {"127.0.0.1", 0},
                  [](std::string_view path) {
                      return path == "/page" ? std::optional{Page{"text/plain", "hello"}} : std::nullopt;
                  },
                  [this](const std::string& address) { address_.set_value(address); },
                  limits},
          running_{loop_} {
        const auto address = address_.get_future().get();
        port = std::stoi(address.substr(address.rfind(':') + 1));
    }

    [[nodiscard]] bool serves() const { return body_of(http(port, "GET /page")) == "hello"; }

    int port;

  private:
    Loop loop_;
    std::promise<std::string> address_;
    HttpServer server_;
    Running running_;
};

TEST(HttpServer, ServesItsPages) {
    const Served served;
    const auto get = http(served.port, "GET /page?query");
    EXPECT_THAT(get, AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("\r\nContent-Type: text/plain\r\n"),
                           HasSubstr("\r\nContent-Length: 5\r\n"), EndsWith("\r\n\r\nhello")));
    const auto head = http(served.port, "HEAD /page");
    EXPECT_THAT(head, AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("\r\nContent-Length: 5\r\n"),
                            EndsWith("\r\n\r\n")));
}

TEST(HttpServer, SaysWhatItDoesNotHave) {
    const Served served;
    for (const auto* target : {"/", "/page/", "/Page", "/../page", "*", "http://localhost/page"})
        EXPECT_THAT(http(served.port, "GET " + std::string{target}), StartsWith("HTTP/1.1 404 ")) << target;
    for (const auto* method : {"POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "BREW"})
        EXPECT_THAT(http(served.port, std::string{method} + " /page"),
                    AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("\r\nAllow: GET, HEAD\r\n")))
            << method;
}

TEST(HttpServer, KeepsAConnectionForSeveralRequests) {
    const Served served;
    const TcpClient client{served.port};
    const std::string request = "GET /page HTTP/1.1\r\nHost: x\r\n\r\n";
    client.say(request);
    EXPECT_THAT(client.read_until("hello"), StartsWith("HTTP/1.1 200"));
    client.say(request + request);  // both at once
    auto both = client.read_until("hello");
    if (both.find("hello") == both.rfind("hello")) both += client.read_until("hello");
    EXPECT_THAT(both, EndsWith("hello"));
    client.say("GET /page HTTP/1.0\r\n\r\n");
    EXPECT_THAT(client.read_all(), AllOf(StartsWith("HTTP/1.0 200"), EndsWith("hello")));
}

TEST(HttpServer, AnswersARequestWithABodyOnceAndHangsUp) {
    const Served served;
    const TcpClient client{served.port};
    client.say(
        "GET /page HTTP/1.1\r\nContent-Length: 36\r\n\r\nGET /page HTTP/1.1\r\nHost: smuggled\r\n\r\n");
    const auto response = client.read_all();
    EXPECT_EQ(response.find("HTTP/1.1"), response.rfind("HTTP/1.1")) << response;
}

TEST(HttpServer, RefusesAHeaderThatIsTooLarge) {
    const Served served;
    for (const auto& request : {"GET /" + std::string(100'000, 'x') + " HTTP/1.1\r\n\r\n",
                                "GET /page HTTP/1.1\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n"}) {
        const TcpClient client{served.port};
        client.say(request);
        // What is not read of it resets the connection in the end, but not before the answer was sent.
        EXPECT_THAT(client.read_all(), StartsWith("HTTP/1.1 431 "));
    }
    EXPECT_TRUE(served.serves());
}

TEST(HttpServer, AnswersGarbageWith400) {
    const Served served;
    for (const std::string& bytes :
         {std::string("\xFF\0\0\0\0\0\0\0\1\x7F\3\0", 12) + "\r\n\r\n", std::string{"GET\r\n\r\n"},
          std::string{"\x16\3\1\2\0\1\0\1\xfc\3\3\r\n\r\n"}, std::string{"GET /page HTTP/9.9\r\n\r\n"},
          std::string{"GET /page HTTP/1.1\r\nno colon\r\n\r\n"},
          std::string{"GET /page HTTP/1.1\r\nContent-Length: -1\r\n\r\n"},
          std::string{"GET /page HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"}}) {
        const TcpClient client{served.port};
        client.say(bytes);
        EXPECT_THAT(client.read_all(), StartsWith("HTTP/1.1 400 ")) << bytes;
    }
    EXPECT_TRUE(served.serves());
}

TEST(HttpServer, SurvivesNoise) {
    HttpServer::Limits limits;
    limits.time = 500ms;
    limits.pause = 0ms;
    const Served served{limits};
    std::mt19937 random{20261126};  // the same at each run
    const std::string good = "GET /page HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
    for (int i = 0; i < 300; ++i) {
        auto bytes = good;
        for (auto changes = random() % 8; changes > 0; --changes)
            bytes[random() % bytes.size()] = static_cast<char>(random());
        const TcpClient client{served.port};
        client.say(bytes.substr(0, random() % bytes.size()));
    }
    EXPECT_TRUE(served.serves());
}

TEST(HttpServer, HangsUpOnWhoIsSlowOrSilent) {
    HttpServer::Limits limits;
    limits.time = 300ms;
    const Served served{limits};
    const TcpClient silent{served.port}, slow{served.port};
    const auto before = std::chrono::steady_clock::now();
    // A byte now and then does not make the time longer.
    const std::string request(10'000, 'G');
    std::size_t said = 0;
    while (said < request.size() && slow.say(request.substr(said++, 1)))
        if (std::chrono::steady_clock::now() - before > fedmsg::test::patience) break;
    EXPECT_LT(std::chrono::steady_clock::now() - before, fedmsg::test::patience);
    EXPECT_EQ(silent.read_all(), "");
    EXPECT_GE(std::chrono::steady_clock::now() - before, limits.time);
    EXPECT_TRUE(served.serves());
}

TEST(HttpServer, WhenThereAreTooManyTheMostSilentOneGoes) {
    HttpServer::Limits limits;
    limits.connections = 3;
    limits.time = 3600s;
    const Served served{limits};
    const std::string request = "GET /page HTTP/1.1\r\nHost: x\r\n\r\n";
    const TcpClient used{served.port}, silent{served.port}, third{served.port};
    for (const auto* client : {&used, &third, &used}) {
        client->say(request);
        EXPECT_THAT(client->read_until("hello"), StartsWith("HTTP/1.1 200"));
    }
    EXPECT_TRUE(served.serves());
    EXPECT_EQ(silent.read_all(), "");
    used.say(request);
    EXPECT_THAT(used.read_until("hello"), StartsWith("HTTP/1.1 200"));
}

TEST(HttpServer, APortThatIsTakenNamesItsHolder) {
    const Served served;
    Loop loop;
    const HttpServer second{
        loop, "test_listen", {"127.0.0.1", static_cast<std::uint16_t>(served.port)}, {}, [](const auto&) {}};
    asio::steady_timer never{loop.context(), std::chrono::steady_clock::time_point::max()};
    try {
        loop.run(never.async_wait(asio::use_awaitable));
        FAIL() << "it listens";
    } catch (const SetupError& e) {
        EXPECT_THAT(e.what(), AllOf(HasSubstr("cannot listen on test_listen 127.0.0.1:"),
                                    HasSubstr("Address already in use, held by"),
                                    HasSubstr("(pid " + std::to_string(::getpid()) + ")")));
    }
}

}  // namespace
}  // namespace fedmsg::services
