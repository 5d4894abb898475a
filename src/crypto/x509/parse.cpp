#include "crypto/x509/parse.h"

#include <botan/base64.h>
#include <botan/rsa.h>
#include <botan/x509_dn.h>

#include <algorithm>
#include <stdexcept>

namespace fedmsg::crypto::x509 {
namespace {

template <class Object>
Object parse(const PemBlock& block) {
    const auto der = decode(block);
    Object object{der};
    if (object.BER_encode() != der) throw std::runtime_error{"it is not in DER"};
    return object;
}

}  // namespace

std::vector<std::uint8_t> decode(const PemBlock& block) {
    // RFC 7468, 2: padding is at the end. Botan passes over it anywhere, and other libraries do not.
    const auto padding = block.body.find('=');
    if (padding != block.body.npos &&
        block.body.find_first_not_of("= \t\r\n\v\f", padding) != block.body.npos)
        throw std::runtime_error{"its base64 goes on behind its padding"};
    return Botan::unlock(Botan::base64_decode(block.body.data(), block.body.size()));
}

Botan::X509_Certificate certificate(const PemBlock& block) { return parse<Botan::X509_Certificate>(block); }

std::vector<Botan::X509_Certificate> certificates(std::string_view text) {
    std::vector<Botan::X509_Certificate> result;
    std::size_t offset = 0;
    while (const auto block = next_pem_block(text, offset))
        if (is_certificate_label(block->label)) result.push_back(certificate(*block));
    return result;
}

std::vector<Botan::X509_CRL> crls(std::string_view text) {
    std::vector<Botan::X509_CRL> result;
    std::size_t offset = 0;
    while (const auto block = next_pem_block(text, offset))
        if (block->label == "X509 CRL") result.push_back(parse<Botan::X509_CRL>(*block));
    return result;
}

std::string common_name(const Botan::X509_DN& name) {
    static const auto oid = Botan::OID::from_string("X520.CommonName");
    for (const auto& [type, value] : name.dn_info())
        if (type == oid) return value.value();
    return {};
}

std::string shown(const Botan::X509_DN& name) {
    constexpr std::size_t longest = 100;
    auto text = common_name(name);
    if (text.empty()) text = name.to_string();
    std::ranges::replace_if(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
    if (text.size() > longest) text = text.substr(0, longest) + "...";
    return '"' + text + '"';
}

std::size_t rsa_bits(const Botan::X509_Certificate& certificate) {
    const auto key = certificate.load_subject_public_key();
    const auto* rsa = dynamic_cast<const Botan::RSA_PublicKey*>(key.get());
    return rsa == nullptr ? 0 : rsa->get_n().bits();
}

bool is_acceptable_hash(const std::string& name) {
    // What Botan's Path_Validation_Restrictions takes at a strength of 80 bits.
    return name == "SHA-160" || name == "SHA-1" || name == "SHA-224" || name == "SHA-256" ||
           name == "SHA-384" || name == "SHA-512";
}

}  // namespace fedmsg::crypto::x509
