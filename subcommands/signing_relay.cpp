/// fedmsg signing-relay: a relay that signs what it forwards. Manual: man/fedmsg-signing-relay.1
#include "services/relay/signing_step.h"
#include "subcommands/relay.h"
#include "subcommands/signing.h"
#include "subcommands/table.h"

namespace fedmsg::subcommands {
namespace {

/// certnames["signing_relay"], whatever else says who signs: as in the Python system, whose relay overrides
/// `certname`.
crypto::Signer signer_of(const cli::Call& call, Config config) {
    config.certname.reset();
    config.cert_prefix.reset();
    config.name = "signing_relay";
    return load_signer(call, config, "signing-relay");
}

void run(cli::Call& call) {
    bool resign = false;
    cli::Options options;
    options.flag("resign", resign, "sign what is signed already, too, in place of its signature");
    const MakeStep make_step = [&](const Config& config) {
        return services::signing_step(signer_of(call, config), resign);
    };
    run_relay(call, std::move(options), make_step);
}

}  // namespace

const cli::Subcommand signing_relay{
    .name = "signing-relay",
    .summary = "re-publish, and sign, what publishers that cannot bind hand in",
    .group = cli::Group::serve,
    .run = run};

}  // namespace fedmsg::subcommands
