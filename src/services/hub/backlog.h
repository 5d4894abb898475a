#pragma once
/// \file
/// Fetches what consumers have missed while the hub did not run, and keeps their bookmarks. Source: spec
/// "Backlog"; fedmsg-hub(1), "What was missed".
///
/// A consumer with a bookmark begins with what datagrepper has since then, up to now, and goes on with live
/// messages, which wait meanwhile. `settle` later datagrepper is asked once more, for what crossed the bus
/// before the hub was connected. While datagrepper cannot be asked, live messages are handed out, and the
/// bookmark stays where it is until all that was missed has been fetched.

#include "config/config.h"
#include "crypto/validator.h"
#include "loop/loop.h"
#include "services/hub/runner.h"
#include "services/monitor/metrics.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace fedmsg::services::hub {

/// A status file is replaced so often at most: it is synchronized with the disk, and the journal has what
/// comes between.
inline constexpr std::chrono::milliseconds save_interval{1000};
/// From the start until every connection stands and datagrepper has stored what came before.
inline constexpr std::chrono::milliseconds settle{5000};
/// Between questions that fail: doubled from the first to the last.
inline constexpr std::chrono::milliseconds first_retry{500}, last_retry{60'000};

/// Used on the loop; it has a thread for each consumer that catches up, and one that saves.
class Backlog {
  public:
    /// Null unless `status_directory` and `datagrepper_url` are set, both, as in the Python system.
    /// \throws SetupError  where the folder cannot be written
    static std::unique_ptr<Backlog> make(Loop& loop, const Config& config,
                                         const std::vector<std::unique_ptr<Runner>>& runners);
    ~Backlog();
    Backlog(const Backlog&) = delete;
    Backlog& operator=(const Backlog&) = delete;

    /// Before consumers are started.
    void start();
    /// Fetches no more: consumers may finish what they have.
    void stop();
    /// After consumers have ended.
    void save();

    /// "; fetched for mailer: 12"; empty when nobody had a status.
    [[nodiscard]] std::string status() const;
    void collect(Metrics& metrics) const;

  private:
    struct Follower;
    Backlog(Loop& loop, const Config& config, std::string url);
    void catch_up(Follower& follower, const std::stop_token& stop);
    bool fetch(Follower& follower, double since, double until, const std::stop_token& stop);
    bool fetch_page(Follower& follower, const std::string& url, Page& page, const std::stop_token& stop);
    bool hand_over(Follower& follower, Page page, const std::stop_token& stop);
    void let_live_messages_in(Follower& follower);
    bool pause(std::chrono::milliseconds time, const std::stop_token& stop);

    Loop& loop_;
    const Config& config_;
    const std::string url_;
    std::unique_ptr<crypto::Validator> validator_;
    std::mutex mutex_;
    std::condition_variable_any never_;
    std::vector<std::unique_ptr<Follower>> followers_;
    std::jthread saver_;
};

}  // namespace fedmsg::services::hub
