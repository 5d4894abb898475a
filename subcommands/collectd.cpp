/// fedmsg collectd: count messages for collectd's plugin exec. Manual: man/fedmsg-collectd.1
#include "services/collectd/collectd.h"
#include "cli/call.h"
#include "crypto/certname.h"
#include "meta/rules.h"
#include "subcommands/listener.h"
#include "subcommands/status.h"
#include "subcommands/table.h"
#include "util/error.h"
#include "util/log.h"
#include "util/output.h"

#include <cstdlib>

namespace fedmsg::subcommands {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds default_interval{2000};

/// collectd sets $COLLECTD_INTERVAL and $COLLECTD_HOSTNAME: collectd-exec(5).
std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

milliseconds find_interval(const std::optional<milliseconds>& given) {
    const auto variable = environment("COLLECTD_INTERVAL");
    const auto interval = given              ? *given
                          : variable.empty() ? default_interval
                                             : cli::parse_seconds(variable).value_or(milliseconds{0});
    if (interval > milliseconds{0}) return interval;
    throw UsageError((given ? "--collectd-interval is 0" : "$COLLECTD_INTERVAL is " + variable) +
                     ": must be a number of seconds, more than 0");
}

std::string find_host() {
    const auto host = environment("COLLECTD_HOSTNAME");
    if (host.find_first_of("/\"\\ \t\r\n") != host.npos)
        throw UsageError("$COLLECTD_HOSTNAME is " + host + ": must be a host name, as collectd sets it");
    return host.empty() ? crypto::short_host_name() : host;
}

void run(cli::Call& call) {
    std::optional<milliseconds> given;
    StatusOptions status;
    cli::Options options;
    options.seconds("collectd-interval", given, "how often to print ($COLLECTD_INTERVAL, or 2)");
    status.describe(options);
    call.parse(std::move(options));
    const auto interval = find_interval(given);
    const auto host = find_host();
    const auto config = without_shared_port(call);
    const auto name = services::name_of_listener("collectd", config);
    if (status.answer(config, name)) return;

    Loop loop;
    auto known = meta::processor_names(meta::folders_of(call.loaded().sources));
    services::Collectd collectd{loop, config, services::Wallboard{host, interval, std::move(known)},
                                interval};
    const services::Monitoring monitoring{loop, config, name, collectd};
    loop.run(collectd.run());
    if (!output().try_flush()) output().buffer().clear();  // nobody reads
    log::info("collectd", "stopped: {}", collectd.status());
}

}  // namespace

const cli::Subcommand collectd{.name = "collectd",
                               .summary = "count messages for collectd's plugin exec",
                               .group = cli::Group::serve,
                               .run = run};

}  // namespace fedmsg::subcommands
