#pragma once
/// \file
/// What the loadable module `fedmsg-x509.so` does: everything that needs Botan. Nothing here does, so that a
/// command that neither signs nor validates does not pay for it. Nothing throws across this border.

#include "crypto/reason.h"
#include "util/result.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::crypto::x509 {

/// What was read from a file or URL, and how it is called in messages: "ca_cert_location /etc/…/ca.crt".
struct Text {
    std::string name;
    std::string text{};   ///< PEM
    std::string error{};  ///< why there is none
};

/// Both ends belong to it.
struct Period {
    std::chrono::sys_seconds from{}, until{};
};

/// A certificate or CRL that is in use, and for how long.
struct InForce {
    std::string name;  ///< the subject's first CN; of a CRL, the issuer's
    Period validity;
};

/// A private key with its certificate. Safe to use from several threads.
class SigningKey {
  public:
    virtual ~SigningKey() = default;
    /// RSASSA-PKCS1-v1_5 (RFC 8017, 8.2), in raw bytes. About 1.3 ms with 2048 bits (measured).
    [[nodiscard]] virtual std::string sign(std::string_view bytes) const = 0;
    /// The certificate's block of the file, from BEGIN to END, with its last line end.
    [[nodiscard]] virtual const std::string& certificate() const = 0;
    [[nodiscard]] virtual InForce in_force() const = 0;
    /// Why nobody will accept the signature at that time: the certificate is outside of its validity period.
    [[nodiscard]] virtual std::optional<std::string> trouble(std::chrono::sys_seconds now) const = 0;
};

struct Trust {
    Text ca;                  ///< one certificate or several
    std::optional<Text> crl;  ///< nothing: nothing is revoked
    std::vector<Digest> digests;
    std::size_t min_rsa_bits = 1024;
};

/// Certificates that verified, at most; each with its key and what Botan needs to use it. A bus has a few
/// hundred signers.
inline constexpr std::size_t remembered_certificates = 1024;

/// What one version of CA and CRL says about certificates. Safe to use from several threads.
class TrustStore {
  public:
    virtual ~TrustStore() = default;
    /// Steps 1 (PEM) to 4 of validation.
    /// \param certificate  the field: PEM in base64 \param signature  raw \param bytes  that were signed
    ///
    /// About 30 µs for a certificate that verified before, 3 ms for another one (RSA-2048, on a busy
    /// machine).
    [[nodiscard]] virtual Verdict verify(std::string_view certificate, std::string_view signature,
                                         std::string_view bytes, std::chrono::sys_seconds now) const = 0;
    /// Steps 2 and 3 alone: whether a certificate is one of ours, in force, and not revoked. \param
    /// certificate  PEM
    [[nodiscard]] virtual Verdict check(std::string_view certificate, std::chrono::sys_seconds now) const = 0;
    /// Every CA that is trusted.
    [[nodiscard]] virtual std::vector<InForce> authorities() const = 0;
    /// Of the CRLs that count, the last one of each CA, unless it never ends.
    [[nodiscard]] virtual std::vector<InForce> crls() const = 0;
};

/// What a certificate says.
struct CertificateFacts {
    std::string common_name;  ///< the first CN; empty: none
    std::string serial;       ///< hexadecimal, upper case, an even number of digits
    std::string subject;      ///< as OpenSSL writes it: "/O=Example/CN=shell-app01.example.org"
    Period validity;
    std::size_t rsa_bits = 0;  ///< 0: not an RSA key
    bool is_ca = false;
};

struct Revocation {
    std::string serial;  ///< as in CertificateFacts
    std::chrono::sys_seconds date{};
};

/// What a CRL says.
struct CrlFacts {
    std::uint64_t number = 0;  ///< 0: none
    Period validity;
    std::vector<Revocation> revoked;
};

/// A CRL in PEM.
struct CrlText {
    std::string text;
};

/// What the subject of a certificate says besides its common name. Empty: left out.
struct Organization {
    std::string country, name, unit;
};

/// A new key and its certificate.
struct Issued {
    std::string key;          ///< PEM, PKCS#8 (RFC 5958), not encrypted
    std::string certificate;  ///< PEM
    CertificateFacts facts;
};

/// An authority that can sign: its certificate and its key.
class Issuer {
  public:
    virtual ~Issuer() = default;
    /// A certificate for signing messages (RFC 5280; SHA-256), with a new RSA key and a random serial number.
    /// Its subject is that of the authority with another CN.
    [[nodiscard]] virtual Result<Issued, std::string> issue(const std::string& common_name, std::size_t bits,
                                                            Period validity) const = 0;
    /// A full CRL. \param number  more than that of the one before (RFC 5280, 5.2.3)
    [[nodiscard]] virtual Result<CrlText, std::string> make_crl(const std::vector<Revocation>& revoked,
                                                                std::uint64_t number,
                                                                Period validity) const = 0;
    [[nodiscard]] virtual const CertificateFacts& facts() const = 0;
};

class Module {
  public:
    virtual ~Module() = default;
    /// Nothing but a reason when they are unreadable, encrypted, no RSA, or do not belong to each other.
    [[nodiscard]] virtual Result<std::unique_ptr<SigningKey>, std::string> load_key(const Text& key,
                                                                                    const Text& certificate,
                                                                                    Digest digest) const = 0;
    /// What is wrong with CA or CRL is said by each verdict.
    [[nodiscard]] virtual std::unique_ptr<TrustStore> make_trust_store(Trust trust) const = 0;

    /// A certificate that has signed itself, and may sign certificates and CRLs.
    [[nodiscard]] virtual Result<Issued, std::string> make_ca(const std::string& common_name,
                                                              const Organization& organization,
                                                              std::size_t bits, Period validity) const = 0;
    /// \param certificate  the one of these that has this key
    [[nodiscard]] virtual Result<std::unique_ptr<Issuer>, std::string> load_issuer(
        const Text& key, const Text& certificate) const = 0;
    /// The first certificate of a file.
    [[nodiscard]] virtual Result<CertificateFacts, std::string> read_certificate(
        const Text& certificate) const = 0;
    /// The first CRL of a file, whoever has signed it.
    [[nodiscard]] virtual Result<CrlFacts, std::string> read_crl(const Text& crl) const = 0;
    /// Why a CRL does not count: it is signed by none of the CAs. \param crl  readable
    [[nodiscard]] virtual std::optional<std::string> crl_trouble(const Text& crl, const Text& ca) const = 0;
};

/// Changes with every change of this header.
inline constexpr const char* interface_version = FEDMSG_VERSION "/4";

}  // namespace fedmsg::crypto::x509
