/// fedmsg sign and fedmsg verify, held against the Python system's verdicts and against other
/// implementations.
#include "support/bus.h"
#include "support/files.h"
#include "support/process.h"

#include "encoding/write.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <map>
#include <set>

namespace fedmsg::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string good = "shell-app01.phx2.example.org";

class Trust : public testing::Test {
  protected:
    /// \param settings  more members of the configuration
    std::string config(const std::string& settings = "") const {
        return folder.write("config.json", R"({"ssldir": "keys", "ca_cert_location": "keys/ca.crt",
            "crl_location": "keys/crl.pem", "certnames": {"app.x": ")" +
                                               good + "\"}" + (settings.empty() ? "" : ", ") + settings +
                                               "}");
    }
    static Start in_data(std::vector<std::string> words, const std::string& file) {
        words.insert(words.end(), {"--config-filename", file});
        auto start = fedmsg(std::move(words));
        start.folder = data_file("crypto").string();
        return start;
    }
    Finished sign(std::string_view input, std::vector<std::string> words = {"--name", "app.x"}) const {
        words.insert(words.begin(), "sign");
        return run(in_data(std::move(words), config()), input);
    }
    Finished verify(std::string_view input, std::vector<std::string> words = {},
                    const std::string& settings = "") const {
        words.insert(words.begin(), "verify");
        return run(in_data(std::move(words), config(settings)), input);
    }
    /// `count` messages, a line each.
    static std::string messages(int count) {
        std::string lines;
        for (int i = 1; i <= count; ++i)
            lines += R"({"topic": "org.example.dev.test.many", "msg_id": "2025-)" + std::to_string(i) +
                     R"(", "i": )" + std::to_string(i) + R"(, "msg": {"real": 1e5, "text": "caf\u00e9 é"}})" +
                     "\n";
        return lines;
    }

    TemporaryFolder folder;
};

/// A message that is written over several lines, as one.
std::string one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

TEST_F(Trust, VerifySaysOfEveryReferenceCaseWhatPythonSays) {
    const std::set<std::string> otherwise{"cert: CA file with two certificates, ours second",
                                          "alg: SHA-256 signature"};  // see the unit test
    const auto data = parse_json(read_file(data_file("crypto/x509.json")));
    std::map<std::string, std::vector<encoding::Node>> by_config;
    for (const auto& c : data.root().elements()) by_config[encoding::dumps(at(c, "config"))].push_back(c);
    std::size_t count = 0;
    for (const auto& [text, cases] : by_config) {
        std::string input;
        for (const auto& c : cases) input += one_line(text_at(c, "message")) + "\n";
        const auto result = run(in_data({"verify"}, folder.write("case.json", text)), input);
        count += cases.size();
        if (result.status == 2) {
            EXPECT_THAT(result.errors, HasSubstr(R"("rot13": must be one of x509, gpg)"));
            continue;
        }
        const auto lines = lines_of(result.output);
        ASSERT_EQ(lines.size(), cases.size()) << result.errors;
        bool all_valid = true;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            const auto name = text_at(cases[i], "name");
            const auto record = parse_json(lines[i]);
            const bool valid = at(record.root(), "valid").boolean();
            all_valid = all_valid && valid;
            EXPECT_EQ(valid, at(cases[i], "expect").boolean() != otherwise.contains(name))
                << name << ": " << lines[i];
        }
        EXPECT_EQ(result.status, all_valid ? 0 : 1);
    }
    EXPECT_EQ(count, 229U);
}

TEST_F(Trust, PrintsWhoSignedWhat) {
    const auto signed_lines = sign(messages(1));
    EXPECT_EQ(signed_lines.status, 0) << signed_lines.errors;
    const auto result = verify(signed_lines.output);
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.output, R"({"msg_id":"2025-1","topic":"org.example.dev.test.many","valid":true,)"
                             R"("reason":"valid","signer":")" +
                                 good + "\"}\n");
    EXPECT_EQ(result.errors, "");
}

