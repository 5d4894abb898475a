#pragma once
#include "cli/call.h"
#include "services/relay/relay.h"

#include <functional>

namespace fedmsg::subcommands {

/// The step of a relay with this configuration. \throws UsageError, SetupError
using MakeStep = std::function<services::Step(const Config&)>;

/// What `fedmsg relay` is, and `fedmsg signing-relay` with a step: forwards until a signal. SIGHUP reads the
/// configuration again; when that fails, the old one and its step stay. \param options  besides those of a
/// relay
void run_relay(cli::Call& call, cli::Options options, const MakeStep& make_step);

}  // namespace fedmsg::subcommands
