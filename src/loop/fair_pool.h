#pragma once
/// \file
/// Threads for work that comes over several lanes, such as the endpoints whose messages are validated: order
/// is kept in each lane, and no lane can keep the threads from the others.

#include "loop/loop.h"

#include <boost/asio/thread_pool.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace fedmsg {

/// Used on the loop. Of the lanes that have work, the one that has had the least time of the threads is next
/// (start-time fair queueing: Goyal, Vin, Cheng, 1996). Make it after its loop and outside of the coroutines
/// that use it, so that it goes first.
class FairPool {
  public:
    /// What a lane is known by; only compared.
    using Lane = const void*;
    /// How much a piece of work counts: more than one, for what should rather not have come.
    using Weight = double;

    /// A piece of work, and what is done with it on the loop.
    struct Piece {
        virtual ~Piece() = default;
        virtual Weight work() noexcept = 0;  ///< on a thread
        virtual void deliver() = 0;          ///< on the loop, in the order of the lane
    };

    /// \param threads  0: as many as there are processors
    FairPool(Loop& loop, std::size_t threads);

    /// Takes it in at once: whoever submits bounds what is under way.
    void submit(Lane lane, std::unique_ptr<Piece> piece);

  private:
    struct Batch;
    struct Queue {
        Lane lane;
        std::deque<std::unique_ptr<Piece>> waiting{};
        std::deque<std::shared_ptr<Batch>> under_way{};  // in the order of the lane
        double spent = 0;                                // nanoseconds of the threads, weighted
        double usual = 0;                                // of a piece, not weighted; 0: not known yet
    };
    void start_some();
    Queue* next_queue();
    void deliver(Lane lane);

    Loop& loop_;
    std::size_t most_;  // batches at once
    std::size_t running_ = 0;
    double now_ = 0;                // the least `spent` of the lanes that have work
    std::map<Lane, Queue> queues_;  // those that have work
    asio::thread_pool threads_;     // last: joined before what its work refers to is gone
};

}  // namespace fedmsg
