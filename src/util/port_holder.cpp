#include "util/port_holder.h"

#include <algorithm>
#include <charconv>
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

}  // namespace

std::string port_holder(const std::string& address) {
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
            return "`" + command_of(process.path()) + "` (pid " + pid + ")";
        }
    }
    return "a process of another user";
}

}  // namespace fedmsg
