#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace fedmsg::services::hub {

/// The msg_ids that came last, so that none is handed out twice. Not safe to use from several threads.
class Seen {
  public:
    /// Two minutes of a bus with 500 messages a second, ten hours of one with two; about 15 MB when full.
    static constexpr std::size_t usual = 65'536;

    Seen() = default;
    explicit Seen(std::size_t most) : most_{most} {}

    /// False when it was there already. The oldest is forgotten for it where there are too many.
    bool add(std::string_view id) {
        const auto [place, is_new] = ids_.try_emplace(std::string{id}, next_);
        if (!is_new) return false;
        order_.emplace_back(place->first, next_++);
        while (order_.size() > most_) {
            const auto& [oldest, number] = order_.front();
            if (const auto found = ids_.find(oldest); found != ids_.end() && found->second == number)
                ids_.erase(found);
            order_.pop_front();
        }
        return true;
    }
    void forget(std::string_view id) { ids_.erase(std::string{id}); }
    [[nodiscard]] bool contains(std::string_view id) const { return ids_.contains(std::string{id}); }
    [[nodiscard]] std::size_t size() const { return ids_.size(); }

  private:
    std::size_t most_ = usual;
    std::uint64_t next_ = 0;
    std::unordered_map<std::string, std::uint64_t> ids_;
    std::deque<std::pair<std::string, std::uint64_t>> order_;
};

}  // namespace fedmsg::services::hub
