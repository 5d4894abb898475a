#pragma once
#include "crypto/x509/module.h"

namespace fedmsg::crypto::x509 {

/// \throws std::exception  as Module::load_key tells it
[[nodiscard]] std::unique_ptr<SigningKey> make_signing_key(const Text& key, const Text& certificate,
                                                           Digest digest);

}  // namespace fedmsg::crypto::x509
