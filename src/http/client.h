#pragma once
/// \file
/// Downloads over https:// and http:// (RFC 9110). What does it, libcurl, is in the module fedmsg-http.so,
/// which the first download loads.

#include "util/result.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>

namespace fedmsg::http {

struct Request {
    std::string url;
    bool https_only = false;                   ///< so are the redirections that it follows, five at most
    std::chrono::milliseconds timeout{30000};  ///< of each try, from the look-up of the name to the last byte
    int tries = 3;
    std::chrono::milliseconds pause{
        1000};  ///< before the second try; three times as long before each other one
    std::size_t largest = 16 * 1024 * 1024;  ///< bytes of the body
    std::stop_token stop{};                  ///< ends it at once
};

/// With a status of 2xx.
struct Response {
    std::string body;
};

enum class Reason : std::uint8_t {
    stopped,      ///< Request::stop
    bad_url,      ///< or of a kind that is not allowed
    unreachable,  ///< the name does not resolve, or nobody answers there
    timed_out,
    interrupted,  ///< the connection broke, or does not speak the protocol
    untrusted,    ///< the server's certificate is not valid for this name, now, here
    redirected,   ///< to what is not https, or too often
    status,       ///< the server refuses: Error::status
    too_large,
    failed,  ///< something else, such as a certificate store that cannot be read
};

struct Error {
    Reason reason{};
    int status = 0;      ///< of HTTP, where there is one
    std::string text{};  ///< one line: what, why, and what to do; it does not name the URL
};

/// True where another try may help: Request::tries counts only for these.
[[nodiscard]] bool is_transient(const Error& error);

/// Waits until it is done or has failed for good: never call it on the event loop.
///
/// Certificates are checked against the system's store, or what SSL_CERT_FILE and SSL_CERT_DIR name instead
/// (as in openssl(1)). Proxies are those of https_proxy, http_proxy and no_proxy (as in curl(1)).
/// Safe to call from several threads.
/// \throws UsageError  where this build has no such module \throws SetupError  where it cannot be loaded
[[nodiscard]] Result<Response, Error> get(const Request& request);

/// Whether this build can download; where not, `get` throws.
[[nodiscard]] bool is_available();
/// What to tell where it cannot.
[[nodiscard]] std::string not_available();

}  // namespace fedmsg::http
