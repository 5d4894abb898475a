#pragma once
/// \file
/// Makes certificates and CRLs (RFC 5280), and reads what is in them. Everything here throws std::exception.

#include "crypto/x509/module.h"

#include <botan/x509cert.h>

namespace fedmsg::crypto::x509 {

[[nodiscard]] Issued make_self_signed(const std::string& common_name, const Organization& organization,
                                      std::size_t bits, Period validity);
[[nodiscard]] std::unique_ptr<Issuer> make_issuer(const Text& key, const Text& certificate);

[[nodiscard]] CertificateFacts facts_of(const Botan::X509_Certificate& certificate);
[[nodiscard]] CertificateFacts certificate_facts(const Text& certificate);
[[nodiscard]] CrlFacts crl_facts(const Text& crl);

}  // namespace fedmsg::crypto::x509
