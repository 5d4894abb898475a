#include "services/trigger/trigger.h"

#include "bus/batch.h"
#include "encoding/write.h"
#include "loop/until_stopped.h"
#include "services/hub/child.h"
#include "util/notify.h"
#include "util/output.h"

#include <fmt/core.h>

#include <algorithm>
#include <csignal>
#include <numeric>

namespace fedmsg::services {

using Clock = std::chrono::steady_clock;
using hub::Child;

/// One command. Made by make_shared: its timer may be served after its end.
class Trigger::Run : public Child::Listener, public std::enable_shared_from_this<Run> {
  public:
    Run(Trigger& trigger, TriggerQueue::Entry entry)
        : trigger_{trigger}, entry_{std::move(entry)}, timer_{trigger.loop_.context()} {}
    virtual ~Run() {
        if (child_) child_->close();
    }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    /// False, and `trouble`, when it cannot be started.
    bool start(std::string& trouble) {
        child_ = Child::start(trigger_.loop_, {.command = {"/bin/sh", "-c", trigger_.settings_.command}},
                              *this, trouble);
        if (!child_) return false;
        write();
        if (trigger_.settings_.time_limit) end_after(*trigger_.settings_.time_limit);
        return true;
    }
    /// SIGTERM then, and SIGKILL `kill_patience` later.
    void end_after(std::chrono::milliseconds time) {
        timer_.expires_after(time);
        timer_.async_wait([weak = weak_from_this()](auto error) {
            const auto self = weak.lock();
            if (error || !self) return;
            self->child_->signal(self->out_of_time_ ? SIGKILL : SIGTERM);
            if (!std::exchange(self->out_of_time_, true)) self->end_after(kill_patience);
        });
    }
    [[nodiscard]] const TriggerQueue::Entry& entry() const { return entry_; }

    void on_output(Child& child, std::string_view bytes) override {
        output().write(bytes);
        trigger_.flush();
        // A command that prints more than is read has to wait.
        if (output().is_large()) child.pause_output(std::chrono::milliseconds{20});
    }
    void on_error(Child&, std::string_view bytes) override {
        std::fwrite(bytes.data(), 1, bytes.size(), stderr);
    }
    void on_writable(Child&) override { write(); }
    void on_end(Child&, int status, std::size_t) override {
        if (status != 0)
            log::warning("trigger", "the command failed for {} ({}): {}{}", entry_.id, entry_.topic,
                         hub::end_text(status), out_of_time_ ? ": it had used up its time" : "");
        trigger_.ended(*this, out_of_time_  ? Outcome::timed_out
                              : status == 0 ? Outcome::succeeded
                                            : Outcome::failed);
    }

  private:
    /// A command need not read its input.
    void write() {
        iovec part{entry_.line.data() + written_, entry_.line.size() - written_};
        written_ += child_->write({&part, 1});
        if (written_ == entry_.line.size()) child_->close_input();
    }

