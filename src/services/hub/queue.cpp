#include "services/hub/queue.h"

#include <utility>

namespace fedmsg::services::hub {
namespace {

/// Bytes that one pop() gives: no limit counts them any more.
constexpr std::size_t most_at_once = 256 * 1024;

}  // namespace

Queue::Queue(Settings settings, Files files) : settings_{settings}, files_{std::move(files)} { refill(); }

std::uint64_t Queue::in_files() const {
    return (files_.kept ? files_.kept->unread() : 0) + (files_.spilled ? files_.spilled->unread() : 0);
}

bool Queue::push(MessagePtr message, Clock::time_point now) {
    const std::lock_guard lock{mutex_};
    const auto cost = message->cost();
    const bool full = bytes_ + cost > settings_.bytes && !waiting_.empty();
    // What is in the file is older.
    if (files_.spilled && (in_files() > 0 || full)) {
        if (auto trouble = files_.spilled->append(*message)) {
            trouble_ = *std::move(trouble);
            ++dropped_;
        }
        return false;
    }
    add({std::move(message)});
    if (!full) return false;
    if (settings_.when_full == WhenFull::block && !too_slow_ && !closed_gate_) {
        if (!full_since_) full_since_ = now;
        return true;
    }
    drop_oldest();
    return false;
}

void Queue::add(Taken taken) {
    bytes_ += taken.message->cost();
    waiting_.push_back(std::move(taken));
}

Queue::Taken Queue::take_front() {
    auto taken = std::move(waiting_.front());
    waiting_.pop_front();
    bytes_ -= taken.message->cost();
    return taken;
}

void Queue::drop_oldest() {
    while (bytes_ > settings_.bytes && waiting_.size() > 1) {
        const auto dropped = take_front();
        if (dropped.file) dropped.file->finish(dropped.place);
        ++dropped_;
    }
}

/// In blocks, so that a file is not read a record at a time.
void Queue::refill() {
    if (in_files() == 0 || bytes_ > settings_.bytes / 2) return;
    for (auto* file : {files_.kept.get(), files_.spilled.get()}) {
        while (file && bytes_ < settings_.bytes) {
            auto record = file->read();
            if (!record) break;
            add({std::move(record->message), file, record->place});
        }
        if (file && file->unread() > 0) return;
    }
}

std::optional<Queue::Taken> Queue::take_next() {
    while (has_next()) {
        Taken taken;
        if (ahead_.empty()) {
            taken = take_front();
            refill();
        } else {
            taken = std::move(ahead_.front());
            ahead_.pop_front();
            bytes_ahead_ -= taken.message->cost();
            taken_ahead_.notify_all();
        }
        const auto& id = taken.message->msg_id;
        if (!seen_ || id.empty() || seen_->add(id)) return taken;
        if (taken.file) taken.file->finish(taken.place);
        ++doublets_;
    }
    return std::nullopt;
}

std::optional<Queue::Taken> Queue::try_pop() {
    const std::lock_guard lock{mutex_};
    return take_next();
}

void Queue::announce() { arrived_.notify_all(); }

bool Queue::pop(std::vector<Taken>& taken, std::size_t most) {
    taken.clear();
    std::unique_lock lock{mutex_};
    while (taken.empty()) {
        arrived_.wait(lock, [this] { return closed_ || has_next(); });
        if (closed_) return false;
        for (std::size_t bytes = 0; taken.size() < most && bytes < most_at_once;) {
            auto next = take_next();
            if (!next) break;
            bytes += next->message->cost();
            taken.push_back(*std::move(next));
        }
    }
    return true;
}

void Queue::catch_up(Seen seen) {
    const std::lock_guard lock{mutex_};
    seen_ = std::move(seen);
    closed_gate_ = true;
}

void Queue::open() {
    const std::lock_guard lock{mutex_};
    closed_gate_ = false;
    arrived_.notify_all();
}

Queue::Ahead Queue::push_ahead(MessagePtr message, const std::stop_token& stop) {
    std::unique_lock lock{mutex_};
    const auto cost = message->cost();
    if (!taken_ahead_.wait(lock, stop,
                           [&] { return ahead_.empty() || bytes_ahead_ + cost <= settings_.bytes; }))
        return Ahead::stopped;
    if (seen_ && seen_->contains(message->msg_id)) {
        ++doublets_;
        return Ahead::known;
    }
    bytes_ahead_ += cost;
    ahead_.push_back({std::move(message)});
    arrived_.notify_one();
    return Ahead::taken;
}

bool Queue::wait_until_handed_out(const std::stop_token& stop) {
    std::unique_lock lock{mutex_};
    return taken_ahead_.wait(lock, stop, [this] { return ahead_.empty(); });
}

void Queue::done(const Taken& taken) {
    if (!taken.file) return;
    const std::lock_guard lock{mutex_};
    taken.file->finish(taken.place);
}

void Queue::put_back(std::vector<Taken> taken) {
    const std::lock_guard lock{mutex_};
    const bool ahead = closed_gate_ || !ahead_.empty();
    for (auto one = taken.rbegin(); one != taken.rend(); ++one) {
        if (seen_) seen_->forget(one->message->msg_id);
        (ahead ? bytes_ahead_ : bytes_) += one->message->cost();
        (ahead ? ahead_ : waiting_).push_front(std::move(*one));
    }
    arrived_.notify_all();
}

void Queue::close() {
    const std::lock_guard lock{mutex_};
    closed_ = true;
    arrived_.notify_all();
}

bool Queue::lets_go(Clock::time_point now) {
    const std::lock_guard lock{mutex_};
    if (bytes_ <= settings_.bytes / 2) {
        full_since_.reset();
        too_slow_ = false;
        return true;
    }
    if (!full_since_) return true;
    if (now - *full_since_ < settings_.block_for) return false;
    full_since_.reset();
    too_slow_ = true;
    drop_oldest();
    return true;
}

std::uint64_t Queue::keep(const std::vector<Taken>& in_hand) {
    const std::lock_guard lock{mutex_};
    std::uint64_t lost = 0;
    // What is in a file already is there again at the next start.
    const auto save = [&](const Taken& taken) {
        if (!taken.file && (!files_.kept || files_.kept->append(*taken.message))) ++lost;
    };
    for (const auto& taken : in_hand) save(taken);
    for (const auto* part : {&ahead_, &waiting_})
        for (const auto& taken : *part) save(taken);
    ahead_.clear();
    waiting_.clear();
    bytes_ = bytes_ahead_ = 0;
    return lost;
}

void Queue::change(const Settings& settings) {
    const std::lock_guard lock{mutex_};
    settings_ = settings;
}

Queue::State Queue::state() {
    const std::lock_guard lock{mutex_};
    return {ahead_.size() + waiting_.size() + in_files(), bytes_ + bytes_ahead_, dropped_, in_files(),
            doublets_};
}

std::string Queue::take_trouble() {
    const std::lock_guard lock{mutex_};
    return std::exchange(trouble_, {});
}

bool Queue::empty() {
    const std::lock_guard lock{mutex_};
    return ahead_.empty() && waiting_.empty() && in_files() == 0;
}

}  // namespace fedmsg::services::hub
