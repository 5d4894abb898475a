#include "crypto/certificate_check.h"

#include "crypto/certificate_index.h"
#include "crypto/module.h"
#include "crypto/source.h"
#include "util/error.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <set>

namespace fedmsg::crypto {
namespace {

using std::chrono::days;
using std::chrono::sys_seconds;

/// NIST SP 800-131A: shorter ones are no longer for signing.
constexpr std::size_t enough_bits = 2048;

bool exists(const std::string& path) {
    struct stat s {};
    return ::stat(path.c_str(), &s) == 0;
}

/// "expires within 7 days, on 2025-…"; nothing when that is farther away than 30 days.
std::optional<std::string> soon(sys_seconds until, sys_seconds now) {
    const auto on = ", on " + shown_time(until);
    if (until - now <= days{1}) return "expires within a day" + on;
    if (until - now <= days{7}) return "expires within 7 days" + on;
    if (until - now <= days{30}) return "expires within 30 days" + on;
    return std::nullopt;
}

class Check {
  public:
    Check(const CheckedPlaces& places, sys_seconds now) : places_{places}, now_{now} {}

    std::vector<CertificateFinding> run() {
        std::error_code error;
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator{places_.folder, error})
            names.push_back(entry.path().filename().string());
        if (error) {
            add(Severity::error, places_.folder,
                "the folder cannot be read: " + error.message() + ": correct ssldir, or run this as root");
            return std::move(findings_);
        }
        std::ranges::sort(names);
        check_folder_mode();
        check_ca();
        check_crl();
        for (const auto& name : names) {
            const auto path = places_.folder + "/" + name;
            if (name.ends_with(".key")) check_key_file(path, name == "ca.key");
            if (name.ends_with(".crt") && !is_ca_file(path)) check_certificate(path);
        }
        check_index();
        return std::move(findings_);
    }

  private:
    void add(Severity severity, std::string what, std::string text) {
        findings_.push_back({severity, std::move(what), std::move(text)});
    }

    std::optional<x509::Text> read(const std::string& path) {
        if (::access(path.c_str(), R_OK) != 0 && errno == EACCES) {
            add(Severity::error, path, "cannot be read: " + error_text(EACCES) + ": run this as root");
            return std::nullopt;
        }
        auto file = read_text(path);
        if (file.error.empty()) return x509::Text{.name = path, .text = std::move(file.text)};
        add(Severity::error, path, "cannot be read: " + file.error);
        return std::nullopt;
    }

    /// A file, or what is at an https:// address now.
    std::optional<x509::Text> read_location(const std::string& location) {
        if (!location.starts_with("https://")) return read(location);
        const auto content = open_source(location, std::chrono::seconds{0})->content();
        if (content->error.empty()) return x509::Text{.name = location, .text = content->text};
        add(Severity::error, location, content->error);
        return std::nullopt;
    }

    bool is_ca_file(const std::string& path) const {
        std::error_code error;
        return std::filesystem::equivalent(path, places_.ca, error);
    }

    void check_folder_mode() {
        struct stat s {};
        if (::stat(places_.folder.c_str(), &s) == 0 && (s.st_mode & S_IWOTH) != 0)
            add(Severity::error, places_.folder,
                "everybody can write to this folder, and replace what is in it: chmod o-w");
    }

    void check_key_file(const std::string& path, bool of_authority) {
        struct stat s {};
        if (::stat(path.c_str(), &s) != 0) return add(Severity::error, path, error_text(errno));
        const auto mode = s.st_mode & 07777U;
        if ((mode & S_IRWXO) != 0)
            add(Severity::error, path,
                fmt::format("its mode is {:04o}, so that others than its service can use it: chmod o-rwx",
                            mode));
        else if (of_authority && (mode & S_IRWXG) != 0)
            add(Severity::error, path,
                fmt::format(
                    "its mode is {:04o}: nobody but its owner should use the authority's key: chmod 600",
                    mode));
        else if ((mode & S_IWGRP) != 0)
            add(Severity::warning, path, fmt::format("its mode is {:04o}: chmod g-w", mode));
        const auto certificate = path.substr(0, path.size() - 4) + ".crt";
        if (!exists(certificate))
            add(Severity::warning, path,
                "there is no certificate beside it, and without one it is of no use");
    }

    void check_ca() {
        ca_ = read_location(places_.ca);
        if (!ca_) return;
        const auto facts = x509_module().read_certificate(*ca_);
        if (!facts) {
            add(Severity::error, places_.ca, facts.error());
            ca_.reset();
            return;
        }
        if (!facts->is_ca) add(Severity::error, places_.ca, "this is not the certificate of an authority");
        check_dates(places_.ca, facts->validity, "make a new authority, and issue all certificates anew");
        check_bits(places_.ca, facts->rsa_bits);
        check_pair(places_.ca, *ca_);
        store_ = x509_module().make_trust_store({.ca = *ca_, .crl = std::nullopt, .digests = {}});
    }

