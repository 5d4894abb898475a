#pragma once
/// \file
/// Decides whether a message comes from a service that may send it. Source: spec "Signing, validation,
/// authorization"; fedmsg 1.1.7, crypto/__init__.py `validate`.

#include "config/config.h"
#include "crypto/expiry.h"
#include "crypto/policy.h"
#include "crypto/reason.h"
#include "crypto/source.h"
#include "encoding/document.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::crypto {

/// A kind of signature, as the field `crypto` names it.
enum class Backend : std::uint8_t { x509, gpg };

/// Safe to use from several threads.
class Validator {
  public:
    struct Settings {
        std::unique_ptr<Source> ca{};                  ///< `ca_cert_location`; only x509 needs it
        std::unique_ptr<Source> crl{};                 ///< `crl_location`; null: nothing is revoked
        Policy policy{};                               ///< `routing_policy`, `routing_nitpicky`
        std::vector<Backend> backends{Backend::x509};  ///< `crypto_validate_backends`
        std::vector<Digest> digests{Digest::sha1, Digest::sha256};  ///< `validate_digests`
        std::size_t min_rsa_bits = 1024;                            ///< `min_rsa_bits`
        std::string gpg_home{};                                     ///< `gpg_home`, as a whole path
        Clocks clocks{};

        /// As configured. \throws UsageError
        static Settings of(const Config& config, const Clocks& clocks = {});
    };

    /// A CA, CRL or gpg_home that cannot be used is no error here: each verdict says so until it is mended.
    /// \throws SetupError  when the module of one of the backends is missing, or gpg itself
    /// \throws UsageError  when one of the backends is gpg, and this build has none
    explicit Validator(Settings settings);
    ~Validator();
    Validator(const Validator&) = delete;
    Validator& operator=(const Validator&) = delete;

    /// Waits until CA and CRL are there, or known not to be: 100 s at most, where they are downloaded and
    /// there is no fresh copy. The first verdict would wait as long. At set-up, a signal still ends the
    /// program.
    void prepare() const;

    /// \param message  the envelope as received, credentials included; what is no object is `malformed`
    /// \param topic_frame  what the topic must be; nothing where there is no frame
    ///
    /// About 40 µs for a certificate that verified before, and 3 ms else (RSA-2048, 1 KB, on a busy machine).
    /// By gpg, which is started for each message, about 5 ms; the policy is not asked then, as only `msg` is
    /// signed, and the topic is not.
    [[nodiscard]] Verdict validate(encoding::Node message,
                                   std::optional<std::string_view> topic_frame = {}) const;

    /// The same with another policy: `signer`, and nobody else, may sign. \param signer  see Verdict::signer
    [[nodiscard]] Verdict validate_signed_by(encoding::Node message, std::string_view signer,
                                             std::optional<std::string_view> topic_frame = {}) const;

    /// The CAs and CRLs that are there now, for warnings of their end; not those that cannot be used. Reads
    /// what has changed, as a verdict does.
    [[nodiscard]] std::vector<InUse> in_use() const;

  private:
    class State;
    std::unique_ptr<State> state_;
};

}  // namespace fedmsg::crypto
