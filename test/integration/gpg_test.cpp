/// Signatures by GnuPG, held against the Python system's verdicts and against gpg itself.
#include "support/bus.h"
#include "support/files.h"
#include "support/process.h"

#include "encoding/write.h"

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace fedmsg::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

/// A home folder of GnuPG, and gpg in it.
class Home {
  public:
    Home() { std::filesystem::permissions(folder_.path(), std::filesystem::perms::owner_all); }
    Home(const Home&) = delete;
    Home& operator=(const Home&) = delete;
    /// What gpg has started ends with the folder.
    ~Home() { run({.command = {"gpgconf", "--homedir", path(), "--kill", "all"}}); }

    std::string path() const { return folder_.path().string(); }
    const TemporaryFolder& folder() const { return folder_; }
    /// With that exit status.
    Finished gpg(std::vector<std::string> words, std::string_view input = "", int status = 0) const {
        words.insert(words.begin(),
                     {"gpg", "--homedir", path(), "--batch", "--no-tty", "--pinentry-mode", "loopback"});
        auto result = run({.command = std::move(words), .input = Start::Input::pipe}, input);
        EXPECT_EQ(result.status, status) << result.errors;
        return result;
    }
    /// One of the reference keys: "rsa.pub".
    void import(const std::string& name) const {
        gpg({"--import", data_file("crypto/gpg/" + name + ".asc").string()});
    }
    /// A new key; its fingerprint.
    std::string make_key(const std::string& name, const std::string& ends = "never",
                         const std::vector<std::string>& options = {"--passphrase", ""}) const {
        auto words = options;
        words.insert(words.end(), {"--quick-gen-key", name, "ed25519", "sign", ends});
        gpg(std::move(words));
        return fingerprint(name);
    }
    std::string fingerprint(const std::string& name) const {
        const auto listed = gpg({"--with-colons", "--list-keys", name}).output;
        const auto begin = listed.find("\nfpr:::::::::") + 13;
        return listed.substr(begin, 40);
    }
    /// A message with a signature of its `msg` by gpg itself.
    std::string sign(const std::string& key, const std::vector<std::string>& options = {}) const {
        const auto body = folder_.write("body", R"({"a":1})");
        auto words = options;
        words.insert(words.end(), {"--passphrase", "", "--yes", "--local-user", key, "--output",
                                   body + ".sig", "--detach-sign", body});
        gpg(std::move(words));
        return message(read_file(body + ".sig"));
    }
    static std::string message(const std::string& signature) {
        return R"({"crypto":"gpg","msg":{"a":1},"topic":"a.b","signature":")" + to_base64(signature) +
               "\"}\n";
    }

  private:
    static std::string to_base64(const std::string& bytes) {
        return run({.command = {"base64", "-w0"}, .input = Start::Input::pipe}, bytes).output;
    }

    TemporaryFolder folder_;
};

std::string fingerprint_of(const std::string& name) {
    return text_at(parse_json(read_file(data_file("crypto/gpg/fingerprints.json"))).root(), name);
}

class Gpg : public testing::Test {
  protected:
    /// \param settings  more members of the configuration
    std::string config(const std::string& settings = "") const {
        return folder.write("config.json", R"({"crypto_backend": "gpg", "crypto_validate_backends": ["gpg"],
            "gpg_home": ")" + home.path() + '"' +
                                               (settings.empty() ? "" : ", ") + settings + "}");
    }
    Start with_config(std::vector<std::string> words, const std::string& settings = "") const {
        words.insert(words.end(), {"--config-filename", config(settings)});
        return fedmsg(std::move(words));
    }
    Finished sign(std::string_view input, const std::string& key, const std::string& settings = "") const {
        return run(with_config({"sign"}, "\"gpg_signing_key\": \"" + key + '"' + settings), input);
    }
    Finished verify(std::string_view input, std::vector<std::string> words = {}) const {
        words.insert(words.begin(), "verify");
        return run(with_config(std::move(words)), input);
    }
    /// The member of the one record that is printed.
    std::string verdict(std::string_view line, std::string_view member = "reason") const {
        const auto record = parse_json(verify(line).output);
        const auto node = at(record.root(), member);
        return node.is_string() ? std::string{node.text()} : encoding::dumps(node);
    }

