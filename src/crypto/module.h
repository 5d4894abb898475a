#pragma once
#include "crypto/gpg/module.h"
#include "crypto/openssl/module.h"
#include "crypto/x509/module.h"

namespace fedmsg::crypto {

// Each is loaded at its first call. It is looked for in $FEDMSG_MODULES, where that is set; else beside the
// executable (as in a build tree), then in the folder it is installed to.
// Safe to call from several threads. \throws SetupError  naming the places

/// fedmsg-x509.so, which knows X.509.
[[nodiscard]] const x509::Module& x509_module();
/// fedmsg-gpg.so, which knows GnuPG. \throws UsageError  where this build has none
[[nodiscard]] const gpg::Module& gpg_module();
/// fedmsg-openssl.so, which signs faster. \throws UsageError  where this build has none
[[nodiscard]] const openssl::Module& openssl_module();

}  // namespace fedmsg::crypto
