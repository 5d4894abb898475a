#include "crypto/x509/issuer.h"

#include "crypto/x509/parse.h"
#include "crypto/x509/signing_key.h"

#include <botan/auto_rng.h>
#include <botan/bigint.h>
#include <botan/der_enc.h>
#include <botan/hex.h>
#include <botan/pem.h>
#include <botan/pkcs8.h>
#include <botan/pubkey.h>
#include <botan/x509_ca.h>
#include <botan/x509_dn.h>
#include <botan/x509_ext.h>

#include <optional>
#include <stdexcept>

namespace fedmsg::crypto::x509 {
namespace {

constexpr const char* hash = "SHA-256";
constexpr const char* signature_padding = "EMSA3(SHA-256)";

Botan::X509_Time to_time(std::chrono::sys_seconds time) {
    return Botan::X509_Time{std::chrono::system_clock::time_point{time}};
}

Botan::X509_DN name_of(const std::string& common_name, const Organization& organization) {
    Botan::X509_DN name;
    const auto add = [&name](const char* type, const std::string& text) {
        if (!text.empty()) name.add_attribute(type, text);
    };
    add("X520.Country", organization.country);
    add("X520.Organization", organization.name);
    add("X520.OrganizationalUnit", organization.unit);
    add("X520.CommonName", common_name);
    return name;
}

/// The name of an authority, with another CN at its end.
Botan::X509_DN name_below(const Botan::X509_DN& authority, const std::string& common_name) {
    Botan::X509_DN name;
    for (const auto& [type, value] : authority.dn_info()) {
        const auto what = type.to_formatted_string();
        if (what != "X520.CommonName" && what != "PKCS9.EmailAddress") name.add_attribute(type, value);
    }
    name.add_attribute("X520.CommonName", common_name);
    return name;
}

/// 127 random bits, the first of which is set: positive, and of one length (RFC 5280, 4.1.2.2).
Botan::BigInt random_serial(Botan::RandomNumberGenerator& random) {
    std::vector<std::uint8_t> bytes(16);
    random.randomize(bytes.data(), bytes.size());
    bytes[0] = static_cast<std::uint8_t>((bytes[0] & 0x3f) | 0x40);
    return Botan::BigInt{bytes.data(), bytes.size()};
}

struct Template {
    Botan::X509_DN issuer, subject;
    Period validity;
    bool is_ca = false;
    std::vector<std::uint8_t> issuer_key_id{};  ///< empty: that of the subject
};

Issued certify(const Botan::RSA_PrivateKey& issuer_key, const Botan::RSA_PrivateKey& key, const Template& t,
               Botan::RandomNumberGenerator& random) {
    const auto public_key = key.subject_public_key();
    auto key_id = std::make_unique<Botan::Cert_Extension::Subject_Key_ID>(key.public_key_bits(), "SHA-1");
    const auto authority_id = t.issuer_key_id.empty() ? key_id->get_key_id() : t.issuer_key_id;
    Botan::Extensions extensions;  // owns what is added
    extensions.add_new(
        new Botan::Cert_Extension::Basic_Constraints(t.is_ca, Botan::Cert_Extension::NO_CERT_PATH_LIMIT),
        true);
    extensions.add_new(new Botan::Cert_Extension::Key_Usage(
                           t.is_ca ? Botan::Key_Constraints(Botan::KEY_CERT_SIGN | Botan::CRL_SIGN)
                                   : Botan::DIGITAL_SIGNATURE),
                       true);
    extensions.add_new(key_id.release());
    extensions.add_new(new Botan::Cert_Extension::Authority_Key_ID(authority_id));

    Botan::AlgorithmIdentifier algorithm;
    const auto signer =
        Botan::X509_Object::choose_sig_format(algorithm, issuer_key, random, hash, signature_padding);
    const auto made = Botan::X509_CA::make_cert(signer.get(), random, random_serial(random), algorithm,
                                                public_key, to_time(t.validity.from),
                                                to_time(t.validity.until), t.issuer, t.subject, extensions);
    return {.key = Botan::PKCS8::PEM_encode(key), .certificate = made.PEM_encode(), .facts = facts_of(made)};
}

class BotanIssuer : public Issuer {
  public:
    BotanIssuer(const Text& key, const Text& file)
        : key_{parse_key(key)}, certificate_{find(key, file)}, facts_{facts_of(certificate_)} {
        if (!certificate_.is_CA_cert() || !certificate_.allowed_usage(Botan::KEY_CERT_SIGN))
            throw std::runtime_error{file.name +
                                     ": this certificate may not sign others (basicConstraints, "
                                     "keyUsage): put that of the authority there"};
    }

