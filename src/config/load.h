#pragma once
/// \file
/// Finds, reads, merges and checks the configuration. Source: spec "Sources, later wins" and "Keys".

#include "config/config.h"
#include "config/dialect.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fedmsg {

/// The places that are searched. Folders are absolute.
struct SearchPaths {
    std::string etc = "/etc";
    std::string home;               ///< what `~` stands for
    std::string working_directory;  ///< what relative names start from
    std::string virtual_env;        ///< $VIRTUAL_ENV; empty: none
    std::string fedmsg_config;      ///< $FEDMSG_CONFIG, a file or a folder; empty: none

    static SearchPaths of_this_process();
};

/// Where to look, and what the command line says.
struct LoadOptions {
    std::optional<std::string> config_filename =
        {};                ///< `--config-filename`: instead of all other files and $FEDMSG_CONFIG
    bool defaults = true;  ///< false: `--disable-defaults`
    /// What the command line sets, by key, with the option that sets it: {"environment", "stg",
    /// "--environment"}.
    struct Override {
        std::string key;
        encoding::Value value;
        std::string option;
    };
    std::vector<Override> overrides = {};
    std::optional<SearchPaths> search = {};        ///< nothing: those of this process
    std::optional<dialect::HostFacts> facts = {};  ///< nothing: those of this host
};

/// One thing to tell the operator about the configuration.
struct Finding {
    std::string where;  ///< "/etc/fedmsg.d/base.py:12" or "--environment"; empty for a default
    std::string text;   ///< "high_water_mark is -1: must be an integer, 0 or more"
};

/// "/etc/fedmsg.d/base.py:12: high_water_mark is -1: must be an integer, 0 or more"
std::string to_string(const Finding& finding);

/// Remembers who set each key, and each member of a key that holds a dict.
class Provenance {
  public:
    /// A file or an option; what is recorded from now on comes from it.
    void begin(std::string origin);
    /// \param line  0 where there are no lines
    void record(std::string_view key, int line);
    void record(std::string_view key, std::string_view member, int line);
    /// The key has a new value altogether.
    void forget_members(std::string_view key);

    /// "FILE:LINE", an option, or nothing for a default.
    [[nodiscard]] std::string where(std::string_view key) const;
    /// The same for a member; that of the key where it is not known more exactly.
    [[nodiscard]] std::string where(std::string_view key, std::string_view member) const;

  private:
    struct Place {
        std::size_t origin;
        int line;
    };
    struct Entry {
        Place place;
        std::map<std::string, Place, std::less<>> members;
    };
    [[nodiscard]] std::string to_string(Place place) const;

    std::vector<std::string> origins_;
    std::map<std::string, Entry, std::less<>> entries_;
};

/// Everything that was set, not checked yet: what `fedmsg config` prints, so that it can show a wrong value
/// too.
struct Merged {
    encoding::Object values;  ///< with `endpoints` as lists, `relay_outbound` in it, and topic_prefix_re
    Provenance provenance;
    std::vector<std::string> sources;  ///< files read, in order
    std::vector<Finding> warnings;     ///< lambdas, links to nothing, …
};

/// \throws UsageError  with a line for each file that cannot be read or evaluated, or when `endpoints` is no
/// dict
Merged merge_config(const LoadOptions& options = {});

struct Checked {
    Config config;                ///< but its `values`; a key with an error keeps its default
    std::vector<Finding> errors;  ///< known keys with values that are not allowed
    std::vector<Finding>
        warnings;  ///< near misses of known keys, odd environments, log handlers that we do not have
};

Checked check_config(const Merged& merged);

struct Loaded {
    Config config;
    std::vector<std::string> sources;  ///< files read, in order
    std::vector<Finding> warnings;     ///< near misses of known keys, odd environments, lambdas, …
    Provenance provenance;             ///< who set what
};

/// merge_config, then check_config.
/// \throws UsageError  with every error there is, a line each, when a file cannot be read or evaluated or a
/// known
///                     key has a value that is not allowed
Loaded load_config(const LoadOptions& options = {});

}  // namespace fedmsg
