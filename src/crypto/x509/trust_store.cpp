#include "crypto/x509/trust_store.h"

#include "crypto/base64.h"
#include "crypto/operation_pool.h"
#include "crypto/recently_used.h"
#include "crypto/x509/authority.h"
#include "crypto/x509/padding.h"
#include "crypto/x509/parse.h"

#include <botan/pubkey.h>

#include <array>

namespace fedmsg::crypto::x509 {
namespace {

/// Bytes of a field `certificate` that is remembered; with text around its certificate, it may be longer.
constexpr std::size_t longest_remembered = 16 * 1024;

/// A certificate that verified, and its key.
struct Known {
    std::string signer;
    Validity validity;
    std::unique_ptr<Botan::Public_Key> key;
    std::array<OperationPool<Botan::PK_Verifier>, 2> verifiers{};  // by Digest

    [[nodiscard]] bool verifies(std::string_view bytes, std::string_view signature, Digest digest) const {
        return verifiers[static_cast<std::size_t>(digest)].use(
            [&] { return std::make_unique<Botan::PK_Verifier>(*key, padding(digest)); },
            [&](Botan::PK_Verifier& verifier) {
                verifier.update(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
                return verifier.check_signature(reinterpret_cast<const std::uint8_t*>(signature.data()),
                                                signature.size());
            });
    }
};

class BotanTrustStore : public TrustStore {
  public:
    explicit BotanTrustStore(const Trust& trust) : authority_{trust}, digests_{trust.digests} {}

    Verdict verify(std::string_view certificate, std::string_view signature, std::string_view bytes,
                   std::chrono::sys_seconds now) const override {
        try {
            return verify_or_throw(certificate, signature, bytes, now);
        } catch (const std::exception& e) {
            return unreadable(e);
        }
    }

    Verdict check(std::string_view certificate, std::chrono::sys_seconds now) const override {
        try {
            const auto block = first_certificate(certificate);
            if (!block) return {.reason = Reason::malformed, .detail = "there is no certificate in it"};
            return authority_.check(x509::certificate(*block), now).verdict;
        } catch (const std::exception& e) {
            return unreadable(e);
        }
    }

    std::vector<InForce> authorities() const override { return authority_.cas_in_force(); }
    std::vector<InForce> crls() const override { return authority_.crls_in_force(); }

  private:
    static Verdict unreadable(const std::exception& e) {
        return {.reason = Reason::malformed,
                .detail = std::string{"the certificate cannot be read ("} + e.what() +
                          "): whoever sends this has to mend it"};
    }

    Verdict verify_or_throw(std::string_view certificate, std::string_view signature, std::string_view bytes,
                            std::chrono::sys_seconds now) const {
        auto known = memory_.find(certificate);
        if (!known || !known->validity.contains(now)) {
            const auto decoded = decode_base64(certificate);
            if (!decoded)
                return {.reason = Reason::malformed,
                        .detail = "its `certificate` is not base64: whoever sends this has to mend it"};
            const auto block = first_certificate(*decoded);
            if (!block)
                return {.reason = Reason::malformed,
                        .detail =
                            "`certificate` has no PEM block of a certificate: whoever sends this has to "
                            "mend it"};
            const auto parsed = x509::certificate(*block);
            auto checked = authority_.check(parsed, now);
            if (!checked.verdict.valid()) return checked.verdict;
            known.reset(
                new Known{checked.verdict.signer, checked.validity, parsed.load_subject_public_key()});
            if (certificate.size() <= longest_remembered) memory_.remember(certificate, known);
        }
        for (const auto accepted : digests_)
            if (known->verifies(bytes, signature, accepted)) return {.signer = known->signer};
        return {.reason = Reason::bad_signature,
                .signer = known->signer,
                .detail = "the signature is not one of \"" + known->signer +
                          "\" over this message: it was changed on its way, or signed with another key or "
                          "digest (validate_digests)"};
    }

    Authority authority_;
    std::vector<Digest> digests_;
    mutable RecentlyUsed<Known> memory_{remembered_certificates};  // by the text of the field
};

}  // namespace

std::unique_ptr<TrustStore> make_botan_trust_store(Trust trust) {
    return std::make_unique<BotanTrustStore>(trust);
}

}  // namespace fedmsg::crypto::x509
