#pragma once
#include "cli/call.h"
#include "crypto/signer.h"

#include <optional>
#include <string>

namespace fedmsg::subcommands {

/// What `config` says to sign with. Warns when the certificate is outside of its validity period, or will be
/// within a week.
/// \param config  that of `call`, with what the command line adds to it
/// \throws UsageError, SetupError  naming the key or the file that is missing
crypto::Signer load_signer(const cli::Call& call, const Config& config, std::string_view command);

/// The same for a command that publishes; nothing unless `sign_messages` is set.
/// \param cert_prefix  the service in `certnames`
std::optional<crypto::Signer> open_signer(const cli::Call& call, std::string_view command,
                                          const std::string& cert_prefix);

/// Warns of what ends within a week, or has ended: for commands that do not run long enough to watch it.
void warn_of_expiry(std::string_view command, const std::vector<crypto::InUse>& in_use);

}  // namespace fedmsg::subcommands
