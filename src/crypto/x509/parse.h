#pragma once
/// \file
/// PEM to Botan's objects, and words for what is in them.

#include "crypto/pem.h"

#include <botan/x509_crl.h>
#include <botan/x509cert.h>

#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::crypto::x509 {

/// \throws Botan::Exception  when the body is not base64
[[nodiscard]] std::vector<std::uint8_t> decode(const PemBlock& block);

/// Exactly one certificate. \throws std::exception  also when it is not in DER: bytes behind its end, or
/// unused bits of its signature, could say anything
[[nodiscard]] Botan::X509_Certificate certificate(const PemBlock& block);

/// Every certificate of a file. \throws std::exception  at the first that cannot be read
[[nodiscard]] std::vector<Botan::X509_Certificate> certificates(std::string_view text);
/// Every CRL of a file. \throws std::exception  at the first that cannot be read
[[nodiscard]] std::vector<Botan::X509_CRL> crls(std::string_view text);

/// The first CN, as UTF-8; empty when there is none.
[[nodiscard]] std::string common_name(const Botan::X509_DN& name);
/// The CN, or the whole name, in quotes: for people, so cut when long and without control characters.
[[nodiscard]] std::string shown(const Botan::X509_DN& name);

/// Of its key; 0: that is not an RSA key.
[[nodiscard]] std::size_t rsa_bits(const Botan::X509_Certificate& certificate);

/// Whether a signature by this hash function counts: not MD5. SHA-1 does, since the deployed bus has it.
[[nodiscard]] bool is_acceptable_hash(const std::string& name);

}  // namespace fedmsg::crypto::x509
