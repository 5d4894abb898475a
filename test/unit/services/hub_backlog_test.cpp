/// What a consumer has missed, in values and files: no network, no hub.
#include "encoding/write.h"
#include "services/hub/bookmark.h"
#include "services/hub/history.h"
#include "services/hub/queue.h"
#include "services/hub/seen.h"
#include "support/files.h"
#include "util/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <thread>

namespace fedmsg::services::hub {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(SeenIds, AreKnownUntilTooManyCame) {
    Seen seen{2};
    EXPECT_TRUE(seen.add("a"));
    EXPECT_TRUE(seen.add("b"));
    EXPECT_FALSE(seen.add("a"));
    EXPECT_TRUE(seen.add("c"));
    EXPECT_FALSE(seen.contains("a"));
    EXPECT_TRUE(seen.contains("b"));
    EXPECT_EQ(seen.size(), 2U);
}

TEST(SeenIds, ThatAreForgottenAndComeAgainStayAsLongAsNewOnes) {
    Seen seen{3};
    seen.add("a");
    seen.forget("a");
    EXPECT_TRUE(seen.add("a"));
    seen.add("b");
    seen.add("c");  // pushes the first "a" out, which is not the one that counts
    EXPECT_TRUE(seen.contains("a"));
    seen.add("d");
    EXPECT_FALSE(seen.contains("a"));
}

TEST(StatusFile, IsWrittenAndReadAsByThePythonSystem) {
    const auto vectors = test::parse_json(test::read_file(test::data_file("services/status.json")));
    const auto samples = test::at(vectors.root(), "samples").elements();
    ASSERT_EQ(samples.size(), 9U);
    for (const auto& sample : samples) {
        const auto text = test::text_at(sample, "text");
        const auto status = read_status(text);
        ASSERT_TRUE(status.has_value()) << text << status.error().text;
        EXPECT_EQ(status->finished, test::text_at(sample, "when") == "after consuming");
        EXPECT_EQ(status->topic, "org.fedoraproject.dev.test.wire");
        // A consumer without jsonify has the envelope as it came.
        const auto document = test::parse_json(text);
        const auto body = test::at(test::at(document.root(), "message"), "body");
        const std::string envelope{body.is_string() ? std::string{body.text()} : status->body};
        EXPECT_EQ(status_text(status->topic, envelope, body.is_string(), status->finished), text);
    }
}

TEST(StatusFile, TellsWhenAndWhatWasLast) {
    const auto status = read_status(
        R"({"message":{"topic":"t","body":"{\"topic\":\"t\",\"msg_id\":\"m\",\"timestamp\":1.5}"},"status":"pre"})");
    ASSERT_TRUE(status.has_value());
    EXPECT_EQ(status->msg_id, "m");
    EXPECT_EQ(status->timestamp, 1.5);
    EXPECT_FALSE(status->finished);
}

TEST(StatusFile, ThatIsNoneSaysWhy) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "line 1"},
        {"[]", "no message with a body and a topic"},
        {R"({"message":{"topic":"t"},"status":"pre"})", "no message with a body and a topic"},
        {R"({"message":{"topic":"t","body":{}},"status":"now"})", "neither pre nor post"},
        {R"({"message":{"topic":"t","body":"x"},"status":"pre"})", "its body: line 1"},
        {R"({"message":{"topic":"t","body":[]},"status":"pre"})", "its body is no object"}};
    for (const auto& [text, why] : cases) {
        const auto status = read_status(text);
        ASSERT_FALSE(status.has_value()) << text;
        EXPECT_THAT(status.error().text, HasSubstr(why));
    }
}

TEST(Datagrepper, IsAskedAsThePythonSystemAsks) {
    EXPECT_EQ(
        page_url("https://x/raw", 1700000000.25, 1700000009, 2),
        "https://x/raw?rows_per_page=100&page=2&start=1700000000.250000&end=1700000009.000000&order=asc");
    EXPECT_EQ(page_url("https://x/raw?category=git", 1, 2, 1),
              "https://x/raw?category=git&rows_per_page=100&page=1&start=1.000000&end=2.000000&order=asc");
}

TEST(Datagrepper, AnswersWithMessagesThatWereAltered) {
    const auto page = read_page(R"({"pages":7,"count":3,"raw_messages":[
{"topic":"a","timestamp":5.75,"source_name":"datanommer","source_version":"1","headers":null,"msg":{}},
{"topic":3}, "x"]})");
    ASSERT_TRUE(page.has_value());
    EXPECT_EQ(page->pages, 7U);
    EXPECT_EQ(page->unusable, 2U);
    ASSERT_EQ(page->messages.size(), 1U);
    EXPECT_EQ(encoding::dumps(encoding::Value{page->messages[0]}), R"({"msg":{},"timestamp":5,"topic":"a"})");
}

