#include "bus/in_flight.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <new>
#include <system_error>

namespace fedmsg::bus {

/// What stands before the bytes of a frame.
struct InFlight::Block {
    std::size_t size;
    char* bytes() { return reinterpret_cast<char*>(this + 1); }
};

std::shared_ptr<InFlight> InFlight::make(const Context& context) {
    auto result = std::make_shared<InFlight>();
    context->keep(result);
    return result;
}

InFlight::InFlight() : event_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
    if (event_ < 0) throw std::system_error{errno, std::generic_category(), "eventfd"};
}

InFlight::~InFlight() { ::close(event_); }

zmq::message_t InFlight::frame(std::string_view bytes) {
    auto* block = static_cast<Block*>(std::malloc(sizeof(Block) + bytes.size()));
    if (!block) throw std::bad_alloc{};
    block->size = bytes.size();
    std::memcpy(block->bytes(), bytes.data(), bytes.size());
    zmq::message_t frame{block->bytes(), bytes.size(), &InFlight::release, this};
    ++sent_;
    sent_bytes_ += bytes.size();
    return frame;
}

// Runs on a thread of ZeroMQ's, or on ours when nobody wants the message.
void InFlight::release(void* data, void* hint) {
    auto* block = static_cast<Block*>(data) - 1;
    auto* self = static_cast<InFlight*>(hint);
    self->released_bytes_.fetch_add(block->size, std::memory_order_release);
    std::free(block);
    if (std::this_thread::get_id() == self->owner_) ++self->unwanted_;
    // Sequentially consistent with arm(): either this sees the new goal, or arm() sees this release.
    const auto released = self->released_.fetch_add(1) + 1;
    auto goal = self->wake_at_.load();
    if (released >= goal && self->wake_at_.compare_exchange_strong(goal, never)) {
        const std::uint64_t one = 1;
        (void)!::write(self->event_, &one, sizeof one);
    }
}

bool InFlight::arm(std::uint64_t left) {
    const auto goal = sent_ > left ? sent_ - left : 0;
    wake_at_.store(goal);
    if (released_.load() < goal) return true;
    wake_at_.store(never);
    return false;
}

void InFlight::clear() const {
    std::uint64_t count = 0;
    (void)!::read(event_, &count, sizeof count);
}

}  // namespace fedmsg::bus
