#pragma once
/// \file
/// Consumers in C++, built in or from a shared object, each with threads of its own.

#include "services/hub/consumer.h"
#include "services/hub/runner.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace fedmsg::services::hub {

/// What a consumer in C++ is given to talk to.
class NativeHost final : public consumers::Host {
  public:
    NativeHost(Surroundings& surroundings, std::string name)
        : surroundings_{surroundings}, name_{std::move(name)} {}
    virtual ~NativeHost() = default;

    [[nodiscard]] const Config& config() const noexcept override { return surroundings_.config; }
    [[nodiscard]] std::optional<std::string> publish(std::string_view topic, std::string_view modname,
                                                     const encoding::Value& msg) noexcept override;
    void log(std::string_view text) noexcept override;
    [[nodiscard]] std::uint64_t published() const { return published_; }

  private:
    Surroundings& surroundings_;
    std::string name_;
    std::atomic<std::uint64_t> published_ = 0;
};

class Native final : public Runner {
  public:
    struct Made {
        std::unique_ptr<NativeHost> host;
        std::unique_ptr<consumers::FedmsgConsumer> consumer;
        Identity identity;
    };
    /// \param module  where it comes from \throws SetupError  when its constructor throws
    static Made make(Surroundings& surroundings, const consumers::Kind& kind, const std::string& module);

    /// \param workers  threads; 0: it works on the loop (`moksha.blocking_mode`)
    Native(Surroundings& surroundings, Made made, Queue::Settings queue, Queue::Files files,
           std::size_t workers);
    ~Native() override;

    void start() override;
    void wake() override;
    void finish() override;
    void hurry() override;
    void kill() override {}
    [[nodiscard]] bool ended() const override { return ended_; }
    [[nodiscard]] std::vector<Queue::Taken> in_hand() const override;
    [[nodiscard]] bool hangs() const override { return !ended_ && !threads_.empty(); }
    void update_counters() override { counters().published = host_->published(); }

  private:
    struct Result {
        Queue::Taken taken;
        std::chrono::duration<double> took;
        std::optional<std::string> trouble;
    };
    [[nodiscard]] std::optional<std::string> handle(const MessagePtr& message) const;
    void work(std::size_t worker);
    void work_on(std::span<Queue::Taken> taken, std::size_t worker);
    [[nodiscard]] std::size_t enough() const override;
    void collect();
    void note(const Result& result);
    void end_when_done();

    std::unique_ptr<NativeHost> host_;
    std::unique_ptr<consumers::FedmsgConsumer> consumer_;
    std::size_t workers_;
    mutable std::mutex mutex_;                            // of these
    std::vector<std::span<const Queue::Taken>> in_hand_;  // by worker: what it has not finished
    std::vector<Result> results_;
    std::size_t running_ = 0;
    std::vector<Result> collected_;  // on the loop; kept, to be allocated once
    bool finishing_ = false, ended_ = false;
    std::atomic<bool> hurrying_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace fedmsg::services::hub
