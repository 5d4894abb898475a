#include "subcommands/signing.h"

#include "services/monitor/expiry_watch.h"
#include "util/log.h"

namespace fedmsg::subcommands {

crypto::Signer load_signer(const cli::Call& call, const Config& config, std::string_view command) {
    auto signer = crypto::Signer::of(
        config, [&call](std::string_view key) { return call.loaded().provenance.where(key); });
    if (const auto trouble = signer.trouble(std::chrono::system_clock::now()))
        log::warning(command, "{}", *trouble);
    else
        warn_of_expiry(command, signer.in_use());
    return signer;
}

void warn_of_expiry(std::string_view command, const std::vector<crypto::InUse>& in_use) {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    for (const auto& thing : in_use)
        if (crypto::urgency(thing, now) >= crypto::Urgency::week) services::log_expiry(command, thing, now);
}

std::optional<crypto::Signer> open_signer(const cli::Call& call, std::string_view command,
                                          const std::string& cert_prefix) {
    Config config = call.loaded().config;
    if (!config.sign_messages) return std::nullopt;
    config.cert_prefix = cert_prefix;
    return load_signer(call, config, command);
}

}  // namespace fedmsg::subcommands
