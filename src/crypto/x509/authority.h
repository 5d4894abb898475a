#pragma once
/// \file
/// The certificates that are trusted, and the CRLs that they have signed.

#include "crypto/x509/dates.h"
#include "crypto/x509/module.h"

#include <botan/certstor.h>
#include <botan/pk_keys.h>
#include <botan/x509_crl.h>
#include <botan/x509cert.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fedmsg::crypto::x509 {

/// Immutable.
class Authority {
  public:
    explicit Authority(const Trust& trust);

    struct Checked {
        Verdict verdict{};    ///< without a signer when the certificate is not from one of our CAs
        Validity validity{};  ///< of everything that a good verdict rests on
    };
    /// Steps 2 and 3: certification path, validity periods (RFC 5280, 6.1), revocation (6.3).
    [[nodiscard]] Checked check(const Botan::X509_Certificate& certificate,
                                std::chrono::sys_seconds now) const;
    /// Why no CRL counts at any time; empty when one may.
    [[nodiscard]] std::string crl_error() const { return crls_.empty() ? crl_error_ : std::string{}; }
    /// As TrustStore has them.
    [[nodiscard]] std::vector<InForce> cas_in_force() const;
    [[nodiscard]] std::vector<InForce> crls_in_force() const;

  private:
    struct Crl {
        Botan::X509_CRL list;
        Botan::X509_Certificate issuer;  // of ca_, and verified
    };
    using Path = std::vector<std::shared_ptr<const Botan::X509_Certificate>>;

    /// Cheap enough for a flood of certificates of strangers: 0.1 ms, where Botan's path takes 1.3 ms.
    [[nodiscard]] std::optional<std::string> is_from_none(const Botan::X509_Certificate& certificate) const;

    void read_ca(const Text& file);
    void read_crl(const Text& file);
    [[nodiscard]] std::string usable_by(const Botan::X509_CRL& list,
                                        const Botan::X509_Certificate*& issuer) const;
    [[nodiscard]] Verdict find_path(const Botan::X509_Certificate& certificate, std::chrono::sys_seconds now,
                                    Path& path) const;
    [[nodiscard]] Verdict check_revocation(const Path& path, std::chrono::sys_seconds now,
                                           Validity& validity) const;

    std::string ca_name_, ca_error_;
    std::vector<std::shared_ptr<const Botan::X509_Certificate>> cas_;
    std::vector<std::unique_ptr<const Botan::Public_Key>> keys_;  // of cas_, in their order
    Botan::Certificate_Store_In_Memory store_;
    bool revokes_ = false;  // there is a crl_location
    std::string crl_name_, crl_error_;
    std::vector<Crl> crls_;
    std::size_t min_rsa_bits_;
};

}  // namespace fedmsg::crypto::x509
