#include "loop/fair_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <numeric>
#include <thread>
#include <vector>

namespace fedmsg {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

struct Piece : FairPool::Piece {
    Piece(std::function<FairPool::Weight()> w, std::function<void()> d)
        : to_do{std::move(w)}, at_last{std::move(d)} {}
    FairPool::Weight work() noexcept override { return to_do(); }
    void deliver() override { at_last(); }
    std::function<FairPool::Weight()> to_do;
    std::function<void()> at_last;
};

class Fairness : public testing::Test {
  protected:
    void submit(FairPool& pool, int lane, std::function<FairPool::Weight()> work,
                std::function<void()> deliver) {
        ++under_way;
        pool.submit(lanes + lane,
                    std::make_unique<Piece>(std::move(work), [this, deliver = std::move(deliver)] {
                        deliver();
                        --under_way;
                    }));
    }
    /// Work that takes its time of a processor.
    static FairPool::Weight spin(std::chrono::microseconds time, FairPool::Weight weight = 1) {
        const auto end = std::chrono::steady_clock::now() + time;
        while (std::chrono::steady_clock::now() < end) {
        }
        return weight;
    }
    void run_to_end() {
        while (under_way > 0) loop.context().run_one();
    }

    Loop loop;
    // What threads are still working on does not count as work of the loop.
    const asio::executor_work_guard<asio::io_context::executor_type> stay{loop.context().get_executor()};
    int lanes[4] = {};
    int under_way = 0;
};

TEST_F(Fairness, ALaneKeepsItsOrderWhateverIsDoneFirst) {
    std::promise<void> second_done;
    std::vector<int> delivered;
    FairPool pool{loop, 2};
    submit(
        pool, 0, [&] { return second_done.get_future().wait(), 1.0; }, [&] { delivered.push_back(1); });
    submit(
        pool, 0, [&] { return second_done.set_value(), 1.0; }, [&] { delivered.push_back(2); });
    run_to_end();
    EXPECT_THAT(delivered, ElementsAre(1, 2));
}

TEST_F(Fairness, LanesDoNotWaitForEachOther) {
    std::promise<void> other_delivered;
    std::vector<int> delivered;
    FairPool pool{loop, 2};
    submit(
        pool, 0, [&] { return other_delivered.get_future().wait(), 1.0; }, [&] { delivered.push_back(1); });
    submit(
        pool, 1, [] { return 1.0; },
        [&] {
            delivered.push_back(2);
            other_delivered.set_value();
        });
    run_to_end();
    EXPECT_THAT(delivered, ElementsAre(2, 1));
}

TEST_F(Fairness, EverythingIsDeliveredOnTheLoopInOrder) {
    const auto here = std::this_thread::get_id();
    std::atomic<int> worked_here = 0;
    std::vector<int> delivered[3];
    FairPool pool{loop, 3};
    for (int i = 0; i < 3000; ++i)
        submit(
            pool, i % 3,
            [&, here] {
                if (std::this_thread::get_id() == here) ++worked_here;
                return 1.0;
            },
            [&, i] {
                EXPECT_EQ(std::this_thread::get_id(), here);
                delivered[i % 3].push_back(i / 3);
            });
    run_to_end();
    std::vector<int> expected(1000);
    std::iota(expected.begin(), expected.end(), 0);
    for (const auto& lane : delivered) EXPECT_EQ(lane, expected);
    EXPECT_EQ(worked_here, 0);
}

TEST_F(Fairness, AFloodDoesNotHoldUpASingleMessage) {
    FairPool pool{loop, 2};
    int flooded = 0, before = -1;
    for (int i = 0; i < 500; ++i)
        submit(
            pool, 0, [] { return spin(100us); }, [&] { ++flooded; });
    while (flooded < 100) loop.context().run_one();
    const auto at_start = flooded;
    submit(
        pool, 1, [] { return spin(100us); }, [&] { before = flooded - at_start; });
    run_to_end();
    // Three batches may have been with the threads, and three more follow while its own is done.
    EXPECT_LE(before, 6 * 2 + 16);
}

TEST_F(Fairness, LanesShareTheTimeOfTheThreads) {
    // The work of one takes three times as long.
    FairPool pool{loop, 2};
    int cheap = 0, dear = 0, dear_meanwhile = 0;
    for (int i = 0; i < 600; ++i) {
        submit(
            pool, 0, [] { return spin(50us); }, [&] { ++cheap == 600 ? dear_meanwhile = dear : 0; });
        submit(
            pool, 1, [] { return spin(150us); }, [&] { ++dear; });
    }
    run_to_end();
    // 200, where nothing else runs on the machine.
    EXPECT_GT(dear_meanwhile, 50);
    EXPECT_LT(dear_meanwhile, 450);
}

TEST_F(Fairness, WorkThatWeighsMoreGetsLess) {
    FairPool pool{loop, 2};
    int light = 0, heavy = 0, heavy_meanwhile = 0;
    for (int i = 0; i < 600; ++i) {
        submit(
            pool, 0, [] { return spin(50us); }, [&] { ++light == 600 ? heavy_meanwhile = heavy : 0; });
        submit(
            pool, 1, [] { return spin(50us, 4); }, [&] { ++heavy; });
    }
    run_to_end();
    // 150, where nothing else runs on the machine.
    EXPECT_GT(heavy_meanwhile, 30);
    EXPECT_LT(heavy_meanwhile, 450);
}

TEST_F(Fairness, SilenceIsNotSavedUp) {
    FairPool pool{loop, 1};
    int old_one = 0, new_one = 0, old_meanwhile = 0;
    for (int i = 0; i < 300; ++i)
        submit(
            pool, 0, [] { return spin(50us); }, [&] { ++old_one; });
    while (old_one < 150) loop.context().run_one();
    const auto at_start = old_one;
    for (int i = 0; i < 100; ++i)
        submit(
            pool, 1, [] { return spin(50us); },
            [&] { ++new_one == 100 ? old_meanwhile = old_one - at_start : 0; });
    run_to_end();
    // Both have had their turns since the new one came.
    EXPECT_GT(old_meanwhile, 30);
}

TEST_F(Fairness, ItsEndDoesNotWaitForWhatNobodyTakes) {
    int delivered = 0;
    {
        FairPool pool{loop, 1};
        for (int i = 0; i < 100; ++i)
            submit(
                pool, 0, [] { return spin(10us); }, [&] { ++delivered; });
    }
    EXPECT_EQ(delivered, 0);
}

}  // namespace
}  // namespace fedmsg
