/// fedmsg signing-relay: what goes in unsigned comes out signed, and nothing is lost, doubled or overtaken.
#include "support/bus.h"

#include "encoding/write.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <set>

namespace fedmsg::test {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;

constexpr auto topic = "org.example.dev.test.numbered";

class SigningRelay : public testing::Test {
  protected:
    static std::string settings(const std::string& certname = "signing-relay", const std::string& more = "") {
        const auto keys = data_file("crypto/keys").string();
        return R"("ssldir": ")" + keys + R"(", "ca_cert_location": ")" + keys +
               R"(/ca.crt", "crl_location": ")" + keys +
               R"(/crl.pem", "crypto_workers": 2, "certnames": {"signing_relay": ")" + certname + "\"}" +
               more;
    }
    static std::string numbered(int i) {
        return R"({"topic":")" + std::string{topic} + R"(","i":)" + std::to_string(i) + "}";
    }
    static std::int64_t number_of(const Frames& frames) {
        return at(parse_json(frames.at(1)).root(), "i").integer().value_or(-1);
    }
    /// Reason and signer of one message.
    std::string verdict(const std::string& body) const {
        const auto result = run(relay.fedmsg({"verify"}), canonical_without(body, {}) + "\n");
        const auto record = parse_json(result.output);
        const auto* signer = record.root().find("signer");
        return text_at(record.root(), "reason") + " " + std::string{signer ? signer->text() : ""};
    }
    std::string sign_elsewhere(std::string_view message) const {
        const auto result = run(relay.fedmsg({"sign", "--certname", "shell-app01.phx2.example.org"}),
                                std::string{message} + "\n");
        EXPECT_EQ(result.status, 0) << result.errors;
        return result.output.substr(0, result.output.size() - 1);
    }
    /// SIGTERM; the relay's last word.
    std::string last_word() {
        EXPECT_EQ(relay.stop(), 0);
        return lines_of(relay.process().errors()).back();
    }
    void hangup(std::string_view answer) {
        relay.process().send(SIGHUP);
        EXPECT_THAT(relay.process().error_line_with("configuration"), HasSubstr(answer));
    }
    Finished start_with(const std::string& more_settings) {
        relay.configure(more_settings);
        return run(relay.fedmsg({"signing-relay"}));
    }

