#include "crypto/x509/trust_store.h"

#include "crypto/x509/authority.h"
#include "crypto/x509/operation_pool.h"
#include "crypto/x509/parse.h"

#include <botan/hash.h>
#include <botan/pubkey.h>

#include <array>
#include <list>
#include <mutex>
#include <unordered_map>

namespace fedmsg::crypto::x509 {
namespace {

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

/// The certificates used most recently, by the SHA-256 of their text.
class Memory {
  public:
    std::shared_ptr<const Known> find(const std::string& digest) {
        const std::lock_guard lock{mutex_};
        const auto found = by_digest_.find(digest);
        if (found == by_digest_.end()) return nullptr;
        recent_.splice(recent_.begin(), recent_, found->second);
        return found->second->second;
    }

    void remember(const std::string& digest, std::shared_ptr<const Known> known) {
        const std::lock_guard lock{mutex_};
        if (const auto found = by_digest_.find(digest); found != by_digest_.end()) {
            found->second->second = std::move(known);
            return;
        }
        recent_.emplace_front(digest, std::move(known));
        by_digest_[digest] = recent_.begin();
        if (recent_.size() <= remembered_certificates) return;
        by_digest_.erase(recent_.back().first);
        recent_.pop_back();
    }

  private:
    using List = std::list<std::pair<std::string, std::shared_ptr<const Known>>>;
    std::mutex mutex_;
    List recent_;
    std::unordered_map<std::string, List::iterator> by_digest_;
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

  private:
    static Verdict unreadable(const std::exception& e) {
        return {.reason = Reason::malformed,
                .detail = std::string{"the certificate cannot be read ("} + e.what() +
                          "): whoever sends this has to mend it"};
    }

    Verdict verify_or_throw(std::string_view certificate, std::string_view signature, std::string_view bytes,
                            std::chrono::sys_seconds now) const {
        const auto hash = Botan::HashFunction::create_or_throw("SHA-256");
        hash->update(reinterpret_cast<const std::uint8_t*>(certificate.data()), certificate.size());
        std::string digest(hash->output_length(), '\0');
        hash->final(reinterpret_cast<std::uint8_t*>(digest.data()));

        auto known = memory_.find(digest);
        if (!known || !known->validity.contains(now)) {
            const auto block = first_certificate(certificate);
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
            memory_.remember(digest, known);
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
    mutable Memory memory_;
};

}  // namespace

std::unique_ptr<TrustStore> make_botan_trust_store(Trust trust) {
    return std::make_unique<BotanTrustStore>(trust);
}

}  // namespace fedmsg::crypto::x509
