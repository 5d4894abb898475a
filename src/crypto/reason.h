#pragma once
/// \file
/// What becomes of a message that is validated. Source: spec "Signing, validation, authorization".

#include <cstdint>
#include <string>
#include <string_view>

namespace fedmsg::crypto {

enum class Reason : std::uint8_t {
    valid,
    unsigned_,       ///< `signature` or `certificate` is absent, or is not a string; by gpg: or `msg`
    malformed,       ///< one of them is not base64, or the certificate is not PEM or not X.509; by gpg: the
                     ///< signature is not one OpenPGP signature packet
    untrusted,       ///< no path from the certificate to a CA of `ca_cert_location`, or no acceptable key; by
                     ///< gpg: the key is not in the keyring of `gpg_home`, or gpg cannot be run
    expired,         ///< the certificate, or one that it depends on, is outside of its validity period; by
                     ///< gpg: the key or the signature has expired
    revoked,         ///< its serial number is on the CRL; by gpg: the key in the keyring is revoked
    crl_unusable,    ///< there is a `crl_location`, but no CRL of its CA that is current: nothing validates
    bad_signature,   ///< the message was changed, or signed with another key or digest
    unauthorized,    ///< `routing_policy` gives this topic to other signers
    topic_mismatch,  ///< the topic frame is not the topic that was signed
    backend_disallowed,  ///< `crypto` is unknown, or not in `crypto_validate_backends`
};
inline constexpr std::size_t reasons = 11;

/// As output and counters spell it: "crl-unusable".
std::string_view code(Reason reason);

struct Verdict {
    Reason reason = Reason::valid;
    /// The first CN of the certificate's subject. Empty unless one of our CAs says that it is true.
    /// By gpg: the fingerprint of the primary key, 40 upper-case hexadecimal digits. Empty unless the
    /// signature is good.
    std::string signer{};
    /// One line for the operator: what, why, what to do. Empty when valid.
    std::string detail{};

    [[nodiscard]] bool valid() const { return reason == Reason::valid; }
};

/// Of an x509 signature (RFC 8017, 8.2: RSASSA-PKCS1-v1_5).
enum class Digest : std::uint8_t { sha1, sha256 };

}  // namespace fedmsg::crypto
