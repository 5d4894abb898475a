/// Changes single bits of what is signed, of credentials and of CRLs: nothing may pass that means something
/// else.
#include "unit/crypto/trust.h"

#include "crypto/base64.h"
#include "support/process.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <random>

namespace fedmsg::crypto::test {
namespace {

/// $FEDMSG_MUTATIONS of all kinds together.
std::size_t mutations() {
    const char* text = std::getenv("FEDMSG_MUTATIONS");
    const std::size_t count = text == nullptr ? 100000 : std::strtoul(text, nullptr, 10);
    return fedmsg::test::sanitized ? count / 10 : count;
}

std::string pem_content(std::string_view text, const std::string& label) {
    const auto begin = text.find("-----BEGIN " + label + "-----"),
               end = text.find("-----END " + label + "-----");
    if (begin == text.npos || end == text.npos || begin > end) return "none";
    const auto body = begin + label.size() + 16;
    return decode_base64(text.substr(body, end - body)).value_or("none");
}

/// What a message says: two with the same meaning are one message.
struct Meaning {
    std::string body, signature, certificate;
    bool operator==(const Meaning&) const = default;
};

Meaning meaning(const std::string& text) {
    const auto message = parse_json(text);
    return {
        fedmsg::test::canonical_without(text, {"signature", "certificate"}),
        decode_base64(text_at(message.root(), "signature")).value_or("none"),
        pem_content(decode_base64(text_at(message.root(), "certificate")).value_or("none"), "CERTIFICATE")};
}

class Mutation : public testing::Test {
  protected:
    ~Mutation() override {
        for (const auto& [what, times] : same_)
            std::cout << "means the same: " << what << ", " << times << " times\n";
    }

    std::string flip(std::string text) {
        const auto bit = std::uniform_int_distribution<std::size_t>{0, text.size() * 8 - 1}(random_);
        const auto before = text[bit / 8];
        text[bit / 8] = static_cast<char>(before ^ 1 << bit % 8);
        flipped_ = shown(before) + " becomes " + shown(text[bit / 8]);
        return text;
    }

    /// Whether it passes; fails the test when it does and is another one.
    void expect_refused_or_same(const std::string& changed) {
        const auto document = encoding::Document::parse(changed);
        if (!document || !trusting_.validator->validate(document->root()).valid()) return;
        ++passed_;
        ++same_[flipped_];
        EXPECT_EQ(meaning(changed), original_) << changed;
    }

    const std::string message_ =
        sign({{"topic", "org.fedoraproject.dev.test.mutation"},
              {"timestamp", 1700000000},
              {"msg_id", "2025-4d731f3f-6c85-4307-bde1-0165b1258329"},
              {"msg", encoding::Object{{"text", "café\n"}, {"real", 1.5}, {"on", true}}},
              {"i", 3},
              {"username", "apache"}});
    const Meaning original_ = meaning(message_);
    const Trusting trusting_;
    std::size_t passed_ = 0;

  private:
    static std::string shown(char c) {
        constexpr auto digits = "0123456789abcdef";
        const auto byte = static_cast<unsigned char>(c);
        if (byte > 0x20 && byte < 0x7f) return {'\'', c, '\''};
        return std::string{"0x"} + digits[byte >> 4] + digits[byte & 15];
    }

    std::mt19937 random_{20251122};
    std::string flipped_;
    std::map<std::string, int> same_;  // flips that passed
};

TEST_F(Mutation, OfTheBodyIsNoticed) {
    // What is signed comes behind the certificate, which another test flips.
    const auto begin = message_.find("\"crypto\"");
    const auto spaced = message_.substr(0, begin) + " \n" + message_.substr(begin);
    for (std::size_t i = 0; i < mutations() * 40 / 100; ++i)
        expect_refused_or_same(spaced.substr(0, begin) + flip(spaced.substr(begin)));
    EXPECT_LT(passed_, mutations() * 2 / 100);
}

TEST_F(Mutation, OfTheWholeTextIsNoticed) {
    for (std::size_t i = 0; i < mutations() * 15 / 100; ++i) expect_refused_or_same(flip(message_));
}

TEST_F(Mutation, OfTheSignatureIsNoticed) {
    auto message = load(message_);
    for (std::size_t i = 0; i < mutations() * 25 / 100; ++i) {
        message["signature"] = encode_base64(flip(original_.signature));
        expect_refused_or_same(encoding::dumps(message));
    }
    EXPECT_EQ(passed_, 0U);
}

TEST_F(Mutation, OfTheCertificateIsNoticed) {
    auto message = load(message_);
    for (std::size_t i = 0; i < mutations() * 15 / 100; ++i) {
        message["certificate"] =
            encode_base64("-----BEGIN CERTIFICATE-----\n" + encode_base64(flip(original_.certificate)) +
                          "-----END CERTIFICATE-----\n");
        expect_refused_or_same(encoding::dumps(message));
    }
    EXPECT_EQ(passed_, 0U);
}

TEST_F(Mutation, PaddingIsOnlyAtTheEndOfACertificate) {
    auto message = load(message_);
    const auto with_padding = [&](std::size_t place) {
        auto base64 = encode_base64(original_.certificate);
        base64.insert(place, "=");
        message["certificate"] =
            encode_base64("-----BEGIN CERTIFICATE-----\n" + base64 + "-----END CERTIFICATE-----\n");
        const auto document = encoding::Document::parse(encoding::dumps(message));
        return trusting_.validator->validate(document->root()).valid();
    };
    const auto base64 = encode_base64(original_.certificate);
    for (std::size_t place = 0; place < base64.find_last_not_of("=\n"); ++place)
        ASSERT_FALSE(with_padding(place)) << place;
}

TEST_F(Mutation, OfTheCrlLetsNothingPass) {
    const auto der = pem_content(read_file(key_file("crl.pem")), "X509 CRL");
    ASSERT_GT(der.size(), 100U);
    const auto revoked = sign(hello(), "revoked.phx2.example.org");
    Trusting trusting;
    for (std::size_t i = 0; i < mutations() * 5 / 100; ++i) {
        trusting.crl->set("-----BEGIN X509 CRL-----\n" + encode_base64(flip(der)) +
                          "-----END X509 CRL-----\n");
        EXPECT_EQ(trusting.reason(i % 2 == 0 ? message_ : revoked), Reason::crl_unusable) << i;
    }
}

}  // namespace
}  // namespace fedmsg::crypto::test
