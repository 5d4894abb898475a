/// The door of the loadable module, and what is behind it.
#include "crypto/openssl/module.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <limits>

namespace fedmsg::crypto::openssl {
namespace {

struct Free {
    void operator()(BIO* bio) const { ::BIO_free(bio); }
    void operator()(EVP_PKEY* key) const { ::EVP_PKEY_free(key); }
    void operator()(EVP_MD_CTX* context) const { ::EVP_MD_CTX_free(context); }
};
template <class Object>
using Owned = std::unique_ptr<Object, Free>;

/// The first thing that OpenSSL has complained of on this thread, and forgets about it.
std::string complaint() {
    std::array<char, 256> text{};
    const auto code = ::ERR_get_error();
    ::ERR_clear_error();
    if (code == 0) return "no reason given";
    ::ERR_error_string_n(code, text.data(), text.size());
    return text.data();
}

const EVP_MD* function(Digest digest) {
    switch (digest) {
        case Digest::sha1: return ::EVP_sha1();
        case Digest::sha256: return ::EVP_sha256();
    }
    return nullptr;
}

class OpensslKey : public SigningKey {
  public:
    OpensslKey(Owned<EVP_PKEY> key, Digest digest) : key_{std::move(key)}, digest_{function(digest)} {}

    Result<Signature, std::string> sign(std::string_view bytes) const override {
        const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
        Signature signature;
        signature.bytes.resize(static_cast<std::size_t>(::EVP_PKEY_get_size(key_.get())));
        auto size = signature.bytes.size();
        const Owned<EVP_MD_CTX> context{::EVP_MD_CTX_new()};
        if (!context || ::EVP_DigestSignInit(context.get(), nullptr, digest_, nullptr, key_.get()) != 1 ||
            ::EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.bytes.data()), &size,
                             data, bytes.size()) != 1)
            return {boost::system::in_place_error, "OpenSSL does not sign: " + complaint()};
        signature.bytes.resize(size);
        return signature;
    }

  private:
    Owned<EVP_PKEY> key_;
    const EVP_MD* digest_;
};

class OpensslModule : public Module {
  public:
    Result<std::unique_ptr<SigningKey>, std::string> load_key(const std::string& name, const std::string& pem,
                                                              Digest digest) const override {
        const auto fail =
            [&name](const std::string& why) -> Result<std::unique_ptr<SigningKey>, std::string> {
            return {boost::system::in_place_error,
                    name + ": " + why + ": set signature_library to \"botan\""};
        };
        if (pem.size() > std::numeric_limits<int>::max()) return fail("it is too large");
        const Owned<BIO> file{::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
        // Without a word for an encrypted key, and without asking for one.
        char none[] = "";
        Owned<EVP_PKEY> key{file ? ::PEM_read_bio_PrivateKey(file.get(), nullptr, nullptr, none) : nullptr};
        if (!key) return fail("OpenSSL cannot read the key (" + complaint() + ")");
        if (::EVP_PKEY_is_a(key.get(), "RSA") != 1) return fail("for OpenSSL this is no RSA key");
        auto result = std::make_unique<OpensslKey>(std::move(key), digest);
        if (const auto trial = result->sign("trial"); !trial) return fail(trial.error());
        return std::unique_ptr<SigningKey>{std::move(result)};
    }
};

}  // namespace
}  // namespace fedmsg::crypto::openssl

extern "C" __attribute__((visibility("default"))) const fedmsg::crypto::openssl::Module*
fedmsg_openssl_module(const char* version);

const fedmsg::crypto::openssl::Module* fedmsg_openssl_module(const char* version) {
    using namespace fedmsg::crypto::openssl;
    static const OpensslModule module;
    return std::string_view{version} == interface_version ? &module : nullptr;
}
