#pragma once
/// \file
/// The ZeroMQ context, shared by every socket.

#include <memory>
#include <vector>

#include <zmq.hpp>

namespace fedmsg::bus {

/// zmq_ctx_term blocks until the last socket is closed, so the last socket ends it: every socket holds one.
class ContextState {
  public:
    explicit ContextState(int io_threads) : zmq_{io_threads} {}
    zmq::context_t& zmq() { return zmq_; }
    /// Keeps `thing` until ZeroMQ's threads have ended: for what their callbacks touch.
    void keep(std::shared_ptr<void> thing) { kept_.push_back(std::move(thing)); }

  private:
    std::vector<std::shared_ptr<void>> kept_;
    zmq::context_t zmq_;  // last: ends first
};

using Context = std::shared_ptr<ContextState>;

/// \param io_threads  `io_threads` of the configuration
inline Context make_context(int io_threads = 1) { return std::make_shared<ContextState>(io_threads); }

}  // namespace fedmsg::bus
