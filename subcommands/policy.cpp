/// fedmsg policy: what routing_policy does to messages, and what is wrong with it. Manual:
/// man/fedmsg-policy.1
#include "cli/call.h"
#include "crypto/claimed_signer.h"
#include "crypto/policy_report.h"
#include "crypto/validator.h"
#include "encoding/write.h"
#include "subcommands/message_lines.h"
#include "subcommands/table.h"
#include "util/error.h"
#include "util/log.h"
#include "util/nearest.h"
#include "util/output.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace fedmsg::subcommands {
namespace {

using crypto::Outcome;
using crypto::PolicyReport;

constexpr std::array<std::string_view, 2> actions{"check", "lint"};

struct Arguments {
    std::vector<std::string> words;  // the action, and a file
    bool validate = false, json = false;

    [[nodiscard]] std::string_view action() const { return words.front(); }
};

cli::Options describe(Arguments& a) {
    cli::Options options;
    options.operand("ACTION [FILE]", a.words, 2, {actions.begin(), actions.end()});
    options.flag("validate", a.validate, "check: validate each message first; what is not valid is refused");
    options.flag("json", a.json, "print JSON, one object a line");
    return options;
}

void check_words(const Arguments& a) {
    if (a.words.empty()) throw UsageError("name an action: check or lint");
    if (std::ranges::find(actions, a.action()) == actions.end()) {
        const auto similar = nearest(a.action(), actions);
        throw UsageError(
            fmt::format("there is no action `{}`: {}", a.action(),
                        similar ? fmt::format("did you mean `{}`?", *similar) : "name check or lint"));
    }
    if (a.action() == "check") return;
    if (a.words.size() > 1) throw UsageError(fmt::format("unexpected `{}`: lint takes no file", a.words[1]));
    if (a.validate) throw UsageError("lint does not take --validate");
}

template <class... Args>
void say(fmt::format_string<Args...> text, Args&&... args) {
    output().write(fmt::format(text, std::forward<Args>(args)...) + "\n");
}

void print(encoding::Object object) {
    std::string line;
    encoding::write(encoding::Value{std::move(object)}, encoding::canonical, line);
    output().write(line + "\n");
}

/// Topics and names come from strangers: what is not plain is shown as JSON.
std::string shown(std::string_view text) {
    const auto is_plain = [](char c) { return c > ' ' && c < '\x7f'; };
    if (!text.empty() && std::ranges::all_of(text, is_plain)) return std::string{text};
    std::string quoted;
    encoding::write_string(text, quoted);
    return quoted;
}

/// Where the messages are.
class File {
  public:
    explicit File(const std::string& path) {
        if (path == "-") return;
        input_ = {::open(path.c_str(), O_RDONLY | O_CLOEXEC), path};
        if (input_.descriptor < 0) throw SetupError("cannot read " + path + ": " + error_text(errno));
    }
    ~File() {
        if (input_.descriptor > 0) ::close(input_.descriptor);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    [[nodiscard]] const LineInput& input() const { return input_; }

  private:
    LineInput input_;
};

class Check {
  public:
    Check(const cli::Call& call, const Arguments& a)
        : provenance_{call.loaded().provenance},
          a_{a},
          workers_{call.loaded().config.crypto_workers.value_or(0)},
          report_{crypto::Policy::of(call.loaded().config.values.find("routing_policy"),
                                     call.loaded().config.routing_nitpicky)} {
        if (a.validate) validator_.emplace(crypto::Validator::Settings::of(call.loaded().config));
    }

    /// \throws cli::Exit, SetupError  when a message is refused, or is none
    void run() {
        const File file{a_.words.size() > 1 ? a_.words[1] : "-"};
        const LineWork work = [this](const encoding::Node* message, std::string_view problem, std::string&) {
            return look_at(message, problem);
        };
        const auto bad = work_on_lines("policy", workers_, work, file.input());
        if (a_.json)
            print_json();
        else
            print_text();
        output().flush();
        if (bad > 0)
            throw SetupError(fmt::format("{}: {} of the lines {} no message", file.input().name, bad,
                                         bad == 1 ? "is" : "are"));
        if (refused() > 0) throw cli::Exit{1};
    }

  private:
    LineResult look_at(const encoding::Node* message, std::string_view problem) {
        if (message == nullptr) return {false, "not judged: " + std::string{problem}};
        PolicyReport::Sender sender;
        if (const auto topic = message->find_string("topic")) sender.topic = *topic;
        if (validator_) {
            auto verdict = validator_->validate(*message);
            sender.signer = std::move(verdict.signer);
            if (!verdict.valid() && verdict.reason != crypto::Reason::unauthorized)
                sender.why = code(verdict.reason);
        } else {
            auto signer = signers_.of(*message);
            if (signer)
                sender.signer = std::move(*signer);
            else
                sender.why = code(signer.error());
        }
        const std::lock_guard lock{mutex_};
        report_.add(sender);
        return {};
    }

    [[nodiscard]] std::uint64_t refused() const {
        return report_.refused() + (validator_ ? report_.count(Outcome::not_judged) : 0);
    }

    [[nodiscard]] std::string where(const std::string& topic) const {
        return provenance_.where("routing_policy", topic);
    }

