#include "util/file_lock.h"

#include <sys/file.h>

#include <cerrno>
#include <thread>

namespace fedmsg {

bool lock_file(int descriptor) {
    using Clock = std::chrono::steady_clock;
    // flock(2) waits for ever or not at all.
    constexpr std::chrono::milliseconds pause{10};
    for (const auto deadline = Clock::now() + lock_patience;;) {
        if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return true;
        if (errno != EWOULDBLOCK && errno != EINTR) return false;
        if (Clock::now() >= deadline) return false;
        std::this_thread::sleep_for(pause);
    }
}

}  // namespace fedmsg
