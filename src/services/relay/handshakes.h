#pragma once
/// \file
/// How many connections of a socket ended before their handshake. ZeroMQ's monitor says which connection was
/// accepted and which has ended, but of a success only that there was one.

#include <cstdint>
#include <set>

namespace fedmsg::services {

/// Never counts one that succeeded, and never counts down: one that failed while others shake hands may be
/// counted late, once those are known to have succeeded or have ended.
class Handshakes {
  public:
    /// \param connection  its descriptor
    void accepted(int connection);
    void succeeded();
    void ended(int connection);

    [[nodiscard]] std::uint64_t failed() const { return failed_; }

  private:
    void settle();

    // Since the last time that all were known:
    std::set<int> open_;  // accepted, and not ended
    std::uint64_t ended_ = 0, succeeded_ = 0;

    std::uint64_t failed_ = 0;
    std::uint64_t failed_before_ = 0;  // until then
};

}  // namespace fedmsg::services
