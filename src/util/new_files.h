#pragma once
/// \file
/// Files that appear whole, or not at all.

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace fedmsg {

/// Several files that belong together. Each is written and synchronized beside its place, under a temporary
/// name; only when all of them are on the disk are they renamed, in the order of add(). What fails before
/// that leaves everything as it was.
class NewFiles {
  public:
    NewFiles() = default;
    NewFiles(const NewFiles&) = delete;
    NewFiles& operator=(const NewFiles&) = delete;
    /// Removes what was not committed.
    ~NewFiles();

    /// \param mode  exactly this, whatever the umask \throws SetupError  naming the file, and why
    void add(const std::string& path, std::string_view text, mode_t mode);
    /// \throws SetupError  naming the file that could not be put in place, and those that were
    void commit();

  private:
    struct File {
        std::string path, temporary;
    };
    std::vector<File> files_;
    std::size_t committed_ = 0;
};

/// A folder that is ours until this goes: flock(2). Whoever else wants it waits.
class FolderLock {
  public:
    /// \throws SetupError  when there is no such folder, or it cannot be locked
    explicit FolderLock(const std::string& folder);
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;
    ~FolderLock();

  private:
    int folder_;
};

}  // namespace fedmsg
