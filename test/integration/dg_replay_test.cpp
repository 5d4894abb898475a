/// fedmsg dg-replay, from a web server that hands out what the Fedora Project's datagrepper did.
#include "support/https_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fedmsg::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class DgReplay : public testing::Test {
  protected:
    /// Under its identifier; as the page `/id`.
    void put(const std::string& id, std::string_view answer) const { server.put("id?id=" + id, answer); }
    Finished replay(std::vector<std::string> words) {
        words.insert(words.begin(), "dg-replay");
        auto start = relay.fedmsg(std::move(words));
        start.environment = {{"SSL_CERT_FILE", server.ca_file()}};
        return run(std::move(start));
    }
    std::vector<std::string> from_server(std::vector<std::string> ids,
                                         std::vector<std::string> more = {}) const {
        std::vector<std::string> words{"--datagrepper-url", server.url("")};
        for (const auto& id : ids) words.insert(words.end(), {"--msg-id", id});
        words.insert(words.end(), more.begin(), more.end());
        return words;
    }

    HttpsServer server;
    Relay relay;
};

const auto& real_messages() {
    static const auto document = parse_json(read_file(data_file("crypto/fedora_prod.json")));
    return document;
}

/// All of them: from 2014 to 2017, from both versions of datagrepper that added to them.
TEST_F(DgReplay, PublishesRealMessagesAsTheyWere) {
    relay.start();
    const auto listener = relay.listener();
    std::vector<std::string> ids, bodies;
    for (const auto& c : at(real_messages().root(), "cases").elements()) {
        const auto answer = text_at(c, "datagrepper");
        ids.push_back(text_at(parse_json(answer).root(), "msg_id"));
        bodies.push_back(text_at(c, "signed_text"));
        put(ids.back(), answer);
    }
    ASSERT_EQ(ids.size(), 25U);
    const auto result = replay(from_server(ids, {"--envelope", "--confirm", "--print"}));
    EXPECT_EQ(result.status, 0) << result.errors;
    EXPECT_EQ(result.errors, "");
    EXPECT_EQ(lines_of(result.output), bodies);
    for (const auto& body : bodies)
        EXPECT_EQ(listener->next(), (Frames{text_at(parse_json(body).root(), "topic"), body}));
}

TEST_F(DgReplay, PublishesAnewUnderTheTopicsOfThisSite) {
    relay.configure(R"("topic_prefix": "org.example", "environment": "stg")");
    relay.start();
    const auto listener = relay.listener();
    put("2016-a",
        R"({"msg_id": "2016-a", "topic": "org.fedoraproject.prod.copr.build.start", "msg": {"b": [1.0, "é"]},)"
        R"( "timestamp": 1.5, "i": 7, "username": "copr", "signature": "x", "certificate": "y",)"
        R"( "source_name": "datanommer", "source_version": "1", "headers": {}})");
    const auto result = replay(from_server({"2016-a"}));
    EXPECT_EQ(result.status, 0) << result.errors;
    EXPECT_EQ(server.next_request(), "GET /id?id=2016-a");
    const auto frames = listener->next();
    EXPECT_EQ(frames[0], "org.example.stg.copr.build.start");
    EXPECT_EQ(canonical_without(frames[1], {"msg_id", "timestamp", "username"}),
              R"({"i":1,"msg":{"b":[1.0,"\u00e9"]},"topic":"org.example.stg.copr.build.start"})");
    const auto envelope = parse_json(frames[1]);
    EXPECT_NE(text_at(envelope.root(), "msg_id"), "2016-a");
    EXPECT_GT(at(envelope.root(), "timestamp").integer(), 1700000000);
}

TEST_F(DgReplay, TakesTheServiceFromTheConfiguration) {
    HttpsServer plain{{"--plain"}};
    plain.put("id?id=2016-a", R"({"msg_id": "2016-a", "topic": "org.x.dev.a.b", "msg": {}})");
    relay.configure(R"("datagrepper_url": ")" + plain.url("raw") + "\"");
    relay.start();
    const auto listener = relay.listener();
    EXPECT_THAT(plain.url(""), StartsWith("http://"));
    const auto result = replay({"--msg-id", "2016-a"});
    EXPECT_EQ(result.status, 0) << result.errors;
    EXPECT_EQ(listener->next()[0], "org.fedoraproject.dev.a.b");
}