    TemporaryFolder folder;
    Relay relay{settings(), {"signing-relay"}};
};

TEST_F(SigningRelay, WhatItSignsVerifies) {
    relay.start();
    const auto listener = relay.listener();
    Bus bus{relay.inbound()};
    const std::set<std::string> not_forwarded{"body is not JSON", "body is truncated JSON",
                                              "topic null in body", "body topic differs from the frame"};
    const auto data = parse_json(read_file(data_file("crypto/signing_relay.json")));
    std::string bodies;
    std::size_t count = 0;
    for (const auto& c : data.root().elements()) {
        const auto in = at(c, "in").elements();
        bus.publish(bytes_of(in[0]), bytes_of(in[1]));
        if (not_forwarded.contains(text_at(c, "name"))) continue;
        const auto out = listener->next();
        ASSERT_EQ(out.size(), 2U);
        EXPECT_EQ(out[0], bytes_of(in[0]));
        if (text_at(c, "name") == "already signed by another")
            EXPECT_EQ(out[1], bytes_of(in[1]));
        else
            EXPECT_EQ(out[1], canonical_without(bytes_of(at(c, "out").elements()[0].elements()[1]), {}));
        bodies += canonical_without(out[1], {}) + "\n";
        ++count;
    }
    const auto verified = run(relay.fedmsg({"verify"}), bodies);
    EXPECT_EQ(verified.status, 0) << verified.output;
    EXPECT_EQ(lines_of(verified.output).size(), count);
    EXPECT_THAT(last_word(), HasSubstr("dropped 2 not_json, 2 topic_mismatch"));
    EXPECT_THAT(relay.process().errors(), HasSubstr("the topic in the body is not that of the frame"));
}

TEST_F(SigningRelay, KeepsTheOrderOfAFlood) {
    // Every third one needs no work, and must wait for those before it.
    constexpr int count = sanitized ? 300 : 1500;
    const auto body = numbered(0);
    const auto ready_made = sign_elsewhere(R"({"topic":")" + std::string{topic} + R"(","i":-1})");
    relay.start();
    const auto listener = relay.listener();
    Bus bus{relay.inbound()};
    for (int i = 0; i < count; ++i) bus.publish(topic, i % 3 ? numbered(i) : ready_made);
    for (int i = 0; i < count; ++i) {
        const auto out = listener->next();
        ASSERT_EQ(number_of(out), i % 3 ? i : -1);
        if (i % 3 == 0) {
            ASSERT_EQ(out.at(1), ready_made);
        }
    }
}

TEST_F(SigningRelay, StoppedInTheMiddleOfABurstItSignsAllThatItHasTaken) {
    constexpr int count = sanitized ? 400 : 2000;
    relay.start();
    const auto listener = relay.listener();
    std::string lines;
    for (int i = 0; i < count; ++i) lines += numbered(i) + "\n";
    // It ends well: everything is with the relay now, and most of it not signed.
    const auto logger = run(relay.fedmsg({"logger", "--envelope"}), lines);
    ASSERT_EQ(logger.status, 0) << logger.errors;
    relay.process().send(SIGTERM);
    std::string last;
    for (int i = 0; i < count; ++i) {
        const auto out = listener->next();
        ASSERT_EQ(number_of(out), i);
        last = out.at(1);
    }
    EXPECT_EQ(relay.process().wait(), 0);
    EXPECT_EQ(verdict(last), "valid signing-relay");
}

TEST_F(SigningRelay, StoppedWhileAPublisherGoesOnItLosesNothing) {
    constexpr int count = sanitized ? 300 : 1000;
    std::string lines;
    for (int i = 0; i < count; ++i) lines += numbered(i) + "\n";
    relay.start();
    const auto listener = relay.listener();
    auto start = relay.fedmsg({"logger", "--envelope", "--wait", "--rate", std::to_string(count / 2)});
    start.input = Start::Input::file;
    start.input_file = folder.write("lines", lines);
    Process logger{std::move(start)};
    ASSERT_EQ(number_of(listener->next()), 0);
    EXPECT_EQ(relay.stop(), 0);
    ASSERT_TRUE(logger.running()) << "it was not in the middle";
    // The rest goes to the next relay, from where this one has left off.
    relay.start_and_wait_for_subscriber();
    for (int i = 1; i < count; ++i) ASSERT_EQ(number_of(listener->next()), i);
    EXPECT_EQ(logger.wait(), 0) << logger.errors();
}

TEST_F(SigningRelay, LeavesASignatureAloneUnlessToldOtherwise) {
    const auto message = sign_elsewhere(numbered(1));
    {
        relay.start();
        const auto listener = relay.listener();
        Bus bus{relay.inbound()};
        bus.publish(topic, message);
        EXPECT_EQ(listener->next().at(1), message);
        EXPECT_EQ(relay.stop(), 0);
    }
    Relay other{settings(), {"signing-relay", "--resign"}};
    other.start();
    const auto listener = other.listener();
    Bus bus{other.inbound()};
    bus.publish(topic, message);
    EXPECT_EQ(verdict(listener->next().at(1)), "valid signing-relay");
    EXPECT_EQ(other.stop(), 0);
}

TEST_F(SigningRelay, WhatSigningMakesTooLargeIsDropped) {
    relay.configure(settings("signing-relay", R"(, "zmq_max_message_size": 1000)"));
    relay.start();
    Bus bus{relay.inbound()};
    bus.publish(topic, numbered(1));
    relay.process().error_line_with("a frame is larger than zmq_max_message_size");
    EXPECT_THAT(last_word(),
                EndsWith("stopped: forwarded 0 messages, signed 0 of them, dropped 1 too_large"));
}

TEST_F(SigningRelay, OnlyItsOwnEntryOfCertnamesCounts) {
    relay.configure(settings(
        "signing-relay",
        R"(, "certname": "nobody", "cert_prefix": "shell", "name": "other", "sign_messages": false)"));
    relay.start();
    const auto listener = relay.listener();
    Bus bus{relay.inbound()};
    bus.publish(topic, numbered(1));
    EXPECT_EQ(verdict(listener->next().at(1)), "valid signing-relay");
}

TEST_F(SigningRelay, AMissingEntryIsNamedWithItsPlace) {
    const auto result = start_with(R"("ssldir": "/keys", "certnames": {"signing-relay": "x"})");
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(
        result.errors,
        "fedmsg signing-relay: certnames has no \"signing_relay\", which names the certificate to sign with "
        "(it has \"signing-relay\"): add \"signing_relay\": \"NAME\" to it in " +
            relay.config() + ", where /keys/NAME.crt and NAME.key are the files\n");
}

TEST_F(SigningRelay, AKeyThatCannotBeUsedIsNamed) {
    const auto missing = start_with(settings("absent"));
    EXPECT_EQ(missing.status, 1);
    EXPECT_THAT(missing.errors, HasSubstr("/absent.key: No such file or directory"));

    const auto name = [&](const std::string& file, std::string_view text) {
        return folder.write(file, text);
    };
    name("a.key", "no key");
    name("a.crt", read_file(data_file("crypto/keys/signing-relay.crt")));
    const auto unreadable =
        start_with(R"("ssldir": ")" + folder.path().string() + R"(", "certnames": {"signing_relay": "a"})");
    EXPECT_EQ(unreadable.status, 1);
    EXPECT_THAT(unreadable.errors, HasSubstr((folder / "a.key").string()));
    EXPECT_EQ(lines_of(unreadable.errors).size(), 1U) << unreadable.errors;
}

TEST_F(SigningRelay, AnExpiredCertificateIsToldAtTheStart) {
    relay.configure(settings("expired.phx2.example.org"));
    relay.start();
    EXPECT_EQ(relay.stop(), 0);
    EXPECT_THAT(relay.process().errors(), AllOf(HasSubstr("signing-relay"), HasSubstr("has expired on ")));
}

TEST_F(SigningRelay, SighupTakesTheNewCertificate) {
    relay.start();
    const auto listener = relay.listener();
    Bus bus{relay.inbound()};
    bus.publish(topic, numbered(1));
    EXPECT_EQ(verdict(listener->next().at(1)), "valid signing-relay");

    relay.configure(settings("wiki-app03.phx2.example.org"));
    hangup("configuration read again; forwarded");
    bus.publish(topic, numbered(2));
    EXPECT_EQ(verdict(listener->next().at(1)), "valid wiki-app03.phx2.example.org");

    relay.configure(settings("absent", R"(, "zmq_max_message_size": 10)"));
    hangup("kept the old configuration: cannot read ");
    bus.publish(topic, numbered(3));
    EXPECT_EQ(verdict(listener->next().at(1)), "valid wiki-app03.phx2.example.org");

    relay.configure(settings() + R"(, "crypto_workers": 1)");
    hangup("a restart is needed for changes of crypto_workers");
    EXPECT_EQ(relay.stop(), 0);
}

}  // namespace
}  // namespace fedmsg::test
