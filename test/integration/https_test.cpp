/// ca_cert_location and crl_location at https:// addresses, with an authority made by fedmsg certs.
#include "support/https_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace fedmsg::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string message = R"({"topic": "org.example.dev.test.hello", "msg": {}})";

class Https : public testing::Test {
  protected:
    Https() {
        certs({"init-ca", "--org", "Example"});
        certs({"issue", "shell.app01.example.org"});
        publish();
        signed_message = run(start({"sign", "--name", "shell.app01"}), message).output;
    }

    /// `fedmsg WORDS…` with this configuration, trusting this server.
    Start start(std::vector<std::string> words, const std::string& settings = "") const {
        const auto config = folder.write(
            "config.json",
            R"({"ssldir": ")" + folder.path().string() + R"(", "ca_cert_location": ")" +
                server.url("ca.crt") + R"(", "crl_location": ")" + server.url("crl.pem") +
                R"(", "ca_cert_cache": ")" + cache("ca.crt") + R"(", "crl_cache": ")" + cache("crl.pem") +
                R"(", "certnames": {"shell.app01": "shell-app01.example.org"})" + settings + "}");
        words.insert(words.end(), {"--config-filename", config});
        auto result = fedmsg(std::move(words));
        result.environment = {{"SSL_CERT_FILE", server.ca_file()}};
        return result;
    }
    Finished verify(const std::string& settings = "") const {
        return run(start({"verify"}, settings), signed_message);
    }
    void certs(std::vector<std::string> words) const {
        words.insert(words.begin(), "certs");
        words.insert(words.end(), {"--ssldir", folder.path().string()});
        const auto result = run(fedmsg(std::move(words)));
        ASSERT_EQ(result.status, 0) << result.errors;
    }
    /// What the authority has made is what the server hands out.
    void publish() {
        for (const auto* name : {"ca.crt", "crl.pem"}) server.put(name, read_file(folder / name));
    }
    std::string cache(const std::string& name) const { return (caches / name).string(); }

    HttpsServer server;
    TemporaryFolder folder, caches;
    std::string signed_message;
};

TEST_F(Https, VerifyDownloadsBothAndKeepsThem) {
    const auto result = verify();
    EXPECT_EQ(result.status, 0) << result.errors;
    EXPECT_THAT(result.output, HasSubstr(R"("valid":true)"));
    EXPECT_EQ(result.errors, "");
    for (const auto* name : {"ca.crt", "crl.pem"})
        EXPECT_EQ(read_file(cache(name)), read_file(folder / name));
}

TEST_F(Https, AnotherProcessUsesTheCacheWhenTheServerIsDown) {
    EXPECT_EQ(verify().status, 0);
    server.stop();
    const auto fresh = verify();
    EXPECT_EQ(fresh.status, 0);
    EXPECT_EQ(fresh.errors, "");
    for (const auto* name : {"ca.crt", "crl.pem"})
        std::filesystem::last_write_time(
            cache(name), std::filesystem::file_time_type::clock::now() - std::chrono::hours{2});
    const auto stale = verify();
    EXPECT_EQ(stale.status, 0) << stale.output;
    EXPECT_THAT(stale.errors, AllOf(HasSubstr(server.url("crl.pem") + " cannot be downloaded: "),
                                    HasSubstr("the copy that is there is used meanwhile"),
                                    Not(HasSubstr(server.url("ca.crt")))));  // which never expires
}

TEST_F(Https, WithoutAnyCopyNothingIsValidAndTheReasonIsTold) {
    server.remove("crl.pem");
    const auto result = verify();
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.output, HasSubstr(R"("reason":"crl-unusable")"));
    EXPECT_THAT(result.errors, HasSubstr("crl_location " + server.url("crl.pem") +
                                         ": cannot be downloaded: the server answers with status 404"));
}

TEST_F(Https, AServerThatIsNotTrustedIsNotUsed) {
    auto untrusting = start({"verify"});
    untrusting.environment.clear();
    const auto result = run(std::move(untrusting), signed_message);
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.output, HasSubstr(R"("reason":"untrusted")"));
    EXPECT_THAT(result.errors, AllOf(HasSubstr("certificate"), HasSubstr("SSL_CERT_FILE")));
}

