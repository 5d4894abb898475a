#pragma once
/// \file
/// A program that runs beside us: a process group of its own, its three streams, and its end.
///
/// When the program ends, or close() is called, its whole group is killed: what it has started ends with it.
/// It inherits no descriptor of ours, has default signals, and our limit of open files as it was before we
/// raised it.

#include "loop/loop.h"

#include <sys/types.h>
#include <sys/uio.h>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fedmsg::services::hub {

/// Used on the loop.
class Child : public std::enable_shared_from_this<Child> {
  public:
    /// What is heard of it. Lives longer than the child, or closes it.
    struct Listener {
        virtual void on_output(Child& child, std::string_view bytes) = 0;
        virtual void on_error(Child& child, std::string_view bytes) = 0;
        /// After a write() that took less than everything.
        virtual void on_writable(Child& child) = 0;
        /// It is gone. \param status  as waitpid(2) gives it \param unread  bytes of its input that it left
        virtual void on_end(Child& child, int status, std::size_t unread) = 0;

      protected:
        ~Listener() = default;
    };
    struct Start {
        std::vector<std::string> command;                                ///< a path and arguments
        std::string directory{};                                         ///< empty: ours
        std::vector<std::pair<std::string, std::string>> environment{};  ///< added to ours
    };

    /// \returns null, and `trouble`, when it cannot be started
    static std::shared_ptr<Child> start(Loop& loop, const Start& start, Listener& listener,
                                        std::string& trouble);
    ~Child();

    /// Bytes taken; less than everything when it has to wait: on_writable() follows.
    std::size_t write(std::span<const iovec> parts);
    /// Bytes that were written and that it has not read yet.
    [[nodiscard]] std::size_t unread() const;
    void close_input();
    /// To the whole group.
    void signal(int number) const;
    /// Reads no output before `time` has passed: who floods us waits.
    void pause_output(std::chrono::milliseconds time);
    /// Kills the group and forgets everything: no listener is called any more.
    void close();

    [[nodiscard]] pid_t pid() const { return pid_; }
    [[nodiscard]] bool input_is_open() const { return input_.is_open(); }

  private:
    explicit Child(Loop& loop, Listener& listener);
    using Stream = asio::posix::stream_descriptor;
    void read_output();
    void read_errors();
    bool take(Stream& stream, void (Listener::*tell)(Child&, std::string_view));
    void watch_end();
    void ended();
    int reap();

    Listener* listener_;
    pid_t pid_ = -1;
    Stream end_, input_, output_, errors_;
    asio::steady_timer pause_;
    int probe_ = -1;  // the reading end of its input, which tells how much waits there
    bool paused_ = false;
    bool waits_to_write_ = false;
};

/// Lets the descendants of programs that have lost their parents become our children, so that none outlives
/// us.
void adopt_orphans();
/// Reaps those that have ended. \param kill_all  and kills those that have not
void sweep_orphans(bool kill_all);
/// What `child` processes get instead of our own soft limit of open files, which we may raise.
void remember_file_limit();
/// "exit status 3", "signal 9 (Killed)".
std::string end_text(int wait_status);

}  // namespace fedmsg::services::hub
