#pragma once
/// \file
/// Every configuration key the program knows, in one table: it drives defaults, checks, suggestions, the
/// typed Config, and the list in fedmsg.d(5), which a test compares with it.

#include "config/config.h"

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace fedmsg {

/// What a single value must be.
enum class Scalar : std::uint8_t {
    boolean,         ///< true or false, not 0 or 1
    integer,         ///< from ConfigKey::min to ConfigKey::max
    seconds,         ///< integer or real, 0 or more
    text,            ///< a string
    secret,          ///< a string that errors do not show
    choice,          ///< one of ConfigKey::choices
    octal,           ///< file mode bits as a string: "770"
    path,            ///< of a file or folder
    path_or_https,   ///< the same, or an https:// URL
    url,             ///< http:// or https://
    path_or_sql,     ///< a file, or sqlite:///PATH, postgresql://…
    endpoint,        ///< see config/endpoint.h
    listen,          ///< HOST:PORT to listen on: see config/endpoint.h
    domain,          ///< a DNS name
    object,          ///< a dict whose shape is checked by who uses it
    object_or_path,  ///< the same, or a JSON file that holds it
};

/// How many of them, and how they are arranged.
enum class Shape : std::uint8_t { one, list, one_or_list, map_of_one, map_of_list, map_of_one_or_list };

/// Where the loader puts the value; monostate: it is read from Config::values by the room that uses it.
using ConfigField =
    std::variant<std::monostate, bool Config::*, int Config::*, std::size_t Config::*, std::string Config::*,
                 std::optional<std::string> Config::*, std::optional<std::size_t> Config::*,
                 std::chrono::milliseconds Config::*, std::vector<std::string> Config::*,
                 std::map<std::string, std::string> Config::*,
                 std::map<std::string, std::vector<std::string>> Config::*, LoggingSettings Config::*>;

struct ConfigKey {
    std::string_view group;  ///< heading in fedmsg.d(5)
    std::string_view name;
    Scalar scalar;
    Shape shape = Shape::one;
    std::string_view fallback = {};  ///< default, as JSON; empty: absent
    std::string_view doc;            ///< sentences for fedmsg.d(5)
    std::string_view example = {};   ///< as JSON; where the default is not one already
    ConfigField field = {};
    std::int64_t min = 0, max = std::numeric_limits<int>::max();  ///< integer
    std::string_view choices = {};                                ///< choice: "x509 gpg"

    /// Without a value by default, so that `None` is the same as not setting it.
    [[nodiscard]] bool may_be_null() const { return fallback.empty() || fallback == "null"; }
};

/// In the order of the manual: by group.
std::span<const ConfigKey> config_keys();

/// The row of `name`; null when no such key is known.
const ConfigKey* find_config_key(std::string_view name);

/// "an integer from 1 to 65535", "a list of domain names".
std::string allowed_values(const ConfigKey& key);

/// The known key that `name` looks like; nothing when it is known itself, or resembles none.
std::optional<std::string_view> similar_key(std::string_view name);

/// Every key with a default, with it.
encoding::Object default_values();

}  // namespace fedmsg