TEST(Datagrepper, ThatAnswersSomethingElseIsToldWhy) {
    for (const auto& [text, why] : std::vector<std::pair<std::string, std::string>>{
             {"<html>", "not JSON: line 1"},
             {R"({"error":"x"})", "no number of `pages`"},
             {R"({"pages":-1,"raw_messages":[]})", "no number of `pages`"},
             {R"({"pages":1,"raw_messages":{}})", "no list of `raw_messages`"}}) {
        const auto page = read_page(text);
        ASSERT_FALSE(page.has_value()) << text;
        EXPECT_THAT(page.error().text, HasSubstr(why));
    }
}

MessagePtr message(const std::string& id, double timestamp = 100) {
    return make_message("org.t",
                        fmt::format(R"({{"msg_id":"{}","timestamp":{},"topic":"org.t"}})", id, timestamp));
}

class QueueThatCatchesUp : public testing::Test {
  protected:
    std::string next() {
        const auto taken = queue.try_pop();
        return taken ? std::string{taken->message->msg_id} : "";
    }
    void live(const std::string& id) { queue.push(message(id), Queue::Clock::now()); }
    void missed(const std::string& id) {
        EXPECT_NE(queue.push_ahead(message(id), {}), Queue::Ahead::stopped);
    }

    Queue queue{{.bytes = 3 * message("0")->cost()}, {}};
};

TEST_F(QueueThatCatchesUp, HandsOutWhatWasMissedBeforeLiveMessages) {
    queue.catch_up({});
    live("3");
    EXPECT_EQ(next(), "");
    missed("1");
    missed("2");
    EXPECT_EQ(next(), "1");
    EXPECT_EQ(next(), "2");
    EXPECT_EQ(next(), "");
    queue.open();
    EXPECT_EQ(next(), "3");
    EXPECT_TRUE(queue.empty());
}

TEST_F(QueueThatCatchesUp, HandsOutNothingTwice) {
    Seen finished;
    finished.add("0");
    queue.catch_up(std::move(finished));
    live("1");
    live("2");
    for (const auto* id : {"0", "1"}) missed(id);
    queue.open();
    missed("1");
    EXPECT_EQ(next(), "1");
    EXPECT_EQ(next(), "2");
    live("2");
    live("");
    live("");
    EXPECT_EQ(queue.try_pop()->message->msg_id, "");
    EXPECT_TRUE(queue.try_pop()) << "messages without msg_id are all handed out";
    EXPECT_FALSE(queue.try_pop());
    EXPECT_EQ(queue.state().doublets, 4U);
}

TEST_F(QueueThatCatchesUp, HandsOutAgainWhatIsPutBackInItsOrder) {
    queue.catch_up({});
    for (const auto* id : {"1", "2", "3"}) missed(id);
    std::vector<Queue::Taken> taken{*queue.try_pop(), *queue.try_pop()};
    queue.put_back(std::move(taken));
    for (const auto* id : {"1", "2", "3"}) EXPECT_EQ(next(), id);
}

TEST_F(QueueThatCatchesUp, IsBoundedOnBothSides) {
    queue.catch_up({});
    for (const auto* id : {"5", "6", "7", "8"})
        EXPECT_FALSE(queue.push(message(id), Queue::Clock::now())) << "no endpoint is held back";
    EXPECT_EQ(queue.state().dropped, 1U);
    for (const auto* id : {"1", "2", "3"}) missed(id);
    std::atomic<Queue::Ahead> pushed{Queue::Ahead::stopped};
    std::jthread thread{[&](const std::stop_token& stop) { pushed = queue.push_ahead(message("4"), stop); }};
    std::vector<Queue::Taken> taken;
    EXPECT_TRUE(queue.pop(taken, 1));
    EXPECT_EQ(taken.at(0).message->msg_id, "1");
    thread.join();
    EXPECT_EQ(pushed, Queue::Ahead::taken);
    std::stop_source stopped;
    stopped.request_stop();
    EXPECT_EQ(queue.push_ahead(message("x"), stopped.get_token()), Queue::Ahead::stopped);
    EXPECT_FALSE(queue.wait_until_handed_out(stopped.get_token()));
    for (const auto* id : {"2", "3", "4"}) EXPECT_EQ(next(), id);
    EXPECT_TRUE(queue.wait_until_handed_out({}));
}

class BookmarkOfAConsumer : public testing::Test {
  protected:
    BookmarkOfAConsumer() { open(); }
    void open() {
        bookmark.reset();
        bookmark.emplace(folder.path().string() + "/hub", "C", false);
        found = bookmark->find();
    }
    [[nodiscard]] std::string status() const { return test::read_file(folder.path() / "hub/C"); }
    static std::string expected(const std::string& id, bool finished) {
        return status_text("org.t", message(id)->text(), false, finished);
    }

    test::TemporaryFolder folder;
    std::optional<Bookmark> bookmark;
    Bookmark::Found found;
};

