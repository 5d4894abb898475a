#include "crypto/module.h"

#include "util/module.h"

namespace fedmsg::crypto {

const x509::Module& x509_module() {
    static const auto& module =
        load_module<x509::Module>("x509", x509::interface_version, "signing and validation need");
    return module;
}

}  // namespace fedmsg::crypto
