#pragma once
/// \file
/// Another real IRC server, InspIRCd, for what ngIRCd does not have: mode +c, "Excess Flood", and with the
/// services of Atheme accounts, NickServ and SASL. Users of it are those of support/ngircd.h.

#include "support/ngircd.h"

#include <optional>
#include <string>

namespace fedmsg::test {

class Inspircd {
  public:
    enum class Services { none, atheme };
    /// Started. It throws out who sends more than ten lines in a second.
    explicit Inspircd(Services services = Services::none);

    [[nodiscard]] int port() const { return port_.number(); }
    [[nodiscard]] int tls_port() const { return tls_port_.number(); }
    /// What a client must trust: for SSL_CERT_FILE.
    [[nodiscard]] std::string certificate() const { return (folder_ / "server.pem").string(); }
    [[nodiscard]] const TemporaryFolder& folder() const { return folder_; }

  private:
    TemporaryFolder folder_;
    Port port_, tls_port_, services_port_;
    std::optional<Process> server_, services_;
};

}  // namespace fedmsg::test
