#include "message/topic.h"

#include "util/error.h"
#include "util/utf8.h"

#include <algorithm>

namespace fedmsg::message {
namespace {

/// Takes the part before the next dot off `rest`; nothing once all are taken.
class Parts {
  public:
    explicit Parts(std::string_view topic) : rest_{topic} {}

    std::optional<std::string_view> next() {
        if (!rest_) return std::nullopt;
        const auto dot = rest_->find('.');
        const auto part = rest_->substr(0, dot);
        rest_ = dot == std::string_view::npos ? std::nullopt : std::optional{rest_->substr(dot + 1)};
        return part;
    }
    [[nodiscard]] std::optional<std::string_view> rest() const { return rest_; }

  private:
    std::optional<std::string_view> rest_;
};

bool is_plain(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; }

/// Which part, from 0, names the service.
int category_index(std::string_view topic) {
    return topic.find("VirtualTopic") == std::string_view::npos ? 3 : 2;
}

std::string quoted(std::string_view text) { return "'" + std::string{text} + "'"; }

}  // namespace

std::string make_topic(const TopicParts& parts) {
    const auto modname = parts.modname.empty() ? "__main__" : parts.modname;
    const auto topic = parts.topic.empty() ? "unspecified" : parts.topic;
    std::string full;
    full.reserve(parts.topic_prefix.size() + parts.environment.size() + modname.size() + topic.size() + 3);
    full.append(modname).append(1, '.').append(topic);
    if (!full.starts_with(parts.topic_prefix)) {
        full.clear();
        full.append(parts.topic_prefix).append(1, '.').append(parts.environment).append(1, '.');
        full.append(modname).append(1, '.').append(topic);
    }
    if (!is_utf8(full)) {
        std::string shown;
        append_as_utf8(full, shown);
        throw UsageError("cannot publish on " + quoted(shown) + ": a topic must be UTF-8");
    }
    return full;
}

std::string_view category(std::string_view topic) {
    Parts parts{topic};
    for (int i = category_index(topic); i > 0; --i) parts.next();
    return parts.next().value_or("");
}

ServiceTopic service_topic(std::string_view topic, std::string_view topic_prefix) {
    const bool ours = topic.starts_with(topic_prefix) && topic.substr(topic_prefix.size()).starts_with('.');
    Parts parts{ours ? topic.substr(topic_prefix.size() + 1) : topic};
    for (int i = ours ? 1 : category_index(topic); i > 0; --i) parts.next();
    const auto modname = parts.next().value_or("");
    return {modname, parts.rest().value_or("")};
}

std::optional<std::string> grammar_warning(std::string_view topic, std::string_view topic_prefix) {
    const auto warning = [&](const std::string& why) {
        return "topic " + quoted(topic) + " does not follow " + std::string{topic_prefix} +
               ".ENV.CATEGORY.OBJECT[.SUBOBJECT].EVENT: " + why;
    };
    if (!topic.starts_with(topic_prefix) || !topic.substr(topic_prefix.size()).starts_with('.')) {
        return warning("it does not begin with " + quoted(std::string{topic_prefix} + "."));
    }
    Parts parts{topic.substr(topic_prefix.size() + 1)};
    const auto environment = parts.next().value_or("");
    constexpr std::string_view environments[] = {"dev", "stg", "prod", "production"};
    if (std::ranges::find(environments, environment) == std::end(environments)) {
        return warning("ENV is " + quoted(environment) + ", not dev, stg or prod");
    }
    int count = 0;
    for (auto part = parts.next(); part; part = parts.next(), ++count) {
        if (part->empty()) return warning("a part is empty");
        if (!std::ranges::all_of(*part, is_plain)) {
            return warning(quoted(*part) + " has other characters than a-z, 0-9, '_' and '-'");
        }
    }
    if (count < 3) return warning("it has fewer parts");
    if (count > 4) return warning("it has more parts");
    return std::nullopt;
}

TopicPattern::TopicPattern(std::string pattern, Match match) : pattern_{std::move(pattern)}, match_{match} {
    if (pattern_ == "*") match_ = Match::prefix;
    if (match_ == Match::prefix) pattern_.erase(pattern_.find_last_not_of('*') + 1);
}

std::string_view TopicPattern::prefix() const {
    return std::string_view{pattern_}.substr(0, pattern_.find('*'));
}

bool TopicPattern::is_prefix() const {
    return match_ == Match::prefix && pattern_.find('*') == std::string::npos;
}

bool TopicPattern::matches(std::string_view topic) const {
    // It is enough to go back to the last splat: those before it took as little as they could, and none can
    // take a dot, so taking more would not reach further.
    std::size_t p = 0, t = 0;
    std::size_t after_splat = std::string::npos, taken = 0;
    for (;;) {
        if (p == pattern_.size() && (match_ == Match::prefix || t == topic.size())) return true;
        if (p < pattern_.size() && pattern_[p] == '*') {
            after_splat = ++p;
            taken = t;
        } else if (p < pattern_.size() && t < topic.size() && pattern_[p] == topic[t]) {
            ++p;
            ++t;
        } else {
            if (after_splat == std::string::npos || taken == topic.size() || topic[taken] == '.')
                return false;
            p = after_splat;
            t = ++taken;
        }
    }
}

}  // namespace fedmsg::message