TEST_F(Trust, OpensslVerifiesWhatWeSign) {
    const auto line = sign(messages(1)).output;
    const auto message = parse_json(line);
    const auto bytes = folder.write("bytes", canonical_without(line, {"signature", "certificate"}));
    const auto signature = folder.write("signature", from_base64(text_at(message.root(), "signature")));
    const auto certificate = folder.write("crt", from_base64(text_at(message.root(), "certificate")));
    const auto result = run(shell("cd " + folder.path().string() +
                                  " && openssl x509 -in crt -pubkey -noout > pub && "
                                  "openssl dgst -sha1 -verify pub -signature signature bytes"));
    EXPECT_EQ(result.output, "Verified OK\n") << result.errors;
}

TEST_F(Trust, PythonsCryptographyVerifiesWhatWeSign) {
    const auto script = folder.write("verify.py", R"(
import base64, json, sys
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1
for line in sys.stdin:
    message = json.loads(line)
    certificate = x509.load_pem_x509_certificate(base64.b64decode(message.pop('certificate')))
    signature = base64.b64decode(message.pop('signature'))
    text = json.dumps(message, sort_keys=True, separators=(',', ':')).encode()
    certificate.public_key().verify(signature, text, PKCS1v15(), SHA1())
    print(message['i'])
)");
    // The bodies of the reference cases: whatever JSON can be.
    const auto data = parse_json(read_file(data_file("crypto/x509.json")));
    std::string input;
    int count = 0;
    for (const auto& c : data.root().elements())
        if (text_at(c, "name").starts_with("valid: "))
            input += R"({"topic":"a.b","i":)" + std::to_string(++count) + R"(,"msg":)" +
                     encoding::dumps(at(parse_json(text_at(c, "message")).root(), "msg")) + "}\n";
    ASSERT_GT(count, 50);
    const auto result = run({.command = {"python3", script}}, sign(input).output);
    EXPECT_EQ(lines_of(result.output).size(), static_cast<std::size_t>(count)) << result.errors;
}

TEST_F(Trust, KeepsTheOrderOfTheLines) {
    constexpr int count = 300;
    const auto signed_lines = lines_of(sign(messages(count)).output);
    ASSERT_EQ(signed_lines.size(), static_cast<std::size_t>(count));
    std::string input;
    for (int round = 0; round < 10; ++round)
        for (const auto& line : signed_lines) input += line + "\n";
    const auto result = verify(input, {}, R"("crypto_workers": 4)");
    EXPECT_EQ(result.status, 0);
    const auto lines = lines_of(result.output);
    ASSERT_EQ(lines.size(), static_cast<std::size_t>(10 * count));
    for (std::size_t i = 0; i < lines.size(); ++i)
        ASSERT_THAT(lines[i], HasSubstr("\"2025-" + std::to_string(i % count + 1) + '"'));
}

TEST_F(Trust, AnswersEachLineBeforeTheNextComes) {
    const auto line = sign(messages(1)).output;
    auto start = in_data({"verify"}, config());
    start.input = Start::Input::pipe;
    Process process{std::move(start)};
    for (int i = 0; i < 3; ++i) {
        process.write(line);
        EXPECT_THAT(process.next_line().value_or("closed"), HasSubstr("\"reason\":\"valid\""));
    }
    EXPECT_EQ(process.terminate(), 0);
}

TEST_F(Trust, BadLinesAreNamedAndTheOthersGoOn) {
    const std::string input = "{\"topic\":\n\n[1]\n" + messages(1) + "{\"a\":1";
    const auto signed_lines = sign(input);
    EXPECT_EQ(signed_lines.status, 1);
    EXPECT_EQ(lines_of(signed_lines.output).size(), 1U);
    EXPECT_THAT(signed_lines.errors, HasSubstr("line 1: not signed: column 10: "));
    EXPECT_THAT(signed_lines.errors, HasSubstr("line 3: not signed: it is an array, not an object"));
    EXPECT_THAT(signed_lines.errors, HasSubstr("line 5: not signed: column 7: "));
    EXPECT_THAT(signed_lines.errors, HasSubstr("fedmsg sign: 3 of the lines were not signed, and left out"));

    const auto verified = verify("nonsense\n" + signed_lines.output);
    EXPECT_EQ(verified.status, 1);
    EXPECT_THAT(
        lines_of(verified.output),
        ElementsAre(R"({"msg_id":null,"topic":null,"valid":false,"reason":"malformed","signer":null})",
                    HasSubstr("\"valid\":true")));
    EXPECT_THAT(verified.errors, HasSubstr("line 1: malformed: not a message: column 1: "));
}

