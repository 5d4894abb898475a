#include "cli/call.h"

#include "config/print.h"
#include "encoding/document.h"
#include "util/error.h"
#include "util/log.h"
#include "util/output.h"

#include <fmt/format.h>
#include <boost/version.hpp>

namespace fedmsg::cli {
namespace {

/// An option that sets a configuration key for this run.
Option overriding(LoadOptions& into, std::string option, std::string key, std::string placeholder,
                  std::string meaning, encoding::Value (*convert)(const std::string&, const std::string&)) {
    auto store = [&into, option, key, convert](const std::string* text) {
        into.overrides.push_back({key, convert(*text, option), "--" + option});
    };
    return {.name = std::move(option),
            .placeholder = std::move(placeholder),
            .meaning = std::move(meaning),
            .words = {},
            .store = std::move(store)};
}

log::Level to_log(LogLevel level) {
    switch (level) {
        case LogLevel::debug: return log::Level::debug;
        case LogLevel::info: return log::Level::info;
        case LogLevel::warning: return log::Level::warning;
        case LogLevel::error:
        case LogLevel::critical: return log::Level::error;
    }
    return log::Level::info;
}

/// The `logging` key as our log takes it: the handlers of the logger `fedmsg`. What goes to standard output
/// in Python goes to stderr here, where it does not mix with data.
log::Setup log_setup(const LoggingSettings& settings) {
    log::Setup setup;
    if (settings.fedmsg.handlers.empty()) return setup;
    setup.level = to_log(settings.fedmsg.level);
    for (const auto& handler : settings.fedmsg.handlers) {
        log::Sink sink{.format = handler.format, .datefmt = handler.datefmt, .path = handler.path};
        switch (handler.kind) {
            case LogHandler::Kind::standard_error:
            case LogHandler::Kind::standard_output: sink.kind = log::Sink::Kind::console; break;
            case LogHandler::Kind::syslog: sink.kind = log::Sink::Kind::syslog; break;
            case LogHandler::Kind::file: sink.kind = log::Sink::Kind::file; break;
            case LogHandler::Kind::rotating_file: sink.kind = log::Sink::Kind::rotating_file; break;
        }
        if (handler.level) sink.level = to_log(*handler.level);
        sink.max_bytes = handler.max_bytes;
        sink.backups = static_cast<std::size_t>(handler.backup_count);
        setup.sinks.push_back(std::move(sink));
    }
    return setup;
}

encoding::Value as_text(const std::string& text, const std::string&) { return text; }

encoding::Value as_number(const std::string& text, const std::string& option) {
    auto value = encoding::loads(text);
    if (!value || !value->number()) throw UsageError("--" + option + " is " + text + ": must be a number");
    return *std::move(value);
}

}  // namespace

void Call::add_common(Options& options) {
    auto override_with = [&](auto... arguments) { options.add(overriding(load_options_, arguments...)); };
    options
        .value("config-filename", load_options_.config_filename, "FILE", "read only this configuration file")
        .completes = Completes::file;
    options.flag("print-config", print_config_, "print the configuration that is in force, and end");
    override_with("topic-prefix", "topic_prefix", "PREFIX", "what topics begin with (org.fedoraproject)",
                  as_text);
    override_with("environment", "environment", "NAME", "dev, stg or prod: the second part of topics",
                  as_text);
    override_with("name", "name", "NAME", "the entry of `endpoints` to publish from", as_text);
    override_with("timeout", "timeout", "SECONDS",
                  "how long to wait for a relay, an answer, a confirmation (2)", as_number);
    override_with("post-init-sleep", "post_init_sleep", "SECONDS",
                  "how long a bound publisher waits for its first subscriber at most (0.5)", as_number);
    override_with("high-water-mark", "high_water_mark", "N", "messages queued for one peer; 0: no limit (0)",
                  as_number);
    override_with("linger", "zmq_linger", "MILLISECONDS", "how long the queue may drain at the end (1000)",
                  as_number);
    override_with("io-threads", "io_threads", "N", "threads of ZeroMQ (1)", as_number);
    if (subcommand_.group == Group::serve)
        override_with("metrics-listen", "metrics_listen", "HOST:PORT",
                      "serve counters for Prometheus at http://HOST:PORT/metrics", as_text);
    options.choice("log-level", log_level_, {"debug", "info", "warning", "error"},
                   "what the log tells (info)");
    options.flag("version", version_, "print the version, and end");
    options.flag("help", help_, "show this, and end").letter = 'h';
}

void Call::read_words(Options& options) {
    add_common(options);
    if (describe_into_) {
        *describe_into_ = std::move(options);
        throw Done{};
    }
    options.parse(words_);
    const std::string program = "fedmsg " + std::string{subcommand_.name};
    if (help_) {
        const auto& operand = options.operand_placeholder();
        output().write("usage: " + program + " [OPTION]..." + (operand.empty() ? "" : " " + operand) + "\n" +
                       std::string{subcommand_.summary} + ".\nManual: fedmsg-" +
                       std::string{subcommand_.name} + "(1)\n\n" + options.help());
        output().flush();
        throw Done{};
    }
    if (version_ || print_config_) {
        output().write(version_ ? version_text() : to_json(load_config(load_options_).config.values) + "\n");
        output().flush();
        throw Done{};
    }
}

const Config& Call::parse(Options options) {
    read_words(options);
    loaded_ = load_config(load_options_);
    auto setup = log_setup(loaded_.config.logging);
    if (!log_level_.empty()) setup.level = *log::parse_level(log_level_);
    log::configure(setup, "fedmsg " + std::string{subcommand_.name});
    for (const auto& warning : loaded_.warnings) log::warning("config", "{}", to_string(warning));
    return loaded_.config;
}

void Call::parse_without_config(Options options) {
    read_words(options);
    log::Setup setup;
    if (!log_level_.empty()) setup.level = *log::parse_level(log_level_);
    log::configure(setup, "fedmsg " + std::string{subcommand_.name});
}

Options Call::describe(const Subcommand& subcommand) {
    Options options;
    Call call{subcommand, {}};
    call.describe_into_ = &options;
    try {
        subcommand.run(call);
    } catch (const Done&) {
    }
    return options;
}

std::string version_text() {
    constexpr std::string_view missing{FEDMSG_MISSING};
    std::string text = "fedmsg " FEDMSG_VERSION "\n";
    if (!missing.empty()) text += fmt::format("built without {}\n", missing);
    return text;
}

}  // namespace fedmsg::cli
