#pragma once
/// \file
/// The keys of the reference cases, and a validator whose clock and files the test turns.

#include "crypto/signer.h"
#include "crypto/validator.h"
#include "encoding/write.h"
#include "support/files.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace fedmsg::crypto::test {

using fedmsg::test::at;
using fedmsg::test::data_file;
using fedmsg::test::parse_json;
using fedmsg::test::read_file;
using fedmsg::test::text_at;

using namespace std::chrono_literals;

inline std::string key_folder() { return data_file("crypto/keys").string(); }
inline std::string key_file(const std::string& name) { return key_folder() + "/" + name; }

inline encoding::Value load(std::string_view text) { return encoding::to_value(parse_json(text).root()); }

/// `names.json` says which certificates there are; this one is fine.
inline const std::string good = "shell-app01.phx2.example.org";

/// A message, signed.
inline std::string sign(encoding::Object message, const std::string& certname = good,
                        Digest digest = Digest::sha1) {
    Signer{key_folder(), certname, digest}.sign(message);
    return encoding::dumps(encoding::Value{std::move(message)});
}

inline encoding::Object hello() {
    return {{"topic", "org.fedoraproject.dev.test.hello"}, {"msg", encoding::Object{{"a", 1}}}, {"i", 1}};
}

/// Content that the test sets.
class FakeSource : public Source {
  public:
    explicit FakeSource(std::string text) { set(std::move(text)); }

    void set(std::string text) {
        content_ = std::make_shared<const Content>(
            Content{.text = std::move(text), .error = {}, .generation = ++generation_});
    }
    const std::string& location() const override { return location_; }
    std::shared_ptr<const Content> content() override { return content_; }
    void suspect() override {
        ++suspected;
        if (!when_suspected.empty()) set(std::exchange(when_suspected, {}));
    }

    int suspected = 0;
    std::string when_suspected;  ///< what reading again brings

  private:
    std::string location_ = "test.pem";
    std::uint64_t generation_ = 0;
    std::shared_ptr<const Content> content_;
};

/// 2025, when all certificates and CRLs that are not named otherwise are valid.
inline constexpr std::chrono::sys_days some_day = std::chrono::year{2025} / 6 / 1;

class Trusting {
  public:
    /// \param crl  file name, or nothing
    explicit Trusting(const std::string& ca_name = "ca.crt", const std::string& crl_name = "crl.pem",
                      std::vector<Digest> digests = {Digest::sha1, Digest::sha256}) {
        auto ca_source = std::make_unique<FakeSource>(read_file(key_file(ca_name)));
        ca = ca_source.get();
        Validator::Settings settings;
        settings.ca = std::move(ca_source);
        settings.digests = std::move(digests);
        settings.clocks.date = [this] { return now; };
        if (!crl_name.empty()) {
            auto crl_source = std::make_unique<FakeSource>(read_file(key_file(crl_name)));
            crl = crl_source.get();
            settings.crl = std::move(crl_source);
        }
        validator = std::make_unique<Validator>(std::move(settings));
    }
    Trusting(const Trusting&) = delete;
    Trusting& operator=(const Trusting&) = delete;

    Verdict validate(const std::string& message, std::optional<std::string_view> frame = {}) const {
        const auto document = parse_json(message);
        return validator->validate(document.root(), frame);
    }
    Reason reason(const std::string& message) const { return validate(message).reason; }

    std::chrono::system_clock::time_point now = some_day;
    FakeSource *ca = nullptr, *crl = nullptr;
    std::unique_ptr<Validator> validator;
};

}  // namespace fedmsg::crypto::test

namespace fedmsg::crypto {
/// For messages of failed tests.
inline void PrintTo(Reason reason, std::ostream* out) { *out << code(reason); }
}  // namespace fedmsg::crypto
