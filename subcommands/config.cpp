/// fedmsg config: print, check and convert the configuration. Manual: man/fedmsg-config.1
#include "cli/call.h"
#include "config/print.h"
#include "crypto/source.h"
#include "services/irc/settings.h"
#include "subcommands/table.h"
#include "util/error.h"
#include "util/log.h"
#include "util/output.h"

namespace fedmsg::subcommands {
namespace {

struct Arguments {
    std::optional<std::string> query, to_json;
    bool disable_defaults = false, sources = false, check = false;
};

cli::Options describe(Arguments& a) {
    cli::Options options;
    options.value("query", a.query, "KEY", "print one value only: `environment`, `endpoints.relay_outbound`");
    options.flag("disable-defaults", a.disable_defaults,
                 "print what files and options set, without the defaults");
    options.flag("sources", a.sources, "list the files that were read, in order, later ones winning");
    options.flag("check", a.check, "tell everything that is wrong, and end with status 1 when something is");
    options.value("to-json", a.to_json, "FILE", "convert one .py file to JSON, for good").completes =
        cli::Completes::file;
    return options;
}

void warn(const std::vector<Finding>& warnings) {
    for (const auto& warning : warnings) log::warning("config", "{}", to_string(warning));
}

/// Only --check looks: most programs do not validate, and run as other users.
void warn_of_caches(const Config& config, const Provenance& provenance) {
    const auto look = [&](const std::optional<std::string>& location, const std::string& key,
                          const std::optional<std::string>& cache) {
        if (auto trouble = crypto::cache_trouble(location.value_or(""), key, cache.value_or("")))
            warn({{provenance.where(key), std::move(*trouble)}});
    };
    look(config.ca_cert_location, "ca_cert_cache", config.ca_cert_cache);
    look(config.crl_location, "crl_cache", config.crl_cache);
}

/// What `fedmsg irc` would say of the entries of `irc`, once each is a dict.
void check_channels(Checked& checked, const Merged& merged) {
    Loaded loaded{checked.config, merged.sources, {}, merged.provenance};
    loaded.config.values = merged.values;
    auto irc = services::check_irc(loaded);
    warn(irc.warnings);
    checked.errors = std::move(irc.errors);
}

/// `--check`: one line an error. \throws cli::Exit
void check(const Merged& merged) {
    auto checked = check_config(merged);
    warn(merged.warnings);
    warn(checked.warnings);
    warn_of_caches(checked.config, merged.provenance);
    if (checked.errors.empty()) check_channels(checked, merged);
    for (const auto& error : checked.errors) log::error("config", "{}", to_string(error));
    if (!checked.errors.empty()) throw cli::Exit{1};
}

void run(cli::Call& call) {
    Arguments a;
    call.parse_without_config(describe(a));
    if (a.to_json) {
        const auto converted = convert_to_json(*a.to_json, dialect::HostFacts::of_this_host());
        for (const auto& warning : converted.warnings) log::warning("config", "{}", warning);
        output().write(converted.json);
        return;
    }
    auto options = call.load_options();
    options.defaults = !a.disable_defaults;
    const auto merged = merge_config(options);
    if (a.check) return check(merged);
    warn(merged.warnings);
    if (a.sources) {
        for (const auto& source : merged.sources) output().write(source + "\n");
    } else if (a.query) {
        const auto value = query(merged.values, *a.query);
        if (!value) throw SetupError(absent_key(*a.query));
        output().write(*value);
    } else {
        output().write(to_json(merged.values) + "\n");
    }
}

}  // namespace

const cli::Subcommand config{.name = "config",
                             .summary = "print, check and convert the configuration",
                             .group = cli::Group::inspect,
                             .run = run};

}  // namespace fedmsg::subcommands