    Home home;
    TemporaryFolder folder;
};

const std::string hello =
    R"({"topic": "org.example.dev.test.hello", "msg": {"real": 1e5, "text": "café"}, "i": 1})"
    "\n";

TEST_F(Gpg, VerifySaysOfEveryReferenceCaseWhatPythonSays) {
    home.import("rsa.pub");
    home.import("ed25519.pub");
    const std::map<std::string, std::string> reasons{{"tampered msg", "bad-signature"},
                                                     {"tampered msg, 2.0 to 2", "bad-signature"},
                                                     {"no signature", "unsigned"},
                                                     {"no msg", "unsigned"},
                                                     {"signature is not base64", "malformed"},
                                                     {"signature empty", "malformed"},
                                                     {"signature of another msg", "bad-signature"},
                                                     {"crypto x509", "backend-disallowed"},
                                                     {"signer not in the keyring", "untrusted"},
                                                     {"gpg not allowed", "backend-disallowed"},
                                                     {"clear-signed text as the signature", "malformed"}};
    const auto data = parse_json(read_file(data_file("crypto/gpg.json")));
    std::map<std::string, std::vector<encoding::Node>> by_config;
    for (const auto& c : at(data.root(), "cases").elements()) {
        EXPECT_EQ(encoding::dumps(at(c, "keyring")), R"(["rsa","ed25519"])");
        by_config[encoding::dumps(at(c, "config"))].push_back(c);
    }
    std::size_t count = 0;
    for (const auto& [text, cases] : by_config) {
        auto settings = encoding::to_value(parse_json(text).root());
        settings["gpg_home"] = home.path();
        std::string input;
        for (const auto& c : cases) input += text_at(c, "message") + "\n";
        const auto result =
            run(fedmsg({"verify", "--config-filename", folder.write("case.json", encoding::dumps(settings))}),
                input);
        const auto lines = lines_of(result.output);
        ASSERT_EQ(lines.size(), cases.size()) << result.errors;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            const auto name = text_at(cases[i], "name");
            const auto record = parse_json(lines[i]);
            const bool valid = at(record.root(), "valid").boolean();
            EXPECT_EQ(valid, at(cases[i], "expect").boolean()) << name << ": " << lines[i];
            const auto reason = reasons.find(name);
            EXPECT_EQ(text_at(record.root(), "reason"), reason == reasons.end() ? "valid" : reason->second)
                << name;
            if (valid) {
                EXPECT_EQ(text_at(record.root(), "signer"),
                          fingerprint_of(name.find("ed25519") == name.npos ? "rsa" : "ed25519"))
                    << name;
            }
        }
        count += cases.size();
    }
    EXPECT_EQ(count, 33U);
}

TEST_F(Gpg, GpgAndVerifyTakeWhatWeSign) {
    for (const std::string name : {"rsa", "ed25519"}) {
        home.import(name + ".sec");
        const auto input =
            R"({"signature": "old", "certificate": "old", "crypto": "x509", )" + hello.substr(1);
        const auto result = sign(input, fingerprint_of(name));
        ASSERT_EQ(result.status, 0) << result.errors;
        const auto message = parse_json(result.output);
        EXPECT_EQ(text_at(message.root(), "crypto"), "gpg");
        EXPECT_EQ(message.root().find("certificate"), nullptr);
        const auto field = text_at(message.root(), "signature");
        EXPECT_THAT(field, Not(HasSubstr("\n"))) << "the reference cases have one line";

        const auto signature = folder.write("signature", from_base64(field));
        const auto bytes = folder.write("bytes", R"({"real":100000.0,"text":"caf\u00e9"})");
        const auto status = home.gpg({"--status-fd", "1", "--verify", signature, bytes}).output;
        EXPECT_THAT(status, HasSubstr("[GNUPG:] VALIDSIG " + fingerprint_of(name)));

        const auto verified = verify(result.output);
        EXPECT_EQ(verified.status, 0);
        EXPECT_EQ(verified.errors, "");
        EXPECT_EQ(verified.output, R"({"msg_id":null,"topic":"org.example.dev.test.hello","valid":true,)"
                                   R"("reason":"valid","signer":")" +
                                       fingerprint_of(name) + "\"}\n");
    }
}

