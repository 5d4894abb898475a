#pragma once
/// \file
/// `--confirm`: a message counts as published once the relay has re-published it. Source: spec "Publishing".

#include "bus/subscriber.h"

#include <chrono>
#include <string>
#include <unordered_set>

namespace fedmsg::bus {

class Confirmation {
  public:
    /// Listens to `endpoints["relay_outbound"]`. \throws UsageError  when there is no such entry
    Confirmation(Loop& loop, const Config& config);

    /// To be awaited before the publisher connects: who has subscribed before a message comes gets it.
    /// \throws SetupError  when the relay's outbound side does not answer within `timeout`
    [[nodiscard]] asio::awaitable<void> start();

    /// A message with this `msg_id` is about to be sent.
    void expect(std::string msg_id) { missing_.insert(std::move(msg_id)); }
    /// Takes what has come back so far.
    void take();
    /// Waits until everything has come back, `timeout` at most after the last one that did.
    [[nodiscard]] asio::awaitable<void> finish();

    [[nodiscard]] const std::unordered_set<std::string>& missing() const { return missing_; }

  private:
    std::chrono::milliseconds timeout_;
    Subscriber bus_;
    std::unordered_set<std::string> missing_;
};

}  // namespace fedmsg::bus
