#include "services/hub/queue.h"

#include "support/files.h"
#include "util/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <thread>

namespace fedmsg::services::hub {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

MessagePtr message(int i, std::size_t size = 0) {
    return make_message("org.t", R"({"topic":"org.t","i":)" + std::to_string(i) + R"(,"msg":")" +
                                     std::string(size, 'x') + "\"}");
}
int number(const Queue::Taken& taken) {
    return static_cast<int>(*test::parse_json(taken.message->text()).root().find("i")->integer());
}

class QueueOfAConsumer : public testing::Test {
  protected:
    /// Room for `messages` of message(i).
    void make(WhenFull when_full, std::size_t messages, Queue::Files files = {}) {
        queue.emplace(Queue::Settings{when_full, messages * message(0)->cost(), milliseconds{100}},
                      std::move(files));
    }
    Queue::Files files(bool spilled = true) {
        return {std::make_unique<Spill>(folder / "q.kept"),
                spilled ? std::make_unique<Spill>(folder / "q.spill") : nullptr};
    }
    bool push(int i) { return queue->push(message(i), now); }
    void push(int from, int to) {
        for (int i = from; i < to; ++i) push(i);
    }
    /// Takes and finishes.
    std::vector<int> pop(int count) {
        std::vector<int> result;
        for (int i = 0; i < count; ++i) {
            const auto taken = queue->try_pop();
            if (!taken) break;
            result.push_back(number(*taken));
            queue->done(*taken);
        }
        return result;
    }
    static std::vector<int> range(int from, int to) {
        std::vector<int> result;
        for (int i = from; i < to; ++i) result.push_back(i);
        return result;
    }

    test::TemporaryFolder folder;
    Queue::Clock::time_point now{};
    std::optional<Queue> queue;
};

TEST_F(QueueOfAConsumer, GivesMessagesInTheirOrder) {
    make(WhenFull::block, 10);
    push(0, 3);
    EXPECT_THAT(pop(5), ElementsAre(0, 1, 2));
    EXPECT_TRUE(queue->empty());
}

TEST_F(QueueOfAConsumer, BlockHoldsTheEndpointBackAndLosesNothing) {
    make(WhenFull::block, 4);
    for (int i = 0; i < 4; ++i) EXPECT_FALSE(push(i)) << i;
    EXPECT_TRUE(push(4)) << "the one that does not fit is taken, and its endpoint is to be held";
    EXPECT_FALSE(queue->lets_go(now));
    EXPECT_EQ(pop(2).size(), 2U);
    EXPECT_FALSE(queue->lets_go(now)) << "only from half of it on, so that an endpoint is read in blocks";
    EXPECT_EQ(pop(1).size(), 1U);
    EXPECT_TRUE(queue->lets_go(now));
    EXPECT_THAT(pop(5), ElementsAre(3, 4));
    EXPECT_EQ(queue->state().dropped, 0U);
}

TEST_F(QueueOfAConsumer, BlockEndsAfterBlockForAndLosesTheOldestFromThenOn) {
    make(WhenFull::block, 4);
    push(0, 6);
    now += milliseconds{99};
    EXPECT_FALSE(queue->lets_go(now));
    now += milliseconds{1};
    EXPECT_TRUE(queue->lets_go(now));
    EXPECT_FALSE(push(6)) << "it is too slow for the bus: it holds nobody back";
    EXPECT_EQ(queue->state().dropped, 3U);
    EXPECT_THAT(pop(2), ElementsAre(3, 4));
    EXPECT_TRUE(queue->lets_go(now)) << "it has come down to half";
    push(7, 9);
    EXPECT_TRUE(push(9)) << "and may hold back again";
    EXPECT_THAT(pop(9), ElementsAre(5, 6, 7, 8, 9));
}

