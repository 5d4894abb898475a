#pragma once
/// \file
/// The ZeroMQ context, shared by every socket.

#include <memory>

#include <zmq.hpp>

namespace fedmsg::bus {

/// zmq_ctx_term blocks until the last socket is closed, so the last socket ends it: every socket holds one.
using Context = std::shared_ptr<zmq::context_t>;

/// \param io_threads  `io_threads` of the configuration
inline Context make_context(int io_threads = 1) { return std::make_shared<zmq::context_t>(io_threads); }

}  // namespace fedmsg::bus
