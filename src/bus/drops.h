#pragma once
/// \file
/// What was dropped, by reason: counted always, logged at most once a second a reason.

#include "message/message.h"
#include "util/log.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace fedmsg::bus {

class Drops {
  public:
    /// \param component  who drops, for the log
    explicit Drops(std::string_view component) : component_{component} {}

    /// Counts one message. \param peer  called for the sender's address when a line is due
    template <class Peer>
    void count(message::Drop reason, Peer peer) {
        auto& entry = at(reason);
        ++entry.count;
        if (const auto held_back = entry.limit.pass()) report(reason, peer(), *held_back);
    }

    [[nodiscard]] std::uint64_t of(message::Drop reason) const {
        return entries_.at(static_cast<std::size_t>(reason)).count;
    }
    [[nodiscard]] std::uint64_t total() const;
    /// "3 not_json, 1 too_large"; empty when nothing was dropped.
    [[nodiscard]] std::string summary() const;

  private:
    struct Entry {
        std::uint64_t count = 0;
        log::Limit limit;
    };
    Entry& at(message::Drop reason) { return entries_.at(static_cast<std::size_t>(reason)); }
    void report(message::Drop reason, const std::string& peer, std::uint64_t held_back) const;

    std::string_view component_;
    std::array<Entry, message::drop_reasons> entries_;
};

}  // namespace fedmsg::bus
