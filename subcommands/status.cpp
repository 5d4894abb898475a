#include "subcommands/status.h"

#include "services/monitor/report.h"
#include "util/error.h"
#include "util/output.h"

namespace fedmsg::subcommands {

void StatusOptions::describe(cli::Options& options) {
    options.flag("status", status, "print the counters of the one that runs, and end");
    options.flag("json", json, "--status as JSON");
}

bool StatusOptions::answer(const Config& config, const services::DaemonName& name) const {
    if (json && !status) throw UsageError("--json goes with --status");
    if (!status) return false;
    const auto answer = services::ask_for_status(name, config.timeout);
    const auto report = encoding::Document::parse(answer.report);
    if (!report || !report->root().is_object())
        throw SetupError(answer.by() + " has answered for " + name.service + " of " + name.address +
                         ", and that is no report: find out what it is");
    output().write(json ? answer.report
                        : services::to_text(report->root(), answer.by(), std::chrono::system_clock::now()));
    output().flush();
    return true;
}

}  // namespace fedmsg::subcommands
