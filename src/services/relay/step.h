#pragma once
/// \file
/// What a relay does to a message between its two sockets: frames in, frames out.

#include "bus/socket.h"
#include "crypto/expiry.h"
#include "message/message.h"
#include "util/result.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace fedmsg::services {

enum class Passed : std::uint8_t { as_it_came, signed_here };

struct Step {
    /// Takes two frames of a shape that message::check_shape() lets pass, and may change them; a reason not
    /// to forward them else. Called from several threads; the relay keeps the order of the messages.
    std::function<Result<Passed, message::Drop>(bus::Frames&)> work{};
    std::vector<crypto::InUse> in_use{};  ///< what it signs with

    explicit operator bool() const { return static_cast<bool>(work); }
    Result<Passed, message::Drop> operator()(bus::Frames& frames) const { return work(frames); }
};

}  // namespace fedmsg::services
