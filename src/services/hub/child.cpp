#include "services/hub/child.h"

#include "util/error.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>

namespace fedmsg::services::hub {
namespace {

constexpr std::size_t chunk = 64 * 1024;
/// Of the pipe to a program, where the system allows it (pipe(7)): the program is woken once for what the hub
/// hands out in a turn, and catches up when it had fallen behind.
constexpr std::size_t input_size = 128 * 1024;
/// Read of what stands in the pipes of a program that has ended; a stranger may hold them open, and write.
constexpr std::size_t most_after_the_end = 1024 * 1024;

rlimit original_limit{0, 0};

/// Programs that run, each reaped by its Child.
std::set<pid_t>& leaders() {
    static std::set<pid_t> all;
    return all;
}

struct Pipe {
    Pipe() {
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) ends = {-1, -1};
    }
    ~Pipe() {
        for (const int end : ends)
            if (end >= 0) ::close(end);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    [[nodiscard]] bool ok() const { return ends[0] >= 0; }
    int take(std::size_t end) { return std::exchange(ends.at(end), -1); }
    int take_non_blocking(std::size_t end) {
        ::fcntl(ends.at(end), F_SETFL, O_NONBLOCK);
        return take(end);
    }
    std::array<int, 2> ends{-1, -1};
};

/// Ours, but for what is between the service manager and us.
std::vector<std::string> environment_with(const std::vector<std::pair<std::string, std::string>>& added) {
    std::vector<std::string> result;
    const auto is_named = [](std::string_view variable, std::string_view name) {
        return variable.size() > name.size() && variable.starts_with(name) && variable[name.size()] == '=';
    };
    for (char** variable = environ; *variable != nullptr; ++variable) {
        bool left_out = false;
        for (const auto* name :
             {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID"})
            left_out = left_out || is_named(*variable, name);
        for (const auto& one : added) left_out = left_out || is_named(*variable, one.first);
        if (!left_out) result.emplace_back(*variable);
    }
    for (const auto& [name, value] : added) result.push_back(name + "=" + value);
    return result;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> result;
    for (auto& word : words) result.push_back(word.data());
    result.push_back(nullptr);
    return result;
}

}  // namespace

Child::Child(Loop& loop, Listener& listener)
    : listener_{&listener},
      end_{loop.context()},
      input_{loop.context()},
      output_{loop.context()},
      errors_{loop.context()},
      pause_{loop.context()} {}

std::shared_ptr<Child> Child::start(Loop& loop, const Start& start, Listener& listener,
                                    std::string& trouble) {
    Pipe in, out, errors;
    if (!in.ok() || !out.ok() || !errors.ok()) {
        trouble = error_text(errno);
        return nullptr;
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in.ends[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out.ends[1], 1);
    posix_spawn_file_actions_adddup2(&actions, errors.ends[1], 2);
    if (!start.directory.empty()) posix_spawn_file_actions_addchdir_np(&actions, start.directory.c_str());
    // Not every descriptor of asio and of libraries is closed on exec.
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);

    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, static_cast<short>(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK |
                                                             POSIX_SPAWN_SETPGROUP));

    auto words = start.command;
    auto environment = environment_with(start.environment);
    pid_t pid = -1;
    const int error = ::posix_spawn(&pid, start.command.front().c_str(), &actions, &attributes,
                                    pointers(words).data(), pointers(environment).data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (error != 0) {
        trouble = error_text(error);
        return nullptr;
    }
    if (original_limit.rlim_max > 0) ::prlimit(pid, RLIMIT_NOFILE, &original_limit, nullptr);

    const std::shared_ptr<Child> child{new Child{loop, listener}};
    child->pid_ = pid;
    leaders().insert(pid);
    const int end = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    if (end < 0) {
        trouble = error_text(errno);
        child->close();
        return nullptr;
    }
    child->end_.assign(end);
    ::fcntl(in.ends[1], F_SETPIPE_SZ, static_cast<int>(input_size));
    child->input_.assign(in.take_non_blocking(1));
    child->probe_ = in.take(0);
    child->output_.assign(out.take_non_blocking(0));
    child->errors_.assign(errors.take_non_blocking(0));
    child->watch_end();
    child->read_output();
    child->read_errors();
    return child;
}

Child::~Child() { close(); }

std::size_t Child::write(std::span<const iovec> parts) {
    if (!input_.is_open()) return 0;
    std::size_t total = 0;
    for (const auto& part : parts) total += part.iov_len;
    const auto written = ::writev(input_.native_handle(), parts.data(), static_cast<int>(parts.size()));
    if (written < 0 && errno != EAGAIN && errno != EINTR) {
        close_input();  // it reads no more: its end follows, or it goes on without
        return 0;
    }
    const auto taken = written < 0 ? 0 : static_cast<std::size_t>(written);
    if (taken < total && !waits_to_write_) {
        waits_to_write_ = true;
        input_.async_wait(Stream::wait_write, [self = shared_from_this()](auto error) {
            self->waits_to_write_ = false;
            if (!error && self->listener_) self->listener_->on_writable(*self);
        });
    }
    return taken;
}

std::size_t Child::unread() const {
    int bytes = 0;
    if (probe_ < 0 || ::ioctl(probe_, FIONREAD, &bytes) != 0) return 0;
    return static_cast<std::size_t>(bytes);
}

void Child::close_input() {
    boost::system::error_code ignored;
    input_.close(ignored);
}

void Child::signal(int number) const {
    if (pid_ > 0) ::kill(-pid_, number);
}

void Child::pause_output(std::chrono::milliseconds time) {
    if (paused_) return;
    paused_ = true;
    pause_.expires_after(time);
    pause_.async_wait([self = shared_from_this()](auto error) {
        self->paused_ = false;
        if (!error) self->read_output();
    });
}

void Child::read_output() {
    if (!output_.is_open()) return;
    output_.async_wait(Stream::wait_read, [self = shared_from_this()](auto error) {
        if (error || !self->listener_) return;
        if (!self->take(self->output_, &Listener::on_output)) return self->output_.close();
        if (!self->paused_) self->read_output();
    });
}

void Child::read_errors() {
    if (!errors_.is_open()) return;
    errors_.async_wait(Stream::wait_read, [self = shared_from_this()](auto error) {
        if (error || !self->listener_) return;
        if (self->take(self->errors_, &Listener::on_error)) return self->read_errors();
        self->errors_.close();
    });
}

/// One chunk; false at the end.
bool Child::take(Stream& stream, void (Listener::*tell)(Child&, std::string_view)) {
    std::array<char, chunk> bytes;  // not initialized: filled by read(2)
    const auto size = ::read(stream.native_handle(), bytes.data(), bytes.size());
    if (size < 0) return errno == EAGAIN || errno == EINTR;
    if (size == 0) return false;
    (listener_->*tell)(*this, {bytes.data(), static_cast<std::size_t>(size)});
    return stream.is_open();
}

void Child::watch_end() {
    end_.async_wait(Stream::wait_read, [self = shared_from_this()](auto error) {
        if (!error && self->listener_) self->ended();
    });
}

void Child::ended() {
    const int status = reap();
    for (auto [stream, tell] :
         {std::pair{&output_, &Listener::on_output}, std::pair{&errors_, &Listener::on_error}})
        for (std::size_t read = 0; listener_ && stream->is_open() && read < most_after_the_end;
             read += chunk) {
            int waiting = 0;
            if (::ioctl(stream->native_handle(), FIONREAD, &waiting) != 0 || waiting == 0) break;
            if (!take(*stream, tell)) break;
        }
    auto* listener = listener_;
    const auto left = unread();
    close();
    if (listener) listener->on_end(*this, status, left);
}

/// Kills the group. While its leader is a zombie, nobody else can have its number.
int Child::reap() {
    if (pid_ <= 0) return 0;
    const auto pid = std::exchange(pid_, -1);
    ::kill(-pid, SIGKILL);
    int status = 0;
    ::waitpid(pid, &status, 0);
    while (::waitpid(-pid, nullptr, WNOHANG) > 0) {
    }
    leaders().erase(pid);
    return status;
}

void Child::close() {
    listener_ = nullptr;
    (void)reap();
    boost::system::error_code ignored;
    for (auto* stream : {&end_, &input_, &output_, &errors_}) stream->close(ignored);
    pause_.cancel();
    if (probe_ >= 0) ::close(std::exchange(probe_, -1));
}

void adopt_orphans() { ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

void remember_file_limit() {
    if (original_limit.rlim_max == 0) ::getrlimit(RLIMIT_NOFILE, &original_limit);
}

namespace {

/// Of /proc/PID/stat: the state, and the process group.
std::pair<char, pid_t> state_of(pid_t pid) {
    std::ifstream file{"/proc/" + std::to_string(pid) + "/stat"};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    const auto end_of_name = text.rfind(')');
    char state = 0;
    int parent = 0, group = 0;
    if (end_of_name == text.npos ||
        std::sscanf(text.c_str() + end_of_name + 1, " %c %d %d", &state, &parent, &group) != 3)
        return {0, 0};
    return {state, group};
}

std::vector<pid_t> children() {
    std::vector<pid_t> result;
    std::error_code error;
    for (const auto& task : std::filesystem::directory_iterator{"/proc/self/task", error}) {
        std::ifstream file{task.path() / "children"};
        for (pid_t pid = 0; file >> pid;) result.push_back(pid);
    }
    return result;
}

}  // namespace

void sweep_orphans(bool kill_all) {
    // Killing one hands its children to us: until there are no more, and not for ever.
    for (int rounds = 0; rounds < 100; ++rounds) {
        bool killed = false;
        for (const auto pid : children()) {
            const auto [state, group] = state_of(pid);
            // A library's own child, as of popen(3), is in our group; whoever started it waits for it.
            if (group == ::getpgrp()) continue;
            if (state != 'Z') {
                if (!kill_all) continue;
                ::kill(pid, SIGKILL);
                killed = true;
                ::waitpid(pid, nullptr, 0);
            } else if (!leaders().contains(pid) || kill_all) {
                ::waitpid(pid, nullptr, WNOHANG);
            }
        }
        if (!killed) return;
    }
}

std::string end_text(int wait_status) {
    if (WIFSIGNALED(wait_status))
        return fmt::format("signal {} ({})", WTERMSIG(wait_status), ::strsignal(WTERMSIG(wait_status)));
    return fmt::format("exit status {}", WEXITSTATUS(wait_status));
}

}  // namespace fedmsg::services::hub
