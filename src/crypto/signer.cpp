#include "crypto/signer.h"

#include "crypto/base64.h"
#include "crypto/certname.h"
#include "crypto/gpg/key_name.h"
#include "crypto/module.h"
#include "crypto/signed_message.h"
#include "crypto/source.h"
#include "encoding/write.h"
#include "util/error.h"

namespace fedmsg::crypto {
namespace {

x509::Text read(const std::string& path) {
    auto file = read_text(path);
    if (!file.error.empty()) throw SetupError("cannot read " + path + ": " + file.error);
    return {.name = path, .text = std::move(file.text)};
}

}  // namespace

/// One of the backends.
class Signer::Method {
  public:
    virtual ~Method() = default;
    virtual std::optional<std::string> sign(encoding::Object& message) const = 0;
    virtual std::optional<std::string> trouble(std::chrono::sys_seconds now) const = 0;
    virtual std::vector<InUse> in_use() const { return {}; }
};

class Signer::X509 : public Method {
  public:
    X509(const std::string& ssldir, std::string_view certname, Digest digest, Library library) {
        const auto path = ssldir + "/" + std::string{certname};
        location_ = path + ".crt";
        const auto key_file = read(path + ".key");
        auto key = x509_module().load_key(key_file, read(location_), digest);
        if (!key) throw SetupError(key.error());
        key_ = std::move(*key);
        certificate_ = encode_base64(key_->certificate());
        if (library == Library::botan) return;
        auto other = openssl_module().load_key(key_file.name, key_file.text, digest);
        if (!other) throw SetupError(other.error());
        openssl_key_ = std::move(*other);
    }

    std::optional<std::string> sign(encoding::Object& message) const override {
        encoding::Object unsigned_one = message;
        strip_credentials(unsigned_one);
        unsigned_one["crypto"] = "x509";
        encoding::Value value{std::move(unsigned_one)};
        const auto signature = signature_of(encoding::dumps(value));
        if (!signature) return signature.error();
        message = std::move(*value.object());
        message["signature"] = encode_base64(signature->bytes);
        message["certificate"] = certificate_;
        return std::nullopt;
    }

    std::optional<std::string> trouble(std::chrono::sys_seconds now) const override {
        return key_->trouble(now);
    }

    std::vector<InUse> in_use() const override {
        auto [name, validity] = key_->in_force();
        return {{InUse::Kind::certificate, std::move(name), location_, validity.from, validity.until}};
    }

  private:
    Result<openssl::Signature, std::string> signature_of(std::string_view bytes) const {
        if (openssl_key_) return openssl_key_->sign(bytes);
        return openssl::Signature{key_->sign(bytes)};
    }

    std::unique_ptr<x509::SigningKey> key_;
    std::unique_ptr<openssl::SigningKey> openssl_key_;  // null: the other one signs
    std::string certificate_;                           // as the field has it
    std::string location_;                              // of its file
};

class Signer::Gpg : public Method {
  public:
    Gpg(const std::string& home, const std::string& name) {
        auto key = gpg_module().load_key(home, name);
        if (!key) throw SetupError(key.error());
        key_ = std::move(*key);
    }

    std::optional<std::string> sign(encoding::Object& message) const override {
        const auto* msg = message.find("msg");
        if (msg == nullptr) return "it has no `msg`, which is what gpg signs";
        const auto signature = key_->sign(encoding::dumps(*msg));
        if (!signature) return signature.error();
        strip_credentials(message);
        message["crypto"] = "gpg";
        message["signature"] = encode_base64_line(signature->packet);
        return std::nullopt;
    }

    std::optional<std::string> trouble(std::chrono::sys_seconds now) const override {
        return key_->trouble(now);
    }

  private:
    std::unique_ptr<gpg::SigningKey> key_;
};

Signer::Signer(const std::string& ssldir, std::string_view certname, Digest digest, Library library)
    : Signer{std::make_unique<X509>(ssldir, certname, digest, library)} {}

Signer::Signer(std::unique_ptr<const Method> method) : method_{std::move(method)} {}

Signer Signer::of(const Config& config, const Where& where) {
    const auto place = [&where](std::string_view key) { return where ? where(key) : std::string{}; };
    if (config.crypto_backend == "gpg") {
        const auto name = gpg::find_key_name(config, short_host_name(), place("gpg_keys"));
        return Signer{std::make_unique<Gpg>(gpg::home_folder(config), name)};
    }
    return {config.ssldir, find_certname(config, short_host_name(), place("certnames")),
            config.signature_digest == "sha256" ? Digest::sha256 : Digest::sha1,
            config.signature_library == "openssl" ? Library::openssl : Library::botan};
}

Signer::~Signer() = default;
Signer::Signer(Signer&&) noexcept = default;
Signer& Signer::operator=(Signer&&) noexcept = default;

std::optional<std::string> Signer::try_sign(encoding::Object& message) const {
    return method_->sign(message);
}

void Signer::sign(encoding::Object& message) const {
    if (const auto why = try_sign(message)) throw SetupError(*why);
}

std::optional<std::string> Signer::trouble(std::chrono::system_clock::time_point now) const {
    return method_->trouble(std::chrono::floor<std::chrono::seconds>(now));
}

std::vector<InUse> Signer::in_use() const { return method_->in_use(); }

}  // namespace fedmsg::crypto
