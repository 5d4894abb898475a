#pragma once
#include "cli/call.h"
#include "crypto/signer.h"

#include <optional>
#include <string>

namespace fedmsg::subcommands {

/// What a command signs with before it publishes; nothing unless `sign_messages` is set. Warns when the
/// certificate is outside of its validity period. \param cert_prefix  the service in `certnames`
/// \throws UsageError, SetupError  naming the key or the file that is missing
std::optional<crypto::Signer> open_signer(const cli::Call& call, std::string_view command,
                                          const std::string& cert_prefix);

}  // namespace fedmsg::subcommands
