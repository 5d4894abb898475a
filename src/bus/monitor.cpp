#include "bus/monitor.h"

#include <atomic>
#include <cstring>

namespace fedmsg::bus {
namespace {

std::string unique_address() {
    static std::atomic<unsigned> next{0};
    return "inproc://monitor-" + std::to_string(next++);
}

}  // namespace

Monitor::Monitor(const asio::any_io_executor& executor, Socket& watched, int events)
    : watched_{watched}, events_{executor, watched.context(), zmq::socket_type::pair} {
    const auto address = unique_address();
    if (zmq_socket_monitor(watched_.zmq().handle(), address.c_str(), events) != 0) throw zmq::error_t{};
    events_.zmq().connect(address);
}

std::optional<ConnectionEvent> Monitor::receive() {
    Frames frames;
    if (!open_ || !events_.receive(frames)) return std::nullopt;
    // Frame one is the number of the event (16 bits) and its value (32 bits), frame two the address.
    if (frames.count != 2 || frames.topic.size() < 6) return std::nullopt;
    std::uint16_t type = 0;
    std::int32_t value = 0;
    std::memcpy(&type, frames.topic.data(), sizeof type);
    std::memcpy(&value, frames.topic.data<char>() + sizeof type, sizeof value);
    return ConnectionEvent{type, value, std::string{frames.body_text()}};
}

void Monitor::close() {
    if (!open_) return;
    open_ = false;
    if (watched_.zmq()) zmq_socket_monitor(watched_.zmq().handle(), nullptr, 0);
    events_.close(std::chrono::milliseconds{0});
}

}  // namespace fedmsg::bus