TEST_F(Trust, WhatIsWrongIsToldOnce) {
    const auto result = verify(messages(100));
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(lines_of(result.output).size(), 100U);
    EXPECT_EQ(lines_of(result.errors).size(), 1U) << result.errors;
    EXPECT_THAT(result.errors, HasSubstr("line 1: unsigned: it is not signed: turn sign_messages on"));
}

TEST_F(Trust, MessageAddsValidToTheMessage) {
    const auto line = sign(messages(1)).output;
    auto expected = encoding::to_value(parse_json(line).root());
    expected["valid"] = true;
    EXPECT_EQ(verify(line, {"--message"}).output, encoding::dumps(expected) + "\n");
}

TEST_F(Trust, DatagrepperIsUndoneWhereAsked) {
    const auto data = parse_json(read_file(data_file("crypto/x509.json")));
    for (const auto& c : data.root().elements()) {
        if (text_at(c, "name") != "datagrepper: timestamp as float, empty headers (as altered)") continue;
        EXPECT_EQ(verify(text_at(c, "message")).status, 1);
        EXPECT_EQ(verify(text_at(c, "message"), {"--datagrepper"}).status, 0);
        return;
    }
    FAIL() << "the case is gone";
}

TEST_F(Trust, SignedByAsksForThatSigner) {
    const auto line = sign(messages(1)).output;
    EXPECT_EQ(verify(line, {"--signed-by", good}).status, 0);
    const auto result = verify(line, {"--signed-by", "bodhi-app02.phx2.example.org"});
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.output, HasSubstr(R"("reason":"unauthorized","signer":")" + good));
}

TEST_F(Trust, OptionsSayWhichCertificateSigns) {
    EXPECT_EQ(sign(messages(1), {"--certname", good}).status, 0);
    EXPECT_EQ(sign(messages(1), {"--certname", good, "--cert-prefix", "app"}).status, 2);
    const auto missing = sign(messages(1), {"--cert-prefix", "wiki"});
    EXPECT_EQ(missing.status, 2);
    EXPECT_THAT(missing.errors, HasSubstr("certnames has no \"wiki."));
    EXPECT_THAT(missing.errors, HasSubstr("to it in " + (folder / "config.json").string()));
    const auto absent = sign(messages(1), {"--certname", "absent"});
    EXPECT_EQ(absent.status, 1);
    EXPECT_EQ(absent.errors,
              "fedmsg sign: cannot read keys/absent.key: No such file or directory: put it there, "
              "or correct the configuration\n");
}

TEST_F(Trust, AnExpiredCertificateIsToldBeforeItIsUsed) {
    const auto result = sign(messages(1), {"--certname", "expired.phx2.example.org"});
    EXPECT_EQ(result.status, 0);
    EXPECT_THAT(result.errors, HasSubstr("has expired on "));
    EXPECT_THAT(verify(result.output).output, HasSubstr(R"("reason":"expired")"));
}

TEST_F(Trust, WithoutTheModuleThereIsOneClearError) {
    auto start = in_data({"verify"}, config());
    start.environment = {{"FEDMSG_MODULES", folder.path().string()}};
    const auto result = run(std::move(start), messages(1));
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(lines_of(result.errors).size(), 1U);
    EXPECT_THAT(result.errors, HasSubstr("need the module fedmsg-x509.so, which is not there (looked for " +
                                         (folder / "fedmsg-x509.so").string() + ")"));
}