TEST_F(Gpg, SignsWithTheKeyOfTheHost) {
    home.import("ed25519.sec");
    std::string host(256, '\0');
    ASSERT_EQ(::gethostname(host.data(), host.size()), 0);
    host = host.substr(0, host.find_first_of(std::string{".\0", 2}));
    const auto keys = [&](const std::string& name) {
        return run(
            with_config({"sign"}, R"("gpg_keys": {")" + name + R"(": "fedmsg.shared.ed@example.org"})"),
            hello);
    };
    EXPECT_EQ(verdict(keys(host).output, "signer"), fingerprint_of("ed25519"));
    const auto missing = keys("not-" + host);
    EXPECT_EQ(missing.status, 2);
    EXPECT_THAT(missing.errors,
                AllOf(StartsWith("fedmsg sign: gpg_keys has no \"" + host + "\", which names the key"),
                      HasSubstr("to it in " + (folder / "config.json").string() + ", or set")));
}

TEST_F(Gpg, KeysAndSignaturesThatHaveEndedAreTold) {
    const std::vector<std::string> then{"--faked-system-time", "20200102T000000!"};
    const auto old = home.make_key("old@example.org", "2d", {then[0], then[1], "--passphrase", ""});
    EXPECT_EQ(verdict(home.sign(old, then)), "expired");
    EXPECT_EQ(verdict(home.sign(old, then), "signer"), old);

    const auto key = home.make_key("fine@example.org");
    EXPECT_EQ(verdict(home.sign(key)), "valid");
    home.import("rsa.sec");
    const auto brief = home.sign(fingerprint_of("rsa"), {then[0], then[1], "--default-sig-expire", "2d"});
    EXPECT_EQ(verdict(brief), "expired");
    EXPECT_THAT(verify(brief).errors,
                HasSubstr("its signature by " + fingerprint_of("rsa") + " was made to end"));

    const auto before = home.sign(key);
    auto revocation = read_file(home.folder() / "openpgp-revocs.d" / (key + ".rev"));
    home.gpg({"--import"}, revocation.replace(revocation.find(":---"), 1, ""));
    EXPECT_EQ(verdict(before), "revoked");
    EXPECT_EQ(verdict(before, "signer"), key);
}

