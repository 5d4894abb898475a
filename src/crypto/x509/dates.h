#pragma once
/// \file
/// Dates of certificates and CRLs (RFC 5280, 4.1.2.5).

#include <botan/asn1_time.h>

#include <chrono>

namespace fedmsg::crypto::x509 {

/// In seconds, because the nanoseconds of system_clock end in 2262 and certificates may be valid until 9999.
[[nodiscard]] std::chrono::sys_seconds to_seconds(const Botan::X509_Time& time);

/// Both ends belong to it.
struct Validity {
    std::chrono::sys_seconds from = std::chrono::sys_seconds::min(), until = std::chrono::sys_seconds::max();

    [[nodiscard]] bool contains(std::chrono::sys_seconds now) const { return from <= now && now <= until; }
    /// Leaves what is in both.
    void narrow(const Botan::X509_Time& begin, const Botan::X509_Time& end);
};

}  // namespace fedmsg::crypto::x509
