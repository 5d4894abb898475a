#pragma once
#include "cli/call.h"

namespace fedmsg::subcommands {

/// The configuration of a daemon of which a host may have several: `metrics_listen` of the files is another's
/// port, and only `--metrics-listen` counts.
[[nodiscard]] inline Config without_shared_port(const cli::Call& call) {
    auto config = call.loaded().config;
    if (call.loaded().provenance.where("metrics_listen") != "--metrics-listen") config.metrics_listen.reset();
    return config;
}

}  // namespace fedmsg::subcommands
