#pragma once
/// \file
/// One address of `relay_inbound`: a connection that is made, lost and made again, and what its other end
/// says about itself.

#include "bus/resolver.h"
#include "config/config.h"
#include "loop/loop.h"
#include "wire/send_queue.h"
#include "wire/zmtp.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace fedmsg::bus {

class RelayLink : public std::enable_shared_from_this<RelayLink> {
  public:
    /// \param changed  called when any of what is asked below may have another answer, and when there is room
    ///                 to send again
    /// \throws SetupError  when `address` is not tcp://host:port or ipc://path
    RelayLink(const asio::any_io_executor& executor, const Config& config, std::string address,
              std::function<void()> changed);

    /// Connects, and does so again whenever the connection is lost.
    void start();
    void close();

    [[nodiscard]] const std::string& address() const { return address_; }
    /// What it last said: "connection refused".
    [[nodiscard]] const std::string& trouble() const { return trouble_; }
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
    using Stream = asio::generic::stream_protocol;

    asio::awaitable<void> run(std::shared_ptr<RelayLink> self);
    asio::awaitable<bool> connect();
    asio::awaitable<void> converse();
    asio::awaitable<Stream::endpoint> endpoint();
    void limit_time();
    std::string hear(std::string_view bytes);
    std::string trouble_of(const boost::system::error_code& error);
    void set_options();
    void write_control();
    void wait_for_room();
    void lose(std::string trouble);

    std::string address_;
    std::function<void()> changed_;
    Config config_;
    Resolver resolver_;
    Stream::socket socket_;
    asio::steady_timer timer_;
    std::optional<wire::PublisherSession> session_;  // while connected
    std::string control_;                            // of the protocol's own, to be written between messages
    std::string trouble_ = "no answer";
    bool in_message_ = false;  // part of a message is written
    bool waiting_for_room_ = false;
    bool introduced_ = false;  // the last connection was to one that speaks our protocol
    bool finished_ = false;
    bool closed_ = false;
    bool cut_ = false;
    std::uint64_t losses_ = 0;
};

}  // namespace fedmsg::bus
