#include "support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <map>
#include <stdexcept>

namespace fedmsg::test {
namespace {

struct Pipe {
    Pipe() {
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error{"pipe2 failed"};
    }
    int& reading() { return ends[0]; }
    int& writing() { return ends[1]; }
    std::array<int, 2> ends{-1, -1};
};

void close(int& descriptor) {
    if (descriptor >= 0) ::close(descriptor);
    descriptor = -1;
}

int milliseconds_until(Clock::time_point deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    return left < 0 ? 0 : static_cast<int>(std::min<long>(left, 1'000'000));
}

std::map<std::string, std::string> clean_environment() {
    std::map<std::string, std::string> result{
        {"HOME", "/nonexistent"}, {"LOGNAME", "tester"}, {"LANG", "C.UTF-8"}, {"TZ", "UTC"}};
    for (const char* kept : {"PATH", "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"})
        if (const char* value = std::getenv(kept)) result[kept] = value;
    return result;
}

}  // namespace

std::string binary() {
    const char* path = std::getenv("FEDMSG_BINARY");
    if (path == nullptr) throw std::runtime_error{"FEDMSG_BINARY is not set: run the tests through meson"};
    return path;
}

Start fedmsg(std::vector<std::string> words) {
    words.insert(words.begin(), binary());
    return {.command = std::move(words)};
}

Start shell(std::string script) {
    return {.command = {"/bin/bash", "-c", "set -o pipefail; fedmsg=" + binary() + "; " + std::move(script)},
            .group = true};
}

Process::Process(Start start) : group_{start.group} {
    std::signal(SIGPIPE, SIG_IGN);  // a child that ends before it has read everything
    for (const auto& word : start.command) what_ += (what_.empty() ? "" : " ") + word;

    Pipe in, out, errors;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    auto redirect = [&](int from, int to) { posix_spawn_file_actions_adddup2(&actions, from, to); };
    switch (start.input) {
        case Start::Input::nothing:
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
            break;
        case Start::Input::file:
            posix_spawn_file_actions_addopen(&actions, 0, start.input_file.c_str(), O_RDONLY, 0);
            break;
        case Start::Input::pipe: redirect(in.reading(), 0); break;
        case Start::Input::closed: posix_spawn_file_actions_addclose(&actions, 0); break;
    }
    switch (start.output) {
        case Start::Output::pipe: redirect(out.writing(), 1); break;
        case Start::Output::file:
            posix_spawn_file_actions_addopen(&actions, 1, start.output_file.c_str(),
                                             O_WRONLY | O_CREAT | O_TRUNC, 0644);
            break;
        case Start::Output::closed: posix_spawn_file_actions_addclose(&actions, 1); break;
    }
    if (start.errors_closed)
        posix_spawn_file_actions_addclose(&actions, 2);
    else
        redirect(errors.writing(), 2);
    if (!start.folder.empty()) posix_spawn_file_actions_addchdir_np(&actions, start.folder.c_str());

    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t usual;
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setflags(
        &attributes, static_cast<short>(POSIX_SPAWN_SETSIGDEF | (group_ ? POSIX_SPAWN_SETPGROUP : 0)));

    auto variables = clean_environment();
    for (const auto& [name, value] : start.environment) variables[name] = value;
    std::vector<std::string> environment;
    for (const auto& [name, value] : variables) environment.push_back(name + "=" + value);
    std::vector<char*> environment_pointers, arguments;
    for (auto& variable : environment) environment_pointers.push_back(variable.data());
    environment_pointers.push_back(nullptr);
    const auto program = start.command.at(0);
    if (!start.name.empty()) start.command[0] = start.name;
    for (auto& word : start.command) arguments.push_back(word.data());
    arguments.push_back(nullptr);

    const int error = ::posix_spawnp(&pid_, program.c_str(), &actions, &attributes, arguments.data(),
                                     environment_pointers.data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    close(in.reading());
    close(out.writing());
    close(errors.writing());
    if (error != 0) throw std::runtime_error{"cannot start " + what_ + ": " + std::strerror(error)};
    ended_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
    input_descriptor_ = in.writing();
    output_.descriptor = out.reading();
    errors_.descriptor = errors.reading();
    if (start.input != Start::Input::pipe) close(input_descriptor_);
    for (const int descriptor : {input_descriptor_, output_.descriptor, errors_.descriptor})
        if (descriptor >= 0) ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
}

Process::Process(Process&& other) noexcept
    : what_{std::move(other.what_)},
      pid_{std::exchange(other.pid_, -1)},
      group_{other.group_},
      ended_{std::exchange(other.ended_, -1)},
      input_descriptor_{std::exchange(other.input_descriptor_, -1)},
      input_{std::move(other.input_)},
      written_{other.written_},
      close_input_{other.close_input_},
      output_{std::exchange(other.output_, {})},
      errors_{std::exchange(other.errors_, {})},
      status_{other.status_} {}

Process::~Process() {
    if (pid_ > 0) {
        if (group_) ::kill(-pid_, SIGKILL);  // what the shell started may have outlived it
        if (!status_) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
        }
    }
    for (int* descriptor : {&ended_, &input_descriptor_, &output_.descriptor, &errors_.descriptor})
        close(*descriptor);
}

bool Process::running() { return !wait_for(std::chrono::milliseconds{0}); }

void Process::send(int signal) const { ::kill(group_ ? -pid_ : pid_, signal); }

int Process::terminate() {
    send(SIGTERM);
    return wait();
}

void Process::close_output() { close(output_.descriptor); }

void Process::take(Stream& stream) {
    std::array<char, 65536> bytes{};
    const auto size = ::read(stream.descriptor, bytes.data(), bytes.size());
    if (size > 0)
        stream.text.append(bytes.data(), static_cast<std::size_t>(size));
    else if (size == 0 || (errno != EAGAIN && errno != EINTR))
        close(stream.descriptor);
}

void Process::give() {
    const auto size = ::write(input_descriptor_, input_.data() + written_, input_.size() - written_);
    if (size >= 0)
        written_ += static_cast<std::size_t>(size);
    else if (errno != EAGAIN && errno != EINTR)
        close(input_descriptor_);
}

bool Process::pump(int until, Clock::time_point deadline) {
    for (;;) {
        if (input_descriptor_ >= 0 && written_ == input_.size() && close_input_) close(input_descriptor_);
        const int giving = written_ < input_.size() ? input_descriptor_ : -1;
        // Negative descriptors are ignored: poll(2).
        std::array<pollfd, 4> ready{{{until, POLLIN, 0},
                                     {output_.descriptor, POLLIN, 0},
                                     {errors_.descriptor, POLLIN, 0},
                                     {giving, POLLOUT, 0}}};
        if (::poll(ready.data(), ready.size(), milliseconds_until(deadline)) < 0 && errno != EINTR)
            throw std::runtime_error{"poll failed"};
        if (ready[3].revents != 0) give();
        const bool bytes = ready[1].revents != 0 || ready[2].revents != 0;
        if (ready[1].revents != 0) take(output_);
        if (ready[2].revents != 0) take(errors_);
        if (ready[0].revents != 0 || (until < 0 && bytes)) return true;
        if (Clock::now() >= deadline) return false;
    }
}

std::optional<std::string> Process::next(Stream& stream) {
    const auto deadline = Clock::now() + patience;
    for (std::size_t searched = stream.read;;) {
        const auto end = stream.text.find('\n', searched);
        if (end != stream.text.npos) {
            const auto line = stream.text.substr(stream.read, end - stream.read);
            stream.read = end + 1;
            return line;
        }
        searched = stream.text.size();
        if (stream.descriptor < 0) {
            if (stream.read == stream.text.size()) return std::nullopt;
            return stream.text.substr(std::exchange(stream.read, stream.text.size()));
        }
        if (!pump(-1, deadline)) give_up("a line");
    }
}

void Process::wait_until_input_is_read() {
    constexpr std::chrono::milliseconds pause{2};
    for (const auto deadline = Clock::now() + patience; Clock::now() < deadline;) {
        int waiting = 0;
        if (written_ == input_.size() && ::ioctl(input_descriptor_, FIONREAD, &waiting) == 0 && waiting == 0)
            return;
        if (pump(ended_, Clock::now() + pause)) break;
    }
    give_up("its input to be read");
}

std::string Process::error_line_with(std::string_view text) {
    while (const auto line = next_error_line())
        if (line->find(text) != line->npos) return *line;
    give_up("a line with `" + std::string{text} + "`");
}

std::optional<int> Process::wait_for(std::chrono::milliseconds time) {
    if (status_) return status_;
    if (!pump(ended_, Clock::now() + time)) return std::nullopt;
    int status = 0;
    ::waitpid(pid_, &status, 0);
    status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    // What stands in the pipes; a child of it may hold them open, so nobody waits for their end.
    for (auto* stream : {&output_, &errors_})
        for (pollfd ready{stream->descriptor, POLLIN, 0};
             stream->descriptor >= 0 && ::poll(&ready, 1, 0) > 0;)
            take(*stream);
    return status_;
}

int Process::wait() {
    const auto status = wait_for(patience);
    if (!status) give_up("its end");
    return *status;
}

void Process::give_up(std::string_view waited_for) const {
    constexpr std::size_t shown = 2000;
    auto end_of = [](const std::string& text) {
        return text.size() > shown ? text.substr(text.size() - shown) : text;
    };
    throw std::runtime_error{"`" + what_ + "`: waited in vain for " + std::string{waited_for} +
                             ".\nOutput:\n" + end_of(output_.text) + "\nErrors:\n" + end_of(errors_.text)};
}

Finished run(Start start, std::string_view input) {
    if (!input.empty()) start.input = Start::Input::pipe;
    Process process{std::move(start)};
    process.write(input);
    process.close_input();
    const int status = process.wait();
    return {status, process.output(), process.errors()};
}

}  // namespace fedmsg::test