TEST_F(Trust, OnlyCommandsThatNeedItLoadTheModule) {
    auto start = in_data({"verify"}, config());
    start.input = Start::Input::pipe;
    Process process{std::move(start)};
    process.write(messages(1));
    ASSERT_TRUE(process.next_line());
    const auto maps = read_file("/proc/" + std::to_string(process.pid()) + "/maps");
    EXPECT_THAT(maps, HasSubstr("fedmsg-x509.so"));
    EXPECT_THAT(maps, Not(HasSubstr("libbotan")));
    EXPECT_THAT(maps, Not(HasSubstr("libcrypto")));
}

// The bus itself.

class SignedBus : public testing::Test {
  protected:
    static std::string settings(const std::string& certname, bool sign) {
        const auto keys = data_file("crypto/keys").string();
        return R"("ssldir": ")" + keys + R"(", "ca_cert_location": ")" + keys +
               R"(/ca.crt", "crl_location": ")" + keys + R"(/crl.pem", "certname": ")" + certname +
               R"(", "validate_signatures": true, "sign_messages": )" + (sign ? "true" : "false");
    }
    /// A publisher of this relay that signs with another certificate, or not at all.
    Start other(std::vector<std::string> words, const std::string& certname, bool sign) const {
        words.insert(words.end(),
                     {"--config-filename",
                      folder.write(certname + ".json", R"({"relay_inbound": ")" + relay.inbound() + R"(", )" +
                                                           settings(certname, sign) + "}")});
        return fedmsg(std::move(words));
    }

    TemporaryFolder folder;
    Relay relay{settings(good, true)};
};

TEST_F(SignedBus, ShowsWhatIsSignedAndTellsWhatIsNot) {
    relay.start_and_wait_for_subscriber();
    Process tail{relay.fedmsg({"tail", "--query", "msg.log,msg.message"})};
    relay.ready();
    EXPECT_EQ(run(other({"logger", "--message", "a"}, "nobody", false)).status, 0);
    EXPECT_EQ(run(other({"logger", "--message", "b"}, "selfsigned.phx2.example.org", true)).status, 0);
    EXPECT_EQ(run(other({"announce"}, "revoked.phx2.example.org", true), "c").status, 0);
    EXPECT_EQ(run(relay.fedmsg({"logger", "--json-input", "--message", "{\"log\": \"good\"} 0"})).status, 0);
    EXPECT_EQ(run(relay.fedmsg({"announce"}), "good news").status, 0);
    EXPECT_EQ(tail.next_line(), "good, ");
    EXPECT_EQ(tail.next_line(), ", ");
    EXPECT_EQ(tail.next_line(), ", good news");
    EXPECT_EQ(tail.terminate(), 0);
    EXPECT_THAT(tail.errors(),
                AllOf(HasSubstr(".logger.log: unsigned: "), HasSubstr(".logger.log: untrusted: "),
                      HasSubstr(".announce.announcement: revoked: ")));
    EXPECT_THAT(tail.errors(),
                HasSubstr("not shown, as they do not validate: 1 unsigned, 1 untrusted, 1 revoked\n"));
}

TEST_F(SignedBus, WithoutValidationEverythingIsShown) {
    relay.start_and_wait_for_subscriber();
    Process tail{relay.fedmsg({"tail", "--no-validate", "--query", "msg.log", "-n", "1"})};
    relay.ready();
    EXPECT_EQ(run(other({"logger", "--message", "a"}, "nobody", false)).status, 0);
    EXPECT_EQ(tail.next_line(), "a");
    EXPECT_EQ(tail.wait(), 0) << tail.errors();
}

TEST_F(SignedBus, AKeyThatIsMissingIsNamedBeforeAnythingIsPublished) {
    const auto logger = run(other({"logger", "--message", "a"}, "nobody", true));
    EXPECT_EQ(logger.status, 1);
    EXPECT_THAT(logger.errors, HasSubstr("/nobody.key"));
    const auto tail = run(relay.fedmsg({"tail", "--validate", "--no-validate"}));
    EXPECT_EQ(tail.status, 2);
}

}  // namespace
}  // namespace fedmsg::test