    void print_json() const {
        print({{"what", "summary"},
               {"messages", number(report_.messages())},
               {"refused", number(refused())},
               {"without_row", number(report_.without_row())}});
        for (const auto& [sender, outcome, count] : report_.rows())
            print({{"what", to_string(outcome)},
                   {"topic", sender.topic ? encoding::Value{*sender.topic} : nullptr},
                   {"signer", sender.signer.empty() ? nullptr : encoding::Value{sender.signer}},
                   {"why", sender.why.empty() ? nullptr : encoding::Value{sender.why}},
                   {"count", number(count)}});
        for (const auto& topic : report_.unmatched_rules())
            print({{"what", "unmatched-rule"}, {"topic", topic}, {"where", where(topic)}});
        for (const auto& [topic, name] : report_.unused_names())
            print({{"what", "unused-name"}, {"topic", topic}, {"name", name}, {"where", where(topic)}});
    }

    static encoding::Value number(std::uint64_t count) { return static_cast<std::int64_t>(count); }

    void print_text() const {
        const auto messages = report_.messages();
        say("{} message{}, {} refused", messages, messages == 1 ? "" : "s", refused());
        print_rows(Outcome::refused, "refused: their rule does not name the signer");
        print_rows(Outcome::no_rule,
                   report_.policy().nitpicky
                       ? "refused: no rule for the topic, and routing_nitpicky"
                       : "accepted: no rule for the topic (routing_nitpicky would refuse them)");
        print_rows(Outcome::not_judged, validator_
                                            ? "refused: not valid, whatever the policy says"
                                            : "not judged: the policy needs the name in a certificate");
        if (report_.without_row() > 0)
            say("\n{} messages of other topics and signers: beyond {} these are not told apart",
                report_.without_row(), PolicyReport::most_rows);
        std::string text;
        for (const auto& topic : report_.unmatched_rules())
            text += fmt::format("  {}: {}\n", where(topic), shown(topic));
        if (!text.empty()) output().write("\nrules that no message matched:\n" + std::exchange(text, ""));
        for (const auto& [topic, name] : report_.unused_names())
            text += fmt::format("  {}: {}: {}\n", where(topic), shown(topic), shown(name));
        if (!text.empty()) output().write("\nnames that signed nothing under their topic:\n" + text);
        if (messages > 0 && report_.count(Outcome::not_judged) == messages)
            log::warning(
                "policy",
                "not one message has a signature that can be read: `fedmsg tail --output raw` keeps them");
    }

    void print_rows(Outcome outcome, std::string_view heading) const {
        if (report_.count(outcome) == 0) return;
        say("\n{}:", heading);
        const auto rows = report_.rows();
        std::size_t width = 0;
        for (const auto& row : rows)
            if (row.outcome == outcome) width = std::max(width, topic_of(row.sender).size());
        for (const auto& [sender, its, count] : rows) {
            if (its != outcome) continue;
            std::string who = sender.signer.empty() ? "" : shown(sender.signer);
            if (!sender.why.empty()) who += (who.empty() ? "" : " ") + ("(" + sender.why + ")");
            say("  {:>7}  {:<{}}  {}", count, topic_of(sender), width, who.empty() ? "(no name)" : who);
        }
    }

    static std::string topic_of(const PolicyReport::Sender& sender) {
        return sender.topic ? shown(*sender.topic) : "(no topic)";
    }

    const Provenance& provenance_;
    const Arguments& a_;
    std::size_t workers_;
    crypto::ClaimedSigners signers_;
    std::optional<crypto::Validator> validator_;
    std::mutex mutex_;  // of what follows: lines are looked at in threads
    PolicyReport report_;
};

/// Names that certificates have on this host, and by its configuration.
std::vector<std::string> certificate_names(const Config& config) {
    std::vector<std::string> names;
    for (const auto& [service, name] : config.certnames) names.push_back(name);
    std::error_code unreadable;
    for (const auto& entry : std::filesystem::directory_iterator{config.ssldir, unreadable})
        if (entry.path().extension() == ".crt") names.push_back(entry.path().stem().string());
    return names;
}

/// \throws cli::Exit  when something is wrong
void lint(const cli::Call& call, const Arguments& a) {
    const auto& config = call.loaded().config;
    const auto policy = crypto::Policy::of(config.values.find("routing_policy"), config.routing_nitpicky);
    const crypto::PolicyContext context{.topic_prefix = config.topic_prefix,
                                        .environment = config.environment,
                                        .names = certificate_names(config)};
    if (context.names.empty() && !policy.topics.empty())
        log::warning("policy", "names are not checked: certnames is empty, and there is no certificate in {}",
                     config.ssldir);
    const auto problems = lint_policy(policy, context);
    for (const auto& [topic, code, text] : problems) {
        const auto where = call.loaded().provenance.where("routing_policy", topic);
        if (a.json)
            print({{"where", where}, {"topic", topic}, {"code", code}, {"text", text}});
        else
            say("{}: {}: {} ({})", where, shown(topic), text, code);
    }
    output().flush();
    if (!problems.empty()) throw cli::Exit{1};
}

void run(cli::Call& call) {
    Arguments a;
    call.parse(describe(a));
    check_words(a);
    if (a.action() == "lint") return lint(call, a);
    Check{call, a}.run();
}

}  // namespace

const cli::Subcommand policy{.name = "policy",
                             .summary = "tell what routing_policy does, and what is wrong with it",
                             .group = cli::Group::inspect,
                             .run = run};

}  // namespace fedmsg::subcommands
