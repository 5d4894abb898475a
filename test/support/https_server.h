#pragma once
/// \file
/// A web server with TLS, a certificate and an authority of its own: https_server.py.

#include "support/bus.h"
#include "support/files.h"
#include "support/process.h"

#include <optional>
#include <string>
#include <vector>

namespace fedmsg::test {

class HttpsServer {
  public:
    /// Started. \param options  of https_server.py
    explicit HttpsServer(std::vector<std::string> options = {});

    /// "https://localhost:4711/" + path; http:// with the option --plain. Some paths misbehave: see
    /// https_server.py.
    [[nodiscard]] std::string url(const std::string& path) const;
    /// What a client must trust: for SSL_CERT_FILE.
    [[nodiscard]] std::string ca_file() const { return (folder_ / "ca.pem").string(); }
    /// What it hands out at url(name) from now on.
    void put(const std::string& name, std::string_view text) const;
    void remove(const std::string& name) const;

    /// Waits for one: "GET /ca.crt".
    std::string next_request();
    void stop();
    /// Again, at the same address, with the same authority.
    void start();

  private:
    TemporaryFolder folder_;
    Port port_;
    std::vector<std::string> options_;
    std::optional<Process> process_;
};

}  // namespace fedmsg::test