TEST_F(Https, ARevocationIsKnownOnceTheListHasExpired) {
    Process process{[&] {
        auto s = start({"verify"}, R"(, "crl_cache_expiry": 1)");
        s.input = Start::Input::pipe;
        return s;
    }()};
    process.write(signed_message);
    EXPECT_THAT(process.next_line().value(), HasSubstr(R"("valid":true)"));
    certs({"revoke", "shell.app01.example.org"});
    publish();
    // Every message looks whether the list is due; the download is for those that come later. A fifth of a
    // second is what passes between two messages, not what the test waits for.
    const auto deadline = Clock::now() + patience;
    for (std::string line; line.find(R"("reason":"revoked")") == line.npos;) {
        ASSERT_LT(Clock::now(), deadline) << line;
        EXPECT_FALSE(process.wait_for(std::chrono::milliseconds{200}));
        process.write(signed_message);
        line = process.next_line().value();
    }
    process.close_input();
    EXPECT_EQ(process.wait(), 1);
    EXPECT_EQ(verify().status, 1);
}

TEST_F(Https, ASignalEndsTheWaitForTheFirstDownload) {
    for (const std::string command : {"verify", "tail"}) {
        Process process{start(
            {command}, R"(, "crl_location": ")" + server.url("silent") +
                           R"(", "validate_signatures": true, "endpoints": {"a": ["tcp://127.0.0.1:1"]})")};
        while (server.next_request() != "GET /silent") continue;
        process.send(SIGTERM);
        EXPECT_EQ(process.wait(), 128 + SIGTERM) << command;
    }
}

TEST_F(Https, TheModuleIsLoadedByWhoDownloads) {
    for (const bool downloads : {true, false}) {
        auto s = start({"verify"}, downloads ? ""
                                             : R"(, "crl_location": null, "ca_cert_location": ")" +
                                                   (folder / "ca.crt").string() + "\"");
        s.input = Start::Input::pipe;
        Process process{std::move(s)};
        process.write(signed_message);
        EXPECT_THAT(process.next_line().value(), HasSubstr(R"("valid":true)"));
        const auto maps = read_file("/proc/" + std::to_string(process.pid()) + "/maps");
        EXPECT_EQ(maps.find("libcurl") != maps.npos, downloads);
        EXPECT_EQ(maps.find("fedmsg-http.so") != maps.npos, downloads);
        process.close_input();
        EXPECT_EQ(process.wait(), 0);
    }
}

TEST_F(Https, AModuleThatIsMissingIsNamed) {
    const TemporaryFolder modules;
    std::filesystem::create_symlink(std::filesystem::path{binary()}.parent_path() / "fedmsg-x509.so",
                                    modules / "fedmsg-x509.so");
    auto s = start({"verify"});
    s.environment.emplace_back("FEDMSG_MODULES", modules.path().string());
    const auto result = run(std::move(s), signed_message);
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.errors, HasSubstr("cannot be downloaded: downloads need the module fedmsg-http.so"));
}

TEST_F(Https, CertsCheckLooksAtWhatTheServerHandsOut) {
    // Like a host, which has no authority of its own.
    for (const auto* name : {"ca.key", "index.txt"}) std::filesystem::remove(folder / name);
    const auto result = run(start({"certs", "check"}));
    EXPECT_THAT(result.output, AllOf(HasSubstr("ok: " + server.url("ca.crt") + ": valid until "),
                                     HasSubstr("ok: " + server.url("crl.pem") + ": valid until ")));
    server.remove("crl.pem");
    const auto broken = run(start({"certs", "check"}));
    EXPECT_EQ(broken.status, 1);
    EXPECT_THAT(broken.output, HasSubstr("error: " + server.url("crl.pem") + ": cannot be downloaded: "));
}

TEST_F(Https, ConfigCheckWarnsOfACacheThatCannotWork) {
    EXPECT_THAT(run(start({"config", "--check"})).errors, IsEmpty());
    const auto result =
        run(start({"config", "--check"}, R"(, "crl_cache": "/nonexistent/crl.pem", "ca_cert_cache": null)"));
    EXPECT_EQ(result.status, 0);
    EXPECT_THAT(result.errors,
                AllOf(HasSubstr("crl_cache is /nonexistent/crl.pem: this user cannot write there"),
                      HasSubstr("ca_cert_cache is not set: each program downloads ")));
}

TEST_F(Https, HttpIsRefused) {
    const auto result = verify(R"(, "crl_location": "http://localhost/crl.pem")");
    EXPECT_EQ(result.status, 2);
    EXPECT_THAT(result.errors, HasSubstr("must be a path or an https:// URL"));
}

}  // namespace
}  // namespace fedmsg::test
