#include "loop/input.h"

#include "util/error.h"

#include <fcntl.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <filesystem>

namespace fedmsg {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> split(const std::vector<std::string>& chunks) {
    LineSplitter splitter;
    std::vector<std::string> lines;
    for (const auto& chunk : chunks) {
        splitter.feed(chunk);
        while (const auto line = splitter.next()) lines.emplace_back(*line);
    }
    if (const auto line = splitter.rest()) lines.emplace_back(*line);
    return lines;
}

TEST(LineSplitter, GivesTheSameLinesWhereverTheChunksEnd) {
    for (const std::string text :
         {"", "\n", "\n\n", "a", "a\n", "a\nb", "a\n\nb\n", "one\ntwo\nthree", "\r\n x\t\n\0y\n"}) {
        const auto whole = split({text});
        for (std::size_t first = 0; first <= text.size(); ++first)
            for (std::size_t second = first; second <= text.size(); ++second)
                EXPECT_EQ(
                    split({text.substr(0, first), text.substr(first, second - first), text.substr(second)}),
                    whole)
                    << testing::PrintToString(text) << " cut at " << first << " and " << second;
    }
}

TEST(LineSplitter, ALineEndsInALineFeed) {
    EXPECT_THAT(split({""}), IsEmpty());
    EXPECT_THAT(split({"\n"}), ElementsAre(""));
    EXPECT_THAT(split({"a\n\nb"}), ElementsAre("a", "", "b"));
    EXPECT_THAT(split({"a\r\n"}), ElementsAre("a\r"));
}

TEST(LineSplitter, GivesTheRestOnce) {
    LineSplitter splitter;
    splitter.feed("rest");
    EXPECT_EQ(splitter.next(), std::nullopt);
    EXPECT_EQ(splitter.rest(), "rest");
    EXPECT_EQ(splitter.rest(), std::nullopt);
}

class FromPipe : public testing::Test {
  protected:
    FromPipe() {
        if (::pipe(ends.data()) != 0) std::abort();
    }
    ~FromPipe() override {
        ::close(ends[0]);
        if (ends[1] >= 0) ::close(ends[1]);
    }
    void write(std::string_view text) const {
        ASSERT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    }
    void close() { ::close(std::exchange(ends[1], -1)); }

    std::array<int, 2> ends{};
    Loop loop;
};

asio::awaitable<void> read_all(Input& input, std::string& into, int& ends) {
    for (;;) {
        const auto chunk = co_await input.read();
        if (!chunk) break;
        into += *chunk;
    }
    ++ends;
}

TEST_F(FromPipe, ReadsToTheEnd) {
    Input input{loop, ends[0]};
    write("one ");
    write("two");
    close();
    std::string text;
    int seen = 0;
    loop.run(read_all(input, text, seen));
    EXPECT_EQ(text, "one two");
    EXPECT_EQ(seen, 1);
}

TEST(Input, ReadsFilesAndNothing) {
    for (const auto* path : {"/dev/null", "/proc/self/exe"}) {
        Loop loop;
        const int file = ::open(path, O_RDONLY);
        ASSERT_GE(file, 0);
        Input input{loop, file};
        std::string text;
        int seen = 0;
        loop.run(read_all(input, text, seen));
        EXPECT_EQ(text.size(), std::string_view{path} == "/dev/null" ? 0 : std::filesystem::file_size(path));
        EXPECT_EQ(seen, 1);
        ::close(file);
    }
}

asio::awaitable<void> read_and_stop(Input& input, std::uint64_t& bytes) {
    for (;;) {
        const auto chunk = co_await input.read();
        if (!chunk) break;
        if (bytes == 0) ::raise(SIGTERM);
        bytes += chunk->size();
    }
}

TEST(Input, SignalsGetInWhileAFileIsRead) {
    Loop loop;
    const int endless = ::open("/dev/zero", O_RDONLY);
    ASSERT_GE(endless, 0);
    Input input{loop, endless};
    std::uint64_t bytes = 0;
    loop.run(read_and_stop(input, bytes));
    EXPECT_TRUE(loop.stopping());
    EXPECT_GT(bytes, 0U);
    ::close(endless);
}

TEST(Input, WhatCannotBeReadIsAnError) {
    Loop loop;
    const int folder = ::open("/", O_RDONLY);
    Input input{loop, folder};
    std::string text;
    int seen = 0;
    EXPECT_THROW(loop.run(read_all(input, text, seen)), SetupError);
    ::close(folder);
}

TEST_F(FromPipe, ReadNowDoesNotWait) {
    Input input{loop, ends[0]};
    EXPECT_EQ(input.read_now(), std::nullopt);
    write("x");
    EXPECT_EQ(input.read_now(), "x");
    EXPECT_EQ(input.read_now(), std::nullopt);
    close();
    EXPECT_EQ(input.read_now(), std::nullopt);
}

}  // namespace
}  // namespace fedmsg
