/// fedmsg trigger: run a command for each message that matches. Manual: man/fedmsg-trigger.1
#include "services/trigger/trigger.h"
#include "cli/call.h"
#include "subcommands/listener.h"
#include "subcommands/status.h"
#include "subcommands/table.h"
#include "util/error.h"
#include "util/log.h"
#include "util/output.h"
#include "util/pid_file.h"

namespace fedmsg::subcommands {
namespace {

struct Arguments {
    services::Trigger::Settings settings;
    std::optional<std::int64_t> most_waiting, jobs;
    std::optional<std::chrono::milliseconds> wait_for;
    std::string pid_file;
    StatusOptions status;
};

cli::Options describe(Arguments& a) {
    cli::Options options;
    auto& filter = a.settings.filter;
    options.value("command", a.settings.command, "COMMAND",
                  "what the shell runs; the message is its standard input");
    options.values("topic", filter.topics, "PREFIX",
                   "only topics that start with PREFIX; `*` stands for one part");
    options.value("include", filter.include, "REGEX", "only topics in which REGEX is found");
    options.value("exclude", filter.exclude, "REGEX", "no topics in which REGEX is found (_heartbeat)");
    options.seconds("wait-for", a.wait_for, "run it once no message has matched for so long (0)");
    options.number("max-queue-size", a.most_waiting, 0, "N",
                   "no longer than until more than N messages wait (0: any)");
    options.number("jobs", a.jobs, 1, "N", "commands that run at once (1)");
    options.seconds("command-timeout", a.settings.time_limit, "end a command that takes longer");
    options.value("pid-file", a.pid_file, "FILE", "write the process's number here").completes =
        cli::Completes::file;
    a.status.describe(options);
    return options;
}

void run(cli::Call& call) {
    Arguments a;
    call.parse(describe(a));
    const auto config = without_shared_port(call);
    auto& settings = a.settings;
    if (settings.command.empty()) throw UsageError("there is nothing to run: say what with --command");
    if (settings.time_limit && settings.time_limit->count() == 0)
        throw UsageError(
            "--command-timeout is 0: must be more; without it, commands take as long as they do");
    settings.filter.strict = config.zmq_strict;
    settings.limits = {a.wait_for.value_or(std::chrono::milliseconds{0}),
                       static_cast<std::size_t>(a.most_waiting.value_or(0))};
    settings.jobs = static_cast<std::size_t>(a.jobs.value_or(1));
    const services::DaemonName name{"trigger", settings.command};
    if (a.status.answer(config, name)) return;

    const PidFile pid{a.pid_file};
    Loop loop;
    services::Trigger trigger{loop, config, std::move(settings)};
    const services::Monitoring monitoring{loop, config, name, trigger};
    loop.run(trigger.run());
    if (!output().try_flush()) {
        log::warning("trigger", "stopped while nobody read: {} bytes of commands were not printed",
                     output().buffer().size());
        output().buffer().clear();
    }
    log::info("trigger", "stopped: {}", trigger.status());
}

}  // namespace

const cli::Subcommand trigger{.name = "trigger",
                              .summary = "run a command for each message that matches",
                              .group = cli::Group::serve,
                              .run = run};

}  // namespace fedmsg::subcommands
