#include "crypto/validator.h"

#include "crypto/base64.h"
#include "crypto/gpg/key_name.h"
#include "crypto/gpg/signature_packet.h"
#include "crypto/module.h"
#include "crypto/signed_message.h"
#include "util/error.h"
#include "util/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

namespace fedmsg::crypto {
namespace {

Verdict refuse(Reason reason, std::string detail) { return {.reason = reason, .detail = std::move(detail)}; }

std::string_view name(Backend backend) {
    switch (backend) {
        case Backend::x509: return "x509";
        case Backend::gpg: return "gpg";
    }
    return "";
}

/// Which backend a message asks for. fedmsg before 0.7.2 did not say, so then the fields tell.
Result<Backend, Verdict> backend_of(encoding::Node message) {
    const auto* crypto = message.find("crypto");
    if (crypto == nullptr) {
        if (message.find("certificate") != nullptr) return Backend::x509;
        if (message.find("signature") != nullptr) return Backend::gpg;
        return refuse(Reason::unsigned_, "it is not signed: turn sign_messages on where it is published");
    }
    for (const auto backend : {Backend::x509, Backend::gpg})
        if (crypto->is_string() && crypto->text() == name(backend)) return backend;
    return refuse(Reason::backend_disallowed, "`crypto` is neither \"x509\" nor \"gpg\"");
}

/// Topics and names come from strangers, and details go to terminals and logs: one line of bounded length
/// without control characters (C0, DEL, and C1 in UTF-8).
std::string printable(std::string_view text) {
    constexpr std::size_t longest = 600;
    std::string line;
    for (std::size_t i = 0; i < text.size() && line.size() < longest; ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
        const bool c1 = c == 0xc2 && next >= 0x80 && next < 0xa0;
        line += c < 0x20 || c == 0x7f || c1 ? '?' : text[i];
        if (c1) ++i;
    }
    if (line.size() >= longest) line += "...";
    std::string result;
    append_as_utf8(line, result);
    return result;
}

std::optional<std::string_view> topic_of(encoding::Node message) { return message.find_string("topic"); }

/// Step 5 for a message that is signed well.
Verdict authorize(Verdict verdict, std::optional<std::string_view> topic, const Policy& policy) {
    if (verdict.signer.empty())
        return refuse(
            Reason::unauthorized,
            "its certificate has no CN, so nobody can say who has signed: have one issued with a name");
    if (auto why = policy.refusal(topic, verdict.signer)) {
        verdict.reason = Reason::unauthorized;
        verdict.detail = std::move(*why);
    }
    return verdict;
}

}  // namespace

/// What signatures are held against. The CA and CRL change.
class Validator::State {
  public:
    explicit State(Settings settings) : settings_{std::move(settings)} {
        if (accepts(Backend::x509)) x509_ = &x509_module();
        if (accepts(Backend::gpg)) {
            auto keyring = gpg_module().open_keyring(settings_.gpg_home);
            if (!keyring) throw SetupError(keyring.error());
            keyring_ = std::move(*keyring);
        }
    }

    /// Which kind of signature to look at; or why none is.
    Result<Backend, Verdict> admit(encoding::Node message,
                                   std::optional<std::string_view> topic_frame) const {
        if (!message.is_object()) return refuse(Reason::malformed, "it is not an object");
        const auto backend = backend_of(message);
        if (!backend) return backend;
        if (!accepts(*backend))
            return refuse(Reason::backend_disallowed,
                          fmt::format("it is signed by {}, which crypto_validate_backends does not list",
                                      name(*backend)));
        if (topic_frame && topic_of(message) != topic_frame)
            return refuse(
                Reason::topic_mismatch,
                fmt::format("it came under the topic {}, and says that its topic is {}: somebody has "
                            "put it under a topic it was not made for",
                            *topic_frame, topic_of(message).value_or("(none)")));
        return backend;
    }

    /// Everything but the policy. \param backend  as admit() gave it
    Verdict authenticate(Backend backend, encoding::Node message) const {
        switch (backend) {
            case Backend::x509: return authenticate_x509(message);
            case Backend::gpg: return authenticate_gpg(message);
        }
        return refuse(Reason::backend_disallowed, "");
    }

    const Policy& policy() const { return settings_.policy; }

    void prepare() const {
        if (x509_ != nullptr) (void)current_store();
    }
    std::vector<InUse> in_use() const {
        if (!accepts(Backend::x509)) return {};
        const auto store = current_store();
        std::vector<InUse> result;
        const auto add = [&](InUse::Kind kind, const Source& source, std::vector<x509::InForce> all) {
            for (auto& [name, validity] : all)
                result.push_back({kind, std::move(name), source.location(), validity.from, validity.until});
        };
        add(InUse::Kind::ca, *settings_.ca, store->authorities());
        if (settings_.crl) add(InUse::Kind::crl, *settings_.crl, store->crls());
        return result;
    }

  private:
    bool accepts(Backend backend) const {
        return std::ranges::find(settings_.backends, backend) != settings_.backends.end();
    }

    Verdict authenticate_gpg(encoding::Node message) const {
        const auto field = message.find_string("signature");
        const auto bytes = signed_msg(message);
        if (!field || !bytes)
            return refuse(Reason::unsigned_,
                          field ? "it has no `msg`, which is what gpg signs: it counts as not signed"
                                : "its `signature` is absent, or is not a string: it counts as not signed");
        if (field->size() > gpg::largest_signature_field)
            return refuse(Reason::malformed,
                          fmt::format("its `signature` has {} characters, and a gpg signature at most {}: "
                                      "whoever sends this has to mend it",
                                      field->size(), gpg::largest_signature_field));
        const auto decoded = decode_base64(*field);
        const auto packet = decoded ? gpg::signature_packet(*decoded) : std::nullopt;
        if (!packet)
            return refuse(
                Reason::malformed,
                fmt::format("its `signature` is not {}: whoever sends this has to mend it",
                            decoded ? "one detached OpenPGP signature without a key in it" : "base64"));
        return keyring_->verify(*packet, *bytes);
    }

