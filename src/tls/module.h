#pragma once
/// \file
/// What the loadable module `fedmsg-tls.so` does: everything that needs libssl. Nothing throws across this
/// border.

#include "tls/client.h"

namespace fedmsg::tls {

class Module {
  public:
    virtual ~Module() = default;
    /// Null, and `trouble`, when a file cannot be used. About 1 ms, and 15 ms where SSL_CERT_FILE is a whole
    /// store.
    [[nodiscard]] virtual std::unique_ptr<Client> make_client(const ClientSettings& settings,
                                                              std::string& trouble) const = 0;
};

/// Changes with every change of this header or tls/client.h.
inline constexpr const char* interface_version = FEDMSG_VERSION "/1";

}  // namespace fedmsg::tls
