#pragma once
/// \file
/// Finds the configuration files and reads each into an object. The loader's only contact with the file
/// system.

#include "config/load.h"
#include "util/result.h"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace fedmsg {

/// Bytes of one file. The largest known site has 150 KB in all.
inline constexpr std::size_t largest_config_file = 16 * 1024 * 1024;
/// Files in one folder.
inline constexpr std::size_t most_files_in_folder = 1000;

struct FoundFiles {
    std::vector<std::string> paths;  ///< in the order in which they are read
    std::vector<Finding> errors;     ///< a file or folder that was asked for by name is not there
    std::vector<Finding> warnings;   ///< a link that leads to nothing
};

FoundFiles find_config_files(const SearchPaths& search, const std::optional<std::string>& config_filename);

/// One file's object, with the lines of its keys and, for JSON, of the members of dicts.
struct ConfigFile {
    struct Line {
        std::string key;
        std::optional<std::string> member;
        int line;
    };
    encoding::Object values;
    std::vector<Line> lines;
    std::vector<Finding> warnings;
};

/// By its name: `*.json` is JSON, anything else the dialect. The error has its place in it.
Result<ConfigFile, Finding> read_config_file(const std::string& path, const dialect::HostFacts& facts);

}  // namespace fedmsg
