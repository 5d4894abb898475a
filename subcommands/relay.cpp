/// fedmsg relay: re-publish what publishers that cannot bind hand in. Manual: man/fedmsg-relay.1
#include "subcommands/relay.h"
#include "services/monitor/monitoring.h"
#include "subcommands/status.h"
#include "subcommands/table.h"
#include "util/log.h"
#include "util/pid_file.h"

namespace fedmsg::subcommands {
namespace {

void serve(cli::Call& call, cli::Options options, const MakeStep& make_step) {
    std::string pid_file;
    options.value("pid-file", pid_file, "FILE", "write the process's number here").completes =
        cli::Completes::file;
    StatusOptions status;
    status.describe(options);
    const Config& config = call.parse(std::move(options));
    const auto name = services::name_of_relay(call.subcommand().name, config);
    if (status.answer(config, name)) return;

    const PidFile pid{pid_file};
    Loop loop;
    services::Relay relay{loop, config, make_step ? make_step(config) : services::Step{}};
    const services::Monitoring monitoring{loop, config, name, relay};
    loop.on_hangup([&] {
        try {
            const auto changed = call.reload().config;
            if (make_step) relay.replace_step(make_step(changed));
            std::string keys;
            for (const auto& key : relay.apply(changed)) keys += (keys.empty() ? "" : ", ") + key;
            log::info("relay", "configuration read again{}; {}",
                      keys.empty() ? "" : ", a restart is needed for changes of " + keys, relay.status());
        } catch (const std::exception& e) {
            log::error("relay", "kept the old configuration: {}", e.what());
        }
    });
    loop.run(relay.run());
}

void run(cli::Call& call) { serve(call, {}, {}); }

}  // namespace

void run_relay(cli::Call& call, cli::Options options, const MakeStep& make_step) {
    serve(call, std::move(options), make_step);
}

const cli::Subcommand relay{.name = "relay",
                            .summary = "re-publish what publishers that cannot bind hand in",
                            .group = cli::Group::serve,
                            .run = run};

}  // namespace fedmsg::subcommands
