/// The loadable module: the only file that includes OpenSSL's ssl.h.
#include "tls/module.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <exception>
#include <utility>

namespace fedmsg::tls {
namespace {

struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* connection) const { SSL_free(connection); }
};

/// What OpenSSL last said on this thread; the queue of its errors is empty then.
std::string last_error() {
    const auto code = ERR_peek_last_error();
    ERR_clear_error();
    const char* reason = ERR_reason_error_string(code);
    return reason ? reason : "no reason given";
}

bool is_address(const std::string& host) {
    auto* number = a2i_IPADDRESS(host.c_str());
    ASN1_OCTET_STRING_free(number);
    return number != nullptr;
}

class OpenSslClient : public Client {
  public:
    OpenSslClient(const ClientSettings& settings, std::string& trouble)
        : settings_{settings}, context_{SSL_CTX_new(TLS_client_method())} {
        // A context of its own, so that a certificate that was renewed is read again.
        auto* context = context_.get();
        if (!context) throw std::bad_alloc{};
        SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
        SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
        if (settings.verify && SSL_CTX_set_default_verify_paths(context) != 1)
            trouble = "cannot read the certificate authorities: " + last_error() + ": see SSL_CERT_FILE";
        if (!settings.certificate_file.empty()) show_certificate(context, trouble);
        if (!trouble.empty()) return;
        connection_.reset(SSL_new(context));
        in_ = BIO_new(BIO_s_mem());
        out_ = BIO_new(BIO_s_mem());
        if (!connection_ || !in_ || !out_) throw std::bad_alloc{};
        SSL_set_bio(connection_.get(), in_, out_);
        name_server();
        SSL_set_connect_state(connection_.get());
        shake_hands();
    }

    void received(std::string_view bytes) override {
        BIO_write(in_, bytes.data(), static_cast<int>(bytes.size()));
        if (!ready_) shake_hands();
        if (ready_) read();
    }
    std::string take_text() override { return std::exchange(text_, {}); }
    void send(std::string_view text) override {
        if (!trouble_.empty() || ended_ || text.empty()) return;
        ERR_clear_error();
        if (SSL_write(connection_.get(), text.data(), static_cast<int>(text.size())) <= 0)
            fail("cannot be written to: " + last_error());
    }
    std::string take_output() override {
        char* bytes = nullptr;
        const auto size = BIO_get_mem_data(out_, &bytes);
        std::string result{bytes, static_cast<std::size_t>(size)};
        BIO_reset(out_);
        return result;
    }
    void close() override {
        ERR_clear_error();
        if (ready_ && trouble_.empty()) SSL_shutdown(connection_.get());
    }

    bool ready() const override { return ready_; }
    bool ended() const override { return ended_; }
    const std::string& trouble() const override { return trouble_; }

  private:
    void show_certificate(SSL_CTX* context, std::string& trouble) const {
        const auto& certificate = settings_.certificate_file;
        const auto& key = settings_.key_file.empty() ? certificate : settings_.key_file;
        ERR_clear_error();
        if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1)
            trouble = "cannot use the certificate " + certificate + ": " + last_error();
        else if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1)
            trouble = "cannot use the key " + key + ": " + last_error();
        else if (SSL_CTX_check_private_key(context) != 1)
            trouble = "the key " + key + " does not belong to the certificate " + certificate;
    }
    void name_server() {
        auto* connection = connection_.get();
        const auto& host = settings_.host;
        const bool address = is_address(host);
        if (!address) SSL_set_tlsext_host_name(connection, host.c_str());
        if (!settings_.verify) return;
        SSL_set_verify(connection, SSL_VERIFY_PEER, nullptr);
        SSL_set_hostflags(connection, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        if (address)
            X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), host.c_str());
        else
            SSL_set1_host(connection, host.c_str());
    }

    void shake_hands() {
        if (!trouble_.empty()) return;
        ERR_clear_error();
        const int result = SSL_do_handshake(connection_.get());
        if (result == 1) {
            ready_ = true;
            return;
        }
        const int error = SSL_get_error(connection_.get(), result);
        if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return;
        if (const auto verdict = SSL_get_verify_result(connection_.get());
            settings_.verify && verdict != X509_V_OK)
            return fail("its certificate is not valid for " + settings_.host + ": " +
                        X509_verify_cert_error_string(verdict) +
                        ": have it renewed, or add its authority to " +
                        "the system's store (or to SSL_CERT_FILE)");
        fail("the TLS handshake failed: " + last_error());
    }
    void read() {
        std::array<char, 16 * 1024> part{};
        for (;;) {
            ERR_clear_error();
            const int size = SSL_read(connection_.get(), part.data(), static_cast<int>(part.size()));
            if (size > 0) {
                text_.append(part.data(), static_cast<std::size_t>(size));
                continue;
            }
            const int error = SSL_get_error(connection_.get(), size);
            if (error == SSL_ERROR_ZERO_RETURN) ended_ = true;
            if (error == SSL_ERROR_SSL) fail(last_error());
            return;
        }
    }
    void fail(std::string text) {
        if (trouble_.empty()) trouble_ = std::move(text);
    }

    ClientSettings settings_;
    std::unique_ptr<SSL_CTX, Free> context_;
    std::unique_ptr<SSL, Free> connection_;
    BIO *in_ = nullptr, *out_ = nullptr;  // the connection's
    std::string text_, trouble_;
    bool ready_ = false, ended_ = false;
};

class OpenSslModule : public Module {
  public:
    std::unique_ptr<Client> make_client(const ClientSettings& settings, std::string& trouble) const override {
        try {
            auto client = std::make_unique<OpenSslClient>(settings, trouble);
            return trouble.empty() ? std::move(client) : nullptr;
        } catch (const std::exception& e) {
            trouble = std::string{"TLS cannot be set up: "} + e.what();
            return nullptr;
        }
    }
};

}  // namespace
}  // namespace fedmsg::tls

extern "C" __attribute__((visibility("default"))) const fedmsg::tls::Module* fedmsg_tls_module(
    const char* version);

const fedmsg::tls::Module* fedmsg_tls_module(const char* version) {
    using namespace fedmsg::tls;
    static const OpenSslModule module;
    return std::string_view{version} == interface_version ? &module : nullptr;
}
