#pragma once
/// \file
/// Warns in the log before a certificate, CA or CRL that is in use ends, and once it has ended.

#include "crypto/expiry.h"
#include "loop/loop.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace fedmsg::services {

class ExpiryWatch {
  public:
    /// Files are renewed, and lists made anew, rarely; a warning that comes an hour late is in time.
    static constexpr std::chrono::hours interval{1};

    /// Looks now, and then every hour while the loop runs.
    /// \param component  who warns, for the log
    /// \param in_use  called for what is in use at the moment: Signer::in_use, Validator::in_use
    ExpiryWatch(Loop& loop, std::string component, std::function<std::vector<crypto::InUse>()> in_use);
    ~ExpiryWatch();
    ExpiryWatch(const ExpiryWatch&) = delete;
    ExpiryWatch& operator=(const ExpiryWatch&) = delete;

  private:
    class State;
    std::shared_ptr<State> state_;
};

/// Logs one: what has ended is an error.
void log_expiry(std::string_view component, const crypto::InUse& thing, std::chrono::sys_seconds now);

}  // namespace fedmsg::services
