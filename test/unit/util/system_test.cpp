/// What is asked of the system: pid files, ports, notifications, terminals.
#include "util/error.h"
#include "util/file_lock.h"
#include "util/notify.h"
#include "util/pid_file.h"
#include "util/port_holder.h"
#include "util/terminal.h"

#include "support/bus.h"
#include "support/files.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <thread>

namespace fedmsg {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// A variable of the environment for as long as this lives.
class Variable {
  public:
    Variable(const char* name, const std::string& value) : name_{name} { ::setenv(name, value.c_str(), 1); }
    ~Variable() { ::unsetenv(name_); }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;

  private:
    const char* name_;
};

TEST(PidFile, IsThereAsLongAsTheProcess) {
    const test::TemporaryFolder folder;
    const auto path = (folder / "x.pid").string();
    {
        const PidFile file{path};
        EXPECT_EQ(test::read_file(path), std::to_string(::getpid()) + "\n");
    }
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(PidFile, ReplacesAnOldOne) {
    const test::TemporaryFolder folder;
    const auto path = folder.write("x.pid", "99999999999\nleft by a crash\n");
    const PidFile file{path};
    EXPECT_EQ(test::read_file(path), std::to_string(::getpid()) + "\n");
}

TEST(PidFile, OfARunningProcessIsLeftAlone) {
    const test::TemporaryFolder folder;
    const auto path = (folder / "x.pid").string();
    const PidFile first{path};
    EXPECT_THROW(PidFile{path}, SetupError);
    EXPECT_EQ(test::read_file(path), std::to_string(::getpid()) + "\n");
}

TEST(FileLock, WaitsForAProcessThatIsAboutToGo) {
    const test::TemporaryFolder folder;
    const auto path = folder.write("x", "");
    const int first = ::open(path.c_str(), O_RDWR), second = ::open(path.c_str(), O_RDWR);
    ASSERT_TRUE(lock_file(first));
    std::thread holder{[first] {
        std::this_thread::sleep_for(lock_patience / 10);
        ::close(first);
    }};
    EXPECT_TRUE(lock_file(second));
    holder.join();
    const int third = ::open(path.c_str(), O_RDWR);
    EXPECT_FALSE(lock_file(third));
    EXPECT_EQ(errno, EWOULDBLOCK);
    ::close(second);
    ::close(third);
}

TEST(PidFile, WithoutPathDoesNothing) { EXPECT_NO_THROW(PidFile{""}); }

TEST(PidFile, SaysWhyItCannotBeWritten) {
    for (const auto& [path, why] : {std::pair{"/nonexistent/x", "No such file or directory"},
                                    {"/dev/full", "No space left on device"}}) {
        try {
            const PidFile file{path};
            ADD_FAILURE() << path;
        } catch (const SetupError& e) {
            EXPECT_EQ(e.what(), std::string{"cannot write the pid file "} + path + ": " + why);
        }
    }
    EXPECT_TRUE(std::filesystem::exists("/dev/full")) << "not ours to remove";
}

class Listening {
  public:
    explicit Listening(int family) : descriptor_{::socket(family, SOCK_STREAM, 0)} {
        sockaddr_storage address{};
        address.ss_family = static_cast<sa_family_t>(family);
        socklen_t size = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
        if (::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
            ::listen(descriptor_, 1) != 0)
            return;
        ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size);
        port = ntohs(family == AF_INET ? reinterpret_cast<sockaddr_in&>(address).sin_port
                                       : reinterpret_cast<sockaddr_in6&>(address).sin6_port);
    }
    ~Listening() { ::close(descriptor_); }
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;
    int port = 0;

  private:
    int descriptor_;
};

TEST(PortHolder, IsThisProcess) {
    for (const int family : {AF_INET, AF_INET6}) {
        const Listening server{family};
        if (server.port == 0) continue;  // a machine without IPv6
        const auto holder = port_holder("tcp://127.0.0.1:" + std::to_string(server.port));
        EXPECT_THAT(holder, HasSubstr("unit-util"));
        EXPECT_THAT(holder, HasSubstr("(pid " + std::to_string(::getpid()) + ")"));
    }
}

TEST(PortHolder, OfAPathIsToldByTheKernel) {
    const test::TemporaryFolder folder;
    for (const auto& path : {(folder / "socket").string(), "@fedmsg-test-" + std::to_string(::getpid())}) {
        EXPECT_EQ(port_holder("ipc://" + path), "");
        const int server = ::socket(AF_UNIX, SOCK_STREAM, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, path.size());
        if (path.front() == '@') address.sun_path[0] = '\0';
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
        ASSERT_EQ(::bind(server, reinterpret_cast<const sockaddr*>(&address), size), 0);
        EXPECT_EQ(port_holder("ipc://" + path), "") << "bound, and not listening";
        ASSERT_EQ(::listen(server, 0), 0);
        EXPECT_THAT(port_holder("ipc://" + path),
                    AllOf(HasSubstr("unit-util"), HasSubstr("(pid " + std::to_string(::getpid()) + ")")));
        EXPECT_EQ(port_holder("ipc://" + path), "a process that accepts no connection");
        ::close(server);
        EXPECT_EQ(port_holder("ipc://" + path), "");
    }
}

TEST(PortHolder, IsNobodyWhereNobodyListens) {
    const test::Port bound;  // and not listening
    EXPECT_EQ(port_holder(bound.address()), "");
    for (const auto* address : {"", "ipc:///tmp/x", "tcp://", "tcp://x", "tcp://x:y", "inproc://a:1"})
        EXPECT_EQ(port_holder(address), "");
}

TEST(Notify, SaysItToAnAbstractSocket) {
    test::Notifications systemd;
    const Variable variable{"NOTIFY_SOCKET", systemd.address()};
    notify("READY=1\nSTATUS=fine");
    EXPECT_EQ(systemd.next_now(), "READY=1\nSTATUS=fine");
}

TEST(Notify, WithoutSocketDoesNothing) {
    EXPECT_NO_THROW(notify("READY=1"));
    for (const auto& address : {std::string{}, std::string{"@nobody-listens-here"},
                                std::string{"/nonexistent/socket"}, std::string(500, 'x')}) {
        const Variable variable{"NOTIFY_SOCKET", address};
        EXPECT_NO_THROW(notify("READY=1")) << address;
    }
}

TEST(Notify, TheWatchdogIsFedInHalfItsTime) {
    EXPECT_EQ(watchdog_interval(), std::nullopt);
    const Variable variable{"WATCHDOG_USEC", "3000000"};
    EXPECT_EQ(watchdog_interval(), std::chrono::milliseconds{1500});
    {
        const Variable mine{"WATCHDOG_PID", std::to_string(::getpid())};
        EXPECT_EQ(watchdog_interval(), std::chrono::milliseconds{1500});
    }
    const Variable others{"WATCHDOG_PID", "1"};
    EXPECT_EQ(watchdog_interval(), std::nullopt);
}

TEST(Notify, AWatchdogOfNonsenseIsNone) {
    for (const auto* text : {"", "soon", "0", "-5"}) {
        const Variable variable{"WATCHDOG_USEC", text};
        EXPECT_EQ(watchdog_interval(), std::nullopt) << text;
    }
}

TEST(Terminal, FlagsAreRestored) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    {
        const RestoreFlags flags{ends[0]};
        ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    }
    EXPECT_EQ(::fcntl(ends[0], F_GETFL) & O_NONBLOCK, 0);
    EXPECT_TRUE(is_pipe(ends[0]));
    EXPECT_FALSE(is_terminal(ends[0]));
    ::close(ends[0]);
    ::close(ends[1]);
    EXPECT_FALSE(is_pipe(ends[0]));
    { const RestoreFlags closed{ends[0]}; }
}

