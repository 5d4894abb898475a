#include "loop/fair_pool.h"

#include "loop/threads.h"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace fedmsg {
namespace {

using Clock = std::chrono::steady_clock;

/// Work that goes to a thread at once: long enough that handing it over costs little beside it, short enough
/// that nobody waits long for a thread.
constexpr double batch_time = 200e3;  // nanoseconds
constexpr std::size_t largest_batch = 16;

}  // namespace

/// Pieces of one lane.
struct FairPool::Batch {
    std::vector<std::unique_ptr<Piece>> pieces;
    double spent = 0, weighted = 0;  // nanoseconds
    bool done = false;

    void work() {
        for (auto& piece : pieces) {
            const auto start = Clock::now();
            const auto weight = piece->work();
            const auto took = std::chrono::duration<double, std::nano>(Clock::now() - start).count();
            spent += took;
            weighted += took * weight;
        }
    }
};

FairPool::FairPool(Loop& loop, std::size_t threads)
    // One more than there are threads: none idles while the loop is busy.
    : loop_{loop}, most_{thread_count(threads) + 1}, threads_{thread_count(threads)} {}

void FairPool::submit(Lane lane, std::unique_ptr<Piece> piece) {
    // Who was silent has not saved anything up.
    auto& queue = queues_.try_emplace(lane, Queue{.lane = lane, .spent = now_}).first->second;
    queue.waiting.push_back(std::move(piece));
    start_some();
}

FairPool::Queue* FairPool::next_queue() {
    Queue* next = nullptr;
    for (auto& [lane, queue] : queues_)
        if (!queue.waiting.empty() && (next == nullptr || queue.spent < next->spent)) next = &queue;
    if (next != nullptr) now_ = next->spent;
    return next;
}

void FairPool::start_some() {
    while (running_ < most_) {
        auto* queue = next_queue();
        if (queue == nullptr) return;
        const auto fit = queue->usual > 0 ? static_cast<std::size_t>(batch_time / queue->usual) : 1;
        auto batch = std::make_shared<Batch>();
        for (auto size = std::clamp<std::size_t>(fit, 1, largest_batch); size > 0 && !queue->waiting.empty();
             --size) {
            batch->pieces.push_back(std::move(queue->waiting.front()));
            queue->waiting.pop_front();
        }
        // What it will take counts from now on, so that a lane does not get all threads at once.
        const auto estimate = queue->usual * static_cast<double>(batch->pieces.size());
        queue->spent += estimate;
        queue->under_way.push_back(batch);
        ++running_;
        asio::post(threads_, [this, queue, batch, estimate] {
            batch->work();
            asio::post(loop_.context(), [this, queue, batch, estimate] {
                batch->done = true;
                queue->spent += batch->weighted - estimate;
                queue->usual = batch->spent / static_cast<double>(batch->pieces.size());
                --running_;
                start_some();
                deliver(queue->lane);
            });
        });
    }
}

void FairPool::deliver(Lane lane) {
    auto& queue = queues_.at(lane);
    while (!queue.under_way.empty() && queue.under_way.front()->done) {
        const auto batch = std::move(queue.under_way.front());
        queue.under_way.pop_front();
        for (auto& piece : batch->pieces) piece->deliver();
    }
    if (queue.waiting.empty() && queue.under_way.empty()) queues_.erase(lane);
}

}  // namespace fedmsg
