#include "util/log.h"

#include "util/error.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/sinks/syslog_sink.h>
#include <spdlog/spdlog.h>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <ctime>
#include <memory>

namespace fedmsg::log {
namespace {

spdlog::level::level_enum to_spdlog(Level level) {
    switch (level) {
        case Level::debug: return spdlog::level::debug;
        case Level::info: return spdlog::level::info;
        case Level::warning: return spdlog::level::warn;
        case Level::error: return spdlog::level::err;
        case Level::off: return spdlog::level::off;
    }
    return spdlog::level::info;
}

/// The names that Python's logging gives to the levels.
std::string_view python_name(spdlog::level::level_enum level) {
    static constexpr std::array<std::string_view, 7> names{"DEBUG", "DEBUG",    "INFO",    "WARNING",
                                                           "ERROR", "CRITICAL", "CRITICAL"};
    return names.at(static_cast<std::size_t>(level));
}

/// "fedmsg tail: warning: subscriber: text"; for a journal "<4>subscriber: text" (sd-daemon(3)).
class ConsoleFormat final : public spdlog::formatter {
  public:
    explicit ConsoleFormat(std::string program) : program_{std::move(program)} {}

    void format(const spdlog::details::log_msg& line, spdlog::memory_buf_t& out) override {
        auto add = [&](std::string_view text) { out.append(text.data(), text.data() + text.size()); };
        if (journal_) {
            static constexpr std::array<std::string_view, 7> priorities{"<7>", "<7>", "<6>", "<4>",
                                                                        "<3>", "<2>", "<7>"};
            add(priorities.at(static_cast<std::size_t>(line.level)));
        } else {
            std::string level{python_name(line.level)};
            std::transform(level.begin(), level.end(), level.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
            add(program_);
            add(": ");
            add(level);
            add(": ");
        }
        add({line.logger_name.data(), line.logger_name.size()});
        add(": ");
        add({line.payload.data(), line.payload.size()});
        add("\n");
    }
    std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<ConsoleFormat>(program_);
    }

  private:
    std::string program_;
    bool journal_ = std::getenv("JOURNAL_STREAM") != nullptr;
};

/// A format of Python's logging module: `%(name)10s`. What it does not know it leaves as it stands.
class PythonFormat final : public spdlog::formatter {
  public:
    PythonFormat(std::string format, std::string datefmt)
        : format_{std::move(format)}, datefmt_{std::move(datefmt)} {}

    void format(const spdlog::details::log_msg& line, spdlog::memory_buf_t& out) override {
        auto add = [&](std::string_view text) { out.append(text.data(), text.data() + text.size()); };
        std::string_view rest = format_;
        while (!rest.empty()) {
            const auto percent = rest.find('%');
            add(rest.substr(0, percent));
            if (percent == rest.npos) break;
            rest.remove_prefix(percent);
            const auto close = rest.find(')');
            if (rest.starts_with("%%")) {
                add("%");
                rest.remove_prefix(2);
            } else if (rest.starts_with("%(") && close != rest.npos) {
                const auto name = rest.substr(2, close - 2);
                const auto end = rest.find_first_not_of("-+ #0123456789.", close + 1);
                add(padded(field(name, line),
                           rest.substr(close + 1, end == rest.npos ? end : end - close - 1)));
                rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
            } else {
                add("%");
                rest.remove_prefix(1);
            }
        }
        add("\n");
    }
    std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<PythonFormat>(format_, datefmt_);
    }

  private:
    std::string field(std::string_view name, const spdlog::details::log_msg& line) const {
        if (name == "message") return {line.payload.data(), line.payload.size()};
        if (name == "name") return "fedmsg." + std::string{line.logger_name.data(), line.logger_name.size()};
        if (name == "levelname") return std::string{python_name(line.level)};
        if (name == "process") return std::to_string(::getpid());
        if (name == "asctime") return time_text(line.time);
        return "%(" + std::string{name} + ")s";
    }

    std::string time_text(spdlog::log_clock::time_point time) const {
        const auto seconds = spdlog::log_clock::to_time_t(time);
        std::tm local{};
        ::localtime_r(&seconds, &local);
        std::array<char, 200> text{};
        const char* format = datefmt_.empty() ? "%Y-%m-%d %H:%M:%S" : datefmt_.c_str();
        std::string result{text.data(), std::strftime(text.data(), text.size(), format, &local)};
        if (datefmt_.empty()) {
            const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch());
            result += fmt::format(",{:03}", since.count() % 1000);
        }
        return result;
    }

