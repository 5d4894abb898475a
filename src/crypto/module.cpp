#include "crypto/module.h"

#include "util/error.h"
#include "util/module.h"

namespace fedmsg::crypto {

const x509::Module& x509_module() {
    static const auto& module =
        load_module<x509::Module>("x509", x509::interface_version, "signing and validation by x509 need");
    return module;
}

const gpg::Module& gpg_module() {
    if (!FEDMSG_WITH_GPG)
        throw UsageError(
            "this build of fedmsg is without gpg (see fedmsg --version): take \"gpg\" out of crypto_backend "
            "and crypto_validate_backends, or build it anew where GPGME is");
    static const auto& module =
        load_module<gpg::Module>("gpg", gpg::interface_version, "signing and validation by gpg need");
    return module;
}

const openssl::Module& openssl_module() {
    if (!FEDMSG_WITH_OPENSSL)
        throw UsageError(
            "this build of fedmsg is without openssl (see fedmsg --version): set signature_library to "
            "\"botan\", or "
            "build it anew where OpenSSL 3 is");
    static const auto& module =
        load_module<openssl::Module>("openssl", openssl::interface_version, "signatures by OpenSSL need");
    return module;
}

}  // namespace fedmsg::crypto
