#include "crypto/certname.h"

#include "util/error.h"
#include "util/nearest.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <vector>

namespace fedmsg::crypto {

std::string find_certname(const Config& config, std::string_view host, std::string_view place) {
    if (config.certname && !config.certname->empty()) return *config.certname;
    std::string key;
    if (config.cert_prefix && !config.cert_prefix->empty())
        key = fmt::format("{}.{}", *config.cert_prefix, host);
    else if (config.name && *config.name != "relay_inbound")
        key = *config.name;
    else
        key = fmt::format("shell.{}", host);
    if (const auto found = config.certnames.find(key); found != config.certnames.end()) return found->second;

    std::vector<std::string_view> names;
    for (const auto& [name, certificate] : config.certnames) names.push_back(name);
    const auto similar = nearest(key, names);
    const auto file = place.substr(0, place.rfind(':'));
    throw UsageError(fmt::format(
        "certnames has no \"{}\", which names the certificate to sign with{}: add \"{}\": "
        "\"NAME\" to it in {}, where {}/NAME.crt and NAME.key are the files",
        key, similar ? fmt::format(" (it has \"{}\")", *similar) : "", key,
        file.empty() ? "a file of the configuration such as /etc/fedmsg.d/ssl.py" : file, config.ssldir));
}

std::string short_host_name() {
    std::array<char, HOST_NAME_MAX + 1> name{};
    ::gethostname(name.data(), name.size() - 1);
    const std::string whole{name.data()};
    return whole.substr(0, whole.find('.'));
}

}  // namespace fedmsg::crypto
