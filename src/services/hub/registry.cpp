#include "services/hub/registry.h"

#include "encoding/write.h"
#include "util/error.h"
#include "util/log.h"
#include "util/nearest.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace fedmsg::services::hub {

std::span<const consumers::Kind> built_in() {
    // The store, the bots and the gateway are listed here.
    static constexpr std::array<consumers::Kind, 0> kinds{};
    return kinds;
}

std::filesystem::path consumer_folder() {
    const char* folder = std::getenv("FEDMSG_MODULES");
    return std::filesystem::path{folder && *folder ? folder : FEDMSG_MODULE_FOLDER} / "consumers";
}

std::vector<NativeKind> load_shared_objects(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator{folder, error})
        if (entry.path().extension() == ".so") files.push_back(entry.path());
    std::ranges::sort(files);
    std::vector<NativeKind> result;
    for (const auto& file : files) {
        void* library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
        if (library == nullptr) {
            log::error("hub", "left out {}: {}", file.string(), ::dlerror());
            continue;
        }
        auto* entry = reinterpret_cast<consumers::Entry*>(::dlsym(library, "fedmsg_consumers"));
        const auto* registration = entry == nullptr ? nullptr : entry(consumers::interface_version);
        if (registration == nullptr) {
            log::error("hub", "left out {}: {}", file.string(),
                       entry == nullptr ? "it has no FEDMSG_CONSUMERS(…)"
                                        : "it was built for another version than " FEDMSG_VERSION
                                          ": build it anew");
            continue;
        }
        for (const auto& kind : std::span{registration->kinds, registration->count}) {
            const auto known = std::ranges::find_if(
                result, [&](const NativeKind& n) { return std::string_view{n.kind->name} == kind.name; });
            if (known == result.end())
                result.push_back({&kind, file.stem().string()});
            else
                log::error("hub", "left out the consumer {} of {}: there is one of that name in {}",
                           kind.name, file.string(), known->module);
        }
    }
    return result;
}

std::vector<Candidate> find_consumers(const Loaded& loaded, const std::vector<NativeKind>& natives,
                                      const std::vector<std::string>& only) {
    auto checked = check_consumers(loaded);
    std::vector<Candidate> result;
    std::vector<std::string_view> names;
    for (const auto& native : natives) {
        Candidate candidate{.settings = {.name = native.kind->name}, .native = native};
        candidate.settings.config_key = native.kind->config_key;
        result.push_back(std::move(candidate));
        names.emplace_back(native.kind->name);
    }
    const auto tell = [&](const std::string& name, const std::string& text) {
        checked.errors.push_back({loaded.provenance.where("consumers", name),
                                  "consumers[" + encoding::dumps(encoding::Value{name}) + "]" + text});
    };
    for (auto& settings : checked.consumers) {
        const auto native =
            std::ranges::find(result, settings.name, [](const Candidate& c) { return c.settings.name; });
        const bool known = native != result.end() && native->native;
        const bool has_command = loaded.config.values.find("consumers")->find(settings.name)->find("command");
        if (has_command && known)
            tell(settings.name, ": there is a consumer of this name in C++: choose another one");
        if (!has_command && !known) {
            const auto best = nearest(settings.name, names);
            tell(settings.name, " has no `command`, and there is no consumer of this name in C++" +
                                    (best ? ": did you mean " + std::string{*best} + "?" : std::string{}));
        }
        if (known) {
            settings.config_key = native->settings.config_key;
            native->settings = std::move(settings);
        } else {
            result.push_back({.settings = std::move(settings)});
        }
    }
    names.clear();
    for (auto& candidate : result) {
        const auto& settings = candidate.settings;
        names.emplace_back(settings.name);
        if (!settings.config_key.empty() && !is_true(loaded.config, settings.config_key))
            candidate.why_not = "`" + settings.config_key + "` is not True";
        else if (!settings.enabled)
            candidate.why_not = "`enabled` is False";
    }
    std::string lines;
    for (const auto& finding : checked.errors) lines += (lines.empty() ? "" : "\n") + to_string(finding);
    for (const auto& name : only) {
        const auto found =
            std::ranges::find(result, name, [](const Candidate& c) { return c.settings.name; });
        std::string line;
        if (found == result.end()) {
            const auto best = nearest(name, names);
            line = "--with-consumers names " + name + ", and there is no such consumer: " +
                   (best ? "did you mean " + std::string{*best} + "?" : "see fedmsg hub --list-consumers");
        } else if (!found->why_not.empty()) {
            line = "--with-consumers names " + name + ", which is not enabled: " + found->why_not;
        }
        if (!line.empty()) lines += (lines.empty() ? "" : "\n") + line;
    }
    if (!lines.empty()) throw UsageError(lines);
    if (!only.empty())
        std::erase_if(result, [&](const Candidate& c) {
            return std::ranges::find(only, c.settings.name) == only.end();
        });
    return result;
}

}  // namespace fedmsg::services::hub
