#pragma once
/// \file
/// The messages of the bus that may be believed, for services that act on each of them, and what an operator
/// is told about the others.

#include "services/monitor/metrics.h"
#include "services/monitor/status_socket.h"
#include "services/validation/validating_subscriber.h"
#include "util/log.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace fedmsg::services {

/// Used by one coroutine at a time; must be gone before its loop.
class Listening {
  public:
    /// Validates where `validate_signatures` is set. Says which endpoints are waited for, when none is up
    /// after a second. \param component  for the log: "trigger" \param topics, wanted  as
    /// ValidatingSubscriber \throws UsageError  without endpoints \throws SetupError
    Listening(Loop& loop, const Config& config, std::string component,
              const std::vector<std::string>& topics = {}, ValidatingSubscriber::Wanted wanted = {});

    /// The next message that is valid; nothing when there is none now. Others are logged, once a second for
    /// each reason, and counted.
    std::optional<bus::Received> try_next();
    /// The next message, valid or not, for who tells them apart.
    std::optional<Judged> try_next_judged() { return bus_.try_next(); }
    /// Waits until there may be one: only after try_next() or try_next_judged() gave nothing.
    [[nodiscard]] asio::awaitable<void> wait() { return bus_.wait(); }
    /// Ends the wait of another task.
    void interrupt() { bus_.bus().interrupt(); }

    /// `fedmsg_received_messages_total`, `fedmsg_dropped_messages_total{reason}`,
    /// `fedmsg_invalid_messages_total{reason}`.
    void collect(Metrics& metrics) const;
    /// "dropped 3 not_json, 2 unsigned did not validate"; empty when there was nothing of it.
    [[nodiscard]] std::string summary() const;
    [[nodiscard]] std::vector<crypto::InUse> in_use() const { return bus_.in_use(); }

  private:
    asio::awaitable<void> tell_what_is_missing();

    std::string component_;
    std::array<log::Limit, crypto::reasons> limits_;
    ValidatingSubscriber bus_;
};

/// Who listens is known by the first of the endpoints it listens to.
[[nodiscard]] DaemonName name_of_listener(std::string service, const Config& config);

}  // namespace fedmsg::services
