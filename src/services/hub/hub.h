#pragma once
/// \file
/// The hub: subscribes to every endpoint and hands each message to the consumers that want it.
/// Source: spec "Hub and consumers".

#include "bus/drops.h"
#include "config/load.h"
#include "services/hub/backlog.h"
#include "services/hub/monitoring_socket.h"
#include "services/hub/outbound.h"
#include "services/hub/registry.h"
#include "services/hub/runner.h"
#include "services/monitor/monitoring.h"
#include "services/validation/validating_subscriber.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::services::hub {

/// From a stop to the end, whatever consumers do: they may finish what waits, are told to end, are
/// interrupted, are killed.
inline constexpr std::chrono::milliseconds may_finish{1500}, may_end{2500}, killed_after{3500},
    stopped_after{4500};

class Hub final : public Monitored {
  public:
    /// \param candidates  enabled ones are run \param signer  for what they publish
    /// \throws SetupError, UsageError
    Hub(Loop& loop, const Loaded& loaded, std::vector<Candidate> candidates,
        std::optional<crypto::Signer> signer);
    ~Hub();
    Hub(const Hub&) = delete;
    Hub& operator=(const Hub&) = delete;

    /// Starts consumers, says READY, and hands out messages until the loop is stopped; then lets consumers
    /// finish, and ends them.
    asio::awaitable<void> run();

    /// Takes over what can change while it runs; what needs a restart.
    std::vector<std::string> apply(const Loaded& changed, const std::vector<Candidate>& candidates);

    /// "12 messages in; mailer: 12 handled; …".
    [[nodiscard]] std::string status() const override;
    void collect(Metrics& metrics) const override;
    [[nodiscard]] std::vector<crypto::InUse> in_use() const override;
    /// After run(): a consumer's thread cannot be ended. Only _exit(2) ends the process now.
    [[nodiscard]] bool hangs() const;

    [[nodiscard]] const std::vector<std::unique_ptr<Runner>>& consumers() const { return runners_; }

  private:
    std::unique_ptr<Runner> make_runner(Candidate candidate);
    Queue::Files open_files(const ConsumerSettings& settings) const;
    std::unique_ptr<crypto::Validator> make_validator() const;
    [[nodiscard]] std::vector<std::string> all_topics() const;

    asio::awaitable<void> dispatch();
    bool dispatch_one(Queue::Clock::time_point now);
    void hold(Runner& runner, const bus::Origin* origin);
    void let_go(Runner& runner);
    asio::awaitable<void> watch_holds();
    asio::awaitable<void> monitor();
    asio::awaitable<void> stop();
    asio::awaitable<bool> all_ended_by(Queue::Clock::time_point deadline);
    void report_full_disks();
    [[nodiscard]] std::vector<ConsumerReport> reports();

    struct Reported {
        std::uint64_t failed = 0, received = 0, finished = 0;
    };
    Loop& loop_;
    const Config config_;
    Outbound outbound_;
    Surroundings surroundings_;
    std::vector<std::unique_ptr<Runner>> runners_;
    std::unique_ptr<Backlog> backlog_;
    std::map<const Runner*, Reported> reported_;
    ValidatingSubscriber bus_;
    std::optional<MonitoringSocket> monitoring_;
    std::map<const bus::Origin*, std::set<Runner*>> held_;
    std::vector<Runner*> takers_;  // of the message that is handed out
    Wakeup changed_;
    log::Limit hold_limit_, drop_limit_, refusal_limit_;
    std::map<const Runner*, std::uint64_t> dropped_before_;
};

/// Under which `--status` finds it: hubs of one host have the same consumers only by different
/// configurations, with a monitoring socket or at least a `status_directory` of their own.
/// \param with_consumers  as given; empty: all
[[nodiscard]] DaemonName name_of_hub(const Config& config, std::string_view with_consumers);

}  // namespace fedmsg::services::hub