TEST_F(BookmarkOfAConsumer, IsAtTheOldestMessageInHandElseTheLastFinished) {
    EXPECT_FALSE(found.status);
    const auto a = message("a"), b = message("b"), c = message("c");
    bookmark->begun(a);
    EXPECT_EQ(status(), expected("a", false)) << "the first one at once";
    bookmark->begun(b);
    bookmark->begun(a);
    bookmark->finished(b);
    bookmark->save();
    EXPECT_EQ(status(), expected("a", false));
    bookmark->finished(a);
    bookmark->finished(a);
    bookmark->save();
    EXPECT_EQ(status(), expected("a", true));
    bookmark->begun(c);
    open();
    ASSERT_TRUE(found.status);
    EXPECT_EQ(found.status->msg_id, "a");
    EXPECT_TRUE(found.finished.contains("a") && found.finished.contains("b"));
    EXPECT_FALSE(found.finished.contains("c"));
}

TEST_F(BookmarkOfAConsumer, AsksForWhatOvertookTheLastMessageButNotForWhatWasBeforeTheFirst) {
    const auto finish = [this](const MessagePtr& m) {
        bookmark->begun(m);
        bookmark->finished(m);
        bookmark->save();
    };
    finish(message("a", 100));
    open();
    EXPECT_EQ(found.since, 100);
    finish(message("b", 104));
    open();
    EXPECT_EQ(found.since, 100);
    finish(message("c", 200));
    open();
    EXPECT_EQ(found.since, 200 - overtaking);
}

TEST_F(BookmarkOfAConsumer, DoesNotTrustAClockThatIsAhead) {
    bookmark->begun(message("a", 1e12));
    const auto now = static_cast<double>(std::time(nullptr));
    open();
    EXPECT_NEAR(found.since, now, 10);
}

TEST_F(BookmarkOfAConsumer, StaysWhileItIsHeld) {
    const auto a = message("a"), b = message("b");
    bookmark->begun(a);
    bookmark->finished(a);
    bookmark->hold();
    bookmark->begun(b);
    bookmark->finished(b);
    bookmark->save();
    EXPECT_EQ(status(), expected("a", true));
    bookmark->release();
    bookmark->save();
    EXPECT_EQ(status(), expected("b", true));
}

TEST_F(BookmarkOfAConsumer, PassesOverWhatWasDroppedAfterItHadBegun) {
    auto a = message("a");
    bookmark->begun(a);
    a.reset();
    const auto b = message("b");
    bookmark->begun(b);
    bookmark->finished(b);
    bookmark->save();
    EXPECT_EQ(status(), expected("b", true));
}

TEST_F(BookmarkOfAConsumer, KnowsTheLastOnesHoweverManyThereWere) {
    const auto many = Seen::usual + 10;
    for (std::size_t i = 0; i < many; ++i) {
        const auto m = message(std::to_string(i));
        bookmark->begun(m);
        bookmark->finished(m);
    }
    bookmark->save();
    open();
    EXPECT_FALSE(found.finished.contains("9"));
    EXPECT_TRUE(found.finished.contains("10"));
    EXPECT_TRUE(found.finished.contains(std::to_string(many - 1)));
    EXPECT_LT(std::filesystem::file_size(folder.path() / "hub/C.finished"), 1000U);
}

TEST_F(BookmarkOfAConsumer, HasAJournalThatIsBoundedHoweverOftenTheHubIsStarted) {
    constexpr std::size_t of_a_hub = Seen::usual / 4 + 1;
    for (std::size_t hub = 0; hub < 4; ++hub) {
        for (std::size_t i = 0; i < of_a_hub; ++i) {
            const auto m = message(std::to_string(hub * of_a_hub + i));
            bookmark->begun(m);
            bookmark->finished(m);
        }
        open();
    }
    EXPECT_EQ(test::lines_of(test::read_file(folder.path() / "hub/C.finished")).size(), 4U);
    EXPECT_EQ(test::lines_of(test::read_file(folder.path() / "hub/C.finished.old")).size(), Seen::usual);
    EXPECT_TRUE(found.finished.contains(std::to_string(4 * of_a_hub - 1)));
}

TEST_F(BookmarkOfAConsumer, ReadsWhatThePythonSystemLeft) {
    bookmark.reset();
    std::filesystem::remove(folder.path() / "hub/C.finished");
    std::ofstream{folder.path() / "hub/C"}
        << R"({"message":{"body":{"msg_id":"p","timestamp":50,"topic":"org.t"},"topic":"org.t"},"status":"post"})";
    open();
    ASSERT_TRUE(found.status);
    EXPECT_EQ(found.since, 50);
    EXPECT_TRUE(found.finished.contains("p"));
}

TEST_F(BookmarkOfAConsumer, ThatIsNoStatusCountsAsNone) {
    std::ofstream{folder.path() / "hub/C"} << "{";
    open();
    EXPECT_FALSE(found.status);
    bookmark->begun(message("a"));
    EXPECT_THAT(status(), HasSubstr("\"pre\""));
}

TEST_F(BookmarkOfAConsumer, BelongsToOneHub) {
    try {
        const Bookmark other{folder.path().string() + "/hub", "C", false};
        FAIL();
    } catch (const SetupError& e) {
        EXPECT_THAT(e.what(), HasSubstr("another hub runs with the same status_directory"));
    }
}

}  // namespace
}  // namespace fedmsg::services::hub