    Result<Issued, std::string> issue(const std::string& common_name, std::size_t bits,
                                      Period validity) const override {
        try {
            Botan::AutoSeeded_RNG random;
            const Botan::RSA_PrivateKey key{random, bits};
            return certify(*key_, key,
                           {.issuer = certificate_.subject_dn(),
                            .subject = name_below(certificate_.subject_dn(), common_name),
                            .validity = validity,
                            .issuer_key_id = certificate_.subject_key_id()},
                           random);
        } catch (const std::exception& e) {
            return {boost::system::in_place_error, e.what()};
        }
    }

    Result<CrlText, std::string> make_crl(const std::vector<Revocation>& revoked, std::uint64_t number,
                                          Period validity) const override {
        try {
            if (!certificate_.allowed_usage(Botan::CRL_SIGN))
                return {
                    boost::system::in_place_error,
                    "the authority's certificate does not allow it to sign CRLs (keyUsage without cRLSign): "
                    "have it made anew"};
            Botan::AutoSeeded_RNG random;
            Botan::AlgorithmIdentifier algorithm;
            const auto signer =
                Botan::X509_Object::choose_sig_format(algorithm, *key_, random, hash, signature_padding);
            const auto signed_list = Botan::X509_Object::make_signed(
                signer.get(), random, algorithm, to_be_signed(revoked, number, validity, algorithm));
            return CrlText{Botan::PEM_Code::encode(signed_list, "X509 CRL")};
        } catch (const std::exception& e) {
            return {boost::system::in_place_error, e.what()};
        }
    }

    const CertificateFacts& facts() const override { return facts_; }

  private:
    Botan::X509_Certificate find(const Text& key, const Text& file) const {
        for (auto& candidate : certificates(file.text))
            if (candidate.load_subject_public_key()->public_key_bits() == key_->public_key_bits())
                return candidate;
        throw std::runtime_error{key.name + " is not the key of " + file.name +
                                 ": take the pair that was made together"};
    }

    /// TBSCertList (RFC 5280, 5.1).
    Botan::secure_vector<std::uint8_t> to_be_signed(const std::vector<Revocation>& revoked,
                                                    std::uint64_t number, Period validity,
                                                    const Botan::AlgorithmIdentifier& algorithm) const {
        Botan::Extensions extensions;
        if (!certificate_.subject_key_id().empty())
            extensions.add_new(new Botan::Cert_Extension::Authority_Key_ID(certificate_.subject_key_id()));
        extensions.add_new(new Botan::Cert_Extension::CRL_Number(number));

        constexpr std::size_t version_2 = 1;
        Botan::DER_Encoder der;
        der.start_cons(Botan::SEQUENCE)
            .encode(version_2)
            .encode(algorithm)
            .encode(certificate_.subject_dn())
            .encode(to_time(validity.from))
            .encode(to_time(validity.until));
        if (!revoked.empty()) {  // the list must be absent, not empty
            der.start_cons(Botan::SEQUENCE);
            for (const auto& [serial, date] : revoked) {
                const auto bytes = Botan::hex_decode(serial);
                der.start_cons(Botan::SEQUENCE)
                    .encode(Botan::BigInt{bytes.data(), bytes.size()})
                    .encode(to_time(date))
                    .end_cons();
            }
            der.end_cons();
        }
        der.start_explicit(0).start_cons(Botan::SEQUENCE).encode(extensions).end_cons().end_explicit();
        der.end_cons();
        return der.get_contents();
    }

    std::unique_ptr<Botan::RSA_PrivateKey> key_;
    Botan::X509_Certificate certificate_;
    CertificateFacts facts_;
};

}  // namespace

Issued make_self_signed(const std::string& common_name, const Organization& organization, std::size_t bits,
                        Period validity) {
    Botan::AutoSeeded_RNG random;
    const Botan::RSA_PrivateKey key{random, bits};
    const auto name = name_of(common_name, organization);
    return certify(key, key, {.issuer = name, .subject = name, .validity = validity, .is_ca = true}, random);
}

std::unique_ptr<Issuer> make_issuer(const Text& key, const Text& certificate) {
    return std::make_unique<BotanIssuer>(key, certificate);
}

}  // namespace fedmsg::crypto::x509
