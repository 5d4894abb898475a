#include "config/load.h"

#include "config/keys.h"
#include "config/sources.h"
#include "util/error.h"

#include <algorithm>

namespace fedmsg {
namespace {

/// Dict into dict; anything else replaces.
void merge(encoding::Value& into, encoding::Value from) {
    encoding::Object* target = into.object();
    encoding::Object* source = from.object();
    if (!target || !source) {
        into = std::move(from);
        return;
    }
    for (auto& [key, value] : *source) merge((*target)[key], std::move(value));
}

class Merger {
  public:
    explicit Merger(Merged& merged) : merged_{merged} {}

    void add(const std::string& path, ConfigFile file) {
        merged_.sources.push_back(path);
        merged_.provenance.begin(path);
        std::ranges::move(file.warnings, std::back_inserter(merged_.warnings));
        std::map<std::string, int, std::less<>> lines;
        for (const ConfigFile::Line& at : file.lines) {
            if (!at.member) lines[at.key] = at.line;
        }
        for (auto& [key, value] : file.values) set(key, std::move(value), lines[key]);
        for (const ConfigFile::Line& at : file.lines) {
            if (at.member) merged_.provenance.record(at.key, *at.member, at.line);
        }
    }

    void add(const LoadOptions::Override& override) {
        merged_.provenance.begin(override.option);
        set(override.key, override.value, 0);
    }

    /// As in the Python system, a key that is set anywhere has none of its default left in it.
    void add_defaults() {
        for (auto& [key, value] : default_values()) {
            if (!merged_.values.find(key)) merged_.values[key] = std::move(value);
        }
    }

  private:
    void set(const std::string& key, encoding::Value value, int line) {
        Provenance& provenance = merged_.provenance;
        encoding::Value& old = merged_.values[key];
        provenance.record(key, line);
        if (!old.object() || !value.object()) provenance.forget_members(key);
        if (const encoding::Object* members = value.object()) {
            for (const auto& member : *members) provenance.record(key, member.first, line);
        }
        merge(old, std::move(value));
    }

    Merged& merged_;
};

std::string joined(const std::vector<Finding>& findings) {
    std::string lines;
    for (const Finding& finding : findings) lines += (lines.empty() ? "" : "\n") + to_string(finding);
    return lines;
}

encoding::Array as_list(const encoding::Value& value) {
    return value.array() ? *value.array() : encoding::Array{value};
}

/// The forms of a key that mean the same become one form, and what depends on others is derived.
void normalize(Merged& merged) {
    encoding::Object& values = merged.values;
    if (encoding::Value* endpoints = values.find("endpoints")) {
        if (!endpoints->object()) {
            throw UsageError(to_string(Finding{merged.provenance.where("endpoints"),
                                               "endpoints is not a dict: write {NAME: [ADDRESS, …], …}"}));
        }
        for (auto& member : *endpoints->object()) member.second = as_list(member.second);
    }
    const encoding::Value* outbound = values.find("relay_outbound");
    if (outbound && !outbound->is_null()) {
        values["endpoints"]["relay_outbound"] = as_list(*values.find("relay_outbound"));
    }
    const encoding::Value* prefix = values.find("topic_prefix");
    const encoding::Value* pattern = values.find("topic_prefix_re");
    if (prefix && prefix->string() && !(pattern && pattern->truthy())) {
        std::string regex;
        for (const char c : *prefix->string()) regex += c == '.' ? "\\." : std::string{c};
        values["topic_prefix_re"] = regex + R"(\.[^\W\d_]+)";
    }
}

}  // namespace

std::string to_string(const Finding& finding) {
    return finding.where.empty() ? finding.text : finding.where + ": " + finding.text;
}

void Provenance::begin(std::string origin) { origins_.push_back(std::move(origin)); }

void Provenance::record(std::string_view key, int line) {
    const Place place{origins_.size() - 1, line};
    const auto found = entries_.find(key);
    if (found == entries_.end()) {
        entries_.emplace(key, Entry{place, {}});
    } else {
        found->second.place = place;
    }
}

void Provenance::record(std::string_view key, std::string_view member, int line) {
    const auto found = entries_.find(key);
    if (found != entries_.end()) {
        found->second.members.insert_or_assign(std::string{member}, Place{origins_.size() - 1, line});
    }
}

void Provenance::forget_members(std::string_view key) {
    const auto found = entries_.find(key);
    if (found != entries_.end()) found->second.members.clear();
}

std::string Provenance::to_string(Place place) const {
    return origins_[place.origin] + (place.line > 0 ? ":" + std::to_string(place.line) : "");
}

std::string Provenance::where(std::string_view key) const {
    const auto found = entries_.find(key);
    return found == entries_.end() ? std::string{} : to_string(found->second.place);
}

std::string Provenance::where(std::string_view key, std::string_view member) const {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return {};
    const auto inner = found->second.members.find(member);
    return to_string(inner == found->second.members.end() ? found->second.place : inner->second);
}

Merged merge_config(const LoadOptions& options) {
    Merged merged;
    Merger merger{merged};
    const SearchPaths search = options.search ? *options.search : SearchPaths::of_this_process();
    FoundFiles found = find_config_files(search, options.config_filename);
    merged.warnings = std::move(found.warnings);
    if (!found.paths.empty()) {
        const dialect::HostFacts facts = options.facts ? *options.facts : dialect::HostFacts::of_this_host();
        for (const std::string& path : found.paths) {
            if (auto file = read_config_file(path, facts)) {
                merger.add(path, std::move(*file));
            } else {
                found.errors.push_back(file.error());
            }
        }
    }
    if (!found.errors.empty()) throw UsageError(joined(found.errors));
    for (const LoadOptions::Override& override : options.overrides) merger.add(override);
    if (options.defaults) merger.add_defaults();
    normalize(merged);
    return merged;
}

Loaded load_config(const LoadOptions& options) {
    Merged merged = merge_config(options);
    Checked checked = check_config(merged);
    if (!checked.errors.empty()) throw UsageError(joined(checked.errors));
    std::ranges::move(checked.warnings, std::back_inserter(merged.warnings));
    checked.config.values = std::move(merged.values);
    return {std::move(checked.config), std::move(merged.sources), std::move(merged.warnings),
            std::move(merged.provenance)};
}

}  // namespace fedmsg
