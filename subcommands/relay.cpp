/// fedmsg relay: re-publish what publishers that cannot bind hand in. Manual: man/fedmsg-relay.1
#include "services/relay/relay.h"
#include "cli/call.h"
#include "services/monitor/monitoring.h"
#include "subcommands/status.h"
#include "subcommands/table.h"
#include "util/log.h"
#include "util/pid_file.h"

namespace fedmsg::subcommands {
namespace {

void run(cli::Call& call) {
    std::string pid_file;
    cli::Options options;
    options.value("pid-file", pid_file, "FILE", "write the process's number here").completes =
        cli::Completes::file;
    StatusOptions status;
    status.describe(options);
    const Config& config = call.parse(std::move(options));
    const auto name = services::name_of_relay(config);
    if (status.answer(config, name)) return;

    const PidFile pid{pid_file};
    Loop loop;
    services::Relay relay{loop, config};
    const services::Monitoring monitoring{loop, config, name, relay};
    loop.on_hangup([&] {
        try {
            std::string keys;
            for (const auto& key : relay.apply(call.reload().config))
                keys += (keys.empty() ? "" : ", ") + key;
            log::info("relay", "configuration read again{}; {}",
                      keys.empty() ? "" : ", a restart is needed for changes of " + keys, relay.status());
        } catch (const std::exception& e) {
            log::error("relay", "kept the old configuration: {}", e.what());
        }
    });
    loop.run(relay.run());
}

}  // namespace

const cli::Subcommand relay{.name = "relay",
                            .summary = "re-publish what publishers that cannot bind hand in",
                            .group = cli::Group::serve,
                            .run = run};

}  // namespace fedmsg::subcommands
