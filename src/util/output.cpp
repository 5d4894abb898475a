#include "util/output.h"

#include "util/error.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace fedmsg {

bool Output::is_large() const { return buffer_.size() >= block; }

void Output::flush_if_large() {
    if (is_large()) flush();
}

void Output::flush() {
    while (!try_flush()) {  // a pipe that asio reads too, or a terminal that somebody made non-blocking
        pollfd writable{descriptor_, POLLOUT, 0};
        ::poll(&writable, 1, -1);
    }
}

bool Output::try_flush(Part part) {
    std::size_t due = buffer_.size();
    if (part == Part::blocks) due -= std::min(due, (written_ + due) % block);
    std::size_t done = 0;
    while (done < due) {
        const auto written = ::write(descriptor_, buffer_.data() + done, due - done);
        if (written >= 0) {
            done += static_cast<std::size_t>(written);
            written_ += static_cast<std::size_t>(written);
        } else if (errno == EAGAIN) {
            buffer_.erase(0, done);
            return false;
        } else if (errno != EINTR) {
            const int error = errno;
            buffer_.clear();
            if (error == EPIPE) throw ReaderGone{};
            throw SetupError("cannot write to standard output: " + error_text(error));
        }
    }
    buffer_.erase(0, done);
    return true;
}

Output& output() {
    static Output standard_output{STDOUT_FILENO};
    return standard_output;
}

}  // namespace fedmsg
