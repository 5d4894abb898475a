#pragma once
#include "cli/subcommand.h"

#include <span>

namespace fedmsg::subcommands {

extern const cli::Subcommand announce;
extern const cli::Subcommand certs;
extern const cli::Subcommand check;
extern const cli::Subcommand collectd;
extern const cli::Subcommand completion;
extern const cli::Subcommand config;
extern const cli::Subcommand dg_replay;
extern const cli::Subcommand encode;
extern const cli::Subcommand gateway;
extern const cli::Subcommand hub;
extern const cli::Subcommand irc;
extern const cli::Subcommand logger;
extern const cli::Subcommand meta_command;  // the namespace is `meta`
extern const cli::Subcommand policy;
extern const cli::Subcommand relay;
extern const cli::Subcommand sign;
extern const cli::Subcommand signing_relay;
extern const cli::Subcommand tail;
extern const cli::Subcommand trigger;
extern const cli::Subcommand verify;

/// Every subcommand, in the order of `fedmsg --help`.
std::span<const cli::Subcommand* const> all();

}  // namespace fedmsg::subcommands