    Verdict authenticate_x509(encoding::Node message) const {
        const auto signature_text = message.find_string("signature");
        const auto certificate_text = message.find_string("certificate");
        if (!signature_text || !certificate_text)
            return refuse(Reason::unsigned_,
                          fmt::format("its `{}` is absent, or is not a string: it counts as not signed",
                                      signature_text ? "certificate" : "signature"));
        const auto signature = decode_base64(*signature_text);
        if (!signature)
            return refuse(Reason::malformed,
                          "its `signature` is not base64: whoever sends this has to mend it");
        const auto bytes = signed_bytes(message);
        const auto now = std::chrono::floor<std::chrono::seconds>(settings_.clocks.date());
        const auto store = current_store();
        auto verdict = store->verify(*certificate_text, *signature, bytes, now);
        if (!is_about_trust(verdict.reason)) return verdict;
        settings_.ca->suspect();
        if (settings_.crl) settings_.crl->suspect();
        const auto again = current_store();
        return again == store ? verdict : again->verify(*certificate_text, *signature, bytes, now);
    }

    /// Another CA or CRL might change it.
    static bool is_about_trust(Reason reason) {
        return reason == Reason::untrusted || reason == Reason::expired || reason == Reason::revoked ||
               reason == Reason::crl_unusable;
    }

    /// With the CA and CRL that are there now.
    std::shared_ptr<const x509::TrustStore> current_store() const {
        const std::lock_guard lock{mutex_};
        const auto ca = settings_.ca->content();
        const auto crl = settings_.crl ? settings_.crl->content() : nullptr;
        if (!store_ || ca != ca_ || crl != crl_) {
            ca_ = ca;
            crl_ = crl;
            x509::Trust trust{.ca = {"ca_cert_location " + settings_.ca->location(), ca->text, ca->error},
                              .crl = {},
                              .digests = settings_.digests,
                              .min_rsa_bits = settings_.min_rsa_bits};
            if (crl) trust.crl = {"crl_location " + settings_.crl->location(), crl->text, crl->error};
            store_ = x509_->make_trust_store(std::move(trust));
        }
        return store_;
    }

    Settings settings_;
    const x509::Module* x509_ = nullptr;     // where it is accepted
    std::unique_ptr<gpg::Keyring> keyring_;  // the same
    mutable std::mutex mutex_;
    mutable std::shared_ptr<const Source::Content> ca_, crl_;
    mutable std::shared_ptr<const x509::TrustStore> store_;
};

Validator::Settings Validator::Settings::of(const Config& config, const Clocks& clocks) {
    const auto seconds = [](int count) { return std::chrono::seconds{count}; };
    Settings settings{.policy = Policy::of(config.values.find("routing_policy"), config.routing_nitpicky),
                      .backends = {},
                      .digests = {},
                      .min_rsa_bits = config.min_rsa_bits,
                      .gpg_home = {},
                      .clocks = clocks};
    // An empty list: what is signed with is what is accepted, as in the Python system.
    auto backends = config.crypto_validate_backends;
    if (backends.empty()) backends.push_back(config.crypto_backend);
    for (const auto& word : backends)
        settings.backends.push_back(word == "gpg" ? Backend::gpg : Backend::x509);
    const auto accepts = [&settings](Backend backend) {
        return std::ranges::find(settings.backends, backend) != settings.backends.end();
    };
    if (accepts(Backend::gpg)) settings.gpg_home = gpg::home_folder(config);
    if (accepts(Backend::x509)) {
        settings.ca = open_source(config.ca_cert_location, seconds(config.ca_cert_cache_expiry), clocks,
                                  {.cache = config.ca_cert_cache.value_or("")});
        if (config.crl_location && !config.crl_location->empty())
            settings.crl = open_source(*config.crl_location, seconds(config.crl_cache_expiry), clocks,
                                       {.cache = config.crl_cache.value_or("")});
    }
    for (const auto& word : config.validate_digests)
        settings.digests.push_back(word == "sha256" ? Digest::sha256 : Digest::sha1);
    return settings;
}

Validator::Validator(Settings settings) : state_{std::make_unique<State>(std::move(settings))} {}
Validator::~Validator() = default;

void Validator::prepare() const { state_->prepare(); }

Verdict Validator::validate(encoding::Node message, std::optional<std::string_view> topic_frame) const {
    const auto backend = state_->admit(message, topic_frame);
    auto verdict = backend ? state_->authenticate(*backend, message) : backend.error();
    if (verdict.valid() && *backend == Backend::x509)
        verdict = authorize(std::move(verdict), topic_of(message), state_->policy());
    verdict.detail = printable(verdict.detail);
    return verdict;
}

Verdict Validator::validate_signed_by(encoding::Node message, std::string_view signer,
                                      std::optional<std::string_view> topic_frame) const {
    const auto backend = state_->admit(message, topic_frame);
    auto verdict = backend ? state_->authenticate(*backend, message) : backend.error();
    // An empty name is no name: such a certificate is nobody's.
    if (verdict.valid() && (verdict.signer.empty() || verdict.signer != signer)) {
        verdict.reason = Reason::unauthorized;
        verdict.detail = fmt::format("it is signed by \"{}\", not by \"{}\"", verdict.signer, signer);
    }
    verdict.detail = printable(verdict.detail);
    return verdict;
}

std::vector<InUse> Validator::in_use() const { return state_->in_use(); }

}  // namespace fedmsg::crypto