TEST_F(QueueOfAConsumer, DropOldestKeepsTheNewestAndCounts) {
    make(WhenFull::drop_oldest, 3);
    for (int i = 0; i < 10; ++i) EXPECT_FALSE(push(i));
    EXPECT_EQ(queue->state().dropped, 7U);
    EXPECT_EQ(queue->state().messages, 3U);
    EXPECT_THAT(pop(9), ElementsAre(7, 8, 9));
}

TEST_F(QueueOfAConsumer, ALargeMessageGoesAlone) {
    make(WhenFull::drop_oldest, 1);
    queue->push(message(1, 10'000), now);
    EXPECT_THAT(pop(2), ElementsAre(1));
}

TEST_F(QueueOfAConsumer, WhatIsPutBackComesFirst) {
    make(WhenFull::block, 10);
    push(0, 4);
    std::vector<Queue::Taken> taken{*queue->try_pop(), *queue->try_pop()};
    queue->put_back(std::move(taken));
    EXPECT_THAT(pop(9), ElementsAre(0, 1, 2, 3));
}

TEST_F(QueueOfAConsumer, SpillKeepsOrderWithinItsMemory) {
    make(WhenFull::spill, 10, files());
    std::vector<int> seen;
    for (int i = 0; i < 1000; ++i) {
        EXPECT_FALSE(push(i));
        EXPECT_LE(queue->state().bytes, 11 * message(999)->cost()) << "one goes over the limit";
        if (i % 3 == 0)
            for (const int n : pop(1)) seen.push_back(n);
    }
    EXPECT_GT(queue->state().in_files, 600U);
    for (const int n : pop(2000)) seen.push_back(n);
    EXPECT_EQ(seen, range(0, 1000));
    EXPECT_EQ(queue->state().dropped, 0U);
    queue.reset();
    EXPECT_THAT(std::filesystem::is_empty(folder.path()), true) << "files that hold nothing are removed";
}

TEST_F(QueueOfAConsumer, SpillThatWasReadIsGivenBackToTheFileSystem) {
    make(WhenFull::spill, 10, files());
    push(0, 60'000);
    const auto blocks = [&] {
        struct stat status {};
        ::stat((folder / "q.spill").c_str(), &status);
        return status.st_blocks * 512;
    };
    const auto before = blocks();
    EXPECT_EQ(pop(50'000).size(), 50'000U);
    EXPECT_LT(blocks(), before / 2);
    EXPECT_EQ(pop(20'000), range(50'000, 60'000));
}

TEST_F(QueueOfAConsumer, SpillSurvivesACrash) {
    make(WhenFull::spill, 5, files());
    push(0, 20);
    EXPECT_EQ(pop(7), range(0, 7));
    const auto in_hand = queue->try_pop();  // not finished
    // A crash leaves the files as they are now: what was only in memory is gone, the rest is there.
    test::TemporaryFolder after;
    std::filesystem::copy(folder / "q.spill", after / "q.spill");
    std::filesystem::copy(folder / "q.kept", after / "q.kept");
    queue.reset();
    make(WhenFull::spill, 100,
         {std::make_unique<Spill>(after / "q.kept"), std::make_unique<Spill>(after / "q.spill")});
    EXPECT_EQ(pop(100), range(7, 20)) << "the one in hand as well, and none that is finished";
}

TEST_F(QueueOfAConsumer, ARecordThatACrashHasCutIsLeftOut) {
    {
        Spill spill{folder / "s"};
        for (int i = 0; i < 3; ++i) EXPECT_EQ(spill.append(*message(i)), std::nullopt);
    }
    const auto whole = test::read_file(folder / "s");
    for (std::size_t cut = 1; cut < 40; cut += 7) {
        folder.write("s", whole.substr(0, whole.size() - cut));
        Spill spill{folder / "s"};
        EXPECT_EQ(spill.unread(), 2U) << cut;
        EXPECT_EQ(spill.append(*message(9)), std::nullopt);
        (void)spill.read();
        (void)spill.read();
        const auto record = spill.read();
        ASSERT_TRUE(record);
        EXPECT_EQ(number({record->message}), 9);
    }
}

TEST_F(QueueOfAConsumer, ARecordThatIsDamagedEndsTheFile) {
    {
        Spill spill{folder / "s"};
        for (int i = 0; i < 3; ++i) EXPECT_EQ(spill.append(*message(i)), std::nullopt);
    }
    auto bytes = test::read_file(folder / "s");
    bytes[bytes.size() - 3] ^= 1;
    folder.write("s", bytes);
    EXPECT_EQ(Spill{folder / "s"}.unread(), 2U);
    folder.write("s", "not ours at all, but long enough");
    EXPECT_EQ(Spill{folder / "s"}.unread(), 0U);
}

TEST_F(QueueOfAConsumer, AFileHasOneUser) {
    const Spill first{folder / "s"};
    EXPECT_THROW(Spill{folder / "s"}, SetupError);
}

/// Files cannot grow beyond this size as long as it lives: what a full disk looks like, without one.
class FullDisk {
  public:
    explicit FullDisk(rlim_t size) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{size, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

  private:
    rlimit before_{};
};

TEST_F(QueueOfAConsumer, AFullDiskLosesTheNewestAndSaysWhy) {
    std::signal(SIGXFSZ, SIG_IGN);
    make(WhenFull::spill, 2, files());
    {
        const FullDisk full{200};
        push(0, 10);
    }
    const auto state = queue->state();
    EXPECT_THAT(queue->take_trouble(), testing::AnyOf("File too large", "No space left on device"));
    EXPECT_GT(state.dropped, 0U);
    EXPECT_EQ(state.dropped + state.messages, 10U);
    EXPECT_EQ(pop(10), range(0, static_cast<int>(state.messages))) << "what was written in part is not there";
}

TEST_F(QueueOfAConsumer, WhatIsLeftIsKeptForTheNextStart) {
    make(WhenFull::spill, 5, files());
    push(0, 20);
    EXPECT_THAT(pop(2), ElementsAre(0, 1));
    EXPECT_EQ(queue->keep({*queue->try_pop()}), 0U);
    queue.reset();
    make(WhenFull::spill, 5, files());
    push(20, 22);
    EXPECT_EQ(pop(100), range(2, 22));
}

TEST_F(QueueOfAConsumer, WithoutAFileWhatIsLeftIsCounted) {
    make(WhenFull::block, 10);
    push(0, 5);
    EXPECT_EQ(queue->keep({*queue->try_pop()}), 5U);
}

TEST_F(QueueOfAConsumer, AThreadWaitsForMessagesAndForTheEnd) {
    make(WhenFull::block, 1000);
    std::vector<int> seen;
    std::thread thread{[&] {
        for (std::vector<Queue::Taken> taken; queue->pop(taken, 64);)
            for (const auto& one : taken) seen.push_back(number(one));
    }};
    push(0, 500);
    queue->announce();
    while (!queue->empty()) std::this_thread::yield();
    queue->close();
    thread.join();
    EXPECT_EQ(seen, range(0, 500));
}

TEST_F(QueueOfAConsumer, RecordsMayBeFinishedInAnyOrder) {
    Spill spill{folder / "s"};
    for (int i = 0; i < 4; ++i) EXPECT_EQ(spill.append(*message(i)), std::nullopt);
    std::vector<Spill::Place> places;
    while (const auto record = spill.read()) places.push_back(record->place);
    spill.finish(places[2]);
    spill.finish(places[0]);
    test::TemporaryFolder after;
    std::filesystem::copy(folder / "s", after / "s");
    EXPECT_EQ(Spill{after / "s"}.unread(), 3U) << "only what is finished from the front on is gone";
    spill.finish(places[1]);
    spill.finish(places[3]);
    EXPECT_EQ(std::filesystem::file_size(folder / "s"), 16U);
}

}  // namespace
}  // namespace fedmsg::services::hub
