#pragma once
/// \file
/// The log: what an operator should know or act on. Goes to stderr, in lines that journald understands, until
/// configure() says otherwise.

#include <fmt/core.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::log {

enum class Level : std::uint8_t { debug, info, warning, error, off };

/// "debug", "info", "warning" (also "warn"), "error" (also "critical"), in any case; nothing for other words.
std::optional<Level> parse_level(std::string_view name);

/// Where lines go besides, or instead of, stderr.
struct Sink {
    enum class Kind : std::uint8_t { console, syslog, file, rotating_file };
    Kind kind = Kind::console;
    Level level = Level::debug;
    std::string format;   ///< Python's: "%(asctime)s %(levelname)7s %(message)s"; empty: the console's own
    std::string datefmt;  ///< strftime; empty: "%Y-%m-%d %H:%M:%S,%f" as Python
    std::string path;     ///< file, rotating_file
    std::size_t max_bytes = 0;
    std::size_t backups = 0;
};

struct Setup {
    Level level = Level::info;
    std::vector<Sink> sinks;  ///< empty: the console
};

/// \param program  "fedmsg tail", named in what is not for a journal
/// \throws SetupError  when a log file cannot be opened
void configure(const Setup& setup, std::string_view program);
void set_level(Level level);
bool enabled(Level level);

/// \param component  the part that speaks: "relay", "publisher", "config"
void write(Level level, std::string_view component, std::string_view text);

template <class... Args>
void debug(std::string_view component, fmt::format_string<Args...> text, Args&&... args) {
    if (enabled(Level::debug)) write(Level::debug, component, fmt::format(text, std::forward<Args>(args)...));
}
template <class... Args>
void info(std::string_view component, fmt::format_string<Args...> text, Args&&... args) {
    if (enabled(Level::info)) write(Level::info, component, fmt::format(text, std::forward<Args>(args)...));
}
template <class... Args>
void warning(std::string_view component, fmt::format_string<Args...> text, Args&&... args) {
    if (enabled(Level::warning))
        write(Level::warning, component, fmt::format(text, std::forward<Args>(args)...));
}
template <class... Args>
void error(std::string_view component, fmt::format_string<Args...> text, Args&&... args) {
    if (enabled(Level::error)) write(Level::error, component, fmt::format(text, std::forward<Args>(args)...));
}

/// Lets one line through an interval, and counts the others so that the next one can say how many there were.
class Limit {
  public:
    explicit Limit(std::chrono::milliseconds interval = std::chrono::seconds{1}) : interval_{interval} {}
    /// Nothing when this line must be held back; else how many were held back since the last one.
    std::optional<std::uint64_t> pass(
        std::chrono::steady_clock::time_point now = std::chrono::steady_clock::now());

  private:
    std::chrono::milliseconds interval_;
    std::optional<std::chrono::steady_clock::time_point> last_;
    std::uint64_t held_back_ = 0;
};

}  // namespace fedmsg::log
