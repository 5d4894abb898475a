#pragma once
/// \file
/// How far one consumer has come, on the disk: what the next hub begins from.
///
/// The status file, in the form of the Python system, is replaced now and then. What was finished since is in
/// a journal beside it, a line for each message: that costs one small write(2), and outlives kill -9 (not the
/// power, which costs doublets, never messages).

#include "services/hub/history.h"
#include "services/hub/message.h"
#include "services/hub/seen.h"
#include "util/log.h"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace fedmsg::services::hub {

/// How far the clocks of publishers may be apart, and a message may be overtaken by others: what is asked
/// for begins so much before the status. The journal says what of that was finished.
inline constexpr double overtaking = 10;

/// Safe to use from several threads.
class Bookmark {
  public:
    /// What the hub before this one has left.
    struct Found {
        std::optional<Status> status;  ///< nothing: it is new
        double since = 0;              ///< seconds since the epoch: ask for what was sent from then on
        Seen finished;
    };

    /// \param folder  `status_directory/fedmsg-hub`; made \param as_string  see status_text()
    /// \throws SetupError  where that cannot be written, or another hub does
    Bookmark(const std::string& folder, const std::string& consumer, bool as_string);
    ~Bookmark();
    Bookmark(const Bookmark&) = delete;
    Bookmark& operator=(const Bookmark&) = delete;

    /// Once, before anything is begun. A file that is no status is told in the log, and counts as none.
    [[nodiscard]] Found find();

    /// Each may be said twice of a message.
    void begun(const MessagePtr& message);
    void finished(const MessagePtr& message);

    /// While messages are handed out of their order, the status stays where it is; the journal goes on.
    void hold();
    void release();
    /// Replaces the status file if there is news. Waits for the disk: not on the event loop, but at its end.
    void save();

  private:
    void open_journal();
    void note(const Message& message);
    static std::size_t read_journal(const std::string& path, Found& found, std::optional<double>& first);

    const std::string path_, journal_;
    const std::string consumer_;
    const bool as_string_;

    std::mutex mutex_;
    std::map<std::uint64_t, std::weak_ptr<const Message>> in_hand_;  // weak: a full queue may drop it again
    std::unordered_map<const Message*, std::uint64_t> places_;
    std::uint64_t next_ = 0;
    MessagePtr last_;  // finished
    bool is_new_ = true, changed_ = false, held_ = false;
    int file_ = -1;
    std::size_t lines_ = 0;  // of the journal
    log::Limit trouble_limit_{std::chrono::minutes{1}};

    std::mutex saving_;
};

}  // namespace fedmsg::services::hub