    Trigger& trigger_;
    TriggerQueue::Entry entry_;
    std::size_t written_ = 0;
    std::shared_ptr<Child> child_;
    asio::steady_timer timer_;
    bool out_of_time_ = false;
};

Trigger::Trigger(Loop& loop, const Config& config, Settings settings)
    : loop_{loop},
      settings_{std::move(settings)},
      filter_{settings_.filter},
      bus_{loop, config, "trigger", filter_.prefixes(),
           [this](const bus::Received& received) { return filter_.accepts(received.message.topic()); }},
      queue_{settings_.limits},
      due_{loop.context()},
      changed_{loop.context().get_executor()} {}

Trigger::~Trigger() = default;

asio::awaitable<void> Trigger::run() {
    if (is_pipe(STDOUT_FILENO)) {
        out_.assign(::dup(STDOUT_FILENO));
        out_.non_blocking(true);
    }
    notify("READY=1\nSTATUS=waiting for messages");
    auto work = take_in();
    co_await until_stopped(std::move(work));
    co_await finish();
}

asio::awaitable<void> Trigger::take_in() {
    for (;;) {
        std::size_t taken = 0;
        for (; taken < bus::batch_size && !queue_.full(); ++taken) {
            const auto next = bus_.try_next();
            if (!next) break;
            const auto& message = next->message;
            queue_.add({std::string{message.msg_id().value_or("a message without msg_id")}, message.topic(),
                        encoding::dumps(message.envelope()) + "\n"},
                       Clock::now());
        }
        start_due();
        if (taken > 0)
            co_await bus::yield();
        else if (queue_.full())
            co_await changed_.wait();  // the rest stays with its publishers
        else
            co_await bus_.wait();
    }
}

void Trigger::start_due() {
    if (stopping_) return;
    while (running_.size() < settings_.jobs) {
        auto entry = queue_.take(Clock::now());
        if (!entry) break;
        start(*std::move(entry));
    }
    const auto next = queue_.due();
    if (!next || running_.size() >= settings_.jobs) return;  // each end of a command looks again
    due_.expires_at(*next);
    due_.async_wait([this](auto error) {
        if (!error) start_due();
    });
}

void Trigger::start(TriggerQueue::Entry entry) {
    const auto run = std::make_shared<Run>(*this, std::move(entry));
    std::string trouble;
    if (run->start(trouble)) {
        running_.push_back(run);
        return;
    }
    ++outcomes_.at(static_cast<std::size_t>(Outcome::not_started));
    log::error("trigger", "the command cannot be started for {} ({}): {}", run->entry().id,
               run->entry().topic, trouble);
}

void Trigger::ended(Run& run, Outcome outcome) {
    ++outcomes_.at(static_cast<std::size_t>(outcome));
    std::erase_if(running_, [&run](const auto& one) { return one.get() == &run; });
    start_due();
    changed_.notify();
}

/// A reader that does not read must not keep signals from being heard.
void Trigger::flush() {
    if (waits_to_write_ || output().try_flush() || !out_.is_open()) return;
    waits_to_write_ = true;
    out_.async_wait(out_.wait_write, [this](auto error) {
        waits_to_write_ = false;
        if (!error) flush();
    });
}

asio::awaitable<void> Trigger::finish() {
    notify("STOPPING=1");
    stopping_ = true;
    due_.cancel();
    say_what_was_not_run();
    if (!running_.empty())
        log::info("trigger", "waiting for {} that still run{}, {} s at most", running_.size(),
                  running_.size() == 1 ? "s" : "", stop_patience.count());
    for (const auto& run : running_) run->end_after(stop_patience);
    while (!running_.empty()) co_await changed_.wait();
}

void Trigger::say_what_was_not_run() const {
    if (queue_.size() == 0) return;
    constexpr std::size_t named = 10;
    std::string ids;
    for (std::size_t i = 0; i < std::min(queue_.size(), named); ++i)
        ids += (i ? ", " : "") + queue_.entries().at(i).id;
    if (queue_.size() > named) ids += fmt::format(" and {} more", queue_.size() - named);
    log::warning("trigger", "stopped before the command was run for {}", ids);
}

void Trigger::collect(Metrics& metrics) const {
    bus_.collect(metrics);
    for (std::size_t i = 0; i < outcome_names.size(); ++i)
        metrics.counter("fedmsg_trigger_commands_total", "commands run", outcomes_.at(i),
                        {{"outcome", std::string{outcome_names.at(i)}}});
    metrics.gauge("fedmsg_trigger_running_commands", "running commands",
                  static_cast<double>(running_.size()));
    metrics.gauge("fedmsg_trigger_waiting_messages", "messages that wait",
                  static_cast<double>(queue_.size()));
    metrics.counter("fedmsg_regex_gave_up_total", "messages that a regular expression gave up on",
                    filter_.gave_up());
}

std::string Trigger::status() const {
    std::string text =
        fmt::format("ran {} commands", std::accumulate(outcomes_.begin(), outcomes_.end(), std::uint64_t{0}));
    for (std::size_t i = 1; i < outcome_names.size(); ++i)
        if (outcomes_.at(i) > 0) text += fmt::format(", {} {}", outcomes_.at(i), outcome_names.at(i));
    if (!running_.empty()) text += fmt::format(", {} running", running_.size());
    if (queue_.size() > 0) text += fmt::format(", {} messages waiting", queue_.size());
    if (filter_.gave_up() > 0) text += fmt::format(", a regular expression gave up on {}", filter_.gave_up());
    const auto others = bus_.summary();
    return text + (others.empty() ? "" : ", ") + others;
}

}  // namespace fedmsg::services
