/// fedmsg irc: report messages to channels of IRC. Manual: man/fedmsg-irc.1
#include "services/irc/irc.h"
#include "cli/call.h"
#include "meta/rules.h"
#include "meta/translation.h"
#include "services/monitor/monitoring.h"
#include "subcommands/status.h"
#include "subcommands/table.h"
#include "util/error.h"
#include "util/log.h"
#include "util/pid_file.h"

namespace fedmsg::subcommands {
namespace {

services::CheckedIrc check(const Loaded& loaded) {
    auto checked = services::check_irc(loaded);
    for (const auto& warning : checked.warnings) log::warning("config", "{}", to_string(warning));
    std::string lines;
    for (const auto& error : checked.errors) lines += (lines.empty() ? "" : "\n") + to_string(error);
    if (!lines.empty()) throw UsageError(lines);
    return checked;
}

void run(cli::Call& call) {
    std::string pid_file;
    StatusOptions status;
    cli::Options options;
    options.value("pid-file", pid_file, "FILE", "write the process's number here").completes =
        cli::Completes::file;
    status.describe(options);
    const Config& config = call.parse(std::move(options));
    auto settings = check(call.loaded());
    const auto name = services::name_of_irc(settings);
    if (status.answer(config, name)) return;

    const PidFile pid{pid_file};
    Loop loop;
    meta::use_language_of_environment();
    meta::Rules rules{config, {.folders = meta::folders_of(call.loaded().sources)}};
    services::Irc irc{loop, config, std::move(settings), rules};
    const services::Monitoring monitoring{loop, config, name, irc};
    loop.on_hangup([&] {
        try {
            rules.reload(call.reload().config);
            log::info("irc", "rules read again; a restart is needed for what else has changed");
        } catch (const std::exception& e) {
            log::error("irc", "kept the old configuration: {}", e.what());
        }
    });
    loop.run(irc.run());
}

}  // namespace

const cli::Subcommand irc{
    .name = "irc", .summary = "report messages to channels of IRC", .group = cli::Group::serve, .run = run};

}  // namespace fedmsg::subcommands
