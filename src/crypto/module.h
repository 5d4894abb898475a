#pragma once
#include "crypto/x509/module.h"

namespace fedmsg::crypto {

/// The module that knows X.509, loaded at the first call. It is looked for in $FEDMSG_MODULES, where that is
/// set; else beside the executable (as in a build tree), then in the folder it is installed to.
/// Safe to call from several threads. \throws SetupError  naming the places
[[nodiscard]] const x509::Module& x509_module();

}  // namespace fedmsg::crypto
