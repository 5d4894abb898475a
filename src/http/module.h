#pragma once
/// \file
/// What the loadable module `fedmsg-http.so` does: everything that needs libcurl. Nothing here does. Nothing
/// throws across this border.

#include "http/client.h"

namespace fedmsg::http {

class Module {
  public:
    virtual ~Module() = default;
    /// One try. Safe to call from several threads.
    [[nodiscard]] virtual Result<Response, Error> try_once(const Request& request) const = 0;
};

/// Changes with every change of this header or http/client.h.
inline constexpr const char* interface_version = FEDMSG_VERSION "/1";

}  // namespace fedmsg::http
