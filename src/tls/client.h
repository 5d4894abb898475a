#pragma once
/// \file
/// The client's side of TLS (RFC 8446, RFC 5246), bytes in and bytes out: it has no socket. What does it,
/// OpenSSL, is in the module fedmsg-tls.so, which the first connection loads.

#include <memory>
#include <string>
#include <string_view>

namespace fedmsg::tls {

struct ClientSettings {
    std::string host;  ///< a name or an address: what the server's certificate must be for (RFC 6125)
    /// Against the system's store, or what SSL_CERT_FILE and SSL_CERT_DIR name instead (as in openssl(1)).
    bool verify = true;
    std::string
        certificate_file{};  ///< PEM, what we show of ourselves, with what it depends on; empty: nothing
    std::string key_file{};  ///< PEM; empty: it is in certificate_file, too
};

/// One connection. Used by one thread at a time.
class Client {
  public:
    virtual ~Client() = default;

    /// Bytes have come from the network.
    virtual void received(std::string_view bytes) = 0;
    /// Takes the text that has come, decrypted.
    [[nodiscard]] virtual std::string take_text() = 0;
    /// To be sent, encrypted, once the handshake is over.
    virtual void send(std::string_view text) = 0;
    /// Takes what is to be written to the network; there may be some after each of the other calls.
    [[nodiscard]] virtual std::string take_output() = 0;
    /// Says good-bye: nothing more will be sent.
    virtual void close() = 0;

    /// The handshake is over.
    [[nodiscard]] virtual bool ready() const = 0;
    /// The other end has said good-bye.
    [[nodiscard]] virtual bool ended() const = 0;
    /// Why there is no connection, and what to do; empty while there may be one.
    [[nodiscard]] virtual const std::string& trouble() const = 0;
};

/// \throws UsageError  where this build has no such module \throws SetupError  where it cannot be loaded, or
/// a file cannot be read
[[nodiscard]] std::unique_ptr<Client> make_client(const ClientSettings& settings);

/// Whether this build can; where not, make_client throws.
[[nodiscard]] bool is_available();

}  // namespace fedmsg::tls
