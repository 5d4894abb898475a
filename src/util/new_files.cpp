#include "util/new_files.h"

#include "util/error.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace fedmsg {
namespace {

std::string what_to_do(int error) {
    switch (error) {
        case EACCES:
        case EPERM: return ": run this as a user who may write there, such as root";
        case EROFS: return ": choose a folder that can be written";
        case ENOSPC:
        case EDQUOT: return ": make room, then run this again; nothing was changed";
        case ENOENT: return ": make the folder first";
        default: return "";
    }
}

[[noreturn]] void fail(const std::string& path) {
    const int error = errno;
    throw SetupError("cannot write " + path + ": " + error_text(error) + what_to_do(error));
}

bool write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const auto size = ::write(file, text.data(), text.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return false;
        text.remove_prefix(static_cast<std::size_t>(size));
    }
    return true;
}

std::string folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    if (slash == path.npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

NewFiles::~NewFiles() {
    for (std::size_t i = committed_; i < files_.size(); ++i) ::unlink(files_[i].temporary.c_str());
}

void NewFiles::add(const std::string& path, std::string_view text, mode_t mode) {
    auto temporary = path + ".XXXXXX";
    const int file = ::mkostemp(temporary.data(), O_CLOEXEC);  // 0600 from its first moment
    if (file < 0) fail(path);
    files_.push_back({path, temporary});
    const bool written = write_all(file, text) && ::fchmod(file, mode) == 0 && ::fsync(file) == 0;
    const int error = errno;
    ::close(file);
    errno = error;
    if (!written) fail(path);
}

void NewFiles::commit() {
    for (; committed_ < files_.size(); ++committed_) {
        const auto& file = files_[committed_];
        if (::rename(file.temporary.c_str(), file.path.c_str()) == 0) continue;
        auto why = "cannot put " + file.path + " in place: " + error_text(errno);
        for (std::size_t i = 0; i < committed_; ++i)
            why += (i == 0 ? "; already there: " : ", ") + files_[i].path;
        throw SetupError(why);
    }
    for (const auto& file : files_) {
        const int folder = ::open(folder_of(file.path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (folder < 0) continue;  // the files are there; only a power cut within seconds could undo that
        (void)::fsync(folder);
        ::close(folder);
    }
}

FolderLock::FolderLock(const std::string& folder)
    : folder_{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)} {
    if (folder_ < 0)
        throw SetupError("cannot open the folder " + folder + ": " + error_text(errno) +
                         (errno == EACCES ? ": run this as its owner, such as root"
                                          : ": make it, or name another one with ssldir"));
    while (::flock(folder_, LOCK_EX) != 0) {
        if (errno == EINTR) continue;
        const auto why = error_text(errno);
        ::close(folder_);
        throw SetupError("cannot lock the folder " + folder + ": " + why +
                         ": keep it on a local file system");
    }
}

FolderLock::~FolderLock() { ::close(folder_); }

}  // namespace fedmsg
