#include "services/hub/queue.h"

#include <utility>

namespace fedmsg::services::hub {

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
    arrived_.notify_one();
    if (!full) return false;
    if (settings_.when_full == WhenFull::block && !too_slow_) {
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

std::optional<Queue::Taken> Queue::try_pop() {
    const std::lock_guard lock{mutex_};
    if (waiting_.empty()) return std::nullopt;
    auto taken = take_front();
    refill();
    return taken;
}

std::optional<Queue::Taken> Queue::pop() {
    std::unique_lock lock{mutex_};
    arrived_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
    if (closed_) return std::nullopt;
    auto taken = take_front();
    refill();
    return taken;
}

void Queue::done(const Taken& taken) {
    if (!taken.file) return;
    const std::lock_guard lock{mutex_};
    taken.file->finish(taken.place);
}

void Queue::put_back(std::vector<Taken> taken) {
    const std::lock_guard lock{mutex_};
    for (auto one = taken.rbegin(); one != taken.rend(); ++one) {
        bytes_ += one->message->cost();
        waiting_.push_front(std::move(*one));
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
    for (const auto& taken : waiting_) save(taken);
    waiting_.clear();
    bytes_ = 0;
    return lost;
}

void Queue::change(const Settings& settings) {
    const std::lock_guard lock{mutex_};
    settings_ = settings;
}

Queue::State Queue::state() {
    const std::lock_guard lock{mutex_};
    return {waiting_.size() + in_files(), bytes_, dropped_, in_files()};
}

std::string Queue::take_trouble() {
    const std::lock_guard lock{mutex_};
    return std::exchange(trouble_, {});
}

bool Queue::empty() {
    const std::lock_guard lock{mutex_};
    return waiting_.empty() && in_files() == 0;
}

}  // namespace fedmsg::services::hub
