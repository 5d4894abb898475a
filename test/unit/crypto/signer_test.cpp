#include "unit/crypto/trust.h"

#include "util/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace fedmsg::crypto::test {
namespace {

using testing::HasSubstr;

std::string failure(const std::string& certname) {
    try {
        const Signer signer{key_folder(), certname, Digest::sha1};
    } catch (const SetupError& e) {
        return e.what();
    }
    return "none";
}

TEST(Signer, WritesTheBytesThatPythonWrites) {
    const auto data = parse_json(read_file(data_file("crypto/signing_relay.json")));
    int compared = 0;
    for (const auto& c : data.root().elements()) {
        if (!at(c, "validates").boolean()) continue;  // signed over somebody else's credentials
        for (const auto& frames : at(c, "out").elements()) {
            const auto expected = fedmsg::test::bytes_of(frames.elements()[1]);
            auto message = load(expected);
            for (const auto* added : {"crypto", "signature", "certificate"}) message.object()->erase(added);
            EXPECT_EQ(sign(*message.object(), "signing-relay"), fedmsg::test::canonical_without(expected, {}))
                << text_at(c, "name");
            ++compared;
        }
    }
    EXPECT_EQ(compared, 20);
}

TEST(Signer, ReplacesCredentials) {
    auto message = load(sign(hello()));
    const auto before = message;
    Signer{key_folder(), good, Digest::sha1}.sign(*message.object());
    EXPECT_EQ(encoding::dumps(message), encoding::dumps(before));
}

TEST(Signer, TakesEveryFormOfKey) {
    const Trusting trusting;
    for (const auto* name : {"traditional.phx2.example.org", "old1024.phx2.example.org",
                             "wiki-app03.phx2.example.org", "bodhi-app02.phx2.example.org"})
        EXPECT_EQ(trusting.reason(sign(hello(), name)), Reason::valid) << name;
}

TEST(Signer, SignsWithSha256WhereAsked) {
    const auto message = sign(hello(), good, Digest::sha256);
    EXPECT_EQ(Trusting{}.reason(message), Reason::valid);
    EXPECT_EQ((Trusting{"ca.crt", "crl.pem", {Digest::sha1}}.reason(message)), Reason::bad_signature);
    EXPECT_EQ((Trusting{"ca.crt", "crl.pem", {Digest::sha256}}.reason(message)), Reason::valid);
}

TEST(Signer, OpensslMakesTheSameSignatures) {
    for (const auto digest : {Digest::sha1, Digest::sha256})
        for (const auto* name : {"traditional.phx2.example.org", "old1024.phx2.example.org",
                                 "wiki-app03.phx2.example.org", "bodhi-app02.phx2.example.org"}) {
            auto message = hello();
            Signer{key_folder(), name, digest, Signer::Library::openssl}.sign(message);
            EXPECT_EQ(encoding::dumps(encoding::Value{std::move(message)}), sign(hello(), name, digest))
                << name;
        }
}

TEST(Signer, ItsLibraryIsConfigured) {
    Config config;
    config.ssldir = key_folder();
    config.certname = good;
    for (const auto* library : {"botan", "openssl"}) {
        config.signature_library = library;
        auto message = hello();
        Signer::of(config).sign(message);
        EXPECT_EQ(encoding::dumps(encoding::Value{std::move(message)}), sign(hello())) << library;
    }
}

class SignerOf : public testing::TestWithParam<Signer::Library> {};
INSTANTIATE_TEST_SUITE_P(EachLibrary, SignerOf,
                         testing::Values(Signer::Library::botan, Signer::Library::openssl));

TEST_P(SignerOf, ServesSeveralThreads) {
    const Signer signer{key_folder(), good, Digest::sha1, GetParam()};
    const auto expected = sign(hello());
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 5; ++i) {
                auto message = hello();
                signer.sign(message);
                EXPECT_EQ(encoding::dumps(encoding::Value{message}), expected);
            }
        });
    for (auto& thread : threads) thread.join();
}

TEST(Signer, NamesTheFileThatIsWrong) {
    EXPECT_THAT(failure("absent"), HasSubstr("absent.key: No such file or directory"));
    EXPECT_THAT(failure("ec.phx2.example.org"), HasSubstr("the bus takes RSA only"));

    const fedmsg::test::TemporaryFolder folder;
    const auto in_folder = [&](const std::string& key, const std::string& certificate) {
        folder.write("x.key", key);
        folder.write("x.crt", certificate);
        try {
            const Signer signer{folder.path().string(), "x", Digest::sha1};
        } catch (const SetupError& e) {
            return std::string{e.what()};
        }
        return std::string{"none"};
    };
    const auto key = read_file(key_file(good + ".key")), certificate = read_file(key_file(good + ".crt"));
    EXPECT_EQ(in_folder(key, certificate), "none");
    EXPECT_THAT(in_folder(key, read_file(key_file("ca.crt"))), HasSubstr("x.key is not the key of"));
    EXPECT_THAT(in_folder("", certificate), HasSubstr("x.key: there is no private key in it"));
    EXPECT_THAT(in_folder(certificate, certificate), HasSubstr("x.key: there is no private key in it"));
    EXPECT_THAT(in_folder(key, key), HasSubstr("x.crt: there is no certificate in it"));
    EXPECT_THAT(in_folder(key.substr(0, 500) + key.substr(600), certificate),
                HasSubstr("x.key: the key cannot"));
    EXPECT_THAT(
        in_folder("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
                  certificate),
        HasSubstr("the key is encrypted"));
}

TEST(Signer, SaysWhenItsCertificateHasExpired) {
    const Signer expired{key_folder(), "expired.phx2.example.org", Digest::sha1};
    EXPECT_THAT(expired.trouble(some_day).value(), HasSubstr("has expired on"));
    const Signer fine{key_folder(), good, Digest::sha1};
    EXPECT_EQ(fine.trouble(some_day), std::nullopt);
}

}  // namespace
}  // namespace fedmsg::crypto::test
