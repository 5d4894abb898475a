#pragma once
/// \file
/// Which certificate signs: the rules of `certnames`.

#include "config/config.h"

#include <string>
#include <string_view>

namespace fedmsg::crypto {

/// The name of the files in `ssldir` without .crt and .key. The first of these that is set counts:
///     `certname`                that
///     `cert_prefix`             certnames["CERT_PREFIX.HOST"]
///     `name`                    certnames[NAME]; for "relay_inbound", certnames["shell.HOST"]
///     nothing                   certnames["shell.HOST"]
/// \param host   name of this host up to its first dot
/// \param place  where `certnames` was set, for the error: "/etc/fedmsg.d/ssl.py:7"; empty: nowhere
/// \throws UsageError  naming the key that was looked up and the file to add it to
[[nodiscard]] std::string find_certname(const Config& config, std::string_view host, std::string_view place);

/// gethostname(2) up to the first dot.
[[nodiscard]] std::string short_host_name();

}  // namespace fedmsg::crypto
