#pragma once
#include "crypto/reason.h"

namespace fedmsg::crypto::x509 {

/// How Botan calls it: "EMSA3(SHA-160)".
[[nodiscard]] const char* padding(Digest digest);

}  // namespace fedmsg::crypto::x509
