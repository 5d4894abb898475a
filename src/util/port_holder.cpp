#include "util/port_holder.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

namespace fedmsg {
namespace {

/// The inodes of sockets that listen on `port`, from a table of /proc/net.
void add_listeners(const char* table, unsigned port, std::vector<std::string>& inodes) {
    std::ifstream file{table};
    std::string line;
    std::getline(file, line);  // the heading
    while (std::getline(file, line)) {
        // sl local_address rem_address st tx:rx tr:tm retrnsmt uid timeout inode
        std::istringstream words{line};
        std::string slot, local, remote, state, queues, timer, retransmits, user, timeout, inode;
        words >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> user >> timeout >>
            inode;
        const auto colon = local.rfind(':');
        unsigned listens_on = 0;
        if (state != "0A" || colon == local.npos) continue;  // 0A: LISTEN
        std::from_chars(local.data() + colon + 1, local.data() + local.size(), listens_on, 16);
        if (listens_on == port) inodes.push_back("socket:[" + inode + "]");
    }
}

std::string command_of(const std::filesystem::path& process) {
    std::string command;
    std::ifstream file{process / "cmdline"};
    std::getline(file, command);
    std::replace(command.begin(), command.end(), '\0', ' ');
    while (command.ends_with(' ')) command.pop_back();
    return command;
}

std::string name_of(const std::string& pid) {
    return "`" + command_of("/proc/" + pid) + "` (pid " + pid + ")";
}

/// unix(7): the kernel tells who listens, to whoever connects.
std::string path_holder(std::string_view path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) return "";
    std::memcpy(address.sun_path, path.data(), path.size());
    if (path.front() == '@') address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket < 0) return "";
    std::string holder;
    ucred peer{};
    socklen_t peer_size = sizeof peer;
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), size) == 0) {
        ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &peer_size);
        holder = name_of(std::to_string(peer.pid));
    } else if (errno == EAGAIN) {
        holder = "a process that accepts no connection";
    }
    ::close(socket);
    return holder;
}

}  // namespace

std::string port_holder(const std::string& address) {
    constexpr std::string_view ipc = "ipc://";
    if (address.starts_with(ipc)) return path_holder(std::string_view{address}.substr(ipc.size()));
    const auto colon = address.rfind(':');
    unsigned port = 0;
    if (!address.starts_with("tcp://") || colon == address.npos) return "";
    std::from_chars(address.data() + colon + 1, address.data() + address.size(), port);
    std::vector<std::string> inodes;
    add_listeners("/proc/net/tcp", port, inodes);
    add_listeners("/proc/net/tcp6", port, inodes);
    if (inodes.empty()) return "";
    std::error_code error;
    for (const auto& process : std::filesystem::directory_iterator{"/proc", error}) {
        const auto pid = process.path().filename().string();
        if (pid.find_first_not_of("0123456789") != pid.npos) continue;
        std::error_code unreadable;
        for (const auto& descriptor :
             std::filesystem::directory_iterator{process.path() / "fd", unreadable}) {
            const auto target = std::filesystem::read_symlink(descriptor.path(), unreadable).string();
            if (std::find(inodes.begin(), inodes.end(), target) == inodes.end()) continue;
            return name_of(pid);
        }
    }
    return "a process of another user";
}

}  // namespace fedmsg
