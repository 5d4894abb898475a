#pragma once
/// \file
/// One endpoint that is listened to.

#include "bus/connection.h"
#include "wire/subscriber_session.h"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace fedmsg::bus {

/// Where a message came from.
struct Origin {
    std::string name;      ///< the entry of `endpoints`
    std::string endpoint;  ///< as configured: "tcp://127.0.0.1:4001"
};

/// Nothing is read before somebody asks for it: what a slow reader leaves in the kernel's buffers holds up
/// the publisher, which knows how much it may queue. Until the handshake is done a source reads by itself;
/// then it says that it has something, and take_turn(), next() until there is nothing, and end_turn() follow.
class Source final : public Connection {
  public:
    using Messages = std::optional<Result<wire::TwoFrames, wire::Misshapen>>;

    /// What a source tells its subscriber.
    struct Listener {
        virtual void on_input(std::shared_ptr<Source> source) = 0;  ///< it wants a turn
        virtual void on_change(const Source& source) = 0;           ///< is_up() has another value
        virtual std::span<const std::string> prefixes() const = 0;
        virtual wire::Shape shape() const = 0;
        /// No source should try more often than this, be it alone or one of a thousand that are down.
        virtual std::chrono::milliseconds least_pause() const = 0;

      protected:
        ~Listener() = default;
    };

    /// \throws SetupError  when `origin.endpoint` is not tcp://host:port or ipc://path
    Source(const asio::any_io_executor& executor, const Config& config, Origin origin,
           std::shared_ptr<Resolver> resolver, std::weak_ptr<Listener> listener);

    [[nodiscard]] const Origin& origin() const { return origin_; }
    /// The publisher has introduced itself, and knows what we want.
    [[nodiscard]] bool is_up() const { return session_ && session_->ready(); }

    /// Whether these are the ends of its connection. One end would not tell: a port may serve several
    /// connections.
    [[nodiscard]] bool is_between(const Stream::endpoint& near, const Stream::endpoint& far) const;

    /// Reads what is there, one chunk at most.
    void take_turn();
    /// The next message, valid until the next call.
    Messages next();
    /// Waits for more, or wants another turn at once.
    void end_turn();

  private:
    void on_connected() override;
    void on_readable() override;
    void on_lost() override;
    asio::awaitable<std::string> look_up(Resolver& resolver, std::string& trouble) override;
    [[nodiscard]] std::chrono::milliseconds longest_pause() const override;

    bool read();
    bool write();
    void go_on();
    void want_turn();

    Origin origin_;
    std::weak_ptr<Listener> listener_;
    std::uint64_t largest_frame_;
    std::optional<wire::SubscriberSession> session_;  // while connected
    std::string output_;                              // of the protocol's own
    bool more_ = false;                               // is there, beyond what was read
    bool was_up_ = false;
};

}  // namespace fedmsg::bus
