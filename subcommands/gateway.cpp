/// fedmsg gateway: re-publish the whole bus on one port. Manual: man/fedmsg-gateway.1
#include "services/gateway/gateway.h"
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
    const auto name = services::name_of_gateway(config);
    if (status.answer(config, name)) return;

    const PidFile pid{pid_file};
    Loop loop;
    services::Gateway gateway{loop, config};
    const services::Monitoring monitoring{loop, config, name, gateway};
    loop.on_hangup([&] {
        try {
            std::string keys;
            for (const auto& key : gateway.apply(call.reload().config))
                keys += (keys.empty() ? "" : ", ") + key;
            log::info("gateway", "configuration read again{}; {}",
                      keys.empty() ? "" : ", a restart is needed for changes of " + keys, gateway.status());
        } catch (const std::exception& e) {
            log::error("gateway", "kept the old configuration: {}", e.what());
        }
    });
    loop.run(gateway.run());
}

}  // namespace

const cli::Subcommand gateway{.name = "gateway",
                              .summary = "re-publish the whole bus on one port, for the outside",
                              .group = cli::Group::serve,
                              .run = run};

}  // namespace fedmsg::subcommands
