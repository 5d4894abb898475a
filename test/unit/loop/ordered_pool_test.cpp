#include "loop/ordered_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <vector>

namespace fedmsg {
namespace {

asio::awaitable<void> submit_all(OrderedPool& pool, std::vector<OrderedPool::Work> works) {
    for (auto& work : works) co_await pool.submit(std::move(work));
    co_await pool.drain();
}

TEST(OrderedPool, DeliversInOrderWhateverIsDoneFirst) {
    Loop loop;
    OrderedPool pool{loop, 2};
    std::promise<void> second_done;
    std::vector<int> delivered;
    std::vector<OrderedPool::Work> works;
    works.emplace_back([&]() -> OrderedPool::Delivery {
        second_done.get_future().wait();
        return [&] { delivered.push_back(1); };
    });
    works.emplace_back([&]() -> OrderedPool::Delivery {
        second_done.set_value();
        return [&] { delivered.push_back(2); };
    });
    loop.run(submit_all(pool, std::move(works)));
    EXPECT_THAT(delivered, testing::ElementsAre(1, 2));
}

TEST(OrderedPool, DeliversEverythingOnTheLoop) {
    Loop loop;
    OrderedPool pool{loop, 3};
    const auto here = std::this_thread::get_id();
    std::vector<int> delivered;
    std::vector<OrderedPool::Work> works;
    for (int i = 0; i < 1000; ++i)
        works.emplace_back([&, i]() -> OrderedPool::Delivery {
            EXPECT_NE(std::this_thread::get_id(), here);
            return [&, i] {
                EXPECT_EQ(std::this_thread::get_id(), here);
                delivered.push_back(i);
            };
        });
    loop.run(submit_all(pool, std::move(works)));
    std::vector<int> expected(1000);
    std::iota(expected.begin(), expected.end(), 0);
    EXPECT_EQ(delivered, expected);
}

asio::awaitable<void> fill(OrderedPool& pool, std::promise<void>& go, int& added, int& delivered) {
    const auto gate = go.get_future().share();
    while (pool.has_room()) {
        pool.add([gate, &delivered]() -> OrderedPool::Delivery {
            gate.wait();
            return [&delivered] { ++delivered; };
        });
        ++added;
    }
    EXPECT_EQ(delivered, 0);
    go.set_value();
    co_await pool.room();
    EXPECT_GT(delivered, 0);
    co_await pool.drain();
}

TEST(OrderedPool, HasRoomForFourPiecesAThread) {
    Loop loop;
    std::promise<void> go;
    int added = 0, delivered = 0;
    OrderedPool pool{loop, 2};
    loop.run(fill(pool, go, added, delivered));
    EXPECT_EQ(added, 8);
    EXPECT_EQ(delivered, 8);
}

TEST(OrderedPool, FailuresLeaveTheLoop) {
    for (const bool in_delivery : {false, true}) {
        Loop loop;
        OrderedPool pool{loop, 0};
        std::vector<OrderedPool::Work> works;
        works.emplace_back([=]() -> OrderedPool::Delivery {
            if (!in_delivery) throw std::runtime_error{"no"};
            return [] { throw std::runtime_error{"no"}; };
        });
        EXPECT_THROW(loop.run(submit_all(pool, std::move(works))), std::runtime_error);
    }
}

}  // namespace
}  // namespace fedmsg
