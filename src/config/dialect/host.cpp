/// \file
/// HostFacts of this machine, as Python's os, socket and getpass find them.
#include "config/dialect.h"
#include "config/dialect/text.h"

#include <netdb.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <memory>

extern char** environ;

namespace fedmsg::dialect {
namespace {

/// What the C library needs for one answer; larger ones are not worth having.
constexpr std::size_t answer_size = 16384;

struct FreeAddresses {
    void operator()(addrinfo* a) const { freeaddrinfo(a); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Addresses look_up(const std::string& name, int family) {
    addrinfo hints{};
    hints.ai_family = family;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    return getaddrinfo(name.c_str(), nullptr, &hints, &found) == 0 ? Addresses{found} : Addresses{};
}

/// socket.gethostbyname
std::string resolve_name(const std::string& name) {
    const Addresses found = look_up(name, AF_INET);
    char text[NI_MAXHOST];
    if (!found ||
        getnameinfo(found->ai_addr, found->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) != 0)
        return {};
    return text;
}

/// socket.getfqdn: the first name of our address that has a dot.
std::string full_name(const std::string& hostname) {
    const Addresses found = look_up(hostname, AF_UNSPEC);
    if (!found) return hostname;
    const bool v4 = found->ai_family == AF_INET;
    const void* address =
        v4 ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in*>(found->ai_addr)->sin_addr)
           : static_cast<const void*>(&reinterpret_cast<const sockaddr_in6*>(found->ai_addr)->sin6_addr);
    std::vector<char> buffer(answer_size);
    hostent entry{};
    hostent* answer = nullptr;
    int error = 0;
    const auto length = static_cast<socklen_t>(v4 ? sizeof(in_addr) : sizeof(in6_addr));
    if (gethostbyaddr_r(address, length, found->ai_family, &entry, buffer.data(), buffer.size(), &answer,
                        &error) != 0 ||
        !answer)
        return hostname;
    const std::string first = answer->h_name;
    if (first.find('.') != std::string::npos) return first;
    for (char** alias = answer->h_aliases; *alias; ++alias)
        if (std::string_view{*alias}.find('.') != std::string_view::npos) return *alias;
    return first;
}

HostFacts::Account find_account() {
    std::vector<char> buffer(answer_size);
    passwd entry{};
    passwd* found = nullptr;
    if (getpwuid_r(getuid(), &entry, buffer.data(), buffer.size(), &found) != 0 || !found) return {};
    return {from_system(found->pw_name), from_system(found->pw_dir)};
}

char kind_of_file(const std::string& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) return '\0';
    return S_ISREG(status.st_mode) ? 'f' : S_ISDIR(status.st_mode) ? 'd' : 'o';
}

}  // namespace

HostFacts HostFacts::of_this_host() {
    HostFacts facts;
    utsname kernel{};
    uname(&kernel);
    facts.kernel = {kernel.sysname, kernel.release, kernel.version, kernel.machine};
    facts.hostname = from_system(kernel.nodename);
    facts.fqdn = [hostname = facts.hostname] { return full_name(hostname); };
    facts.resolve = resolve_name;
    for (char** variable = environ; *variable; ++variable) {
        const std::string_view text = *variable;
        const auto equals = text.find('=', 1);
        if (equals != std::string_view::npos)
            facts.environment.emplace(from_system(text.substr(0, equals)),
                                      from_system(text.substr(equals + 1)));
    }
    const std::unique_ptr<char, decltype(&std::free)> folder{getcwd(nullptr, 0), &std::free};
    if (folder) facts.working_directory = from_system(folder.get());
    // As getpass.getuser() looks for it.
    for (const char* name : {"LOGNAME", "USER", "LNAME", "USERNAME"}) {
        const auto found = facts.environment.find(name);
        if (facts.user.empty() && found != facts.environment.end()) facts.user = found->second;
    }
    if (const auto found = facts.environment.find("HOME"); found != facts.environment.end())
        facts.home = found->second;
    facts.account = find_account;
    facts.cpu_count = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
    facts.pid = getpid();
    facts.file_kind = kind_of_file;
    return facts;
}

}  // namespace fedmsg::dialect
