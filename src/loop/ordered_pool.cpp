#include "loop/ordered_pool.h"

#include "loop/threads.h"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>

namespace fedmsg {
namespace {

constexpr std::size_t pieces_per_thread = 4;  // enough that none idles while the loop reads and writes

}  // namespace

OrderedPool::OrderedPool(Loop& loop, std::size_t threads)
    : loop_{loop},
      most_{pieces_per_thread * thread_count(threads)},
      delivered_{loop.context().get_executor()},
      threads_{thread_count(threads)} {}

asio::awaitable<void> OrderedPool::submit(Work work) {
    co_await room();
    add(std::move(work));
}

asio::awaitable<void> OrderedPool::room() {
    while (!has_room()) co_await delivered_.wait();
}

void OrderedPool::add(Work work) {
    auto piece = std::make_shared<Piece>();
    under_way_.push_back(piece);
    asio::post(threads_, [this, piece = std::move(piece), work = std::move(work)] {
        Delivery delivery;
        try {
            delivery = work();
        } catch (...) {
            delivery = [failure = std::current_exception()] { std::rethrow_exception(failure); };
        }
        asio::post(loop_.context(), [this, piece, delivery = std::move(delivery)] {
            piece->delivery = delivery;
            deliver();
        });
    });
}

asio::awaitable<void> OrderedPool::drain() {
    while (!under_way_.empty()) co_await delivered_.wait();
}

void OrderedPool::deliver() {
    while (!under_way_.empty() && under_way_.front()->delivery) {
        const auto delivery = std::move(under_way_.front()->delivery);
        under_way_.pop_front();
        delivery();
    }
    delivered_.notify();
}

}  // namespace fedmsg
