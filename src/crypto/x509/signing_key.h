#pragma once
#include "crypto/x509/module.h"

#include <botan/rsa.h>

namespace fedmsg::crypto::x509 {

/// PKCS#8 (RFC 5958), or PKCS#1 (RFC 8017, A.1.2) as older tools write it. \throws std::exception  naming the
/// file
[[nodiscard]] std::unique_ptr<Botan::RSA_PrivateKey> parse_key(const Text& file);

/// \throws std::exception  as Module::load_key tells it
[[nodiscard]] std::unique_ptr<SigningKey> make_signing_key(const Text& key, const Text& certificate,
                                                           Digest digest);

}  // namespace fedmsg::crypto::x509
