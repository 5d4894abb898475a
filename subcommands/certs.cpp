/// fedmsg certs: make, revoke and check the certificates that sign messages. Manual: man/fedmsg-certs.1
#include "cli/call.h"
#include "crypto/certificate_check.h"
#include "crypto/certificate_folder.h"
#include "encoding/write.h"
#include "subcommands/table.h"
#include "util/error.h"
#include "util/log.h"
#include "util/nearest.h"
#include "util/output.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace fedmsg::subcommands {
namespace {

using crypto::CertificateFolder;
using crypto::CertificateName;
using crypto::Severity;

constexpr std::array<std::string_view, 6> actions{"init-ca", "issue", "revoke", "crl", "list", "check"};

/// More is none: a command line that long is a mistake of a script.
constexpr std::size_t most_names = 1000;
constexpr std::int64_t most_days = 36500, most_bits = 16384;

struct Arguments {
    std::vector<std::string> words;  // the action, and what it is to be done to
    std::optional<std::string> ssldir, org, unit, country, ca_name;
    std::optional<std::int64_t> days, ca_days, bits;
    bool force = false, json = false;

    [[nodiscard]] std::string_view action() const { return words.front(); }
    [[nodiscard]] std::vector<std::string> names() const { return {words.begin() + 1, words.end()}; }
};

cli::Options describe(Arguments& a) {
    cli::Options options;
    options.operand("ACTION [NAME]...", a.words, 1 + most_names, {actions.begin(), actions.end()});
    options.value("ssldir", a.ssldir, "FOLDER", "where the authority is, or is to be (key ssldir)")
        .completes = cli::Completes::file;
    options.number(
        "days", a.days, 1, "N",
        "issue: how long the certificate is valid (825); init-ca, revoke, crl: how long the CRL is "
        "(180)");
    options.number("ca-days", a.ca_days, 1, "N", "init-ca: how long the authority is valid (3650)");
    options.number("bits", a.bits, 1024, "N", "init-ca, issue: length of the RSA key (2048)");
    options.value("org", a.org, "TEXT", "init-ca: organization (O), of all certificates");
    options.value("unit", a.unit, "TEXT", "init-ca: unit of the organization (OU)");
    options.value("country", a.country, "XX", "init-ca: country (C), two letters");
    options.value("ca-name", a.ca_name, "TEXT", "init-ca: name (CN) of the authority (fedmsg CA)");
    options.flag("force", a.force, "init-ca, issue: replace what is there");
    options.flag("json", a.json, "list, check: print JSON, one object a line");
    return options;
}

/// An option that the action does not take is a misunderstanding, so it is not passed over.
void check_options(const Arguments& a) {
    struct Rule {
        bool given;
        std::string_view option;
        std::vector<std::string_view> actions;
    };
    for (const auto& [given, option, takers] : std::initializer_list<Rule>{
             {a.days.has_value(), "days", {"issue", "init-ca", "revoke", "crl"}},
             {a.ca_days.has_value(), "ca-days", {"init-ca"}},
             {a.bits.has_value(), "bits", {"init-ca", "issue"}},
             {a.org.has_value(), "org", {"init-ca"}},
             {a.unit.has_value(), "unit", {"init-ca"}},
             {a.country.has_value(), "country", {"init-ca"}},
             {a.ca_name.has_value(), "ca-name", {"init-ca"}},
             {a.force, "force", {"init-ca", "issue"}},
             {a.json, "json", {"list", "check"}},
         })
        if (given && std::ranges::find(takers, a.action()) == takers.end())
            throw UsageError(fmt::format("{} does not take --{}", a.action(), option));
    for (const auto& [given, option] : {std::pair{a.days, "days"}, std::pair{a.ca_days, "ca-days"}})
        if (given.value_or(0) > most_days)
            throw UsageError(fmt::format("--{} is {}: must be {} or less", option, *given, most_days));
    if (a.bits.value_or(0) > most_bits)
        throw UsageError(fmt::format("--bits is {}: must be {} or less", *a.bits, most_bits));
}

void check_words(const Arguments& a) {
    if (a.words.empty()) throw UsageError("name an action: init-ca, issue, revoke, crl, list or check");
    if (std::ranges::find(actions, a.action()) == actions.end()) {
        const auto similar =
            nearest(a.action(), std::vector<std::string_view>(actions.begin(), actions.end()));
        throw UsageError(fmt::format("there is no action `{}`: {}", a.action(),
                                     similar ? fmt::format("did you mean `{}`?", *similar)
                                             : "name init-ca, issue, revoke, crl, list or check"));
    }
    const bool takes_names = a.action() == "issue" || a.action() == "revoke";
    if (takes_names && a.words.size() == 1)
        throw UsageError(fmt::format(
            "{}: name {}", a.action(),
            a.action() == "issue" ? "a service and its host, such as shell.app01.example.org"
                                  : "a certificate, or its serial number; `fedmsg certs list` has them"));
    if (takes_names && std::ranges::find(a.words, "") != a.words.end())
        throw UsageError(fmt::format("{}: a name is empty", a.action()));
    if (!takes_names && a.words.size() > 1)
        throw UsageError(fmt::format("unexpected `{}`: {} takes no name", a.words[1], a.action()));
}

std::chrono::days in_days(const std::optional<std::int64_t>& given, int otherwise) {
    return std::chrono::days{given.value_or(otherwise)};
}
std::chrono::days crl_days(const Arguments& a) { return in_days(a.days, 180); }
std::size_t bits(const Arguments& a) { return static_cast<std::size_t>(a.bits.value_or(2048)); }

class Certs {
  public:
    Certs(const cli::Call& call, const Arguments& a)
        : call_{call},
          config_{call.loaded().config},
          a_{a},
          now_{std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())},
          ssldir_{without_slash(a.ssldir.value_or(config_.ssldir))},
          folder_{ssldir_, now_} {}

