#pragma once
/// \file
/// A bounded memory that forgets what was not asked for the longest.

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace fedmsg::crypto {

/// Safe to use from several threads.
template <class Value>
class RecentlyUsed {
  public:
    /// \param most  entries
    explicit RecentlyUsed(std::size_t most) : most_{most} {}

    /// Null when it is not there.
    std::shared_ptr<const Value> find(std::string_view key) {
        const std::lock_guard lock{mutex_};
        const auto found = by_key_.find(key);
        if (found == by_key_.end()) return nullptr;
        recent_.splice(recent_.begin(), recent_, found->second);
        return found->second->second;
    }

    /// Instead of what was there under that key.
    void remember(std::string_view key, std::shared_ptr<const Value> value) {
        const std::lock_guard lock{mutex_};
        if (const auto found = by_key_.find(key); found != by_key_.end()) {
            found->second->second = std::move(value);
            return;
        }
        recent_.emplace_front(key, std::move(value));
        by_key_.emplace(recent_.front().first, recent_.begin());
        if (recent_.size() <= most_) return;
        by_key_.erase(recent_.back().first);
        recent_.pop_back();
    }

  private:
    using List = std::list<std::pair<const std::string, std::shared_ptr<const Value>>>;
    const std::size_t most_;
    std::mutex mutex_;
    List recent_;
    std::unordered_map<std::string_view, typename List::iterator> by_key_;  // keys are in the list
};

}  // namespace fedmsg::crypto
