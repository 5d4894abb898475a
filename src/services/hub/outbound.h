#pragma once
/// \file
/// What consumers publish, on its way to the bus: signed where that is configured, over one publisher, which
/// is opened when the first message is there. It connects to the relay with `active`, or binds
/// `endpoints[name]`, as fedmsg::publish does; without `name` that is hub.HOST.

#include "bus/publisher.h"
#include "crypto/signer.h"
#include "loop/loop.h"
#include "loop/ordered_pool.h"
#include "loop/wakeup.h"
#include "message/msg_id.h"
#include "util/log.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace fedmsg::services::hub {

class Outbound {
  public:
    using Clock = std::chrono::steady_clock;

    /// \param signer  nothing: messages are not signed
    Outbound(Loop& loop, const Config& config, std::optional<crypto::Signer> signer);
    ~Outbound();

    /// Takes a message in. On the loop it never waits; a thread waits while crowded().
    /// \param topic  its last part \param msg  in its published form
    /// \returns why it is not going to be published; nothing: it is on its way
    [[nodiscard]] std::optional<std::string> publish(std::string_view topic, std::string_view modname,
                                                     std::string msg);
    /// More waits than should: whoever publishes on the loop pauses.
    [[nodiscard]] bool crowded();

    /// Sends, until the loop ends.
    asio::awaitable<void> run();
    /// Lets what is there leave, until the deadline. No thread waits from now on.
    asio::awaitable<void> finish(Clock::time_point deadline);

    [[nodiscard]] std::vector<crypto::InUse> in_use() const {
        return signer_ ? signer_->in_use() : std::vector<crypto::InUse>{};
    }
    [[nodiscard]] std::uint64_t sent() const { return sent_; }
    /// Messages that were taken in and could not be sent.
    [[nodiscard]] std::uint64_t not_sent() const { return not_sent_; }

  private:
    struct Item {
        std::string topic, msg;
    };
    struct Encoded {
        std::string topic, body;
        std::optional<std::string> trouble{};  // why it is not signed
    };
    std::optional<Item> take();
    std::size_t waiting();
    asio::awaitable<void> encode(Item item);
    asio::awaitable<bool> open();
    asio::awaitable<void> send(Encoded message);
    void failed(const std::string& trouble);

    Loop& loop_;
    const Config config_;
    const std::thread::id loop_thread_ = std::this_thread::get_id();
    std::optional<crypto::Signer> signer_;
    std::string user_;
    message::MsgIdSource ids_;
    message::LocalYear year_;
    std::uint64_t numbered_ = 0;

    std::mutex mutex_;  // of these
    std::condition_variable room_;
    std::deque<Item> waiting_;
    std::size_t bytes_ = 0;
    bool closed_ = false;

    Wakeup arrived_, idle_;
    std::deque<Encoded> encoded_;
    std::unique_ptr<bus::Publisher> publisher_;
    bool ready_ = false, busy_ = false;
    std::uint64_t sent_ = 0, not_sent_ = 0;
    log::Limit failure_limit_;
    std::optional<OrderedPool> pool_;  // last: its threads use the signer
};

}  // namespace fedmsg::services::hub
