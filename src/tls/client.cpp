#include "tls/client.h"

#include "tls/module.h"
#include "util/error.h"
#include "util/module.h"

namespace fedmsg::tls {

bool is_available() { return FEDMSG_WITH_TLS; }

std::unique_ptr<Client> make_client(const ClientSettings& settings) {
    if (!is_available())
        throw UsageError(
            "this build of fedmsg has no TLS (fedmsg --version: without openssl): build it with OpenSSL 3");
    static const auto& module = load_module<Module>("tls", interface_version, "connections with TLS need");
    std::string trouble;
    auto client = module.make_client(settings, trouble);
    if (!client) throw SetupError(trouble);
    return client;
}

}  // namespace fedmsg::tls