TEST_F(Gpg, TheSignerIsThePrimaryKey) {
    const auto key = home.make_key("Main <main@example.org>");
    home.gpg({"--passphrase", "", "--quick-add-key", key, "ed25519", "sign", "never"});
    const auto line = sign(hello, key).output;
    EXPECT_EQ(verdict(line, "signer"), key);
    // And it was the subkey that signed.
    const auto signature =
        folder.write("signature", from_base64(text_at(parse_json(line).root(), "signature")));
    EXPECT_THAT(home.gpg({"--list-packets", signature}).output, Not(HasSubstr(key)));
    EXPECT_EQ(verify(line, {"--signed-by", key}).status, 0);
    const auto other = verify(line, {"--signed-by", fingerprint_of("rsa")});
    EXPECT_EQ(other.status, 1);
    EXPECT_THAT(other.output, HasSubstr(R"("reason":"unauthorized","signer":")" + key));
}

TEST_F(Gpg, AStrangersKeyIsNamed) {
    Home stranger;
    const auto key = stranger.make_key("stranger@example.org");
    const auto result = verify(stranger.sign(key));
    EXPECT_THAT(result.output, HasSubstr(R"("reason":"untrusted","signer":null)"));
    EXPECT_THAT(result.errors,
                HasSubstr("its key " + key + " is not in the keyring of gpg_home " + home.path()));
    home.gpg({"--import"}, stranger.gpg({"--export", key}).output);
    EXPECT_EQ(verdict(stranger.sign(key)), "valid");
}

TEST_F(Gpg, AStrangerCannotBringHisKey) {
    home.folder().write("gpg.conf", "auto-key-import\nauto-key-retrieve\n");
    Home stranger;
    const auto key = stranger.make_key("stranger@example.org");
    const auto line = stranger.sign(key, {"--include-key-block"});
    EXPECT_EQ(verdict(line), "malformed");
    EXPECT_THAT(home.gpg({"--list-keys"}).output, Not(HasSubstr(key)));
    // gpg itself would have taken it.
    const auto signature =
        folder.write("signature", from_base64(text_at(parse_json(line).root(), "signature")));
    home.gpg({"--verify", signature, folder.write("bytes", R"({"a":1})")});
    EXPECT_THAT(home.gpg({"--list-keys"}).output, HasSubstr(key));
}

TEST_F(Gpg, OneSignatureOfBoundedSizeIsTaken) {
    home.import("rsa.sec");
    home.import("ed25519.sec");
    EXPECT_EQ(verdict(home.sign(fingerprint_of("rsa"), {"--local-user", fingerprint_of("ed25519")})),
              "malformed");
    const auto large = verify(Home::message(std::string(1'000'000, '\0')));
    EXPECT_THAT(large.output, HasSubstr("malformed"));
    EXPECT_THAT(large.errors, HasSubstr("and a gpg signature at most 16384"));
}

TEST_F(Gpg, KeysThatCannotSignAreToldBeforeAnythingIsSigned) {
    const auto failure = [&](const std::string& key, int status = 1) {
        const auto result = sign(hello, key);
        EXPECT_EQ(result.status, status);
        EXPECT_EQ(result.output, "");
        EXPECT_EQ(lines_of(result.errors).size(), 1U) << result.errors;
        return result.errors;
    };
    const auto in_home = " of gpg_home " + home.path();
    EXPECT_THAT(
        failure("nobody@example.org"),
        HasSubstr("gpg_home " + home.path() + " has no secret key that \"nobody@example.org\" means"));
    const auto locked = home.make_key("locked@example.org", "never", {"--passphrase", "word"});
    // The agent has the word in memory as long as it lives.
    run({.command = {"gpgconf", "--homedir", home.path(), "--kill", "gpg-agent"}});
    EXPECT_THAT(failure(locked), HasSubstr("the key " + locked + in_home + " is locked by a passphrase"));
    const auto old = home.make_key("old@example.org", "2d",
                                   {"--faked-system-time", "20200102T000000!", "--passphrase", ""});
    EXPECT_THAT(failure(old), HasSubstr("the key " + old + in_home + " has expired"));
    EXPECT_THAT(failure("@example.org"), HasSubstr("has several secret keys that \"@example.org\" means"));
    auto revocation = read_file(home.folder() / "openpgp-revocs.d" / (locked + ".rev"));
    home.gpg({"--import"}, revocation.replace(revocation.find(":---"), 1, ""));
    EXPECT_THAT(failure(locked), HasSubstr("the key " + locked + in_home + " is revoked"));
}

TEST_F(Gpg, AHomeThatCannotBeUsedIsOneClearLine) {
    home.import("ed25519.sec");
    const auto line = sign(hello, fingerprint_of("ed25519")).output;
    for (const auto& [path, why] :
         std::map<std::string, std::string>{{(folder / "absent").string(), "No such file or directory"},
                                            {folder.write("file", ""), "Not a directory"}}) {
        const auto file =
            folder.write("broken.json", R"({"crypto_backend": "gpg", "crypto_validate_backends": ["gpg"],
            "gpg_signing_key": ")" + fingerprint_of("ed25519") +
                                            R"(", "gpg_home": ")" + path + "\"}");
        const auto verified = run(fedmsg({"verify", "--config-filename", file}), line + line);
        EXPECT_EQ(verified.status, 1);
        EXPECT_EQ(lines_of(verified.errors).size(), 1U) << verified.errors;
        EXPECT_THAT(verified.errors,
                    HasSubstr("untrusted: the keyring of gpg_home " + path + " cannot be read: " + why));
        const auto result = run(fedmsg({"sign", "--config-filename", file}), hello);
        EXPECT_EQ(result.status, 1);
        EXPECT_EQ(lines_of(result.errors).size(), 1U) << result.errors;
        EXPECT_THAT(result.errors, HasSubstr("the keyring of gpg_home " + path + " cannot be read"));
    }
}

TEST_F(Gpg, WithoutGpgOrTheModuleThereIsOneClearLine) {
    for (const std::string command : {"sign", "verify"}) {
        auto start = with_config({command}, R"("gpg_signing_key": "x")");
        start.environment = {{"PATH", folder.path().string()}};
        const auto no_gpg = run(start, hello);
        EXPECT_EQ(no_gpg.status, 1);
        EXPECT_EQ(lines_of(no_gpg.errors).size(), 1U) << no_gpg.errors;
        EXPECT_THAT(no_gpg.errors, HasSubstr("gpg is not there, or too old: install gnupg"));

        start.environment = {{"FEDMSG_MODULES", folder.path().string()}};
        const auto no_module = run(start, hello);
        EXPECT_EQ(no_module.status, 1);
        EXPECT_EQ(lines_of(no_module.errors).size(), 1U) << no_module.errors;
        EXPECT_THAT(no_module.errors, HasSubstr("need the module fedmsg-gpg.so, which is not there"));
    }
}

TEST_F(Gpg, AKeyThatIsLostWhileItIsUsedIsTold) {
    const auto key = home.make_key("brief@example.org");
    auto start = with_config({"sign"}, "\"gpg_signing_key\": \"" + key + '"');
    start.input = Start::Input::pipe;
    Process process{std::move(start)};
    process.write(hello);
    EXPECT_THAT(process.next_line().value_or("closed"), HasSubstr("\"signature\""));
    home.gpg({"--yes", "--delete-secret-keys", key});
    process.write(hello);
    process.close_input();
    EXPECT_EQ(process.wait(), 1);
    EXPECT_EQ(lines_of(process.output()).size(), 1U);
    EXPECT_THAT(process.errors(),
                AllOf(HasSubstr("line 2: not signed: gpg cannot sign with the key " + key),
                      HasSubstr("No secret key"),
                      HasSubstr("fedmsg sign: 1 of the lines was not signed, and left out")));
}

TEST_F(Gpg, WhatHasNoMsgIsNotSigned) {
    home.import("ed25519.sec");
    const auto result = sign("{\"topic\":\"a\"}\n" + hello, fingerprint_of("ed25519"));
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(lines_of(result.output).size(), 1U);
    EXPECT_THAT(result.errors, HasSubstr("line 1: not signed: it has no `msg`, which is what gpg signs"));
    auto start = with_config({"sign", "--certname", "x"}, R"("gpg_signing_key": "x")");
    const auto certname = run(start, hello);
    EXPECT_EQ(certname.status, 2);
    EXPECT_THAT(certname.errors, HasSubstr("name a certificate, and crypto_backend is \"gpg\""));
}

TEST_F(Gpg, SeveralThreadsKeepTheOrder) {
    home.import("rsa.sec");
    home.import("ed25519.sec");
    Home stranger;
    const std::vector<std::pair<std::string, std::string>> lines{
        {home.sign(fingerprint_of("rsa")), fingerprint_of("rsa")},
        {home.sign(fingerprint_of("ed25519")), fingerprint_of("ed25519")},
        {stranger.sign(stranger.make_key("stranger@example.org")), "null"}};
    auto start = with_config({"verify"}, R"("crypto_workers": 4)");
    start.input = Start::Input::pipe;
    Process process{std::move(start)};
    constexpr int count = 60;
    for (int i = 0; i < count; ++i) {
        process.write(lines.at(static_cast<std::size_t>(i) % lines.size()).first);
        process.wait_until_input_is_read();  // a piece of work for each
    }
    for (int i = 0; i < count; ++i)
        EXPECT_THAT(process.next_line().value_or("closed"),
                    HasSubstr(lines.at(static_cast<std::size_t>(i) % lines.size()).second));
    process.close_input();
    EXPECT_EQ(process.wait(), 1);  // the stranger

    std::string input;
    for (int i = 0; i < count; ++i) input += R"({"topic":"a.b","msg":)" + std::to_string(i) + "}\n";
    const auto result = sign(input, fingerprint_of("ed25519"), R"(, "crypto_workers": 4)");
    EXPECT_EQ(result.status, 0) << result.errors;
    EXPECT_EQ(lines_of(result.output).size(), static_cast<std::size_t>(count));
    EXPECT_EQ(verify(result.output).status, 0);
}

TEST_F(Gpg, EachModuleIsLoadedByThoseWhoUseIt) {
    home.import("ed25519.sec");
    const auto line = sign(hello, fingerprint_of("ed25519")).output;
    const auto maps_with = [&](const std::string& backends) {
        const auto file =
            folder.write("some.json", R"({"ca_cert_location": ")" + data_file("crypto/keys/ca.crt").string() +
                                          R"(", "crypto_validate_backends": )" + backends +
                                          R"(, "gpg_home": ")" + home.path() + "\"}");
        auto start = fedmsg({"verify", "--config-filename", file});
        start.input = Start::Input::pipe;
        Process process{std::move(start)};
        process.write(line);
        EXPECT_TRUE(process.next_line());
        return read_file("/proc/" + std::to_string(process.pid()) + "/maps");
    };
    EXPECT_THAT(maps_with(R"(["gpg"])"),
                AllOf(HasSubstr("fedmsg-gpg.so"), HasSubstr("libgpgme"), Not(HasSubstr("fedmsg-x509.so"))));
    EXPECT_THAT(maps_with(R"(["x509"])"), AllOf(HasSubstr("fedmsg-x509.so"), Not(HasSubstr("fedmsg-gpg.so")),
                                                Not(HasSubstr("libgpgme"))));
    EXPECT_THAT(maps_with(R"(["x509", "gpg"])"),
                AllOf(HasSubstr("fedmsg-x509.so"), HasSubstr("fedmsg-gpg.so")));
}

