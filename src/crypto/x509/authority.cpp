#include "crypto/x509/authority.h"

#include "crypto/x509/parse.h"

#include <botan/pk_keys.h>
#include <botan/x509_dn.h>
#include <botan/x509_ext.h>
#include <botan/x509path.h>

#include <algorithm>
#include <map>

namespace fedmsg::crypto::x509 {
namespace {

/// What SHA-1 and 1024 bits have (NIST SP 800-57): the deployed bus still has such certificates.
/// `min_rsa_bits` may ask for more.
constexpr std::size_t strength = 80;

bool is_dated(Botan::Certificate_Status_Code code) {
    return code == Botan::Certificate_Status_Code::CERT_HAS_EXPIRED ||
           code == Botan::Certificate_Status_Code::CERT_NOT_YET_VALID;
}

/// Nothing when `now` is in its validity period.
std::string out_of_date(const Botan::X509_Certificate& certificate, std::chrono::sys_seconds now) {
    const auto of = "the certificate of " + shown(certificate.subject_dn());
    if (now > to_seconds(certificate.not_after()))
        return of + " has expired on " + certificate.not_after().readable_string() +
               ": have a new one issued and installed";
    if (now < to_seconds(certificate.not_before()))
        return of + " is valid only from " + certificate.not_before().readable_string() +
               ": look at the clock of this host and of its CA";
    return {};
}

}  // namespace

Authority::Authority(const Trust& trust) : ca_name_{trust.ca.name}, min_rsa_bits_{trust.min_rsa_bits} {
    read_ca(trust.ca);
    if (!trust.crl) return;
    revokes_ = true;
    crl_name_ = trust.crl->name;
    read_crl(*trust.crl);
}

void Authority::read_ca(const Text& file) {
    ca_error_ = file.error;
    if (!ca_error_.empty()) return;
    try {
        for (auto& ca : certificates(file.text)) {
            store_.add_certificate(ca);
            keys_.push_back(ca.load_subject_public_key());
            cas_.push_back(std::make_shared<Botan::X509_Certificate>(std::move(ca)));
        }
        if (cas_.empty()) ca_error_ = "there is no certificate in it: put the PEM of the site's CA there";
    } catch (const std::exception& e) {
        ca_error_ = std::string{"a certificate in it cannot be read ("} + e.what() + ")";
    }
}

void Authority::read_crl(const Text& file) {
    crl_error_ = file.error;
    if (!crl_error_.empty()) return;
    try {
        const auto lists = crls(file.text);
        if (lists.empty()) crl_error_ = "there is no CRL in it (no line -----BEGIN X509 CRL-----)";
        for (const auto& list : lists) {
            const Botan::X509_Certificate* issuer = nullptr;
            auto why = usable_by(list, issuer);
            if (why.empty())
                crls_.push_back({list, *issuer});
            else if (crl_error_.empty())
                crl_error_ = std::move(why);  // said when no other one serves
        }
    } catch (const std::exception& e) {
        crl_error_ = std::string{"a CRL in it cannot be read ("} + e.what() + ")";
    }
}

/// Why not, or nothing and the CA that signed it.
std::string Authority::usable_by(const Botan::X509_CRL& list, const Botan::X509_Certificate*& issuer) const {
    // RFC 5280, 5.2: who does not know a critical extension must not use the list. Delta lists and lists of
    // other issuers' certificates are told by such extensions.
    for (const auto& oid : list.extensions().get_extension_oids())
        if (list.extensions().critical_extension_set(oid))
            return "the CRL has the critical extension " + oid.to_string() +
                   ", which is not supported: publish a plain, full CRL";
    for (std::size_t i = 0; i < cas_.size(); ++i) {
        const auto& ca = *cas_[i];
        if (ca.subject_dn() != list.issuer_dn() || !ca.allowed_usage(Botan::CRL_SIGN)) continue;
        if (list.verify_signature(*keys_[i]) != Botan::Certificate_Status_Code::OK) continue;
        if (!is_acceptable_hash(list.hash_used_for_signature())) continue;
        issuer = &ca;
        return {};
    }
    return "the CRL of " + shown(list.issuer_dn()) + " is not signed by a CA of " + ca_name_;
}

std::vector<InForce> Authority::cas_in_force() const {
    if (!ca_error_.empty()) return {};
    std::vector<InForce> result;
    for (const auto& ca : cas_)
        result.push_back(
            {common_name(ca->subject_dn()), {to_seconds(ca->not_before()), to_seconds(ca->not_after())}});
    return result;
}

std::vector<InForce> Authority::crls_in_force() const {
    std::map<std::string, InForce> last;  // by the CA's key
    for (const auto& [list, ca] : crls_) {
        Validity validity;
        validity.narrow(list.this_update(), list.next_update());
        const auto& key = ca.subject_public_key_bits();
        auto& entry = last[std::string{key.begin(), key.end()}];
        if (validity.until >= entry.validity.until)
            entry = {common_name(list.issuer_dn()), {validity.from, validity.until}};
    }
    std::vector<InForce> result;
    for (auto& [key, entry] : last)
        if (entry.validity.until != Validity{}.until) result.push_back(std::move(entry));
    return result;
}

Authority::Checked Authority::check(const Botan::X509_Certificate& certificate,
                                    std::chrono::sys_seconds now) const {
    Checked result;
    Path path;
    result.verdict = find_path(certificate, now, path);
    if (!result.verdict.valid()) return result;
    for (const auto& step : path) result.validity.narrow(step->not_before(), step->not_after());
    result.verdict = check_revocation(path, now, result.validity);
    result.verdict.signer = common_name(certificate.subject_dn());
    return result;
}

/// Why none of the CAs can have issued it; nothing when one may.
std::optional<std::string> Authority::is_from_none(const Botan::X509_Certificate& certificate) const {
    using Botan::Certificate_Status_Code;
    auto why = Certificate_Status_Code::CERT_ISSUER_NOT_FOUND;
    for (std::size_t i = 0; i < cas_.size(); ++i) {
        if (cas_[i]->subject_dn() != certificate.issuer_dn()) continue;
        why = certificate.verify_signature(*keys_[i]);
        if (why == Certificate_Status_Code::OK) return std::nullopt;
    }
    return Botan::to_string(why);
}

/// On success, `path` leads from the certificate to the CA.
Verdict Authority::find_path(const Botan::X509_Certificate& certificate, std::chrono::sys_seconds now,
                             Path& path) const {
    const auto refuse = [](Reason reason, std::string why) {
        return Verdict{.reason = reason, .detail = std::move(why)};
    };
    const auto name = shown(certificate.subject_dn());
    if (!ca_error_.empty()) return refuse(Reason::untrusted, ca_name_ + ": " + ca_error_);

    const auto own = std::ranges::find_if(cas_, [&](const auto& ca) { return *ca == certificate; });
    if (own != cas_.end()) {
        path = {*own};
        if (auto why = out_of_date(**own, now); !why.empty()) return refuse(Reason::expired, std::move(why));
    } else {
        const auto no_path = [&](const std::string& why) {
            return refuse(Reason::untrusted, "the certificate of " + name + ", issued by " +
                                                 shown(certificate.issuer_dn()) +
                                                 ", has no path to a CA of " + ca_name_ + " (" + why +
                                                 "): find out who sends this, or add the CA");
        };
        if (const auto why = is_from_none(certificate)) return no_path(*why);
        const auto result = Botan::x509_path_validate(
            certificate, Botan::Path_Validation_Restrictions{false, strength}, store_, "",
            Botan::Usage_Type::UNSPECIFIED, std::chrono::system_clock::time_point{now});
        if (is_dated(result.result())) {
            // Dates are the least of Botan's objections, so there are no others.
            for (const auto& step : result.cert_path())
                if (auto why = out_of_date(*step, now); !why.empty()) {
                    auto verdict = refuse(Reason::expired, std::move(why));
                    verdict.signer = common_name(certificate.subject_dn());
                    return verdict;
                }
        }
        if (!result.successful_validation()) return no_path(result.result_string());
        path = result.cert_path();
    }
    for (const auto& step : path) {
        const auto bits = rsa_bits(*step);
        const bool is_signer = step == path.front();
        if (bits == 0 && is_signer)
            return refuse(Reason::untrusted,
                          "the key of " + name + " is not an RSA key: the bus takes no other");
        if (bits != 0 && bits < min_rsa_bits_)
            return refuse(Reason::untrusted, "the key of " + shown(step->subject_dn()) + " has " +
                                                 std::to_string(bits) + " bits, and min_rsa_bits asks for " +
                                                 std::to_string(min_rsa_bits_) +
                                                 ": have a longer one issued");
    }
    return {};
}

/// Every certificate of the path, the root's own included, must be cleared by a current CRL of its issuer.
Verdict Authority::check_revocation(const Path& path, std::chrono::sys_seconds now,
                                    Validity& validity) const {
    if (!revokes_) return {};
    for (std::size_t i = 0; i < path.size(); ++i) {
        const auto& subject = *path[i];
        const auto& issuer = *path[std::min(i + 1, path.size() - 1)];
        bool cleared = false;
        std::string why = crl_error_;
        for (const auto& [list, ca] : crls_) {
            if (ca.subject_dn() != issuer.subject_dn() ||
                ca.subject_public_key_bits() != issuer.subject_public_key_bits())
                continue;
            Validity current;
            current.narrow(list.this_update(), list.next_update());
            if (!current.contains(now)) {
                why = "the CRL of " + shown(list.issuer_dn()) +
                      (now < current.from ? " is valid only from " + list.this_update().readable_string()
                                          : " has expired on " + list.next_update().readable_string()) +
                      ": have it issued anew";
                continue;
            }
            const auto& entries = list.get_revoked();
            const auto entry =
                std::ranges::find(entries, subject.serial_number(), &Botan::CRL_Entry::serial_number);
            if (entry != entries.end())
                return {.reason = Reason::revoked,
                        .detail = "the certificate of " + shown(subject.subject_dn()) + " was revoked on " +
                                  entry->expire_time().readable_string()};
            cleared = true;
            validity.narrow(list.this_update(), list.next_update());
        }
        if (!cleared) {
            if (why.empty()) why = "there is no CRL of " + shown(issuer.subject_dn()) + " in it";
            return {.reason = Reason::crl_unusable, .detail = crl_name_ + ": " + why};
        }
    }
    return {};
}

}  // namespace fedmsg::crypto::x509