    void run() const {
        const auto action = a_.action();
        if (action == "init-ca") return init_ca();
        if (action == "issue") return issue();
        if (action == "revoke" || action == "crl") return revoke();
        if (action == "list") return list();
        check();
    }

  private:
    template <class... Args>
    static void say(fmt::format_string<Args...> text, Args&&... args) {
        output().write(fmt::format(text, std::forward<Args>(args)...) + "\n");
    }

    static std::string without_slash(std::string path) {
        while (path.size() > 1 && path.ends_with('/')) path.pop_back();
        if (path.empty()) throw UsageError("--ssldir is empty: name a folder");
        return path;
    }

    void init_ca() const {
        const auto country = a_.country.value_or("");
        const auto is_letter = [](char c) { return c >= 'A' && c <= 'Z'; };
        if (a_.country && (country.size() != 2 || !std::ranges::all_of(country, is_letter)))
            throw UsageError("--country is " + country + ": must be two letters such as DE (ISO 3166)");
        check_text("ca-name", a_.ca_name);
        check_text("org", a_.org);
        check_text("unit", a_.unit);
        const auto facts =
            folder_.init_ca({.common_name = a_.ca_name.value_or("fedmsg CA"),
                             .organization = {country, a_.org.value_or(""), a_.unit.value_or("")},
                             .bits = bits(a_),
                             .days = in_days(a_.ca_days, 3650),
                             .crl_days = crl_days(a_),
                             .force = a_.force});
        say("made the authority {} in {}: keep ca.key here, and copy ca.crt and crl.pem to all "
            "hosts",
            facts.subject, ssldir_);
        say("the authority is valid until {}", crypto::shown_date(facts.validity.until));
        tell_next_crl(now_ + crl_days(a_));
    }

    /// What a certificate has room for (RFC 5280, appendix A.1), and what a line of the index can have.
    static void check_text(std::string_view option, const std::optional<std::string>& text) {
        constexpr std::size_t longest = 64;
        if (!text) return;
        if (text->empty() || text->size() > longest)
            throw UsageError(fmt::format("--{} is \"{}\": must have 1 to {} bytes", option, *text, longest));
        if (std::ranges::any_of(*text,
                                [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '/'; }))
            throw UsageError(
                fmt::format("--{} is \"{}\": must have no / and no control characters", option, *text));
    }

    void issue() const {
        std::vector<CertificateName> wanted;
        std::vector<std::string> names;
        for (const auto& word : a_.names()) {
            wanted.push_back(CertificateName::parse(word));
            names.push_back(wanted.back().file());
            if (std::count(names.begin(), names.end(), names.back()) > 1)
                throw UsageError("\"" + word + "\" is there twice");
        }
        const auto days = in_days(a_.days, 825);
        const auto made = folder_.issue(names, bits(a_), days, a_.force);
        for (const auto& [name, facts, still_valid] : made) {
            say("# wrote {}.key and .crt, valid until {}{}", folder_.path(name),
                crypto::shown_date(facts.validity.until),
                facts.validity.until < now_ + days ? ", as long as the authority" : "");
            for (const auto& entry : still_valid)
                log::warning("certs",
                             "an earlier certificate of {} is valid until {}: when nobody uses it any more, "
                             "`fedmsg certs revoke {}`",
                             name, crypto::shown_date(entry.expires), entry.serial);
        }
        print_certnames(wanted);
    }

