#include "crypto/x509/signing_key.h"

#include "crypto/operation_pool.h"
#include "crypto/x509/dates.h"
#include "crypto/x509/padding.h"
#include "crypto/x509/parse.h"

#include <botan/auto_rng.h>
#include <botan/data_src.h>
#include <botan/pkcs8.h>
#include <botan/pubkey.h>
#include <botan/rsa.h>

#include <stdexcept>

namespace fedmsg::crypto::x509 {
namespace {

/// A signer with its own source of the random numbers that blind its key.
struct Operation {
    Operation(const Botan::RSA_PrivateKey& key, Digest digest) : signer{key, random, padding(digest)} {}

    Botan::AutoSeeded_RNG random;
    Botan::PK_Signer signer;
};

class BotanSigningKey : public SigningKey {
  public:
    BotanSigningKey(const Text& key, const Text& certificate, Digest digest)
        : key_{parse_key(key)}, digest_{digest} {
        const auto block = first_certificate(certificate.text);
        if (!block) throw std::runtime_error{certificate.name + ": there is no certificate in it"};
        certificate_ = block->whole;
        if (!certificate_.ends_with('\n')) certificate_ += '\n';
        try {
            const auto parsed = x509::certificate(*block);
            if (parsed.load_subject_public_key()->public_key_bits() != key_->public_key_bits())
                throw std::runtime_error{key.name + " is not the key of " + certificate.name +
                                         ": nobody could verify what it signs; take the pair that was issued "
                                         "together"};
            name_ = certificate.name;
            common_name_ = common_name(parsed.subject_dn());
            validity_.narrow(parsed.not_before(), parsed.not_after());
            from_ = parsed.not_before().readable_string();
            until_ = parsed.not_after().readable_string();
        } catch (const Botan::Exception& e) {
            throw std::runtime_error{certificate.name + ": the certificate cannot be read (" + e.what() +
                                     ")"};
        }
    }

    std::string sign(std::string_view bytes) const override {
        return signers_.use([&] { return std::make_unique<Operation>(*key_, digest_); },
                            [&](Operation& with) {
                                with.signer.update(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                                   bytes.size());
                                const auto signature = with.signer.signature(with.random);
                                return std::string{signature.begin(), signature.end()};
                            });
    }

    const std::string& certificate() const override { return certificate_; }

    InForce in_force() const override { return {common_name_, {validity_.from, validity_.until}}; }

    std::optional<std::string> trouble(std::chrono::sys_seconds now) const override {
        if (validity_.contains(now)) return std::nullopt;
        return name_ + (now < validity_.from ? " is valid only from " + from_ : " has expired on " + until_) +
               ": nobody accepts what is signed with it";
    }

  private:
    std::unique_ptr<Botan::RSA_PrivateKey> key_;
    Digest digest_;
    std::string certificate_, name_, common_name_, from_, until_;
    Validity validity_;
    OperationPool<Operation> signers_;
};

}  // namespace

const char* padding(Digest digest) {
    switch (digest) {
        case Digest::sha1: return "EMSA3(SHA-160)";
        case Digest::sha256: return "EMSA3(SHA-256)";
    }
    return "";
}

std::unique_ptr<Botan::RSA_PrivateKey> parse_key(const Text& file) {
    const auto fail = [&file](const std::string& why) -> std::unique_ptr<Botan::RSA_PrivateKey> {
        throw std::runtime_error{file.name + ": " + why};
    };
    std::size_t offset = 0;
    while (const auto block = next_pem_block(file.text, offset)) {
        const bool pkcs1 = block->label == "RSA PRIVATE KEY";
        if (block->label == "ENCRYPTED PRIVATE KEY" || block->body.find("ENCRYPTED") != block->body.npos)
            return fail(
                "the key is encrypted, and nobody is there to be asked for the word: decrypt it with "
                "`openssl pkey`, and protect the file by its mode");
        if (block->label == "EC PRIVATE KEY") return fail("this is an EC key: the bus takes RSA only");
        if (!pkcs1 && block->label != "PRIVATE KEY") continue;
        try {
            const auto der = decode(*block);
            if (pkcs1)
                return std::make_unique<Botan::RSA_PrivateKey>(
                    Botan::AlgorithmIdentifier{"RSA", Botan::AlgorithmIdentifier::USE_NULL_PARAM},
                    Botan::secure_vector<std::uint8_t>(der.begin(), der.end()));
            Botan::DataSource_Memory source{der};
            auto key = Botan::PKCS8::load_key(source);
            if (auto* rsa = dynamic_cast<Botan::RSA_PrivateKey*>(key.get())) {
                (void)key.release();
                return std::unique_ptr<Botan::RSA_PrivateKey>{rsa};
            }
            return fail("this is an " + key->algo_name() + " key: the bus takes RSA only");
        } catch (const Botan::Exception& e) {
            return fail(std::string{"the key cannot be read ("} + e.what() + ")");
        }
    }
    return fail("there is no private key in it (no line -----BEGIN PRIVATE KEY-----)");
}

std::unique_ptr<SigningKey> make_signing_key(const Text& key, const Text& certificate, Digest digest) {
    return std::make_unique<BotanSigningKey>(key, certificate, digest);
}

}  // namespace fedmsg::crypto::x509
