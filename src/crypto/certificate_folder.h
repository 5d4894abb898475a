#pragma once
/// \file
/// The authority of a site, in a folder (`ssldir`):
///     ca.crt, ca.key       the authority
///     NAME.crt, NAME.key   what it has issued
///     crl.pem              what it has revoked
///     index.txt            both, as a list
/// Each change is made as a whole or not at all, and one at a time.

#include "crypto/certificate_index.h"
#include "crypto/x509/module.h"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::crypto {

/// "shell.app01.example.org": whom a certificate is for, and what it is called.
struct CertificateName {
    std::string service;  ///< "shell"
    std::string host;     ///< "app01.example.org"

    /// \throws UsageError  when it has no two parts, or what file names and certificates cannot have
    static CertificateName parse(std::string_view text);

    /// Of the files in ssldir, and CN: "shell-app01.example.org".
    [[nodiscard]] std::string file() const { return service + "-" + host; }
    /// In `certnames`: "shell.app01".
    [[nodiscard]] std::string key() const { return service + "." + host.substr(0, host.find('.')); }
};

class CertificateFolder {
  public:
    using Days = std::chrono::days;
    /// How far the clocks of a site may be apart: what is made is valid from that much earlier.
    static constexpr std::chrono::hours clock_difference{1};

    CertificateFolder(std::string folder, std::chrono::sys_seconds now)
        : folder_{std::move(folder)}, now_{now} {}

    // All of these throw SetupError, naming the file.

    struct NewAuthority {
        std::string common_name;
        x509::Organization organization;
        std::size_t bits;
        Days days, crl_days;
        bool force;  ///< instead of one that is there
    };
    /// Makes the folder, where it is not there.
    x509::CertificateFacts init_ca(const NewAuthority& wanted) const;

    struct Made {
        std::string name;
        x509::CertificateFacts facts;
        std::vector<IndexEntry> still_valid;  ///< earlier ones of that name
    };
    /// A certificate expires with its authority at the latest. \param force  instead of files that are there
    std::vector<Made> issue(const std::vector<std::string>& names, std::size_t bits, Days days,
                            bool force) const;

    struct Crl {
        std::vector<IndexEntry> revoked;  ///< now
        std::chrono::sys_seconds next_update{};
    };
    /// \param names  of certificates, "shell.app01.example.org", or serial numbers; a name is all that have
    /// it. None of them: makes the CRL anew.
    Crl revoke(const std::vector<std::string>& names, Days crl_days) const;

    [[nodiscard]] std::vector<IndexEntry> list() const;

    [[nodiscard]] std::string path(std::string_view name) const { return folder_ + "/" + std::string{name}; }

  private:
    [[nodiscard]] x509::Period from_now(Days days) const;
    [[nodiscard]] std::unique_ptr<x509::Issuer> load_issuer() const;
    void refuse_to_replace(const std::vector<std::string>& names, std::string_view what) const;
    [[nodiscard]] std::string make_crl(const x509::Issuer& issuer, const std::vector<IndexEntry>& entries,
                                       Days days) const;

    std::string folder_;
    std::chrono::sys_seconds now_;
};

}  // namespace fedmsg::crypto
