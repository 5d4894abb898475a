#pragma once
/// \file
/// Topics: how one is built, what it says, and which ones a subscription wants.
/// Source: spec "Topic" and "Subscribing"; fedmsg 1.1.7, core.py `publish` (the reference cases of
/// topics.json).

#include <optional>
#include <string>
#include <string_view>

namespace fedmsg::message {

struct TopicParts {
    std::string_view topic_prefix;  ///< `topic_prefix`: org.fedoraproject
    std::string_view environment;   ///< `environment`: dev, stg, prod
    std::string_view modname;       ///< empty: `__main__`, the name of a program that is nobody's module
    std::string_view topic;         ///< empty: `unspecified`
};

/// PREFIX.ENVIRONMENT.MODNAME.TOPIC; just MODNAME.TOPIC where that begins with the prefix already (a
/// comparison of strings, not of dotted parts). \throws UsageError  when a part is not UTF-8
[[nodiscard]] std::string make_topic(const TopicParts& parts);

/// The service that a topic belongs to: its part 3 counted from 0, part 2 when the topic contains
/// `VirtualTopic`; empty when there is none.
[[nodiscard]] std::string_view category(std::string_view topic);

/// What make_topic() was given for a topic of some site: its category(), and all that follows. Before them
/// are `topic_prefix` and an environment; where a topic has another prefix, one of two parts is taken for
/// granted.
struct ServiceTopic {
    std::string_view modname, topic;  ///< of the topic; empty where there is none
};
[[nodiscard]] ServiceTopic service_topic(std::string_view topic, std::string_view topic_prefix);

/// Why a topic does not follow PREFIX.ENV.CATEGORY.OBJECT[.SUBOBJECT].EVENT, in a sentence; nothing when it
/// does. A recommendation only: no topic is refused for it.
[[nodiscard]] std::optional<std::string> grammar_warning(std::string_view topic,
                                                         std::string_view topic_prefix);

/// A topic as a subscriber writes it, with splats.
///
/// `org.x.*` is everything that begins with `org.x.`, and so is `org.x.` itself. A splat further in stands
/// for any characters of one part: `org.x.*.git` wants `org.x.dev.git` and `org.x.dev.github.push`, not
/// `org.x.a.b.git`.
class TopicPattern {
  public:
    enum class Match {
        prefix,  ///< the topic begins as the pattern says
        whole,   ///< the topic ends where the pattern ends, a trailing splat stands for one part
                 ///< (`zmq_strict`);
                 ///< `*` alone is still everything
    };

    explicit TopicPattern(std::string pattern, Match match = Match::prefix);

    /// What ZeroMQ is asked for: the pattern up to its first splat.
    [[nodiscard]] std::string_view prefix() const;
    /// Whether prefix() tells all, so that matches() need not be asked about what ZeroMQ delivers.
    [[nodiscard]] bool is_prefix() const;
    /// Allocates nothing; at worst the product of both lengths, for splats within a part.
    [[nodiscard]] bool matches(std::string_view topic) const;

  private:
    std::string pattern_;
    Match match_;
};

}  // namespace fedmsg::message
