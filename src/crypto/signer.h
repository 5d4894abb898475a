#pragma once
/// \file
/// Signs messages, by x509 or gpg. Source: spec "Signing, validation, authorization"; fedmsg 1.1.7,
/// crypto/x509_ng.py `sign`, crypto/gpg.py `sign`.

#include "config/config.h"
#include "crypto/expiry.h"
#include "crypto/reason.h"
#include "encoding/value.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::crypto {

/// Safe to use from several threads.
class Signer {
  public:
    /// Where a key of the configuration was set, for errors: "/etc/fedmsg.d/ssl.py:7"; empty: nowhere.
    using Where = std::function<std::string(std::string_view key)>;

    /// What computes signatures of x509. `openssl` takes a third of the time, and loads libcrypto.
    enum class Library : std::uint8_t { botan, openssl };

    /// By x509: reads SSLDIR/CERTNAME.key and SSLDIR/CERTNAME.crt, once.
    /// \throws SetupError  naming the file that is missing, unreadable, or does not belong to the other one
    Signer(const std::string& ssldir, std::string_view certname, Digest digest,
           Library library = Library::botan);
    /// As the configuration says: `crypto_backend`, and then certname and digest, or the key of gpg, which
    /// makes a trial signature.
    /// \throws SetupError  also when the key of gpg is missing, locked or expired, or gpg itself is missing
    /// \throws UsageError  where `certnames` or `gpg_keys` has no entry, or this build has no gpg
    static Signer of(const Config& config, const Where& where = {});
    ~Signer();
    Signer(Signer&&) noexcept;
    Signer& operator=(Signer&&) noexcept;

    /// Adds `crypto`, `signature` and, by x509, `certificate`, instead of those that are there: its bytes as
    /// the Python system writes them. By x509 about 1.3 ms (RSA-2048, measured), and it does not fail. By
    /// gpg, which is started each time, 5 to 11 ms; only the member `msg` is signed.
    /// \returns why it is not signed, and unchanged: it has no `msg`, gpg cannot be started, its key is gone
    [[nodiscard]] std::optional<std::string> try_sign(encoding::Object& message) const;
    /// The same. \throws SetupError
    void sign(encoding::Object& message) const;

    /// Why nobody will accept what is signed: the certificate or key has expired, or is not valid yet.
    [[nodiscard]] std::optional<std::string> trouble(std::chrono::system_clock::time_point now) const;
    /// The certificate it signs with, for warnings of its end; nothing by gpg.
    [[nodiscard]] std::vector<InUse> in_use() const;

  private:
    class Method;
    class X509;
    class Gpg;
    explicit Signer(std::unique_ptr<const Method> method);

    std::unique_ptr<const Method> method_;
};

}  // namespace fedmsg::crypto
