#include "config/logging.h"

#include "encoding/write.h"

#include <algorithm>
#include <array>
#include <set>

namespace fedmsg {
namespace {

using encoding::Object;
using encoding::Value;

constexpr std::array<std::pair<std::string_view, int>, 8> level_names{{{"NOTSET", 0},
                                                                       {"DEBUG", 10},
                                                                       {"INFO", 20},
                                                                       {"WARNING", 30},
                                                                       {"WARN", 30},
                                                                       {"ERROR", 40},
                                                                       {"CRITICAL", 50},
                                                                       {"FATAL", 50}}};
constexpr std::string_view level_words = "DEBUG, INFO, WARNING, ERROR, CRITICAL or NOTSET";

class Reader {
  public:
    Reader(const Object& dict, LoggingRemarks& remarks) : dict_{dict}, remarks_{remarks} {}

    LoggingSettings run() {
        if (dict_.empty()) return {};
        const Value* version = dict_.find("version");
        if (!version || version->integer() != 1) error("logging.version", version, "1");
        for (const char* section : {"formatters", "handlers", "loggers"}) {
            const Value* value = dict_.find(section);
            if (value && !value->object()) error("logging." + std::string{section}, value, "a dict");
        }
        if (const Value* value = dict_.find("root")) root_ = logger("logging.root", *value);
        return {settings("fedmsg"), settings("moksha")};
    }

  private:
    /// A logger as it is written; the level is absent where it inherits.
    struct Logger {
        std::optional<LogLevel> level;
        std::vector<LogHandler> handlers;
        bool propagate = true;
    };

    LoggerSettings settings(const char* name) {
        Logger own;
        const Value* loggers = dict_.find("loggers");
        const Value* value = loggers ? loggers->find(name) : nullptr;
        if (value) own = logger("logging.loggers." + std::string{name}, *value);
        if (own.propagate) std::ranges::copy(root_.handlers, std::back_inserter(own.handlers));
        return {own.level.value_or(root_.level.value_or(LogLevel::warning)), std::move(own.handlers)};
    }

    Logger logger(const std::string& name, const Value& value) {
        Logger result;
        if (!value.object()) {
            error(name, &value, "a dict");
            return result;
        }
        result.level = level(name, value);
        if (const Value* propagate = value.find("propagate")) result.propagate = propagate->truthy();
        const Value* handlers = value.find("handlers");
        if (handlers && !handlers->array())
            error(name + ".handlers", handlers, "a list of names from handlers");
        if (!handlers || !handlers->array()) return result;
        for (const Value& handler : *handlers->array()) {
            if (auto found = named_handler(name + ".handlers", handler)) result.handlers.push_back(*found);
        }
        return result;
    }

    std::optional<LogHandler> named_handler(const std::string& user, const Value& name) {
        const Value* all = dict_.find("handlers");
        const Value* value = all && name.string() ? all->find(*name.string()) : nullptr;
        if (!value) {
            error(user, &name, "the name of a handler");
            return std::nullopt;
        }
        const std::string place = "logging.handlers." + *name.string();
        if (!value->object()) {
            error(place, value, "a dict");
            return std::nullopt;
        }
        return handler(place, *value);
    }

    std::optional<LogHandler> handler(const std::string& name, const Value& value) {
        LogHandler result;
        const std::string type = text(name, value, "class", "");
        if (type == "logging.StreamHandler") {
            const std::string stream = text(name, value, "stream", "ext://sys.stderr");
            if (stream == "ext://sys.stdout")
                result.kind = LogHandler::Kind::standard_output;
            else if (stream != "ext://sys.stderr")
                error(name + ".stream", value.find("stream"), "ext://sys.stdout or ext://sys.stderr");
        } else if (type == "logging.FileHandler" || type == "logging.handlers.RotatingFileHandler") {
            const bool rotating = type != "logging.FileHandler";
            result.kind = rotating ? LogHandler::Kind::rotating_file : LogHandler::Kind::file;
            result.path = text(name, value, "filename", "");
            if (result.path.empty()) error(name + ".filename", value.find("filename"), "a path");
            if (rotating) {
                result.max_bytes = static_cast<std::uint64_t>(count(name, value, "maxBytes", INT64_MAX));
                result.backup_count = static_cast<int>(count(name, value, "backupCount", INT32_MAX));
            }
        } else if (type == "logging.handlers.SysLogHandler") {
            result.kind = LogHandler::Kind::syslog;
            result.path = syslog_address(name, value);
            result.facility = text(name, value, "facility", "user");
        } else {
            if (type != "logging.NullHandler") other(name, type);
            return std::nullopt;
        }
        result.level = level(name, value);
        format(name, value, result);
        return result;
    }

