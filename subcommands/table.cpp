#include "subcommands/table.h"

namespace fedmsg::subcommands {

std::span<const cli::Subcommand* const> all() {
    static constexpr const cli::Subcommand* table[] = {
        &logger, &announce, &dg_replay, &tail,   &relay,  &signing_relay, &gateway,
        &hub,    &trigger,  &collectd,  &irc,    &config, &meta_command,  &encode,
        &sign,   &verify,   &certs,     &policy, &check,  &completion};
    return table;
}

}  // namespace fedmsg::subcommands