    /// What to add to `certnames`, and where.
    void print_certnames(const std::vector<CertificateName>& wanted) const {
        std::string lines;
        for (const auto& name : wanted) {
            const auto found = config_.certnames.find(name.key());
            if (found != config_.certnames.end() && found->second == name.file()) {
                say("# certnames has \"{}\" already ({})", name.key(),
                    call_.loaded().provenance.where("certnames", name.key()));
                continue;
            }
            if (found != config_.certnames.end())
                log::warning(
                    "certs", "certnames has \"{}\" with another value, \"{}\" ({}): one of them must go",
                    name.key(), found->second, call_.loaded().provenance.where("certnames", name.key()));
            lines += fmt::format("    \"{}\": \"{}\",\n", name.key(), name.file());
        }
        if (!lines.empty()) output().write("# add to certnames in " + certnames_file() + ":\n" + lines);
    }

    std::string certnames_file() const {
        const auto where = call_.loaded().provenance.where("certnames");
        if (!where.empty()) return where.substr(0, where.rfind(':'));
        if (const auto& file = call_.load_options().config_filename) return *file;
        const char* given = std::getenv("FEDMSG_CONFIG");
        const std::string place = given != nullptr && *given != '\0' ? given : "/etc/fedmsg.d";
        struct stat s {};
        const bool is_file = ::stat(place.c_str(), &s) == 0 && S_ISREG(s.st_mode);
        return is_file ? place : without_slash(place) + "/ssl.py";
    }

    void revoke() const {
        const auto crl = folder_.revoke(a_.names(), crl_days(a_));
        for (const auto& entry : crl.revoked) say("revoked {}, serial {}", entry.name(), entry.serial);
        say("wrote {}: copy it to crl_location on all hosts", folder_.path("crl.pem"));
        tell_next_crl(crl.next_update);
    }

    static void tell_next_crl(std::chrono::sys_seconds until) {
        say("the CRL is valid until {}, and nothing validates with an old one: `fedmsg certs crl` makes it "
            "anew, from a timer",
            crypto::shown_date(until));
    }

    void list() const {
        const auto entries = folder_.list();
        if (a_.json) {
            for (const auto& entry : entries) {
                encoding::Object object{
                    {"name", entry.name()},
                    {"serial", entry.serial},
                    {"expires", crypto::shown_time(entry.expires)},
                    {"revoked",
                     entry.revoked ? encoding::Value{crypto::shown_time(*entry.revoked)} : nullptr},
                    {"status", status(entry)}};
                print(std::move(object));
            }
            return;
        }
        std::size_t width = 4;
        for (const auto& entry : entries) width = std::max(width, entry.name().size());
        if (!entries.empty())
            output().write(
                fmt::format("{:<{}}  {:<32}  {:<10}  {}\n", "NAME", width, "SERIAL", "EXPIRES", "STATUS"));
        for (const auto& entry : entries)
            output().write(fmt::format("{:<{}}  {:<32}  {:<10}  {}{}\n", entry.name(), width, entry.serial,
                                       crypto::shown_date(entry.expires), status(entry),
                                       entry.revoked ? " " + crypto::shown_date(*entry.revoked) : ""));
    }

    std::string_view status(const crypto::IndexEntry& entry) const {
        if (entry.revoked) return "revoked";
        return entry.expires < now_ ? "expired" : "valid";
    }

    static void print(encoding::Object object) {
        std::string line;
        encoding::write(encoding::Value{std::move(object)}, encoding::canonical, line);
        output().write(line + "\n");
    }

    /// \throws cli::Exit  when there is something to do
    void check() const {
        const auto findings = crypto::check_certificates(places(), now_);
        for (const auto& [severity, what, text] : findings) {
            if (a_.json)
                print({{"severity", to_string(severity)}, {"what", what}, {"text", text}});
            else
                output().write(fmt::format("{}: {}: {}\n", to_string(severity), what, text));
        }
        output().flush();
        if (std::ranges::any_of(findings, [](auto& f) { return f.severity != Severity::fine; }))
            throw cli::Exit{1};
    }

    /// What the programs of this host use; with --ssldir, what is in that folder.
    crypto::CheckedPlaces places() const {
        const auto if_there = [](std::string path) {
            struct stat s {};
            return ::stat(path.c_str(), &s) == 0 ? path : "";
        };
        if (a_.ssldir)
            return {
                .folder = ssldir_, .ca = folder_.path("ca.crt"), .crl = if_there(folder_.path("crl.pem"))};
        return {.folder = ssldir_,
                .ca = config_.ca_cert_location,
                .crl = config_.crl_location.value_or(if_there(folder_.path("crl.pem")))};
    }

    const cli::Call& call_;
    const Config& config_;
    const Arguments& a_;
    std::chrono::sys_seconds now_;
    std::string ssldir_;
    CertificateFolder folder_;
};

void run(cli::Call& call) {
    Arguments a;
    call.parse(describe(a));
    check_words(a);
    check_options(a);
    Certs{call, a}.run();
}

}  // namespace

const cli::Subcommand certs{.name = "certs",
                            .summary = "make, revoke and check the certificates that sign messages",
                            .group = cli::Group::inspect,
                            .run = run};

}  // namespace fedmsg::subcommands