    /// "/dev/log", or "host:port" of a Python pair.
    std::string syslog_address(const std::string& name, const Value& value) {
        const Value* address = value.find("address");
        if (!address) return "localhost:514";  // as Python
        if (address->string()) return *address->string();
        const encoding::Array* pair = address->array();
        if (pair && pair->size() == 2 && (*pair)[0].string() && (*pair)[1].integer()) {
            return *(*pair)[0].string() + ":" + std::to_string(*(*pair)[1].integer());
        }
        error(name + ".address", address, "a path or a pair of host and port");
        return {};
    }

    void format(const std::string& name, const Value& handler, LogHandler& result) {
        const Value* formatter = handler.find("formatter");
        if (!formatter || formatter->is_null()) return;
        const Value* all = dict_.find("formatters");
        const Value* value = all && formatter->string() ? all->find(*formatter->string()) : nullptr;
        if (!value || !value->object())
            return error(name + ".formatter", formatter, "the name of a formatter");
        const std::string place = "logging.formatters." + *formatter->string();
        result.format = text(place, *value, "format", result.format);
        result.datefmt = text(place, *value, "datefmt", "");
        const std::string style = text(place, *value, "style", "%");
        if (style != "%" || value->find("()") || value->find("class")) {
            warn(place + ": only plain formatters in % style are known: the message is logged as it is");
            result.format = "%(message)s";
        }
    }

    std::optional<LogLevel> level(const std::string& name, const Value& holder) {
        const Value* value = holder.find("level");
        if (!value || value->is_null()) return std::nullopt;
        std::optional<std::int64_t> number = value->integer();
        if (const std::string* word = value->string()) {
            const auto* found =
                std::ranges::find(level_names, *word, &std::pair<std::string_view, int>::first);
            if (found != level_names.end()) number = found->second;
        }
        if (!number || *number < 0) {
            error(name + ".level", value, level_words);
            return std::nullopt;
        }
        if (*number == 0) return std::nullopt;
        for (const LogLevel known : {LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error}) {
            if (*number <= static_cast<int>(known)) return known;
        }
        return LogLevel::critical;
    }

    std::string text(const std::string& name, const Value& holder, const char* key, std::string fallback) {
        const Value* value = holder.find(key);
        if (!value || value->is_null()) return fallback;
        if (value->string()) return *value->string();
        error(name + "." + key, value, "a string");
        return fallback;
    }

    std::int64_t count(const std::string& name, const Value& holder, const char* key, std::int64_t most) {
        const Value* value = holder.find(key);
        if (!value) return 0;
        const auto number = value->integer();
        if (number && *number >= 0 && *number <= most) return *number;
        error(name + "." + key, value, "an integer, 0 or more");
        return 0;
    }

    void other(const std::string& name, const std::string& type) {
        warn(name + ": " + (type.empty() ? "a handler without class" : type) +
             " is not known here, and is left out: use logging.StreamHandler, logging.FileHandler, "
             "logging.handlers.RotatingFileHandler or logging.handlers.SysLogHandler");
    }

    // Both loggers may use the same handler: each remark is made once.
    void error(const std::string& name, const Value* value, std::string_view must) {
        const std::string is = value ? " is " + encoding::dumps(*value) : " is absent";
        add(remarks_.errors, name + is + ": must be " + std::string{must});
    }
    void warn(std::string text) { add(remarks_.warnings, std::move(text)); }
    static void add(std::vector<std::string>& to, std::string text) {
        if (std::ranges::find(to, text) == to.end()) to.push_back(std::move(text));
    }

    const Object& dict_;
    LoggingRemarks& remarks_;
    Logger root_;
};

}  // namespace

LoggingSettings read_logging(const Object& dict, LoggingRemarks& remarks) {
    return Reader{dict, remarks}.run();
}

}  // namespace fedmsg