TEST_F(Gpg, TheBusSignsAndValidates) {
    home.import("ed25519.sec");
    const auto settings = [&](bool sign) {
        return R"("active": true, "crypto_backend": "gpg", "crypto_validate_backends": ["gpg"], "gpg_home": ")" +
               home.path() + R"(", "gpg_signing_key": ")" + fingerprint_of("ed25519") +
               R"(", "validate_signatures": true, "sign_messages": )" + (sign ? "true" : "false");
    };
    Relay relay{settings(true)};
    relay.start_and_wait_for_subscriber();
    Process tail{relay.fedmsg({"tail", "--query", "topic"})};
    relay.ready();
    const auto unsigned_config = folder.write(
        "unsigned.json", R"({"relay_inbound": ")" + relay.inbound() + R"(", )" + settings(false) + "}");
    EXPECT_EQ(run(fedmsg({"logger", "--message", "a", "--config-filename", unsigned_config})).status, 0);
    EXPECT_EQ(run(relay.fedmsg({"logger", "--message", "b"})).status, 0);
    EXPECT_EQ(run(relay.fedmsg({"announce"}), "c").status, 0);
    const auto modules = std::filesystem::path{binary()}.parent_path().string();
    const auto publish = run({.command = {std::getenv("EXAMPLE_PUBLISH"), relay.config()},
                              .environment = {{"FEDMSG_MODULES", modules}}});
    EXPECT_EQ(publish.status, 0) << publish.errors;
    EXPECT_EQ(tail.next_line(), "org.fedoraproject.dev.logger.log");
    EXPECT_EQ(tail.next_line(), "org.fedoraproject.dev.announce.announcement");
    EXPECT_EQ(tail.next_line(), "org.fedoraproject.dev.fedoratagger.tag.update");
    EXPECT_EQ(tail.terminate(), 0);
    EXPECT_THAT(tail.errors(), HasSubstr("not shown, as they do not validate: 1 unsigned\n"));
    EXPECT_EQ(relay.stop(), 0);
}

}  // namespace
}  // namespace fedmsg::test
