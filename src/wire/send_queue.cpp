#include "wire/send_queue.h"

#include "wire/zmtp.h"

namespace fedmsg::wire {

void SendQueue::push(std::string_view topic, std::string_view body) {
    append_frame(bytes_, topic, true);
    append_frame(bytes_, body, false);
    ends_.push_back(position_ + (bytes_.size() - front_));
}

std::string_view SendQueue::rest_of_message() const {
    return in_message() ? unwritten().substr(0, ends_[written_] - position_) : std::string_view{};
}

void SendQueue::written(std::size_t bytes) {
    front_ += bytes;
    position_ += bytes;
    while (written_ < ends_.size() && ends_[written_] <= position_) ++written_;
    if (empty()) {
        bytes_.clear();
        front_ = 0;
        return;
    }
    // What was written goes when it is the larger part, but for the message that rewind() may need.
    const std::size_t begun = position_ - boundary();
    if (front_ - begun > bytes_.size() / 2) {
        bytes_.erase(0, front_ - begun);
        front_ = begun;
    }
}

void SendQueue::acknowledged_all_but(std::uint64_t bytes) {
    while (written_ > 0 && ends_.front() + bytes <= position_) {
        acknowledged_ = ends_.front();
        ends_.pop_front();
        --written_;
    }
}

void SendQueue::rewind() {
    const auto begun = position_ - boundary();
    front_ -= begun;
    position_ -= begun;
    acknowledged_all_but(0);
}

void SendQueue::drop_next() {
    if (ends_.empty()) return;
    const auto size = ends_.front() - position_;
    ends_.pop_front();
    for (auto& end : ends_) end -= size;
    bytes_.erase(front_, size);
}

}  // namespace fedmsg::wire
