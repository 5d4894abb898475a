#include "services/trigger/trigger_queue.h"

#include <gtest/gtest.h>

namespace fedmsg::services {
namespace {

using namespace std::chrono_literals;

class TriggerQueueTest : public testing::Test {
  protected:
    /// What comes out at this second, in order.
    std::string due_at(TriggerQueue& queue, std::chrono::seconds second) const {
        std::string ids;
        while (const auto entry = queue.take(start + second)) ids += entry->id;
        return ids;
    }
    void add(TriggerQueue& queue, std::string id, std::chrono::seconds second) const {
        queue.add({std::move(id), "topic", "line\n"}, start + second);
    }
    TriggerQueue::Clock::time_point start = TriggerQueue::Clock::time_point{} + 1h;
};

TEST_F(TriggerQueueTest, WithoutAWaitEverythingIsDueInOrder) {
    TriggerQueue queue{{}};
    EXPECT_EQ(queue.due(), std::nullopt);
    for (const auto* id : {"a", "b", "c"}) add(queue, id, 0s);
    EXPECT_LE(queue.due(), start);
    EXPECT_EQ(due_at(queue, 0s), "abc");
    EXPECT_EQ(queue.due(), std::nullopt);
}

TEST_F(TriggerQueueTest, EachMessageBeginsTheWaitAnew) {
    TriggerQueue queue{{.wait_for = 10s}};
    add(queue, "a", 0s);
    EXPECT_EQ(queue.due(), start + 10s);
    add(queue, "b", 9s);
    EXPECT_EQ(queue.due(), start + 19s);
    EXPECT_EQ(due_at(queue, 18s), "");
    EXPECT_EQ(due_at(queue, 19s), "ab");
}

TEST_F(TriggerQueueTest, WhatIsDueStaysDueWhileOthersWait) {
    TriggerQueue queue{{.wait_for = 10s}};
    for (const auto* id : {"a", "b"}) add(queue, id, 0s);
    EXPECT_EQ(queue.take(start + 10s)->id, "a");
    add(queue, "c", 11s);
    EXPECT_LE(queue.due(), start);
    EXPECT_EQ(due_at(queue, 12s), "b");
    EXPECT_EQ(queue.due(), start + 21s);
    EXPECT_EQ(due_at(queue, 21s), "c");
}

TEST_F(TriggerQueueTest, MoreThanTheLimitDoNotWait) {
    TriggerQueue queue{{.wait_for = 10s, .most_waiting = 2}};
    for (const auto* id : {"a", "b"}) add(queue, id, 0s);
    EXPECT_EQ(due_at(queue, 0s), "");
    add(queue, "c", 0s);
    EXPECT_EQ(queue.take(start)->id, "a");
    add(queue, "d", 0s);  // one waits again
    EXPECT_EQ(due_at(queue, 0s), "bc");
    EXPECT_EQ(due_at(queue, 10s), "d");
}

TEST_F(TriggerQueueTest, IsBoundedInBytes) {
    TriggerQueue queue{{.wait_for = 1h}};
    queue.add({"a", "topic", std::string(TriggerQueue::most_bytes - 1, 'x')}, start);
    EXPECT_FALSE(queue.full());
    EXPECT_EQ(due_at(queue, 0s), "");
    add(queue, "b", 0s);
    EXPECT_TRUE(queue.full());
    EXPECT_EQ(due_at(queue, 0s), "ab");
    EXPECT_FALSE(queue.full());
}

}  // namespace
}  // namespace fedmsg::services
