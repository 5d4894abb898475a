#pragma once
#include <chrono>

namespace fedmsg {

/// A process that is killed while it starts another one leaves its locks to that one, until it is executed:
/// on a busy machine that can be a tenth of a second.
inline constexpr std::chrono::milliseconds lock_patience{2000};

/// Locks an open file for as long as it is open, flock(2), against all other processes. Waits for
/// `lock_patience` at most: not on the event loop. \returns false, and errno, when another one keeps it
[[nodiscard]] bool lock_file(int descriptor);

}  // namespace fedmsg
