#include "message/filter.h"

#include "util/error.h"

#include <algorithm>

namespace fedmsg::message {
namespace {

std::optional<Regex> compile(std::string_view option, const std::string& pattern) {
    if (pattern.empty()) return std::nullopt;
    try {
        return Regex{pattern};
    } catch (const UsageError& e) {
        throw UsageError(std::string{option} + " '" + pattern + "': " + e.what());
    }
}

}  // namespace

Filter::Filter(const FilterOptions& options)
    : categories_{options.categories},
      include_{compile("include", options.include)},
      exclude_{compile("exclude", options.exclude)} {
    for (const auto& topic : options.topics) {
        patterns_.emplace_back(topic,
                               options.strict ? TopicPattern::Match::whole : TopicPattern::Match::prefix);
    }
}

std::vector<std::string> Filter::prefixes() const {
    if (patterns_.empty()) return {""};
    std::vector<std::string> prefixes;
    for (const auto& pattern : patterns_) prefixes.emplace_back(pattern.prefix());
    std::ranges::sort(prefixes);
    prefixes.erase(std::unique(prefixes.begin(), prefixes.end()), prefixes.end());
    return prefixes;
}

bool Filter::accepts(std::string_view topic) {
    const auto matches = [&](const TopicPattern& pattern) { return pattern.matches(topic); };
    if (!patterns_.empty() && std::ranges::none_of(patterns_, matches)) return false;
    if (!categories_.empty() && std::ranges::find(categories_, category(topic)) == categories_.end())
        return false;
    return (!include_ || finds(*include_, topic)) && (!exclude_ || !finds(*exclude_, topic));
}

bool Filter::finds(const Regex& expression, std::string_view topic) {
    const auto found = expression.search(topic);
    if (found == Regex::Found::gave_up) ++gave_up_;
    return found == Regex::Found::yes;
}

}  // namespace fedmsg::message
