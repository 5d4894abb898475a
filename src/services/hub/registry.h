#pragma once
/// \file
/// Which consumers there are: built in, from shared objects, and programs of the configuration.

#include "config/load.h"
#include "services/hub/consumer.h"
#include "services/hub/settings.h"

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace fedmsg::services::hub {

/// The consumers that are part of the executable.
std::span<const consumers::Kind> built_in();

/// Where shared objects are looked for: `consumers` in $FEDMSG_MODULES, where that is set; else in the folder
/// of the modules that fedmsg was installed with.
std::filesystem::path consumer_folder();

/// A consumer in C++, and where it comes from.
struct NativeKind {
    const consumers::Kind* kind;
    std::string module;
};

/// Loads every `*.so` of the folder, in the order of their names. They are never unloaded. What cannot be
/// loaded, or belongs to another version, is told in the log and left out. No folder: none.
std::vector<NativeKind> load_shared_objects(const std::filesystem::path& folder);

/// One consumer that could run.
struct Candidate {
    ConsumerSettings settings;  ///< those of a consumer in C++ come from its entry, where there is one
    std::optional<NativeKind> native{};  ///< nothing: a program
    std::string why_not{};               ///< why it is not enabled; empty: it is
};

/// Everything there is, in the order of the table, of file names, and of the configuration.
/// \param only  `--with-consumers`; empty: all
/// \throws UsageError  with all that is wrong in `consumers` and in `only`, a line each
std::vector<Candidate> find_consumers(const Loaded& loaded, const std::vector<NativeKind>& natives,
                                      const std::vector<std::string>& only);

}  // namespace fedmsg::services::hub
