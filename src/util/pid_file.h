#pragma once
#include <string>

namespace fedmsg {

/// `--pid-file`: holds the process's number from construction to destruction.
class PidFile {
  public:
    /// \param path  empty: does nothing. \throws SetupError, also when a process that runs holds it
    explicit PidFile(std::string path);
    ~PidFile();
    PidFile(const PidFile&) = delete;
    PidFile& operator=(const PidFile&) = delete;

  private:
    std::string path_;
    int file_ = -1;
};

}  // namespace fedmsg
