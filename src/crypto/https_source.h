#pragma once
/// \file
/// CA certificates and CRLs that are downloaded. Source: spec "Signing, validation, authorization",
/// Locations; `ca_cert_cache`, `crl_cache` and their `_expiry` in fedmsg.d(5).

#include "crypto/source.h"
#include "http/client.h"
#include "util/log.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace fedmsg::crypto {

/// An https:// location. A thread of its own downloads it: when it is made, unless its cache is fresh; when
/// the copy is older than its expiry; when the cache has become unusable; and on suspicion. The last two, and
/// what failed, at most once in `suspicion_interval`, also counted from when another process has downloaded
/// it.
///
/// Where the cache is replaced by another process, that is taken within `poll_interval`. A good copy is given
/// up for another good one alone: what is empty, too large or not PEM is a failure. Each failure is told in
/// the log, at most once in ten minutes.
class HttpsSource : public Source {
  public:
    /// \param expiry  age of a copy from which it is downloaded again; 0: never, once there is one
    HttpsSource(std::string url, std::chrono::seconds expiry, Clocks clocks, Download download);
    /// Ends a download that is under way.
    ~HttpsSource() override;

    const std::string& location() const override { return request_.url; }
    /// The first call may wait until the first download has ended, well or not: see source.h. No other does.
    std::shared_ptr<const Content> content() override;
    /// Only asks for a download: it is the content of some later call.
    void suspect() override;

  private:
    using Time = std::chrono::steady_clock::time_point;

    void look(Time now);
    void look_at_cache(Time now);
    [[nodiscard]] std::chrono::nanoseconds age(Time now) const;
    [[nodiscard]] bool is_stale(Time now) const;
    void want(Time now);
    void set(std::string text, std::string error);

    void work(const std::stop_token& stop);
    [[nodiscard]] FileText download(const std::stop_token& stop) const;
    void keep(const std::string& text);
    void take(FileText downloaded, Time now);

    http::Request request_;
    std::chrono::seconds expiry_;
    Clocks clocks_;
    std::string cache_path_;         // empty: none
    std::unique_ptr<Source> cache_;  // the file there

    std::mutex mutex_;  // of what follows
    std::condition_variable_any changed_;
    std::shared_ptr<const Content> content_;  // null until the first download has ended
    std::uint64_t generation_ = 0;
    std::shared_ptr<const Content> seen_;  // what the cache had when it was looked at
    std::string spare_;                    // a stale copy, in case the first download fails
    bool cache_is_good_ = false;           // what is there can be used
    bool cache_failed_ = false;            // it could not be written
    std::optional<Time> looked_, downloaded_;
    std::optional<Time> failed_;  // the last download, and then
    bool wanted_ = false;         // a download, or it is under way
    log::Limit failures_{std::chrono::minutes{10}}, cache_failures_{std::chrono::minutes{10}};
    std::jthread thread_;  // last: it uses all of these
};

}  // namespace fedmsg::crypto
