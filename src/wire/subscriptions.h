#pragma once
/// \file
/// What a subscriber wants: prefixes of topics, as RFC 29 has them.

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace fedmsg::wire {

class Subscriptions {
  public:
    /// Bytes of different prefixes that one peer may have us keep. A prefix costs as much as this many bytes
    /// more, so that short ones are bounded, too.
    static constexpr std::size_t most_bytes = 64 * 1024, overhead = 32;

    /// One more for `prefix`: a prefix that was added twice is to be removed twice. False when there is no
    /// room.
    [[nodiscard]] bool add(std::string_view prefix);
    /// One less; nothing where there is none.
    void remove(std::string_view prefix);

    [[nodiscard]] bool empty() const { return counts_.empty(); }
    /// Whether `topic` begins with one of them.
    [[nodiscard]] bool match(std::string_view topic) const;

  private:
    std::map<std::string, std::size_t, std::less<>> counts_;  // by prefix
    std::size_t bytes_ = 0;
};

}  // namespace fedmsg::wire
