#include "crypto/certificate_folder.h"

#include "config/endpoint.h"
#include "crypto/module.h"
#include "crypto/source.h"
#include "util/error.h"
#include "util/nearest.h"
#include "util/new_files.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

namespace fedmsg::crypto {
namespace {

constexpr mode_t secret = 0600, open_to_all = 0644;

/// As long as a CN may be (RFC 5280, appendix A.1: ub-common-name).
constexpr std::size_t longest_name = 64;

bool exists(const std::string& path) {
    struct stat s {};
    return ::lstat(path.c_str(), &s) == 0;
}

template <class T>
T or_fail(Result<T, std::string> result, const std::string& what) {
    if (!result) throw SetupError(what + ": " + result.error());
    return std::move(*result);
}

bool is_meant(const IndexEntry& entry, const std::string& word) {
    const auto name = entry.name();
    if (name == word) return true;
    auto serial = word;
    std::ranges::transform(serial, serial.begin(), [](char c) {
        return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    if (entry.serial == serial) return true;
    const auto dot = word.find('.');  // SERVICE.HOST instead of SERVICE-HOST
    return dot != word.npos && name == word.substr(0, dot) + "-" + word.substr(dot + 1);
}

/// Revokes what is meant, and gives that.
std::vector<IndexEntry> mark_revoked(std::vector<IndexEntry>& entries, const std::string& word,
                                     std::chrono::sys_seconds now) {
    std::vector<IndexEntry> result;
    std::string already;
    for (auto& entry : entries) {
        if (!is_meant(entry, word)) continue;
        if (entry.revoked) {
            already = shown_date(*entry.revoked);
            continue;
        }
        entry.revoked = now;
        result.push_back(entry);
    }
    if (!result.empty()) return result;
    if (!already.empty())
        throw SetupError(word + " was revoked already, on " + already + ": nothing was changed");
    std::vector<std::string> names;
    for (const auto& entry : entries) names.push_back(entry.name());
    const auto similar = nearest(word, std::vector<std::string_view>(names.begin(), names.end()));
    throw SetupError(fmt::format("no certificate of {} is in the index{}: see `fedmsg certs list`", word,
                                 similar ? fmt::format(" (there is {})", *similar) : ""));
}

}  // namespace

CertificateName CertificateName::parse(std::string_view text) {
    const auto fail = [&](std::string_view why) {
        throw UsageError(fmt::format(
            "\"{}\" {}: name a service and its host, such as shell.app01.example.org", text, why));
    };
    const auto dot = text.find('.');
    if (dot == text.npos) fail("has no dot");
    if (text.size() > longest_name) fail("is longer than the 64 characters that certificates have room for");
    // Parts become names of files: none begins with a dash.
    if (!is_domain_name(text) || text.ends_with('.') || text.starts_with('-') || text.find(".-") != text.npos)
        fail("is no SERVICE.HOST of letters, digits, - and _");
    return {std::string{text.substr(0, dot)}, std::string{text.substr(dot + 1)}};
}

x509::Period CertificateFolder::from_now(Days days) const { return {now_ - clock_difference, now_ + days}; }

void CertificateFolder::refuse_to_replace(const std::vector<std::string>& names,
                                          std::string_view what) const {
    for (const auto& name : names)
        if (exists(path(name)))
            throw SetupError(fmt::format("{} is there already: --force replaces {}; nothing was changed",
                                         path(name), what));
}

std::unique_ptr<x509::Issuer> CertificateFolder::load_issuer() const {
    if (::access(path("ca.key").c_str(), R_OK) != 0 && errno == EACCES)
        throw SetupError("cannot read " + path("ca.key") + ": " + error_text(EACCES) +
                         ": run this as its owner, such as root");
    const auto read = [this](std::string_view name) {
        auto file = read_text(path(name));
        if (!file.error.empty())
            throw SetupError("cannot read " + path(name) + ": " + file.error +
                             (exists(path(name)) ? ""
                                                 : "; `fedmsg certs init-ca` makes an authority, --ssldir "
                                                   "names the folder of one"));
        return x509::Text{.name = path(name), .text = std::move(file.text)};
    };
    const auto key = read("ca.key");
    auto issuer = x509_module().load_issuer(key, read("ca.crt"));
    if (!issuer) throw SetupError(issuer.error());
    return std::move(*issuer);
}

std::vector<IndexEntry> CertificateFolder::list() const {
    const auto file = path("index.txt");
    if (!exists(file)) {
        if (!exists(path("ca.crt")))
            throw SetupError("there is no authority in " + folder_ +
                             ": `fedmsg certs init-ca` makes one, --ssldir names the folder of one");
        return {};  // an authority that was made by other means
    }
    auto index = read_text(file);
    if (!index.error.empty()) throw SetupError("cannot read " + file + ": " + index.error);
    return or_fail(parse_index(index.text), file);
}

x509::CertificateFacts CertificateFolder::init_ca(const NewAuthority& wanted) const {
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    if (error)
        throw SetupError("cannot make the folder " + folder_ + ": " + error.message() +
                         ": run this as a user who may, such as root, or name another one with --ssldir");
    const FolderLock lock{folder_};
    if (!wanted.force)
        refuse_to_replace({"ca.key", "ca.crt", "index.txt", "crl.pem"},
                          "the authority, and with it all that it has issued");
    const auto made = or_fail(
        x509_module().make_ca(wanted.common_name, wanted.organization, wanted.bits, from_now(wanted.days)),
        "cannot make the authority");
    const auto issuer = or_fail(x509_module().load_issuer({.name = path("ca.key"), .text = made.key},
                                                          {.name = path("ca.crt"), .text = made.certificate}),
                                "cannot make the authority");
    const auto crl =
        or_fail(issuer->make_crl({}, 1, from_now(wanted.crl_days)), "cannot make " + path("crl.pem"));
    NewFiles files;
    files.add(path("ca.key"), made.key, secret);
    files.add(path("ca.crt"), made.certificate, open_to_all);
    files.add(path("crl.pem"), crl.text, open_to_all);
    files.add(path("index.txt"), "", open_to_all);
    files.commit();
    return made.facts;
}

std::vector<CertificateFolder::Made> CertificateFolder::issue(const std::vector<std::string>& names,
                                                              std::size_t bits, Days days, bool force) const {
    const FolderLock lock{folder_};
    const auto issuer = load_issuer();
    auto entries = list();
    if (!force)
        for (const auto& name : names)
            refuse_to_replace({name + ".key", name + ".crt"}, "key and certificate");
    auto validity = from_now(days);
    validity.until = std::min(validity.until, issuer->facts().validity.until);
    if (validity.until <= now_)
        throw SetupError(path("ca.crt") + " has expired on " + shown_date(validity.until) +
                         ": make a new authority (fedmsg certs init-ca --force) and issue all certificates "
                         "anew");

    std::vector<Made> result;
    std::vector<x509::Issued> issued;
    for (const auto& name : names) {
        issued.push_back(or_fail(issuer->issue(name, bits, validity), "cannot issue " + name));
        Made made{.name = name, .facts = issued.back().facts, .still_valid = {}};
        for (const auto& entry : entries)
            if (entry.name() == name && !entry.revoked && entry.expires >= now_)
                made.still_valid.push_back(entry);
        result.push_back(std::move(made));
    }
    for (const auto& [key, certificate, facts] : issued)
        entries.push_back(
            {.serial = facts.serial, .subject = facts.subject, .expires = facts.validity.until});
    // The index first: what is in it and nowhere else does no harm, what is not in it could not be revoked.
    NewFiles files;
    files.add(path("index.txt"), write_index(entries, now_), open_to_all);
    for (std::size_t i = 0; i < names.size(); ++i) {
        files.add(path(names[i] + ".key"), issued[i].key, secret);
        files.add(path(names[i] + ".crt"), issued[i].certificate, open_to_all);
    }
    files.commit();
    return result;
}

/// What the CRL so far has revoked stays so, even where the index does not know of it.
std::string CertificateFolder::make_crl(const x509::Issuer& issuer, const std::vector<IndexEntry>& entries,
                                        Days days) const {
    std::vector<x509::Revocation> revoked;
    for (const auto& entry : entries)
        if (entry.revoked) revoked.push_back({entry.serial, *entry.revoked});
    std::uint64_t number = 1;
    const auto file = path("crl.pem");
    if (exists(file)) {
        const auto old = read_text(file);
        if (!old.error.empty()) throw SetupError("cannot read " + file + ": " + old.error);
        const auto facts = or_fail(x509_module().read_crl({.name = file, .text = old.text}), file);
        number = facts.number + 1;
        for (const auto& entry : facts.revoked)
            if (std::ranges::find(revoked, entry.serial, &x509::Revocation::serial) == revoked.end())
                revoked.push_back(entry);
    }
    return or_fail(issuer.make_crl(revoked, number, from_now(days)), "cannot make " + file).text;
}

CertificateFolder::Crl CertificateFolder::revoke(const std::vector<std::string>& names, Days crl_days) const {
    const FolderLock lock{folder_};
    const auto issuer = load_issuer();
    auto entries = list();
    Crl result{.revoked = {}, .next_update = from_now(crl_days).until};
    for (const auto& name : names) {
        const auto revoked = mark_revoked(entries, name, now_);
        result.revoked.insert(result.revoked.end(), revoked.begin(), revoked.end());
    }
    // The index first: a CRL that is behind it is made anew from it.
    NewFiles files;
    files.add(path("index.txt"), write_index(entries, now_), open_to_all);
    files.add(path("crl.pem"), make_crl(*issuer, entries, crl_days), open_to_all);
    files.commit();
    return result;
}

}  // namespace fedmsg::crypto
