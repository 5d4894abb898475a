#include "services/relay/handshakes.h"

#include <algorithm>

namespace fedmsg::services {

void Handshakes::accepted(int connection) { open_.insert(connection); }

void Handshakes::succeeded() {
    ++succeeded_;
    settle();
}

void Handshakes::ended(int connection) {
    if (open_.erase(connection) == 0) return;  // it had succeeded
    ++ended_;
    settle();
}

void Handshakes::settle() {
    // Of those that have ended, at most so many succeeded.
    if (ended_ > succeeded_) failed_ = std::max(failed_, failed_before_ + ended_ - succeeded_);
    const bool all_succeeded = succeeded_ >= open_.size() + ended_;
    if (!all_succeeded && !open_.empty()) return;
    open_.clear();
    ended_ = succeeded_ = 0;
    failed_before_ = failed_;
}

}  // namespace fedmsg::services
