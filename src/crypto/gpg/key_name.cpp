#include "crypto/gpg/key_name.h"

#include "util/error.h"
#include "util/nearest.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <vector>

namespace fedmsg::crypto::gpg {
namespace {

/// $HOME; without one, as in a system service, that of the password database.
std::string user_home() {
    if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') return home;
    std::array<char, 16384> buffer{};  // far beyond the longest entry that is in use anywhere
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
        throw UsageError(
            "gpg_home begins with ~, but $HOME is not set and this user has no entry in the password "
            "database: write gpg_home as a whole path");
    return entry.pw_dir;
}

}  // namespace

std::string find_key_name(const Config& config, std::string_view host, std::string_view place) {
    if (config.gpg_signing_key && !config.gpg_signing_key->empty()) return *config.gpg_signing_key;
    if (const auto found = config.gpg_keys.find(std::string{host});
        found != config.gpg_keys.end() && !found->second.empty())
        return found->second;

    std::vector<std::string_view> names;
    for (const auto& [name, key] : config.gpg_keys) names.push_back(name);
    const auto similar = nearest(host, names);
    const auto file = place.substr(0, place.rfind(':'));
    throw UsageError(fmt::format(
        "gpg_keys has no \"{}\", which names the key to sign with{}: add \"{}\": \"FINGERPRINT\" to it in "
        "{}, or set "
        "gpg_signing_key; gpg --homedir {} --list-secret-keys shows the fingerprints",
        host, similar ? fmt::format(" (it has \"{}\")", *similar) : "", host,
        file.empty() ? "a file of the configuration such as /etc/fedmsg.d/ssl.py" : file, config.gpg_home));
}

std::string home_folder(const Config& config) {
    const auto& home = config.gpg_home;
    if (home == "~" || home.starts_with("~/")) return user_home() + home.substr(1);
    return std::filesystem::absolute(home).string();
}

}  // namespace fedmsg::crypto::gpg
