#pragma once
/// \file
/// The `logging` key: the shape of Python's logging.config.dictConfig, read into what our log can do.
/// Source: Python library reference, "logging.config", configuration dictionary schema, version 1.

#include "encoding/value.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg {

/// Python's levels; a number in between counts as the next one up.
enum class LogLevel : std::uint8_t { debug = 10, info = 20, warning = 30, error = 40, critical = 50 };

struct LogHandler {
    enum class Kind : std::uint8_t { standard_error, standard_output, syslog, file, rotating_file };

    Kind kind = Kind::standard_error;
    std::optional<LogLevel> level = {};  ///< of this handler; nothing: whatever the logger lets through
    std::string format = "%(message)s";  ///< of its formatter, in Python's % style
    std::string datefmt = {};            ///< strftime(3); empty: ISO 8601 with milliseconds
    std::string path = {};               ///< file, rotating_file; syslog: its socket, or `host:port` (UDP)
    std::string facility = "user";       ///< syslog
    std::uint64_t max_bytes = 0;         ///< rotating_file, `maxBytes`; 0: never rotated
    int backup_count = 0;                ///< rotating_file, `backupCount`

    bool operator==(const LogHandler&) const = default;
};

struct LoggerSettings {
    LogLevel level = LogLevel::info;   ///< its own, else that of the root logger
    std::vector<LogHandler> handlers;  ///< its own and, where it propagates, those of the root logger

    bool operator==(const LoggerSettings&) const = default;
};

struct LoggingSettings {
    /// Of the default of the key: INFO and above on standard error.
    static LoggerSettings to_console() {
        return {LogLevel::info,
                {{.level = LogLevel::info,
                  .format = "[%(asctime)s][%(name)10s %(levelname)7s] %(message)s",
                  .datefmt = "%Y-%m-%d %H:%M:%S"}}};
    }

    LoggerSettings fedmsg = to_console();
    LoggerSettings moksha = to_console();

    bool operator==(const LoggingSettings&) const = default;
};

/// A sentence about one place of the dict: "logging.handlers.mailer: class logging.handlers.SMTPHandler is
/// …".
struct LoggingRemarks {
    std::vector<std::string> errors;
    std::vector<std::string> warnings;  ///< handlers of other kinds, where `fedmsg` or `moksha` use them
};

/// \param dict  the value of the key; an empty one means the default
LoggingSettings read_logging(const encoding::Object& dict, LoggingRemarks& remarks);

}  // namespace fedmsg
