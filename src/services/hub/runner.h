#pragma once
/// \file
/// One consumer as the hub sees it, whatever it is made of.

#include "config/config.h"
#include "loop/loop.h"
#include "message/topic.h"
#include "services/hub/bookmark.h"
#include "services/hub/counters.h"
#include "services/hub/outbound.h"
#include "services/hub/queue.h"
#include "services/hub/settings.h"
#include "services/monitor/metrics.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fedmsg::services::hub {

/// What a consumer is, as `--list-consumers`, the log and the monitoring socket tell.
struct Identity {
    std::string name;
    std::string module;  ///< where it comes from: fedmsg.consumers.program, or the file of its shared object
    std::vector<std::string> topics{"*"};
    bool topic_is_list = false;
    bool validate = false;
    bool jsonify = true;
    bool wants_tree = false;  ///< reads Message::parsed
};

/// What all consumers share. Lives longer than they do.
struct Surroundings {
    Loop& loop;
    const Config& config;
    Outbound& outbound;
};

/// Used on the loop.
class Runner {
  public:
    using Clock = Queue::Clock;

    Runner(Surroundings& surroundings, Identity identity, Queue::Settings queue, Queue::Files files);
    virtual ~Runner();
    Runner(const Runner&) = delete;
    Runner& operator=(const Runner&) = delete;

    virtual void start() = 0;
    /// There is something in the queue.
    virtual void wake() = 0;
    /// Takes a message into the queue; tell() follows, once for several. \returns as Queue::push()
    bool push(MessagePtr message, Clock::time_point now);
    /// Wakes it for what was pushed. \param more  is to come at once: with few it is woken then
    void tell(bool more);
    /// Nothing more will come: it finishes what waits, and ends.
    virtual void finish() = 0;
    /// It finishes what it has in hand only.
    virtual void hurry() = 0;
    /// SIGTERM, to what has processes.
    virtual void interrupt() {}
    /// It ends now, whatever it does.
    virtual void kill() = 0;
    [[nodiscard]] virtual bool ended() const = 0;
    /// What it works on.
    [[nodiscard]] virtual std::vector<Queue::Taken> in_hand() const = 0;
    /// A thread of it cannot be ended: the process has to.
    [[nodiscard]] virtual bool hangs() const { return false; }
    /// Takes over what can change while it runs; false: it needs a restart of the hub.
    virtual bool change(const ConsumerSettings&) { return true; }
    /// Before start(): where it notes how far it has come.
    void follow(std::unique_ptr<Bookmark> bookmark) { bookmark_ = std::move(bookmark); }
    [[nodiscard]] Bookmark* bookmark() const { return bookmark_.get(); }
    /// Counters as of this moment.
    virtual void update_counters() {}

    /// Called after messages have left the queue, and when it has ended.
    void on_change(std::function<void()> action) { changed_ = std::move(action); }

    [[nodiscard]] bool wants(std::string_view topic) const;
    [[nodiscard]] const Identity& identity() const { return identity_; }
    [[nodiscard]] const std::string& name() const { return identity_.name; }
    [[nodiscard]] Queue& queue() { return queue_; }
    [[nodiscard]] Counters& counters() { return counters_; }
    /// Seconds that each message took since the last call, 1024 at most.
    [[nodiscard]] std::vector<double> take_times();
    /// Seconds that messages took, since the start.
    [[nodiscard]] const Histogram& latency() const { return latency_; }

  protected:
    /// Messages that are worth to be woken for while more follow.
    [[nodiscard]] virtual std::size_t enough() const { return 1; }
    void tell_changed() const;
    void note_begun(const MessagePtr& message);
    void note_finished(const Queue::Taken& taken, std::chrono::duration<double> took, bool well);
    /// An attempt failed: counted, and logged with the msg_id.
    void note_failure(const Message& message, std::string_view what);
    /// Appends it to `status_directory/NAME.dead`, or counts it as lost.
    void put_aside(const Queue::Taken& taken, std::string_view why, int attempts);

    [[nodiscard]] Surroundings& surroundings() { return surroundings_; }

  private:
    Surroundings& surroundings_;
    Identity identity_;
    std::vector<message::TopicPattern> patterns_;
    Queue queue_;
    Counters counters_;
    std::unique_ptr<Bookmark> bookmark_;
    std::size_t pushed_ = 0;  // since tell() has woken it
    std::vector<double> times_;
    Histogram latency_{{0.0001, 0.001, 0.01, 0.1, 1, 10, 100}};
    std::function<void()> changed_;
    log::Limit failure_limit_;
};

}  // namespace fedmsg::services::hub
