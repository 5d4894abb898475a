#pragma once
/// \file
/// Links made short by a service of the site's choice, without anybody waiting for it. Source: spec "IRC",
/// make_short; the key `irc_shortener`.

#include "crypto/recently_used.h"
#include "loop/loop.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

namespace fedmsg::services {

/// Used on the loop. Make it after its loop and outside of the coroutines that use it, so that it goes first.
class Shortener {
  public:
    /// What the service may take; the link stays long then.
    static constexpr std::chrono::seconds patience{3};
    /// After a failure, links stay long without being asked for, so that no message waits for nothing.
    static constexpr std::chrono::seconds rest{30};
    static constexpr std::size_t threads = 4, most_under_way = 64, most_cached = 1000;

    enum class Outcome : std::uint8_t {
        shortened,
        cached,
        failed,
        left_long,  ///< it was not asked for: too many are under way, or the service has just failed
    };
    static constexpr std::array<std::string_view, 4> outcome_names{"shortened", "cached", "failed",
                                                                   "left_long"};

    struct Answer {
        bool ready = false;
        std::string link;  ///< once it is ready: the short one, or the long one
    };

    /// \param url  `irc_shortener` \param answered  called on the loop when an answer has become ready
    Shortener(Loop& loop, std::string url, std::function<void()> answered);
    /// Ends the downloads that are under way.
    ~Shortener();
    Shortener(const Shortener&) = delete;
    Shortener& operator=(const Shortener&) = delete;

    /// Ready within `patience`, or at once. What is no http:// or https:// link stays as it is, and is not
    /// counted.
    [[nodiscard]] std::shared_ptr<const Answer> shorten(const std::string& link);

    using Counts = std::array<std::uint64_t, outcome_names.size()>;
    [[nodiscard]] const Counts& counts() const { return counts_; }

  private:
    struct Pending;
    void finish(const std::shared_ptr<Pending>& pending, std::string short_link, std::string trouble);
    void count(Outcome outcome) { ++counts_.at(static_cast<std::size_t>(outcome)); }

    Loop& loop_;
    std::string url_;
    std::function<void()> answered_;
    crypto::RecentlyUsed<std::string> cache_{most_cached};
    std::size_t under_way_ = 0;
    std::chrono::steady_clock::time_point resting_until_{};
    Counts counts_{};
    std::stop_source stop_;
    asio::thread_pool threads_{threads};  // last: joined before what its work refers to is gone
};

/// The short link in what the service answered; empty when that is none.
[[nodiscard]] std::string short_link_of(std::string_view answer);

}  // namespace fedmsg::services
