#include "crypto/policy_report.h"

#include "util/nearest.h"
#include "util/utf8.h"

#include <fmt/format.h>

#include <algorithm>

namespace fedmsg::crypto {

std::string_view to_string(Outcome outcome) {
    switch (outcome) {
        case Outcome::allowed: return "allowed";
        case Outcome::no_rule: return "no-rule";
        case Outcome::refused: return "refused";
        case Outcome::not_judged: return "not-judged";
    }
    return "unknown";
}

Outcome PolicyReport::judge(const Sender& sender) const {
    if (!sender.why.empty()) return Outcome::not_judged;
    // A certificate without a name is nobody's, whatever the rule says.
    const auto rule = sender.topic ? policy_.topics.find(*sender.topic) : policy_.topics.end();
    if (sender.signer.empty()) return Outcome::refused;
    if (rule == policy_.topics.end()) return Outcome::no_rule;
    return policy_.refusal(sender.topic, sender.signer) ? Outcome::refused : Outcome::allowed;
}

void PolicyReport::add(const Sender& sender) {
    if (const auto found = rows_.find(sender); found != rows_.end()) {
        ++found->second.count;
        ++counts_[found->second.outcome];
        return;
    }
    const auto outcome = judge(sender);
    ++counts_[outcome];
    if (sender.topic && policy_.topics.contains(*sender.topic)) {
        auto& signers = seen_[*sender.topic];
        if (outcome == Outcome::allowed) signers.insert(sender.signer);
    }
    if (rows_.size() < most_rows)
        rows_[sender] = {sender, outcome, 1};
    else
        ++without_row_;
}

std::vector<PolicyReport::Row> PolicyReport::rows() const {
    std::vector<Row> result;
    for (const auto& [sender, row] : rows_) result.push_back(row);
    std::ranges::stable_sort(result, {}, &Row::outcome);
    return result;
}

std::uint64_t PolicyReport::count(Outcome outcome) const {
    const auto found = counts_.find(outcome);
    return found == counts_.end() ? 0 : found->second;
}

std::uint64_t PolicyReport::messages() const {
    std::uint64_t sum = 0;
    for (const auto& [outcome, count] : counts_) sum += count;
    return sum;
}

std::uint64_t PolicyReport::refused() const {
    return count(Outcome::refused) + (policy_.nitpicky ? count(Outcome::no_rule) : 0);
}

std::vector<std::string> PolicyReport::unmatched_rules() const {
    std::vector<std::string> result;
    for (const auto& [topic, names] : policy_.topics)
        if (!seen_.contains(topic)) result.push_back(topic);
    return result;
}

std::vector<std::pair<std::string, std::string>> PolicyReport::unused_names() const {
    std::vector<std::pair<std::string, std::string>> result;
    for (const auto& [topic, signers] : seen_) {
        const auto* names = std::get_if<std::vector<std::string>>(&policy_.topics.at(topic));
        if (names == nullptr) continue;
        for (const auto& name : std::set<std::string>(names->begin(), names->end()))
            if (!signers.contains(name)) result.emplace_back(topic, name);
    }
    return result;
}

namespace {

class Linter {
  public:
    Linter(const Policy& policy, const PolicyContext& context)
        : policy_{policy}, context_{context}, known_(context.names.begin(), context.names.end()) {}

    std::vector<PolicyProblem> run() {
        for (const auto& [topic, signers] : policy_.topics) {
            topic_ = &topic;
            check_topic(topic);
            if (const auto* names = std::get_if<std::vector<std::string>>(&signers))
                check_names(*names);
            else
                tell("not-a-list",
                     "its signers are a string, \"{}\", and every name that is a part of it may sign: write "
                     "a list",
                     std::get<std::string>(signers));
        }
        return std::move(problems_);
    }

  private:
    template <class... Args>
    void tell(const char* code, fmt::format_string<Args...> text, Args&&... args) {
        problems_.push_back({*topic_, code, fmt::format(text, std::forward<Args>(args)...)});
    }

    void check_topic(const std::string& topic) {
        if (strip(topic) != topic) tell("white-space", "there is white space around the topic: take it away");
        if (topic.find('*') != topic.npos || topic.starts_with('.') || topic.ends_with('.') || topic.empty())
            tell("pattern",
                 "it is no whole topic, and there are no patterns here: topics are compared as a whole, so "
                 "no message "
                 "has this one");
        const auto prefix = context_.topic_prefix + ".";
        if (!topic.starts_with(prefix)) return check_prefix(topic);
        const auto rest = std::string_view{topic}.substr(prefix.size());
        const auto environment = rest.substr(0, rest.find('.'));
        if (environment != context_.environment)
            other_environment(environment, rest.substr(environment.size()));
    }

    void check_prefix(const std::string& topic) {
        // As many parts as the prefix has.
        std::size_t end = 0;
        for (auto parts = std::ranges::count(context_.topic_prefix, '.') + 1; parts > 0 && end != topic.npos;
             --parts)
            end = topic.find('.', end == 0 ? 0 : end + 1);
        const std::vector<std::string_view> candidates{context_.topic_prefix};
        const auto similar = nearest(std::string_view{topic}.substr(0, end), candidates);
        tell("other-prefix", "it does not begin with the topic_prefix, {}, so no message from here has it{}",
             context_.topic_prefix, similar ? ": is that a typing error?" : "");
    }

    void other_environment(std::string_view environment, std::string_view rest) {
        const auto twin = context_.topic_prefix + "." + context_.environment + std::string{rest};
        const std::vector<std::string_view> candidates{context_.environment};
        tell("other-environment", "its environment is {}, and here it is {}: {}", environment,
             context_.environment,
             policy_.topics.contains(twin)      ? "it differs in that alone from " + twin
             : nearest(environment, candidates) ? "is that a typing error?"
                                                : "it counts in that environment only");
    }

    void check_names(const std::vector<std::string>& names) {
        if (names.empty())
            tell("no-names", "its list is empty, so everybody is refused: name who may sign it");
        std::set<std::string_view> seen, told;
        for (const auto& name : names) {
            if (!seen.insert(name).second) {
                if (told.insert(name).second) tell("duplicate-name", "\"{}\" is there more than once", name);
                continue;
            }
            if (strip(name) != name) {
                tell("white-space", "there is white space around \"{}\": take it away", name);
                continue;
            }
            if (known_.empty() || known_.contains(name)) continue;
            const auto similar = nearest(name, {known_.begin(), known_.end()});
            tell("unknown-name", "\"{}\" is no name of a certificate in certnames or ssldir{}", name,
                 similar ? fmt::format(": did you mean \"{}\"?", *similar) : "");
        }
    }

    /// `nearest` of a set.
    static std::optional<std::string_view> nearest(std::string_view word,
                                                   std::vector<std::string_view> candidates) {
        return fedmsg::nearest(word, candidates);
    }

    const Policy& policy_;
    const PolicyContext& context_;
    std::set<std::string_view> known_;
    const std::string* topic_ = nullptr;  // of the rule that is looked at
    std::vector<PolicyProblem> problems_;
};

}  // namespace

std::vector<PolicyProblem> lint_policy(const Policy& policy, const PolicyContext& context) {
    return Linter{policy, context}.run();
}

}  // namespace fedmsg::crypto
