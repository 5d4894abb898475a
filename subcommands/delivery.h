#pragma once
/// \file
/// How commands hand messages to the relay: the options they share, the waiting, and the one line at the end
/// that says what was not delivered and why.

#include "bus/confirmation.h"
#include "bus/publisher.h"
#include "cli/options.h"
#include "config/config.h"
#include "loop/loop.h"
#include "util/log.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fedmsg::subcommands {

struct DeliveryOptions {
    bool confirm = false;
    bool wait = false;
    std::optional<std::chrono::milliseconds> wait_for{};  ///< none: for ever

    /// Adds --confirm and --wait.
    void describe(cli::Options& options);
};

/// Refuses a configuration that publishes other than over ZeroMQ. \throws UsageError
void check_publishing(const Config& config);

class Delivery {
  public:
    /// Keeps references to all of these.
    Delivery(Loop& loop, const Config& config, const DeliveryOptions& options);

    /// Listens for confirmations, where they are wanted. \throws SetupError
    asio::awaitable<void> start();
    /// Begins to connect, if that has not begun.
    void connect();

    /// Takes a message, or returns false when that has to wait: then wait(), and again. One that is too large
    /// for the bus is taken, told, and counted as not sent. \param id  msg_id, to be confirmed
    [[nodiscard]] bool try_send(std::string_view topic, std::string_view body, const std::string& id);
    /// Waits for room, or for a relay. \throws SetupError  when patience is at its end
    asio::awaitable<void> wait();

    /// What ends it before its end: told by finish(). \param advice  what to do about it, or nothing
    void give_up(std::string failure, std::string advice = "");
    /// The same for a signal.
    void stopped();
    [[nodiscard]] bool given_up() const { return !failure_.empty(); }

    /// Messages that try_send() took, but for those that are too large.
    [[nodiscard]] std::uint64_t sent() const { return publisher_ ? publisher_->sent() : 0; }
    /// Messages that try_send() took.
    [[nodiscard]] std::uint64_t taken() const { return sent() + refused_; }

    /// Lets everything leave and be confirmed. \param unsent  messages that try_send() never took
    /// \param or_more  there may have been more \throws SetupError  with what was not delivered, and why
    asio::awaitable<void> finish(std::uint64_t unsent, bool or_more = false);

  private:
    [[nodiscard]] bool too_large(std::string_view body);
    [[nodiscard]] std::string unconfirmed() const;

    Loop& loop_;
    const Config& config_;
    const DeliveryOptions& options_;
    bus::Publisher::Patience patience_;  // with a relay that is not there
    std::unique_ptr<bus::Publisher> publisher_;
    std::optional<bus::Confirmation> confirmation_;
    std::uint64_t refused_ = 0;  // too large
    std::string failure_, advice_, too_large_;
    log::Limit too_large_limit_;
};

}  // namespace fedmsg::subcommands
