#pragma once
#include <memory>
#include <mutex>
#include <vector>

namespace fedmsg::crypto {

/// A library's objects that serve one thread at a time and are expensive to make: there are as many as
/// threads have needed at once.
template <class Operation>
class OperationPool {
  public:
    /// Gives `made` back to the pool at its end, unless that was by an exception.
    template <class Make, class Use>
    auto use(Make make, Use use) const {
        std::unique_ptr<Operation> operation;
        {
            const std::lock_guard lock{mutex_};
            if (!idle_.empty()) {
                operation = std::move(idle_.back());
                idle_.pop_back();
            }
        }
        if (!operation) operation = make();
        auto result = use(*operation);
        const std::lock_guard lock{mutex_};
        idle_.push_back(std::move(operation));
        return result;
    }

  private:
    mutable std::mutex mutex_;
    mutable std::vector<std::unique_ptr<Operation>> idle_;
};

}  // namespace fedmsg::crypto
