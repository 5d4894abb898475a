#pragma once
/// \file
/// What the loadable module `fedmsg-openssl.so` does: RSA signatures by OpenSSL, which makes about four times
/// as many as Botan. Certificates, and all that is verified, stay with Botan. Nothing throws across this
/// border.

#include "crypto/reason.h"
#include "util/result.h"

#include <memory>
#include <string>
#include <string_view>

namespace fedmsg::crypto::openssl {

/// RSASSA-PKCS1-v1_5 (RFC 8017, 8.2), in raw bytes.
struct Signature {
    std::string bytes;
};

/// A private key. Safe to use from several threads.
class SigningKey {
  public:
    virtual ~SigningKey() = default;
    /// About 0.4 ms with 2048 bits (measured). Or what OpenSSL says: it has no memory, or no such digest
    /// where an administrator forbids SHA-1 (openssl.cnf).
    [[nodiscard]] virtual Result<Signature, std::string> sign(std::string_view bytes) const = 0;
};

class Module {
  public:
    virtual ~Module() = default;
    /// Makes a trial signature, so that what openssl.cnf forbids is told at once.
    /// \param name  of the file, for errors \param pem  not encrypted; one that Botan has read
    [[nodiscard]] virtual Result<std::unique_ptr<SigningKey>, std::string> load_key(const std::string& name,
                                                                                    const std::string& pem,
                                                                                    Digest digest) const = 0;
};

/// Changes with every change of this header.
inline constexpr const char* interface_version = FEDMSG_VERSION "/1";

}  // namespace fedmsg::crypto::openssl
