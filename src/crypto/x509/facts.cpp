#include "crypto/x509/dates.h"
#include "crypto/x509/issuer.h"
#include "crypto/x509/parse.h"

#include <botan/hex.h>
#include <botan/x509_dn.h>
#include <botan/x509_ext.h>

#include <stdexcept>

namespace fedmsg::crypto::x509 {
namespace {

/// The short name of an attribute: "CN" (RFC 4514, 3), or its OID.
std::string attribute_name(const Botan::OID& type) {
    const auto name = type.to_formatted_string();
    if (name == "X520.CommonName") return "CN";
    if (name == "X520.Country") return "C";
    if (name == "X520.Organization") return "O";
    if (name == "X520.OrganizationalUnit") return "OU";
    if (name == "X520.State") return "ST";
    if (name == "X520.Locality") return "L";
    if (name == "PKCS9.EmailAddress") return "emailAddress";
    return type.to_string();
}

std::string hexadecimal(const std::vector<std::uint8_t>& serial) { return Botan::hex_encode(serial); }

}  // namespace

CertificateFacts facts_of(const Botan::X509_Certificate& certificate) {
    CertificateFacts facts{
        .common_name = common_name(certificate.subject_dn()),
        .serial = hexadecimal(certificate.serial_number()),
        .subject = {},
        .validity = {to_seconds(certificate.not_before()), to_seconds(certificate.not_after())},
        .rsa_bits = rsa_bits(certificate),
        .is_ca = certificate.is_CA_cert()};
    for (const auto& [type, value] : certificate.subject_dn().dn_info())
        facts.subject += "/" + attribute_name(type) + "=" + value.value();
    return facts;
}

CertificateFacts certificate_facts(const Text& file) {
    const auto block = first_certificate(file.text);
    if (!block)
        throw std::runtime_error{"there is no certificate in it (no line -----BEGIN CERTIFICATE-----)"};
    try {
        return facts_of(certificate(*block));
    } catch (const std::exception& e) {
        throw std::runtime_error{std::string{"the certificate cannot be read ("} + e.what() + ")"};
    }
}

CrlFacts crl_facts(const Text& file) {
    const auto lists = [&file] {
        try {
            return crls(file.text);
        } catch (const std::exception& e) {
            throw std::runtime_error{std::string{"the CRL cannot be read ("} + e.what() + ")"};
        }
    }();
    if (lists.empty()) throw std::runtime_error{"there is no CRL in it (no line -----BEGIN X509 CRL-----)"};
    const auto& list = lists.front();
    CrlFacts facts{.number = 0,
                   .validity = {to_seconds(list.this_update()), std::chrono::sys_seconds::max()},
                   .revoked = {}};
    if (list.next_update().time_is_set()) facts.validity.until = to_seconds(list.next_update());
    if (list.extensions().extension_set(Botan::Cert_Extension::CRL_Number::static_oid()))
        facts.number = list.crl_number();
    for (const auto& entry : list.get_revoked())
        facts.revoked.push_back({hexadecimal(entry.serial_number()), to_seconds(entry.expire_time())});
    return facts;
}

}  // namespace fedmsg::crypto::x509
