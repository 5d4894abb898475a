#include "services/hub/program.h"

#include <sys/wait.h>

#include <algorithm>
#include <csignal>

namespace fedmsg::services::hub {
namespace {

/// Messages that wait for another attempt, besides those that are worked on.
constexpr std::size_t most_waiting = 100;

}  // namespace

EachProgram::EachProgram(Surroundings& surroundings, ConsumerSettings settings, Identity identity,
                         Queue::Files files)
    : Program{surroundings, std::move(settings), std::move(identity), std::move(files)},
      ledger_{this->settings().attempts} {}

EachProgram::~EachProgram() {
    for (auto& [child, job] : jobs_) job.child->close();
}

bool EachProgram::change(const ConsumerSettings& changed) {
    const bool same = Program::change(changed);
    ledger_.change(changed.attempts);
    return same;
}

void EachProgram::wake() {
    const auto now = Clock::now();
    bool took = false;
    while (!hurrying_ && jobs_.size() < settings().jobs) {
        if (const auto again = ledger_.hand_out_again(now)) {
            launch(*again);
            continue;
        }
        if (ledger_.size() >= settings().jobs + most_waiting || ledger_.bytes() >= settings().queue.bytes)
            break;
        auto taken = queue().try_pop();
        if (!taken) break;
        took = true;
        note_begun(taken->message);
        launch(ledger_.hand_out(*std::move(taken), now));
    }
    set_timer();
    if (took) tell_changed();
    if (finishing_ && !ended_ && jobs_.empty() && (hurrying_ || (queue().empty() && ledger_.size() == 0))) {
        ended_ = true;
        stop_timer();
        tell_changed();
    }
}

void EachProgram::launch(Ledger::Ticket ticket) {
    std::string trouble;
    auto child = Child::start(surroundings().loop, how_to_start(), *this, trouble);
    if (!child) return failed(ticket, "cannot start " + settings().command.front() + ": " + trouble);
    auto& job = jobs_.emplace(child.get(), Job{.child = child, .ticket = ticket, .since = Clock::now()})
                    .first->second;
    write(job);
}

void EachProgram::write(Job& job) {
    const auto& line = job.ticket->taken.message->line;
    const iovec part{const_cast<char*>(line.data()) + job.written, line.size() - job.written};
    job.written += job.child->write({&part, 1});
    if (job.written == line.size()) job.child->close_input();
}

void EachProgram::on_output(Child& child, std::string_view bytes) {
    read_output(child, jobs_.at(&child).lines, bytes);
}

void EachProgram::on_end(Child& child, int status, std::size_t) {
    const auto found = jobs_.find(&child);
    const auto job = std::move(found->second);
    jobs_.erase(found);
    if (job.timed_out)
        failed(job.ticket, fmt::format("not done within {:g} s",
                                       std::chrono::duration<double>{settings().timeout}.count()));
    else if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        note_finished(ledger_.finish(job.ticket), Clock::now() - job.since, true);
    else
        failed(job.ticket, "the program ended with " + end_text(status));
    wake();
}

void EachProgram::failed(Ledger::Ticket ticket, const std::string& why) {
    note_failure(*ticket->taken.message, why);
    if (ledger_.fail(ticket, Clock::now()) == Ledger::Failed::again) return;
    const auto attempts = ticket->attempts;
    put_aside(ledger_.finish(ticket), why, attempts);
}

void EachProgram::set_timer() {
    // A message that is due while all jobs are taken is looked at when one has ended.
    std::optional<Clock::time_point> next;
    if (jobs_.size() < settings().jobs) next = ledger_.next_due();
    for (const auto& [child, job] : jobs_)
        if (const auto deadline = job.since + settings().timeout;
            !job.timed_out && (!next || deadline < *next))
            next = deadline;
    wake_at(next);
}

void EachProgram::on_timer() {
    const auto now = Clock::now();
    for (auto& [child, job] : jobs_) {
        if (job.timed_out || now < job.since + settings().timeout) continue;
        job.timed_out = true;
        job.child->signal(SIGKILL);
    }
    wake();
}

void EachProgram::finish() {
    finishing_ = true;
    wake();
}

void EachProgram::hurry() {
    finishing_ = hurrying_ = true;
    wake();
}

void EachProgram::interrupt() {
    for (auto& [child, job] : jobs_) job.child->signal(SIGTERM);
}

void EachProgram::kill() {
    for (auto& [child, job] : jobs_) job.child->close();
    jobs_.clear();
    ended_ = true;
    stop_timer();
    tell_changed();
}

}  // namespace fedmsg::services::hub
