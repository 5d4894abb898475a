#include "crypto/signer.h"

#include "crypto/base64.h"
#include "crypto/certname.h"
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

Signer::Signer(const std::string& ssldir, std::string_view certname, Digest digest) {
    const auto path = ssldir + "/" + std::string{certname};
    const auto key_file = read(path + ".key");
    auto key = x509_module().load_key(key_file, read(path + ".crt"), digest);
    if (!key) throw SetupError(key.error());
    key_ = std::move(*key);
    certificate_ = encode_base64(key_->certificate());
}

Signer Signer::of(const Config& config, std::string_view place) {
    const auto certname = find_certname(config, short_host_name(), place);
    if (config.crypto_backend != "x509")
        throw UsageError("crypto_backend is \"" + config.crypto_backend +
                         "\": this build signs with \"x509\" only");
    return {config.ssldir, certname, config.signature_digest == "sha256" ? Digest::sha256 : Digest::sha1};
}

Signer::~Signer() = default;
Signer::Signer(Signer&&) noexcept = default;
Signer& Signer::operator=(Signer&&) noexcept = default;

void Signer::sign(encoding::Object& message) const {
    strip_credentials(message);
    message["crypto"] = "x509";
    encoding::Value value{std::move(message)};
    auto signature = encode_base64(key_->sign(encoding::dumps(value)));
    message = std::move(*value.object());
    message["signature"] = std::move(signature);
    message["certificate"] = certificate_;
}

std::optional<std::string> Signer::trouble(std::chrono::system_clock::time_point now) const {
    return key_->trouble(std::chrono::floor<std::chrono::seconds>(now));
}

}  // namespace fedmsg::crypto