    void check_dates(const std::string& what, x509::Period validity, std::string_view remedy) {
        if (now_ > validity.until)
            add(Severity::error, what,
                fmt::format("has expired on {}: {}", shown_time(validity.until), remedy));
        else if (now_ < validity.from)
            add(Severity::error, what,
                fmt::format("is valid only from {}: look at the clock of this host",
                            shown_time(validity.from)));
        else if (const auto text = soon(validity.until, now_))
            add(Severity::warning, what, fmt::format("{}: {}", *text, remedy));
        else
            add(Severity::fine, what, "valid until " + shown_time(validity.until));
    }

    void check_bits(const std::string& what, std::size_t bits) {
        if (bits == 0)
            add(Severity::error, what, "its key is not an RSA key: the bus takes no other");
        else if (bits < enough_bits)
            add(Severity::warning, what,
                fmt::format("its key has {} bits, and fewer than {} can be broken: have a longer one issued",
                            bits, enough_bits));
    }

    /// Where there is a key beside the certificate, they belong together.
    void check_pair(const std::string& path, const x509::Text& certificate) {
        const auto key_path = path.substr(0, path.rfind('.')) + ".key";
        if (!exists(key_path)) return;
        const auto key = read(key_path);
        if (!key) return;
        if (const auto pair = x509_module().load_key(*key, certificate, Digest::sha256); !pair)
            add(Severity::error, key_path, without_prefix(pair.error(), key_path));
    }

    static std::string without_prefix(std::string text, const std::string& path) {
        return text.starts_with(path) ? text.substr(text.find_first_not_of(": ", path.size())) : text;
    }

    void check_crl() {
        if (places_.crl.empty()) return;
        const auto crl = read_location(places_.crl);
        if (!crl) return;
        auto facts = x509_module().read_crl(*crl);
        if (!facts) return add(Severity::error, places_.crl, facts.error());
        if (ca_) {
            if (const auto why = x509_module().crl_trouble(*crl, *ca_))
                return add(Severity::error, places_.crl,
                           *why + ": have it made by this authority (fedmsg certs crl)");
        }
        check_dates(
            places_.crl, facts->validity,
            "make it anew with `fedmsg certs crl` and copy it to all hosts, or nothing validates there");
        crl_ = std::move(*facts);
    }

    [[nodiscard]] bool is_revoked(const std::string& serial) const {
        return crl_ &&
               std::ranges::find(crl_->revoked, serial, &x509::Revocation::serial) != crl_->revoked.end();
    }

    void check_certificate(const std::string& path) {
        const auto file = read(path);
        if (!file) return;
        const auto facts = x509_module().read_certificate(*file);
        if (!facts) return add(Severity::error, path, facts.error());
        seen_.insert(facts->serial);
        const auto name = std::filesystem::path{path}.stem().string();
        if (is_revoked(facts->serial))
            return add(Severity::error, path,
                       "was revoked: remove it and its key, or issue a new one (fedmsg certs issue --force)");
        check_dates(path, facts->validity, "issue a new one (fedmsg certs issue --force), and install it");
        check_bits(path, facts->rsa_bits);
        check_pair(path, *file);
        if (facts->is_ca) return;  // of an authority in between, or of another bus
        if (facts->common_name != name)
            add(Severity::warning, path,
                fmt::format("it is for \"{}\": routing_policy must have that name, not the file's",
                            facts->common_name));
        if (!store_) return;
        const auto verdict = store_->check(file->text, now_);
        if (!verdict.valid() && verdict.reason != Reason::expired) add(Severity::error, path, verdict.detail);
    }

    /// Where the authority is: certificates whose files are elsewhere, and a CRL that is behind.
    void check_index() {
        const auto path = places_.folder + "/index.txt";
        if (!exists(path)) return;
        const auto file = read(path);
        if (!file) return;
        const auto entries = parse_index(file->text);
        if (!entries) return add(Severity::error, path, entries.error());
        std::set<std::string> newer;  // names that have a later certificate
        for (auto entry = entries->rbegin(); entry != entries->rend(); ++entry) {
            if (entry->revoked) {
                if (crl_ && !is_revoked(entry->serial))
                    add(Severity::error, places_.crl,
                        fmt::format(
                            "{} (serial {}) is revoked, and not in this CRL: make it anew with `fedmsg "
                            "certs crl`, and copy it to all hosts",
                            entry->name(), entry->serial));
                continue;
            }
            if (!newer.insert(entry->name()).second || seen_.contains(entry->serial)) continue;
            const auto text = soon(entry->expires, now_);
            if (text && entry->expires >= now_)
                add(Severity::warning, entry->name(),
                    *text + ": issue a new one (fedmsg certs issue --force), and install it");
        }
    }

    const CheckedPlaces& places_;
    sys_seconds now_;
    std::vector<CertificateFinding> findings_;
    std::optional<x509::Text> ca_;
    std::unique_ptr<x509::TrustStore> store_;
    std::optional<x509::CrlFacts> crl_;
    std::set<std::string> seen_;  // serial numbers
};

}  // namespace

std::string_view to_string(Severity severity) {
    switch (severity) {
        case Severity::fine: return "ok";
        case Severity::warning: return "warning";
        case Severity::error: return "error";
    }
    return "";
}

std::vector<CertificateFinding> check_certificates(const CheckedPlaces& places, sys_seconds now) {
    return Check{places, now}.run();
}

}  // namespace fedmsg::crypto
