#include "subcommands/signing.h"

#include "crypto/certname.h"
#include "util/log.h"

namespace fedmsg::subcommands {

std::optional<crypto::Signer> open_signer(const cli::Call& call, std::string_view command,
                                          const std::string& cert_prefix) {
    Config config = call.loaded().config;
    if (!config.sign_messages) return std::nullopt;
    config.cert_prefix = cert_prefix;
    auto signer =
        crypto::Signer::of(config, crypto::find_certname(config, crypto::short_host_name(),
                                                         call.loaded().provenance.where("certnames")));
    if (const auto trouble = signer.trouble(std::chrono::system_clock::now()))
        log::warning(command, "{}", *trouble);
    return signer;
}

}  // namespace fedmsg::subcommands
