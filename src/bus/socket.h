#pragma once
/// \file
/// A ZeroMQ socket on the event loop.
///
/// ZMQ_FD is an edge: it says "something happened since you last looked", and any call on the socket may
/// look. So:
///   - receive until there is nothing (EAGAIN), and only then wait for signalled();
///   - after a bounded batch do not wait but yield, and go on receiving;
///   - a socket that is written to from one coroutine and read by another is read again after every burst of
///     writing, because the writing may have taken the edge (after_send()).
/// Both readiness to read and to write are told by the descriptor becoming *readable*: zmq_getsockopt(3),
/// ZMQ_FD.

#include "bus/batch.h"
#include "bus/context.h"
#include "config/config.h"
#include "loop/loop.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace fedmsg::bus {

/// One message as it is on the wire, not looked into.
struct Frames {
    zmq::message_t topic;   ///< the first frame
    zmq::message_t body;    ///< the second one; empty when there is none
    std::size_t count = 0;  ///< how many there were; those after the second are gone

    [[nodiscard]] std::string_view topic_text() const { return topic.to_string_view(); }
    [[nodiscard]] std::string_view body_text() const { return body.to_string_view(); }
};

class Socket {
  public:
    Socket(const asio::any_io_executor& executor, Context context, zmq::socket_type type);

    zmq::socket_t& zmq() { return socket_; }
    const Context& context() { return context_; }

    /// Keepalive, reconnect, high-water marks and the hard limit of a frame, as configured.
    void configure(const Config& config, int high_water_mark);

    /// \throws zmq::error_t
    void bind(const std::string& address);

    /// Takes the next message; false when there is none now.
    bool receive(Frames& into);
    /// Sends one frame of a message, which is empty then; false when a queue is full. \param more  whether
    /// another one follows, which goes where this one went
    bool send(zmq::message_t& frame, bool more);

    /// Waits until something may have happened: call it only after a receive or a send said "not now".
    [[nodiscard]] asio::awaitable<void> signalled();

    /// What reads this socket while others write to it; after_send() runs it in the loop's next turn.
    void on_input(std::function<void()> drain) { drain_ = std::move(drain); }
    void after_send();

    /// Ends waits (they throw operation_aborted) and closes the socket; what is queued may leave within
    /// `linger`.
    void close(std::chrono::milliseconds linger);

  private:
    Context context_;
    zmq::socket_t socket_;
    asio::posix::stream_descriptor readable_;
    std::function<void()> drain_;
    std::shared_ptr<bool> drain_posted_ = std::make_shared<bool>(false);
};

/// Frames beyond this are refused by ZeroMQ, which closes their connection: several times
/// `zmq_max_message_size`, so that what is just too large is received, counted and dropped, and its sender's
/// other messages stay.
std::int64_t hard_frame_limit(const Config& config);

/// "127.0.0.1:45310", from where a received frame came; empty when that is not known (any more).
std::string peer_address(zmq::message_t& frame);
/// The same for the descriptor of a connection.
std::string peer_of(int descriptor);

}  // namespace fedmsg::bus
