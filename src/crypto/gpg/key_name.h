#pragma once
/// \file
/// Which key signs by gpg, and where the keys are: `gpg_signing_key`, `gpg_keys`, `gpg_home`.

#include "config/config.h"

#include <string>
#include <string_view>

namespace fedmsg::crypto::gpg {

/// `gpg_signing_key` where it is set, else gpg_keys[HOST].
/// \param host   name of this host up to its first dot
/// \param place  where `gpg_keys` was set, for the error: "/etc/fedmsg.d/ssl.py:7"; empty: nowhere
/// \throws UsageError  naming the key that was looked up and the file to add it to
[[nodiscard]] std::string find_key_name(const Config& config, std::string_view host, std::string_view place);

/// `gpg_home` as a whole path: a "~" at its beginning is the user's home folder.
[[nodiscard]] std::string home_folder(const Config& config);

}  // namespace fedmsg::crypto::gpg
