#pragma once
#include "crypto/x509/module.h"

namespace fedmsg::crypto::x509 {

[[nodiscard]] std::unique_ptr<TrustStore> make_botan_trust_store(Trust trust);

}  // namespace fedmsg::crypto::x509
