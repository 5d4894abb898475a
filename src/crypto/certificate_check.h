#pragma once
/// \file
/// What is wrong, or soon will be, with the certificates of a host.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::crypto {

enum class Severity : std::uint8_t { fine, warning, error };

/// "ok", "warning", "error".
[[nodiscard]] std::string_view to_string(Severity severity);

struct CertificateFinding {
    Severity severity{};
    std::string what;  ///< a file, or the name of a certificate
    std::string text;  ///< what about it, and what to do
};

struct CheckedPlaces {
    std::string folder;  ///< `ssldir`
    std::string ca;      ///< `ca_cert_location`
    std::string crl;     ///< `crl_location`; empty: none
};

/// Dates (warned of 30, 7 and 1 day before), modes, keys, paths to the authority, the CRL and, where there is
/// one, the index.
[[nodiscard]] std::vector<CertificateFinding> check_certificates(const CheckedPlaces& places,
                                                                 std::chrono::sys_seconds now);

}  // namespace fedmsg::crypto
