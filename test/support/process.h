#pragma once
/// \file
/// The program as its users meet it: a process with arguments, streams, signals and an exit status.

#include <sys/types.h>

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fedmsg::test {

using Clock = std::chrono::steady_clock;

/// How long anything may take before a test gives up. Nobody waits for it when all is well.
inline constexpr std::chrono::seconds patience{60};

/// Code that runs slower, and with more memory, than what is installed.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

/// The executable under test: $FEDMSG_BINARY.
std::string binary();

/// How a process is started. Its environment is clean but for PATH, HOME, LOGNAME, TZ=UTC and a UTF-8 locale.
struct Start {
    enum class Input { nothing, pipe, file, closed };
    enum class Output { pipe, file, closed };

    std::vector<std::string> command;
    std::vector<std::pair<std::string, std::string>> environment{};
    Input input = Input::nothing;
    Output output = Output::pipe;
    std::string input_file{}, output_file{};
    std::string folder{};        ///< where it runs; empty: here
    std::string name{};          ///< argv[0]; empty: command[0]
    bool errors_closed = false;  ///< standard error is closed, not a pipe
    bool group = false;          ///< is a process group of its own, killed together: for shells
};

/// `fedmsg WORDS…`
Start fedmsg(std::vector<std::string> words);
/// `bash -c 'set -o pipefail; SCRIPT'`, where $fedmsg is the executable.
Start shell(std::string script);

class Process {
  public:
    explicit Process(Start start);
    Process(Process&&) noexcept;
    Process& operator=(Process&&) = delete;
    /// Kills it: a failed assertion leaves nothing behind.
    ~Process();

    [[nodiscard]] pid_t pid() const { return pid_; }
    /// Becomes readable when the process has ended: pidfd_open(2).
    [[nodiscard]] int ended_descriptor() const { return ended_; }
    [[nodiscard]] bool running();

    /// To its standard input, in the background of what waits for it.
    void write(std::string_view text) { input_ += text; }
    void close_input() { close_input_ = true; }
    /// Waits until it has read everything that was written: the pipe is empty.
    void wait_until_input_is_read();

    // All of these throw std::runtime_error, with what the process said so far, when patience is at its end.

    /// The next line of standard output without its end; nothing when it was closed.
    std::optional<std::string> next_line() { return next(output_); }
    std::optional<std::string> next_error_line() { return next(errors_); }
    /// The next line of standard error that has `text` in it.
    std::string error_line_with(std::string_view text);
    /// Its exit status once it has ended, 128 and the number of a signal that ended it.
    int wait();
    /// The same; nothing when it has not ended by then.
    std::optional<int> wait_for(std::chrono::milliseconds time);

    void send(int signal) const;
    /// SIGTERM, and wait().
    int terminate();

    /// Everything on standard output and standard error so far; all of it after wait().
    [[nodiscard]] const std::string& output() const { return output_.text; }
    [[nodiscard]] const std::string& errors() const { return errors_.text; }
    /// Stops reading standard output, and closes it.
    void close_output();
    /// Moves bytes until `until` is readable, or the deadline: false then. \param until  -1: the next bytes
    bool pump(int until, Clock::time_point deadline);

  private:
    struct Stream {
        int descriptor = -1;
        std::string text;
        std::size_t read = 0;  // handed out by next()
    };
    std::optional<std::string> next(Stream& stream);
    void take(Stream& stream);
    void give();
    [[noreturn]] void give_up(std::string_view waited_for) const;

    std::string what_;
    pid_t pid_ = -1;
    bool group_ = false;
    int ended_ = -1;
    int input_descriptor_ = -1;
    std::string input_;
    std::size_t written_ = 0;
    bool close_input_ = false;
    Stream output_, errors_;
    std::optional<int> status_;
};

/// A process that has ended.
struct Finished {
    int status;
    std::string output, errors;
};
Finished run(Start start, std::string_view input = "");

}  // namespace fedmsg::test
