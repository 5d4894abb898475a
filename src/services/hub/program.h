#pragma once
/// \file
/// Consumers that are programs. Source: spec "Consumer kinds".
///
/// A program is started again when it ends, 0.1 s later, and after twice as long each time that it has got
/// nothing done meanwhile, up to 30 s.

#include "services/hub/child.h"
#include "services/hub/ledger.h"
#include "services/hub/program_output.h"
#include "services/hub/runner.h"

#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace fedmsg::services::hub {

/// What all programs have in common: their output, which is bounded in every way.
class Program : public Runner, public Child::Listener {
  public:
    Program(Surroundings& surroundings, ConsumerSettings settings, Identity identity, Queue::Files files);
    bool change(const ConsumerSettings& settings) override;

  protected:
    [[nodiscard]] const ConsumerSettings& settings() const { return settings_; }
    [[nodiscard]] Child::Start how_to_start() const;
    /// Publishes, or hands an answer to on_answer().
    void read_output(Child& child, Lines& lines, std::string_view bytes);
    virtual void on_answer(Answer answer);
    void on_error(Child& child, std::string_view bytes) override;
    void meaningless(Child& child, std::string_view why);
    /// Calls on_timer() then, and not before; nothing: not at all.
    void wake_at(std::optional<Clock::time_point> time);
    void stop_timer() { timer_.cancel(); }
    virtual void on_timer() = 0;

  private:
    void log_line(std::string_view line);

    ConsumerSettings settings_;
    asio::steady_timer timer_;
    Lines error_lines_;
    log::Limit error_limit_, output_limit_, publish_limit_;
    Clock::time_point second_{};           // that began then
    std::size_t strays_ = 0, errors_ = 0;  // lines in it
};

/// Modes `stream` and `ack`: one process, a line a message.
class StreamProgram final : public Program {
  public:
    StreamProgram(Surroundings& surroundings, ConsumerSettings settings, Identity identity,
                  Queue::Files files);
    ~StreamProgram() override;

    void start() override;
    void wake() override;
    void finish() override;
    void hurry() override;
    void interrupt() override;
    void kill() override;
    [[nodiscard]] bool ended() const override { return ended_; }
    [[nodiscard]] std::vector<Queue::Taken> in_hand() const override;
    bool change(const ConsumerSettings& settings) override;
    void update_counters() override;

  private:
    /// A line on its way into the pipe. stream: until the program has read it.
    struct Outgoing {
        Queue::Taken taken;
        std::uint64_t end;  ///< of its line, in bytes since the start of the process
        Clock::time_point since;
    };
    void on_output(Child& child, std::string_view bytes) override;
    void on_writable(Child& child) override;
    void on_end(Child& child, int status, std::size_t unread) override;
    void on_answer(Answer answer) override;

    [[nodiscard]] bool acknowledges() const { return settings().mode == Mode::ack; }
    void launch();
    void launch_later();
    void feed();
    bool add_next(Clock::time_point now);
    bool write_some();
    void note_read(std::size_t unread);
    void failed(Ledger::Ticket ticket, std::string_view why);
    void set_timer();
    void on_timer() override;
    void end_when_done();
    void set_ended();

    std::shared_ptr<Child> child_;
    Ledger ledger_;                                         // ack
    std::deque<Outgoing> outgoing_;                         // in the order of the pipe
    std::size_t first_unwritten_ = 0;                       // of outgoing_
    std::uint64_t submitted_ = 0, written_ = 0, read_ = 0;  // bytes since the start of the process
    std::optional<Ledger::Ticket> timed_out_;               // for which the process was killed
    Clock::time_point last_answer_{}, started_{};
    asio::steady_timer restart_;
    std::chrono::milliseconds pause_;
    std::uint64_t handled_before_ = 0;  // this process
    Lines lines_;
    bool finishing_ = false, hurrying_ = false, ended_ = false, waiting_to_launch_ = false, feeding_ = false;
    log::Limit end_limit_;
};

/// Mode `each`: a process a message.
class EachProgram final : public Program {
  public:
    EachProgram(Surroundings& surroundings, ConsumerSettings settings, Identity identity, Queue::Files files);
    ~EachProgram() override;

    void start() override { wake(); }
    void wake() override;
    void finish() override;
    void hurry() override;
    void interrupt() override;
    void kill() override;
    [[nodiscard]] bool ended() const override { return ended_; }
    [[nodiscard]] std::vector<Queue::Taken> in_hand() const override { return ledger_.all(); }
    bool change(const ConsumerSettings& settings) override;

  private:
    struct Job {
        std::shared_ptr<Child> child;
        Ledger::Ticket ticket;
        std::size_t written = 0;
        Clock::time_point since{};
        Lines lines{};
        bool timed_out = false;
    };
    void on_output(Child& child, std::string_view bytes) override;
    void on_writable(Child& child) override { write(jobs_.at(&child)); }
    void on_end(Child& child, int status, std::size_t unread) override;

    void launch(Ledger::Ticket ticket);
    static void write(Job& job);
    void failed(Ledger::Ticket ticket, const std::string& why);
    void set_timer();
    void on_timer() override;

    Ledger ledger_;
    std::map<const Child*, Job> jobs_;
    bool finishing_ = false, hurrying_ = false, ended_ = false;
};

}  // namespace fedmsg::services::hub
