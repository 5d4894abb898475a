#pragma once
/// \file
/// What a routing policy does to messages, and what is wrong with the policy itself. Nothing is read here:
/// messages and names come as values.

#include "crypto/policy.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fedmsg::crypto {

/// What the policy says to one sender of one topic.
enum class Outcome : std::uint8_t {
    allowed,     ///< a rule names the signer
    no_rule,     ///< no rule has the topic: it passes, unless the policy is nitpicky
    refused,     ///< a rule has the topic, and does not name the signer
    not_judged,  ///< the policy is not asked: the message is not signed, not readable, not valid
};
/// "allowed", "no-rule", "refused", "not-judged".
std::string_view to_string(Outcome outcome);

/// Counts messages by topic and signer.
class PolicyReport {
  public:
    struct Sender {
        std::optional<std::string> topic{};  ///< nothing where the message has none
        std::string signer{};                ///< the CN; empty: none
        /// Why the policy is not asked, as a code: "unsigned"; empty: it is.
        std::string why{};
        auto operator<=>(const Sender&) const = default;
    };
    struct Row {
        Sender sender;
        Outcome outcome{};
        std::uint64_t count = 0;
    };

    explicit PolicyReport(Policy policy) : policy_{std::move(policy)} {}

    void add(const Sender& sender);

    /// By outcome, then topic, then signer.
    [[nodiscard]] std::vector<Row> rows() const;
    /// Messages with this outcome, also those that have no row.
    [[nodiscard]] std::uint64_t count(Outcome outcome) const;
    [[nodiscard]] std::uint64_t messages() const;
    /// By the policy: without a rule, too, where it is nitpicky.
    [[nodiscard]] std::uint64_t refused() const;
    /// Messages of senders beyond `most_rows`, which have none.
    [[nodiscard]] std::uint64_t without_row() const { return without_row_; }

    /// Topics of rules that no message had.
    [[nodiscard]] std::vector<std::string> unmatched_rules() const;
    /// Topic and name, where messages had the topic, and none was signed by that name.
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> unused_names() const;

    [[nodiscard]] const Policy& policy() const { return policy_; }

    /// Topics times signers of a bus are thousands; a file made to fill the memory has more.
    static constexpr std::size_t most_rows = 100'000;

  private:
    [[nodiscard]] Outcome judge(const Sender& sender) const;

    Policy policy_;
    std::map<Sender, Row> rows_;
    std::map<std::string, std::set<std::string>, std::less<>>
        seen_;  // topics that have a rule, with their signers
    std::map<Outcome, std::uint64_t> counts_;
    std::uint64_t without_row_ = 0;
};

/// One thing that is wrong with a rule.
struct PolicyProblem {
    std::string topic;  ///< of the rule
    std::string code;   ///< "not-a-list"
    std::string text;   ///< one line: what, why, what to do
};

/// What a rule is held against.
struct PolicyContext {
    std::string topic_prefix;  ///< `topic_prefix`
    std::string environment;   ///< `environment`
    /// Names that certificates have: values of `certnames`, files of `ssldir`. Empty: nobody knows, and names
    /// are not held against them.
    std::vector<std::string> names;
};

/// In the order of the topics. The codes:
///     not-a-list         a string, of which each part may sign
///     no-names           an empty list: everybody is refused
///     pattern            an asterisk, or a dot at an end: topics are compared as a whole
///     white-space        around the topic or a name, where nobody sees it
///     other-prefix       the topic is not one of this `topic_prefix`
///     other-environment  it is, and of another `environment`
///     duplicate-name     a name is there twice
///     unknown-name       no certificate has the name
[[nodiscard]] std::vector<PolicyProblem> lint_policy(const Policy& policy, const PolicyContext& context);

}  // namespace fedmsg::crypto
