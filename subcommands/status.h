#pragma once
/// \file
/// `--status`, for every daemon.

#include "cli/options.h"
#include "config/config.h"
#include "services/monitor/status_socket.h"

namespace fedmsg::subcommands {

struct StatusOptions {
    bool status = false, json = false;

    /// Adds --status and --json.
    void describe(cli::Options& options);
    /// Prints what the running daemon says, when that is asked for; false: run as a daemon.
    /// \throws SetupError  when none runs; UsageError
    [[nodiscard]] bool answer(const Config& config, const services::DaemonName& name) const;
};

}  // namespace fedmsg::subcommands
