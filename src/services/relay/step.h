#pragma once
/// \file
/// What a relay does to a message between its two sockets: frames in, frames out.

#include "bus/socket.h"
#include "message/message.h"
#include "util/result.h"

#include <cstdint>
#include <functional>

namespace fedmsg::services {

enum class Passed : std::uint8_t { as_it_came, signed_here };

/// Takes two frames of a shape that message::check_shape() lets pass, and may change them; a reason not to
/// forward them else. Called from several threads; the relay keeps the order of the messages.
using Step = std::function<Result<Passed, message::Drop>(bus::Frames&)>;

}  // namespace fedmsg::services
