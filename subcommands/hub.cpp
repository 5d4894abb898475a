/// fedmsg hub: hand messages to consumers. Manual: man/fedmsg-hub.1
#include "services/hub/hub.h"
#include "cli/call.h"
#include "services/monitor/monitoring.h"
#include "subcommands/signing.h"
#include "subcommands/status.h"
#include "subcommands/table.h"
#include "util/error.h"
#include "util/log.h"
#include "util/output.h"
#include "util/pid_file.h"

#include <unistd.h>

namespace fedmsg::subcommands {
namespace {

using services::hub::Candidate;
using services::hub::Hub;
using services::hub::NativeKind;

struct Arguments {
    std::string with_consumers, pid_file;
    bool list_consumers = false;
    StatusOptions status;
};

cli::Options describe(Arguments& a) {
    cli::Options options;
    options.value("with-consumers", a.with_consumers, "NAMES", "run only these consumers, comma separated");
    options.flag("list-consumers", a.list_consumers, "print which consumers there are, and end");
    options.value("pid-file", a.pid_file, "FILE", "write the process's number here").completes =
        cli::Completes::file;
    a.status.describe(options);
    return options;
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const auto word = text.substr(0, text.find(','));
        if (!word.empty()) words.emplace_back(word);
        text.remove_prefix(std::min(text.size(), word.size() + 1));
    }
    return words;
}

/// A line each: name, kind, topics, and whether it runs.
void print(const std::vector<Candidate>& candidates) {
    for (const auto& candidate : candidates) {
        const auto& settings = candidate.settings;
        std::string kind =
            candidate.native ? candidate.native->module : "program, " + std::string{to_string(settings.mode)};
        std::string topics;
        if (!candidate.native)
            for (const auto& topic : settings.topics) topics += (topics.empty() ? " on " : ", ") + topic;
        output().write(
            fmt::format("{}: {}{}: {}\n", settings.name, kind, topics,
                        candidate.why_not.empty() ? "enabled" : "not enabled: " + candidate.why_not));
    }
}

std::vector<NativeKind> all_natives() {
    std::vector<NativeKind> natives;
    for (const auto& kind : services::hub::built_in()) natives.push_back({&kind, "built in"});
    for (auto& native : services::hub::load_shared_objects(services::hub::consumer_folder()))
        natives.push_back(std::move(native));
    return natives;
}

void run(cli::Call& call) {
    Arguments a;
    const Config& config = call.parse(describe(a));
    const auto name = services::hub::name_of_hub(config, a.with_consumers);
    if (a.status.answer(config, name)) return;
    const auto natives = all_natives();
    const auto only = words_of(a.with_consumers);
    auto candidates = find_consumers(call.loaded(), natives, only);
    if (a.list_consumers) return print(candidates);
    if (std::ranges::none_of(candidates, [](const Candidate& c) { return c.why_not.empty(); }))
        throw UsageError(
            "no consumer is enabled: add a program to `consumers`, or set the config_key of one that "
            "`fedmsg hub --list-consumers` shows");

    std::optional<PidFile> pid{a.pid_file};
    Loop loop;
    Hub hub{loop, call.loaded(), std::move(candidates), open_signer(call, "hub", "hub")};
    const services::Monitoring monitoring{loop, config, name, hub};
    loop.on_hangup([&] {
        try {
            const auto changed = call.reload();
            std::string keys;
            for (const auto& key : hub.apply(changed, find_consumers(changed, natives, only)))
                keys += (keys.empty() ? "" : ", ") + key;
            log::info("hub", "configuration read again{}; {}",
                      keys.empty() ? "" : ", a restart is needed for changes of " + keys, hub.status());
        } catch (const std::exception& e) {
            log::error("hub", "kept the old configuration: {}", e.what());
        }
    });
    loop.run(hub.run());
    if (!hub.hangs()) return;
    log::warning("hub", "ended without waiting for a consumer that hangs");
    pid.reset();
    ::_exit(0);
}

}  // namespace

const cli::Subcommand hub{
    .name = "hub", .summary = "hand messages to consumers", .group = cli::Group::serve, .run = run};

}  // namespace fedmsg::subcommands