TEST_F(DgReplay, SignsWithACertificateOfThisSite) {
    const auto keys = data_file("crypto/keys").string();
    relay.configure(R"("sign_messages": true, "certname": "shell-app01.phx2.example.org", "ssldir": ")" +
                    keys + R"(", "ca_cert_location": ")" + keys + R"(/ca.crt")");
    relay.start();
    const auto listener = relay.listener();
    const auto answer = text_at(at(real_messages().root(), "cases").elements()[0], "datagrepper");
    const auto id = text_at(parse_json(answer).root(), "msg_id");
    put(id, answer);
    for (const std::vector<std::string>& more : {std::vector<std::string>{}, {"--envelope"}}) {
        const auto result = replay(from_server({id}, more));
        ASSERT_EQ(result.status, 0) << result.errors;
        const auto frames = listener->next();
        EXPECT_EQ(run(relay.fedmsg({"verify"}), frames[1] + "\n").status, 0) << frames[1];
    }
}

TEST_F(DgReplay, OneThatIsNotThereIsStatusTwoAndNothingIsPublished) {
    put("2016-a", R"({"msg_id": "2016-a", "topic": "org.x.dev.a.b", "msg": {}})");
    const auto result = replay(from_server({"2016-a", "2016-b"}));  // no relay is asked
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(result.errors, "fedmsg dg-replay: 2016-b is not at " + server.url("id?id=2016-b") +
                                 ": the server answers with status 404; nothing was published\n");
}

TEST_F(DgReplay, OtherFailuresAreStatusOneWithTheirReason) {
    const auto fails = [&](const std::string& answer, const std::string& reason) {
        put("x", answer);
        const auto result = replay(from_server({"x"}));
        EXPECT_EQ(result.status, 1) << answer;
        EXPECT_EQ(result.errors, "fedmsg dg-replay: cannot fetch x: " + server.url("id?id=x") +
                                     " has answered with " + reason + "\n");
    };
    fails("{}", "JSON which is no message: is it the address of a datagrepper?");
    fails("[]", "JSON which is no message: is it the address of a datagrepper?");
    fails(R"({"msg_id": "x", "topic": 7, "msg": {}})",
          "JSON which is no message: is it the address of a datagrepper?");
    fails(R"({"msg_id": "y", "topic": "a.b.c.d.e", "msg": {}})", "JSON which is another message, y");
    put("x", "<html>");
    EXPECT_THAT(replay(from_server({"x"})).errors, HasSubstr("has answered with what is not JSON: "));
    put("x", R"({"msg_id": "x", "topic": "a.b.c", "msg": {}})");
    EXPECT_THAT(replay(from_server({"x"})).errors,
                HasSubstr("x has the topic a.b.c, which does not name a service: "));

    const auto refused = replay({"--msg-id", "x", "--datagrepper-url", server.url("status/403")});
    EXPECT_EQ(refused.status, 1);
    EXPECT_THAT(refused.errors, HasSubstr("the server answers with status 403"));
    const Port nobody;
    const auto down =
        replay({"--msg-id", "x", "--datagrepper-url", "http://127.0.0.1:" + std::to_string(nobody.number())});
    EXPECT_EQ(down.status, 1);
    EXPECT_THAT(down.errors, StartsWith("fedmsg dg-replay: cannot fetch x: http://127.0.0.1:"));
    auto untrusting = relay.fedmsg({"dg-replay", "--msg-id", "x", "--datagrepper-url", server.url("")});
    const auto untrusted = run(std::move(untrusting));
    EXPECT_EQ(untrusted.status, 1);
    EXPECT_THAT(untrusted.errors, HasSubstr("certificate"));
    EXPECT_EQ(lines_of(untrusted.errors).size(), 1U);
}

TEST_F(DgReplay, WithoutARelayItSaysSo) {
    put("x", R"({"msg_id": "x", "topic": "a.b.c.d.e", "msg": {}})");
    const auto result = replay(from_server({"x"}, {"--timeout", "5", "--wait=0.1"}));
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.errors, AllOf(HasSubstr("no relay took messages"), HasSubstr("1 message not sent")));
}

TEST_F(DgReplay, WrongUseIsTold) {
    EXPECT_EQ(replay({}).status, 2);
    EXPECT_EQ(replay({"--msg-id", ""}).status, 2);
    const auto nowhere = replay({"--msg-id", "x"});
    EXPECT_EQ(nowhere.status, 2);
    EXPECT_THAT(nowhere.errors, HasSubstr("set datagrepper_url, or use --datagrepper-url"));
    EXPECT_EQ(replay({"--msg-id", "x", "--datagrepper-url", server.url("raw?a=b")}).status, 2);
}

}  // namespace
}  // namespace fedmsg::test
