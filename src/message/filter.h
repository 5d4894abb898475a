#pragma once
/// \file
/// Which topics the operator asked for. Source: spec 4, "tail".

#include "message/regex.h"
#include "message/topic.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::message {

struct FilterOptions {
    std::vector<std::string> topics{};      ///< patterns, any of which will do; none: every topic
    std::vector<std::string> categories{};  ///< category() is any of these; none: every category
    std::string include{};  ///< regular expression that is found in the topic; empty: every topic
    std::string exclude = "_heartbeat";  ///< regular expression that is not; empty: no topic
    bool strict = false;                 ///< `zmq_strict`: topics end where their pattern ends
};

class Filter {
  public:
    /// \throws UsageError  naming the regular expression and the column of its error
    explicit Filter(const FilterOptions& options);

    /// What to subscribe to, each once; one empty prefix when everything is wanted.
    [[nodiscard]] std::vector<std::string> prefixes() const;
    /// A regular expression that gives up counts as not found, and is counted.
    [[nodiscard]] bool accepts(std::string_view topic);
    [[nodiscard]] std::uint64_t gave_up() const { return gave_up_; }

  private:
    bool finds(const Regex& expression, std::string_view topic);

    std::vector<TopicPattern> patterns_;
    std::vector<std::string> categories_;
    std::optional<Regex> include_, exclude_;
    std::uint64_t gave_up_ = 0;
};

}  // namespace fedmsg::message
