#include "services/hub/program.h"

#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <csignal>

namespace fedmsg::services::hub {
namespace {

constexpr std::chrono::milliseconds first_pause{100}, longest_pause{30'000};
/// A process that has lived so long was not a mistake.
constexpr std::chrono::seconds long_life{10};
/// Lines that are made ready beyond what the pipe has taken: as much as it takes at once.
constexpr std::uint64_t look_ahead = 128 * 1024;
constexpr std::size_t most_parts = 256;

}  // namespace

StreamProgram::StreamProgram(Surroundings& surroundings, ConsumerSettings settings, Identity identity,
                             Queue::Files files)
    : Program{surroundings, std::move(settings), std::move(identity), std::move(files)},
      ledger_{this->settings().attempts},
      restart_{surroundings.loop.context()},
      pause_{first_pause} {}

StreamProgram::~StreamProgram() {
    if (child_) child_->close();
}

bool StreamProgram::change(const ConsumerSettings& changed) {
    const bool same = Program::change(changed);
    ledger_.change(changed.attempts);
    return same;
}

void StreamProgram::start() { launch(); }

void StreamProgram::launch() {
    if (ended_ || child_) return;
    std::string trouble;
    submitted_ = written_ = read_ = 0;
    handled_before_ = counters().handled;
    lines_ = Lines{};
    started_ = last_answer_ = Clock::now();
    child_ = Child::start(surroundings().loop, how_to_start(), *this, trouble);
    if (child_) return feed();
    if (const auto held_back = end_limit_.pass(); held_back)
        log::error(name(), "cannot start {}: {}: trying again", settings().command.front(), trouble);
    launch_later();
}

void StreamProgram::launch_later() {
    waiting_to_launch_ = true;
    restart_.expires_after(pause_);
    pause_ = std::min(pause_ * 2, longest_pause);
    restart_.async_wait([this](auto error) {
        if (error) return;
        waiting_to_launch_ = false;
        launch();
    });
}

void StreamProgram::wake() { feed(); }

/// Lines into the pipe, as long as it takes them.
void StreamProgram::feed() {
    if (!child_ || feeding_) return;
    feeding_ = true;  // whoever is told about room may hand in more
    const auto now = Clock::now();
    note_read(child_->unread());
    bool took = false;
    do {
        while (submitted_ - written_ < look_ahead && outgoing_.size() - first_unwritten_ < most_parts &&
               add_next(now))
            took = true;
    } while (write_some());
    feeding_ = false;
    if (acknowledges()) set_timer();
    if (took) tell_changed();
    end_when_done();
}

/// From what is due again, else from the queue.
bool StreamProgram::add_next(Clock::time_point now) {
    if (hurrying_) return false;
    Queue::Taken next;
    if (acknowledges()) {
        if (const auto again = ledger_.hand_out_again(now)) {
            next = (*again)->taken;
            (*again)->end_of_line = submitted_ + next.message->line.size();
        } else {
            if (ledger_.size() >= settings().unacknowledged || ledger_.bytes() >= settings().queue.bytes)
                return false;
            auto taken = queue().try_pop();
            if (!taken) return false;
            next = *taken;
            ledger_.hand_out(*std::move(taken), now)->end_of_line = submitted_ + next.message->line.size();
            note_begun(next.message);
        }
    } else {
        auto taken = queue().try_pop();
        if (!taken) return false;
        next = *std::move(taken);
        note_begun(next.message);
    }
    submitted_ += next.message->line.size();
    outgoing_.push_back({std::move(next), submitted_, now});
    return true;
}

/// Whether the pipe took everything there was, and there was something.
bool StreamProgram::write_some() {
    std::array<iovec, most_parts> parts;
    std::size_t count = 0, total = 0;
    for (auto i = first_unwritten_; i < outgoing_.size() && count < parts.size(); ++i) {
        const auto& line = outgoing_[i].taken.message->line;
        const auto done = line.size() - std::min<std::uint64_t>(line.size(), outgoing_[i].end - written_);
        parts[count++] = {const_cast<char*>(line.data()) + done, line.size() - done};
        total += line.size() - done;
    }
    if (total == 0) return false;
    const auto taken = child_->write({parts.data(), count});
    written_ += taken;
    while (first_unwritten_ < outgoing_.size() && outgoing_[first_unwritten_].end <= written_) {
        if (acknowledges())
            outgoing_.pop_front();  // the ledger has it
        else
            ++first_unwritten_;
    }
    return taken == total;
}

/// What the program has read of its pipe by now. \param unread  bytes that stand there
void StreamProgram::note_read(std::size_t unread) {
    read_ = written_ - std::min<std::uint64_t>(written_, unread);
    if (acknowledges() || outgoing_.empty() || outgoing_.front().end > read_) return;
    const auto now = Clock::now();
    while (!outgoing_.empty() && outgoing_.front().end <= read_) {
        const auto outgoing = std::move(outgoing_.front());
        outgoing_.pop_front();
        if (first_unwritten_ > 0) --first_unwritten_;
        note_finished(outgoing.taken, now - outgoing.since, true);
    }
}

void StreamProgram::update_counters() {
    if (child_) note_read(child_->unread());
}

void StreamProgram::on_writable(Child&) { feed(); }

void StreamProgram::on_output(Child& child, std::string_view bytes) {
    const auto before = ledger_.size();
    read_output(child, lines_, bytes);
    if (acknowledges() && (ledger_.size() != before || ledger_.next_due())) feed();
}

void StreamProgram::on_answer(Answer answer) {
    if (!acknowledges()) return meaningless(*child_, "an answer in mode stream");
    const auto ticket = ledger_.find(answer.msg_id);
    if (!ticket) return meaningless(*child_, "an answer to a message that is not in hand");
    last_answer_ = Clock::now();
    if (timed_out_ == ticket) timed_out_.reset();  // at the last moment
    if (!answer.ok) return failed(*ticket, "the program answered that it is not ok");
    const auto took = last_answer_ - (*ticket)->since;
    note_finished(ledger_.finish(*ticket), took, true);
}

void StreamProgram::failed(Ledger::Ticket ticket, std::string_view why) {
    note_failure(*ticket->taken.message, why);
    if (ledger_.fail(ticket, Clock::now()) == Ledger::Failed::again) return;
    const auto attempts = ticket->attempts;
    put_aside(ledger_.finish(ticket), why, attempts);
}

void StreamProgram::on_end(Child& child, int status, std::size_t unread) {
    const auto keep_alive = child.shared_from_this();
    note_read(unread);
    child_.reset();
    const bool wanted =
        finishing_ && (hurrying_ || (queue().empty() && outgoing_.empty() && ledger_.size() == 0));
    const auto end = end_text(status);
    if (acknowledges()) {
        // The oldest message that it had read is what it was working on.
        auto suspect = std::exchange(timed_out_, std::nullopt);
        const bool timeout = suspect.has_value();
        if (!suspect && !wanted)
            if (const auto oldest = ledger_.oldest(); oldest && (*oldest)->end_of_line <= read_)
                suspect = oldest;
        const bool killed =
            !timeout && WIFSIGNALED(status) && (WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGTERM);
        const auto verdict = ledger_.lose_all(suspect, killed, Clock::now());
        const auto why = timeout ? fmt::format("no answer within {:g} s",
                                               std::chrono::duration<double>{settings().timeout}.count())
                                 : "the program ended with " + end;
        if (suspect) note_failure(*(*suspect)->taken.message, why);
        if (verdict == Ledger::Failed::given_up) {
            const auto attempts = (*suspect)->attempts;
            put_aside(ledger_.finish(*suspect), why, attempts);
        }
        outgoing_.clear();
    } else {
        if (!wanted) ++counters().failed;
        std::vector<Queue::Taken> back;
        for (auto& outgoing : outgoing_) back.push_back(std::move(outgoing.taken));
        outgoing_.clear();
        queue().put_back(std::move(back));
    }
    first_unwritten_ = 0;
    if (wanted) return set_ended();
    ++counters().restarts;
    const bool got_on = counters().handled > handled_before_ || Clock::now() - started_ >= long_life;
    if (got_on) pause_ = first_pause;
    if (const auto held_back = end_limit_.pass())
        log::warning(name(), "the program ended with {}: started again in {} ms{}", end, pause_.count(),
                     *held_back ? fmt::format(" ({} times before)", *held_back) : "");
    launch_later();
}

void StreamProgram::set_timer() {
    std::optional<Clock::time_point> next = ledger_.next_due();
    if (const auto oldest = ledger_.oldest(); oldest && child_) {
        const auto deadline = std::max((*oldest)->since, last_answer_) + settings().timeout;
        if (!next || deadline < *next) next = deadline;
    }
    wake_at(next);
}

void StreamProgram::on_timer() {
    const auto oldest = ledger_.oldest();
    if (child_ && oldest && Clock::now() >= std::max((*oldest)->since, last_answer_) + settings().timeout) {
        timed_out_ = oldest;
        child_->signal(SIGKILL);
        return;
    }
    feed();
}

void StreamProgram::finish() {
    finishing_ = true;
    feed();
    if (!child_) end_when_done();
}

/// Nothing is left to be done: the program is told so by the end of its input.
void StreamProgram::end_when_done() {
    if (!finishing_ || ended_) return;
    if (child_) note_read(child_->unread());
    const bool nothing_left =
        hurrying_ || (queue().empty() && ledger_.size() == 0 && first_unwritten_ == outgoing_.size());
    if (!nothing_left) return;
    if (child_)
        child_->close_input();
    else
        set_ended();
}

void StreamProgram::hurry() {
    finishing_ = hurrying_ = true;
    end_when_done();
}

void StreamProgram::interrupt() {
    if (child_) child_->signal(SIGTERM);
}

void StreamProgram::kill() {
    if (child_) {
        note_read(child_->unread());
        child_->close();
        child_.reset();
    }
    set_ended();
}

void StreamProgram::set_ended() {
    if (ended_) return;
    ended_ = true;
    restart_.cancel();
    stop_timer();
    tell_changed();
}

std::vector<Queue::Taken> StreamProgram::in_hand() const {
    if (acknowledges()) return ledger_.all();
    std::vector<Queue::Taken> result;
    for (const auto& outgoing : outgoing_) result.push_back(outgoing.taken);
    return result;
}

}  // namespace fedmsg::services::hub