TEST(Terminal, ColourOnATerminalUnlessUnwanted) {
    const int master = ::posix_openpt(O_RDWR | O_NOCTTY);
    ASSERT_GE(master, 0);
    ::grantpt(master);
    ::unlockpt(master);
    const int terminal = ::open(::ptsname(master), O_RDWR | O_NOCTTY);
    ASSERT_GE(terminal, 0);
    const Variable term{"TERM", "xterm"};
    EXPECT_TRUE(wants_colour("auto", terminal));
    EXPECT_FALSE(wants_colour("never", terminal));
    {
        const Variable unwanted{"NO_COLOR", "1"};
        EXPECT_FALSE(wants_colour("auto", terminal));
        EXPECT_TRUE(wants_colour("always", terminal));
    }
    {
        const Variable unset{"NO_COLOR", ""};
        EXPECT_TRUE(wants_colour("auto", terminal)) << "an empty one counts as not set: no-color.org";
    }
    {
        const Variable dumb{"TERM", "dumb"};
        EXPECT_FALSE(wants_colour("auto", terminal));
    }
    ::close(terminal);
    ::close(master);
    const int file = ::open("/dev/null", O_WRONLY);
    EXPECT_FALSE(wants_colour("auto", file));
    EXPECT_TRUE(wants_colour("always", file));
    ::close(file);
}

}  // namespace
}  // namespace fedmsg
