#pragma once
/// \file
/// What `fedmsg config` shows.

#include "config/dialect.h"
#include "encoding/value.h"
#include "util/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg {

/// Indented JSON with sorted keys, without a line end.
std::string to_json(const encoding::Object& values);

/// The value at a path of keys joined by dots, as text with line ends: null when there is none or it is null.
///
/// A string stands bare, any other atom as JSON; a list has one line an item, each again bare or JSON; a dict
/// is indented JSON. Keys may contain dots themselves: the longest key that is there is taken first, and
/// shorter ones where that leads nowhere. An empty path is everything.
std::optional<std::string> query(const encoding::Object& values, std::string_view path);

/// "Key `a.b` does not exist in config"
std::string absent_key(std::string_view path);

struct Converted {
    std::string json;                   ///< of the file's dict, with a line end
    std::vector<std::string> warnings;  ///< keys whose values depend on this host, and are fixed from now on
};

/// One `.py` (or relaxed `.json`) file as JSON that means the same on this host.
/// \throws UsageError  when it cannot be read or evaluated
Converted convert_to_json(const std::string& path, const dialect::HostFacts& facts);

}  // namespace fedmsg