    static std::string padded(std::string text, std::string_view spec) {
        const bool left = spec.starts_with('-');
        const auto width =
            static_cast<std::size_t>(std::atoi(std::string{spec.substr(left ? 1 : 0)}.c_str()));
        constexpr std::size_t widest =
            200;  // a format string is configuration, but not a way to fill the memory
        if (text.size() < std::min(width, widest))
            text.insert(left ? text.size() : 0, std::min(width, widest) - text.size(), ' ');
        return text;
    }

    std::string format_;
    std::string datefmt_;
};

spdlog::sink_ptr open(const Sink& sink, std::string_view program) {
    spdlog::sink_ptr result;
    switch (sink.kind) {
        case Sink::Kind::console: result = std::make_shared<spdlog::sinks::stderr_sink_st>(); break;
        case Sink::Kind::syslog:
            result = std::make_shared<spdlog::sinks::syslog_sink_st>(std::string{program}, LOG_PID,
                                                                     LOG_DAEMON, true);
            break;
        case Sink::Kind::file: result = std::make_shared<spdlog::sinks::basic_file_sink_st>(sink.path); break;
        case Sink::Kind::rotating_file:
            result = std::make_shared<spdlog::sinks::rotating_file_sink_st>(
                sink.path, std::max<std::size_t>(sink.max_bytes, 1), sink.backups);
            break;
    }
    // A journal has the time and the level of each line itself.
    const bool plain = sink.kind == Sink::Kind::console && std::getenv("JOURNAL_STREAM");
    if (sink.format.empty() || plain)
        result->set_formatter(std::make_unique<ConsoleFormat>(std::string{program}));
    else
        result->set_formatter(std::make_unique<PythonFormat>(sink.format, sink.datefmt));
    result->set_level(to_spdlog(sink.level));
    return result;
}

struct State {
    Level level = Level::info;
    std::vector<spdlog::sink_ptr> sinks{open(Sink{}, "fedmsg")};
};

State& state() {
    static State the_state;
    return the_state;
}

}  // namespace

std::optional<Level> parse_level(std::string_view name) {
    std::string word{name};
    std::transform(word.begin(), word.end(), word.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (word == "debug") return Level::debug;
    if (word == "info") return Level::info;
    if (word == "warning" || word == "warn") return Level::warning;
    if (word == "error" || word == "critical" || word == "fatal") return Level::error;
    return std::nullopt;
}

void configure(const Setup& setup, std::string_view program) {
    std::vector<spdlog::sink_ptr> sinks;
    try {
        for (const auto& sink : setup.sinks) sinks.push_back(open(sink, program));
    } catch (const spdlog::spdlog_ex& e) {
        throw SetupError(std::string{"cannot open the log: "} + e.what());
    }
    if (sinks.empty()) sinks.push_back(open(Sink{}, program));
    state().level = setup.level;
    state().sinks = std::move(sinks);
}

void set_level(Level level) { state().level = level; }

bool enabled(Level level) { return level >= state().level; }

void write(Level level, std::string_view component, std::string_view text) {
    if (!enabled(level)) return;
    // A peer's words can be part of a line; they must not begin a second one or steer a terminal.
    std::string clean{text};
    for (char& c : clean)
        if ((static_cast<unsigned char>(c) < ' ' && c != '\t' && c != '\n') || c == 0x7f) c = '?';
    const spdlog::details::log_msg line{
        {component.data(), component.size()}, to_spdlog(level), {clean.data(), clean.size()}};
    for (const auto& sink : state().sinks) {
        if (!sink->should_log(line.level)) continue;
        try {
            sink->log(line);
            sink->flush();
        } catch (const spdlog::spdlog_ex&) {
            // A full disk under the log must not end the service that would report it.
        }
    }
}

std::optional<std::uint64_t> Limit::pass(std::chrono::steady_clock::time_point now) {
    if (last_ && now - *last_ < interval_) {
        ++held_back_;
        return std::nullopt;
    }
    last_ = now;
    return std::exchange(held_back_, 0);
}

}  // namespace fedmsg::log
