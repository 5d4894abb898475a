#pragma once
/// \file
/// How a task ends in order when a signal cancels it.

#include "loop/loop.h"

namespace fedmsg {

/// Runs `work` to its end, or until Loop::run() cancels it. What the caller awaits after that is not
/// cancelled any more: it ends in its own time. \throws whatever else `work` throws
asio::awaitable<void> until_stopped(asio::awaitable<void> work);

}  // namespace fedmsg
