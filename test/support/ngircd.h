#pragma once
/// \file
/// A real IRC server, ngIRCd, with a configuration, ports and a certificate of its own; and its users.

#include "support/bus.h"
#include "support/files.h"
#include "support/process.h"
#include "support/tcp.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::test {

/// A certificate that vouches for itself, and its key in the same file. \return  its path
std::string make_certificate(const TemporaryFolder& folder, const std::string& name, const std::string& host);

class Ngircd {
  public:
    /// Started. \param configuration  more sections of ngircd.conf(5)
    /// \param certificate_for  the host in its certificate; empty: one that is asked for by nobody
    explicit Ngircd(std::string configuration = "", const std::string& certificate_for = "localhost",
                    const std::string& name = "irc.test");

    [[nodiscard]] int port() const { return port_.number(); }
    [[nodiscard]] int tls_port() const { return tls_port_.number(); }
    /// What a client must trust: for SSL_CERT_FILE.
    [[nodiscard]] std::string certificate() const { return (folder_ / "server.pem").string(); }

    void start();
    void stop() { process_.reset(); }
    Process& process() { return *process_; }

  private:
    TemporaryFolder folder_;
    Port port_, tls_port_;
    std::string configuration_;
    std::optional<Process> process_;
};

/// Somebody at a server.
class IrcUser {
  public:
    /// Registered when this returns. \throws std::runtime_error
    IrcUser(int port, std::string nickname);

    void say(const std::string& line) { connection_.say(line + "\r\n"); }
    /// Is in the channel when it returns. \param parameters  "#one", "#one key"
    void join(const std::string& parameters);
    /// The next line, without its end; PING is answered. \throws std::runtime_error  when none comes
    std::string next_line();
    /// The next line with `text` in it; those before it are skipped.
    std::string line_with(std::string_view text);
    /// The nickname that owns it: "NICK!user@host" is the beginning of a line.
    [[nodiscard]] const std::string& nickname() const { return nickname_; }

  private:
    TcpClient connection_;
    std::string nickname_, text_;
};

}  // namespace fedmsg::test
