/// fedmsg meta: say in words what messages tell. Manual: man/fedmsg-meta.1
#include "cli/call.h"
#include "encoding/write.h"
#include "meta/check.h"
#include "meta/conglomerate.h"
#include "meta/rules.h"
#include "meta/series.h"
#include "meta/translation.h"
#include "subcommands/message_lines.h"
#include "subcommands/table.h"
#include "util/error.h"
#include "util/log.h"
#include "util/output.h"

#include <algorithm>
#include <functional>

namespace fedmsg::subcommands {
namespace {

using encoding::Node;
using meta::Field;

struct Arguments {
    std::string fields, subject;
    bool terse = false, conglomerate = false, processor = false, check = false;
    std::optional<std::int64_t> now;
    std::vector<std::string> files;
};

cli::Options describe(Arguments& a) {
    cli::Options options;
    options.value("fields", a.fields, "NAMES", "only these, comma separated: title,subtitle,link");
    options.flag("terse", a.terse, "a line of text for each message: title, subtitle and link");
    options.value("subject", a.subject, "USER", "whom `subjective` speaks to");
    options.flag("processor", a.processor, "name the processor, too");
    options.flag("conglomerate", a.conglomerate, "read all, and print groups of what belongs together");
    options.number("now", a.now, 0, "SECONDS",
                   "the time that `3 days ago` counts from, since the epoch (now)");
    options.flag("check", a.check, "look for errors in scripts: those given, or all that are installed");
    options.operand("SCRIPT", a.files, 1000);
    return options;
}

/// What is asked for; nothing stands for `repr`, which is made of three.
using Wanted = std::optional<Field>;

std::vector<Wanted> parse_fields(const std::string& list) {
    std::vector<Wanted> fields;
    if (list.empty()) {
        for (const auto& t : meta::field_traits) fields.emplace_back(t.field);
        return fields;
    }
    for (std::string_view rest{list};;) {
        const auto comma = rest.find(',');
        const auto name = rest.substr(0, comma);
        const auto field = meta::field_named(name);
        if (!field && name != "repr") {
            std::string known;
            for (const auto& t : meta::field_traits) (known += t.name) += ", ";
            throw UsageError("--fields: there is no field " + std::string{name} + ": choose from " + known +
                             "repr");
        }
        fields.push_back(field);
        if (comma == rest.npos) return fields;
        rest.remove_prefix(comma + 1);
    }
}

class Describer {
  public:
    Describer(meta::Rules& rules, const Arguments& a)
        : rules_{rules}, a_{a}, fields_{parse_fields(a.fields)} {}

    LineResult operator()(const Node* message, std::string_view problem, std::string& out) {
        if (message == nullptr) return {false, "not a message: " + std::string{problem}};
        const auto topic = message->find_string("topic");
        if (!topic) return {false, "not a message: it has no topic"};
        if (a_.terse) {
            if (a_.processor) (out += rules_.processor_name(*topic)) += ": ";
            out += meta::one_line(rules_.repr(*message)) += '\n';
            return {};
        }
        encoding::Object values;
        if (a_.processor) values["processor"] = rules_.processor_name(*topic);
        for (const auto field : fields_) {
            if (field)
                values[meta::name(*field)] = rules_.value(
                    *field, *message, field == Field::subjective ? a_.subject : std::string_view{});
            else
                values["repr"] = rules_.repr(*message);
        }
        write_line(values, out);
        return {};
    }

    static void write_line(encoding::Object values, std::string& out) {
        encoding::write(std::move(values), {.sort_keys = false}, out);
        out += '\n';
    }

  private:
    meta::Rules& rules_;
    const Arguments& a_;
    std::vector<Wanted> fields_;
};

void run(cli::Call& call) {
    Arguments a;
    const Config& config = call.parse(describe(a));
    if (!a.files.empty() && !a.check)
        throw UsageError("scripts are named for --check; messages come on standard input");
    meta::use_language_of_environment();
    meta::Settings settings{.folders = meta::folders_of(call.loaded().sources)};
    if (a.now) settings.now = [now = static_cast<double>(*a.now)] { return now; };
    meta::Rules rules{config, std::move(settings)};
    if (a.check) {
        const auto findings = meta::check_scripts(rules, config, a.files);
        for (const auto& finding : findings) output().write(finding + "\n");
        output().flush();
        if (!findings.empty()) throw cli::Exit{1};
        return;
    }
    std::size_t bad = 0;
    if (a.conglomerate) {
        std::vector<std::string> messages;
        bad = work_on_lines("meta", 1, [&](const Node* message, std::string_view problem, std::string&) {
            if (message == nullptr) return LineResult{false, "not a message: " + std::string{problem}};
            messages.push_back(encoding::dumps(*message, {.sort_keys = false}));
            return LineResult{};
        });
        for (auto& group : meta::conglomerate(rules, messages, a.subject))
            Describer::write_line(std::move(group), output().buffer());
        output().flush();
    } else {
        Describer describer{rules, a};
        // One thread: a rule's state is its own.
        bad = work_on_lines("meta", 1, std::ref(describer));
    }
    for (const auto* processor : rules.processors())
        if (processor->failures() > 0)
            log::warning("meta", "{} said nothing {} time(s), last {}", processor->name(),
                         processor->failures(), processor->last_failure());
    if (bad > 0) throw cli::Exit{1};
}

}  // namespace

const cli::Subcommand meta_command{
    .name = "meta", .summary = "say in words what messages tell", .group = cli::Group::inspect, .run = run};

}  // namespace fedmsg::subcommands
