#include "util/pid_file.h"

#include "util/error.h"
#include "util/file_lock.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace fedmsg {

PidFile::PidFile(std::string path) : path_{std::move(path)} {
    if (path_.empty()) return;
    const auto fail = [this](const std::string& why) {
        if (file_ >= 0) ::close(file_);
        throw SetupError("cannot write the pid file " + path_ + ": " + why);
    };
    file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (file_ < 0) fail(error_text(errno));
    // Held for as long as the process lives: a file that a crash left behind is nobody's.
    if (!lock_file(file_) && errno == EWOULDBLOCK) fail("a running process holds it");
    const auto text = std::to_string(::getpid()) + "\n";
    (void)!::ftruncate(file_, 0);
    if (::write(file_, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        fail(error_text(errno));
}

PidFile::~PidFile() {
    if (path_.empty()) return;
    ::unlink(path_.c_str());
    ::close(file_);
}

}  // namespace fedmsg
