#include "crypto/source.h"

#include "crypto/https_source.h"
#include "http/client.h"
#include "util/error.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>

namespace fedmsg::crypto {
namespace {

/// What tells a file from the one that was there before. The time of the last change of its inode
/// (stat(2)) cannot be set back, as that of its content can.
struct Stamp {
    dev_t device;
    ino_t inode;
    off_t size;
    long long modified, changed;
    bool operator==(const Stamp&) const = default;
};

std::optional<Stamp> stamp(const std::string& path) {
    struct stat s {};
    if (::stat(path.c_str(), &s) != 0) return std::nullopt;
    constexpr long long second = 1'000'000'000;
    return Stamp{s.st_dev, s.st_ino, s.st_size, s.st_mtim.tv_sec * second + s.st_mtim.tv_nsec,
                 s.st_ctim.tv_sec * second + s.st_ctim.tv_nsec};
}

/// A local file.
class FileSource : public Source {
  public:
    FileSource(std::string path, std::chrono::seconds reread, Clocks clocks)
        : path_{std::move(path)}, reread_{reread}, clocks_{std::move(clocks)} {
        const auto now = clocks_.timer();
        read(now);
    }

    const std::string& location() const override { return path_; }

    std::shared_ptr<const Content> content() override {
        const std::lock_guard lock{mutex_};
        const auto now = clocks_.timer();
        if (now - looked_ >= poll_interval) {
            looked_ = now;
            const bool stale = reread_.count() > 0 && now - was_read_ >= reread_;
            if (stale || stamp(path_) != stamp_) read(now);
        }
        return content_;
    }

    void suspect() override {
        const std::lock_guard lock{mutex_};
        const auto now = clocks_.timer();
        if (now - was_read_ >= suspicion_interval) read(now);
    }

  private:
    void read(std::chrono::steady_clock::time_point now) {
        looked_ = was_read_ = now;
        stamp_ = stamp(path_);  // before reading: a change in between is seen the next time
        auto file = read_text(path_);
        if (content_ && content_->text == file.text && content_->error == file.error) return;
        content_ = std::make_shared<const Content>(
            Content{std::move(file.text), std::move(file.error), ++generation_});
    }

    std::string path_;
    std::chrono::seconds reread_;
    Clocks clocks_;
    std::mutex mutex_;
    std::chrono::steady_clock::time_point looked_, was_read_;
    std::optional<Stamp> stamp_;
    std::uint64_t generation_ = 0;
    std::shared_ptr<const Content> content_;
};

struct Descriptor {
    int number;
    ~Descriptor() {
        if (number >= 0) ::close(number);
    }
};

}  // namespace

FileText read_text(const std::string& path) {
    const auto fail = [](std::string why) { return FileText{.error = std::move(why)}; };
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};  // a FIFO does not hang
    if (file.number < 0) {
        auto why = error_text(errno);
        if (errno == ENOENT) return fail(std::move(why) + ": put it there, or correct the configuration");
        if (errno == EACCES) return fail(std::move(why) + ": let this user read it (see its mode and group)");
        return fail(std::move(why));
    }
    FileText result;
    char buffer[64 * 1024];
    for (;;) {
        const auto size = ::read(file.number, buffer, sizeof buffer);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return fail(error_text(errno));
        if (size == 0) return result;
        result.text.append(buffer, static_cast<std::size_t>(size));
        if (result.text.size() > Source::largest) return fail("it is larger than 64 MiB");
    }
}

std::unique_ptr<Source> open_source(const std::string& location, std::chrono::seconds expiry, Clocks clocks,
                                    Download download) {
    if (location.starts_with("https://")) {
        if (!http::is_available())
            throw UsageError(location + ": " + http::not_available() +
                             ", or download it to a file, for example from a timer, and name that file; a "
                             "change of it is noticed at once");
        return std::make_unique<HttpsSource>(location, expiry, std::move(clocks), std::move(download));
    }
    if (location.find("://") != location.npos)
        throw UsageError(location +
                         ": whoever is on the way could change what comes from there: name a file, or an "
                         "address that begins with https://");
    return std::make_unique<FileSource>(location, expiry, std::move(clocks));
}

std::optional<std::string> cache_trouble(const std::string& location, const std::string& key,
                                         const std::string& cache) {
    if (!location.starts_with("https://")) return std::nullopt;
    if (!http::is_available()) return location + ": " + http::not_available();
    if (cache.empty())
        return key + " is not set: each program downloads " + location +
               " at its start, and validates nothing where it cannot";
    const auto slash = cache.rfind('/');
    const auto folder = slash == cache.npos ? "." : cache.substr(0, slash + 1);
    if (::access(folder.c_str(), W_OK | X_OK) == 0) return std::nullopt;
    return key + " is " + cache + ": this user cannot write there (" + error_text(errno) +
           "): make the folder, and give it to the user of the programs that validate";
}

}  // namespace fedmsg::crypto
