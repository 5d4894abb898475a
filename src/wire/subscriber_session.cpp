#include "wire/subscriber_session.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace fedmsg::wire {

SubscriberSession::SubscriberSession(std::span<const std::string> prefixes, std::uint64_t largest_frame,
                                     Shape shape)
    : largest_frame_{largest_frame ? largest_frame : std::numeric_limits<std::uint32_t>::max()},
      due_{shape == Shape::one_frame ? 1U : 2U} {
    for (const auto& prefix : prefixes) append_frame(subscriptions_, '\1' + prefix, false);
}

std::span<char> SubscriberSession::room() {
    forget();
    if (begin_ > 0) {
        std::memmove(bytes_.get(), bytes_.get() + begin_, end_ - begin_);
        end_ -= begin_;
        at_ -= begin_;
        begin_ = 0;
    }
    // The room for a large message grows with what has arrived of it, not with what its sender announces, and
    // goes with it.
    constexpr auto least = chunk / 4;
    if (capacity_ - end_ < least || (capacity_ > 2 * chunk && end_ < least)) {
        capacity_ = std::max(chunk, 2 * end_);
        auto bytes = std::make_unique_for_overwrite<char[]>(capacity_);
        if (end_ > 0) std::memcpy(bytes.get(), bytes_.get(), end_);
        bytes_ = std::move(bytes);
    }
    return {bytes_.get() + end_, capacity_ - end_};
}

bool SubscriberSession::shake_hands() {
    if (ready()) return true;
    auto rest = unread();
    const bool greeted = handshake_.take_greeting(rest);
    at_ = begin_ = end_ - rest.size();
    while (greeted && !ready()) {
        const auto header = read_header(unread());
        if (!header) break;
        if (!header->command) handshake_.on_message();
        if (!take_command(*header)) break;
    }
    if (ready()) handshake_.say(std::exchange(subscriptions_, {}));
    return ready();
}

std::optional<Result<TwoFrames, Misshapen>> SubscriberSession::next() {
    forget();
    for (;;) {
        if (skipping_ && !skip()) break;
        const auto header = read_header(unread());
        if (!header) break;
        if (header->command) {
            if (!take_command(*header)) break;
            continue;
        }
        const bool surplus = count_ == due_, too_large = header->size > largest_frame_;
        if (skipping_ || surplus || too_large) {
            at_ += header->length;
            to_skip_ = header->size;
            last_ = !header->more;
            count_ = 0;
            if (std::exchange(skipping_, true)) continue;
            return surplus ? Misshapen::not_two_frames : Misshapen::too_large;
        }
        if (unread().size() - header->length < header->size) break;
        at_ += header->length;
        frames_.at(count_++) = {at_ - begin_, static_cast<std::size_t>(header->size)};
        at_ += frames_.at(count_ - 1).size;
        if (header->more) continue;
        handed_out_ = true;
        if (count_ < due_) return Misshapen::not_two_frames;
        return due_ == 1 ? TwoFrames{{}, frame(0)} : TwoFrames{frame(0), frame(1)};
    }
    if (begin_ == end_) release();
    return std::nullopt;
}

/// False when it is not whole.
bool SubscriberSession::take_command(const FrameHeader& header) {
    if (header.size > longest_command)
        throw ProtocolError(
            fmt::format("it sends a command of {} bytes, and {} are enough", header.size, longest_command));
    if (unread().size() - header.length < header.size) return false;
    handshake_.on_command(unread().substr(header.length, static_cast<std::size_t>(header.size)));
    at_ += header.length + static_cast<std::size_t>(header.size);
    if (count_ == 0) begin_ = at_;
    return true;
}

/// True when the frame has passed.
bool SubscriberSession::skip() {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(to_skip_, unread().size()));
    at_ += size;
    begin_ = at_;
    to_skip_ -= size;
    if (to_skip_ > 0) return false;
    if (last_) skipping_ = last_ = false;
    return true;
}

/// What was handed out has been used.
void SubscriberSession::forget() {
    if (!std::exchange(handed_out_, false)) return;
    begin_ = at_;
    count_ = 0;
}

/// A connection that is silent holds no memory.
void SubscriberSession::release() {
    bytes_.reset();
    capacity_ = begin_ = at_ = end_ = 0;
}

}  // namespace fedmsg::wire
