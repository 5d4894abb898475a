#pragma once
/// \file
/// One address of `relay_inbound`: what is sent to it, and what it says about itself.

#include "bus/connection.h"
#include "wire/send_queue.h"
#include "wire/zmtp.h"

#include <functional>
#include <optional>
#include <string>

namespace fedmsg::bus {

class RelayLink final : public Connection {
  public:
    /// \param changed  called when any of what is asked below may have another answer, and when there is room
    ///                 to send again
    /// \throws SetupError  when `address` is not tcp://host:port or ipc://path
    RelayLink(const asio::any_io_executor& executor, const Config& config, std::string address,
              std::function<void()> changed);

    void close() override;

    /// The peer is a subscriber, and wants messages.
    [[nodiscard]] bool up() const { return session_ && session_->subscribed() && !finished_; }
    [[nodiscard]] bool connected() const { return session_.has_value(); }
    /// The peer wanted messages, and does not any more: a relay that stops.
    [[nodiscard]] bool dismissed() const { return session_ && session_->dismissed(); }
    /// How often a connection was lost.
    [[nodiscard]] std::uint64_t losses() const { return losses_; }
    /// At the last loss the peer had not read everything that was sent to it.
    [[nodiscard]] bool was_cut() const { return cut_; }

    /// Writes of `queue` what the kernel takes now: all of it while up(), else the rest of a message that has
    /// begun; then, when it was dismissed(), finish().
    void send(wire::SendQueue& queue);
    /// Bytes that the kernel has and the peer's has not acknowledged.
    [[nodiscard]] std::uint64_t unacknowledged() const;
    /// Nothing more will be sent: when the peer has read everything, it hangs up.
    void finish();

  private:
    void on_connected() override;
    void on_readable() override;
    void on_lost() override;
    asio::awaitable<std::string> look_up(Resolver& resolver, std::string& trouble) override;

    std::string hear(std::string_view bytes);
    std::string trouble_of(const boost::system::error_code& error);
    void write_control();
    void wait_for_room();

    std::function<void()> changed_;
    std::optional<wire::PublisherSession> session_;  // while connected
    std::string control_;                            // of the protocol's own, to be written between messages
    bool in_message_ = false;                        // part of a message is written
    bool waiting_for_room_ = false;
    bool finished_ = false;
    bool cut_ = false;
    std::uint64_t losses_ = 0;
};

}  // namespace fedmsg::bus
