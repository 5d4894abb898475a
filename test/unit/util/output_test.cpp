#include "util/output.h"

#include "util/error.h"

#include <fcntl.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <thread>

namespace fedmsg {
namespace {

class OutputToPipe : public testing::Test {
  protected:
    OutputToPipe() {
        std::signal(SIGPIPE, SIG_IGN);  // as main() does
        if (::pipe(ends.data()) != 0) std::abort();
    }
    ~OutputToPipe() override {
        ::close(ends[0]);
        ::close(ends[1]);
    }
    std::string read(std::size_t size) {
        std::string text(size, '\0');
        std::size_t count = 0;
        while (count < size) {
            const auto part = ::read(ends[0], text.data() + count, size - count);
            if (part <= 0) break;
            count += static_cast<std::size_t>(part);
        }
        text.resize(count);
        return text;
    }

    std::array<int, 2> ends{};
};

TEST_F(OutputToPipe, KeepsTextUntilItIsFlushed) {
    Output out{ends[1]};
    out.write("one ");
    out.buffer() += "two";
    out.flush_if_large();
    EXPECT_EQ(out.buffer(), "one two");
    out.flush();
    EXPECT_EQ(out.buffer(), "");
    EXPECT_EQ(read(7), "one two");
}

TEST_F(OutputToPipe, FlushesBlocksAndKeepsTheRest) {
    Output out{ends[1]};
    out.write(std::string(Output::block - 1, 'x'));
    EXPECT_TRUE(out.try_flush(Output::Part::blocks));
    EXPECT_EQ(out.buffer().size(), Output::block - 1);
    out.write("x rest");
    EXPECT_TRUE(out.try_flush(Output::Part::blocks));
    EXPECT_EQ(out.buffer(), " rest");
    EXPECT_EQ(read(Output::block), std::string(Output::block, 'x'));
    EXPECT_TRUE(out.try_flush());
    EXPECT_EQ(out.buffer(), "");
    EXPECT_EQ(read(5), " rest");
}

TEST_F(OutputToPipe, FlushesWhatIsLarge) {
    Output out{ends[1]};
    out.write(std::string(64 * 1024, 'x'));
    std::string got;
    std::thread reader{[&] { got = read(64 * 1024); }};
    out.flush_if_large();
    reader.join();
    EXPECT_EQ(out.buffer(), "");
    EXPECT_EQ(got.size(), 64U * 1024);
}

TEST_F(OutputToPipe, WritesEverythingToANonBlockingPipe) {
    ::fcntl(ends[1], F_SETFL, O_NONBLOCK);
    Output out{ends[1]};
    const std::string text(1 << 20, 'x');
    out.write(text);
    std::string got;
    std::thread reader{[&] { got = read(text.size()); }};
    out.flush();
    reader.join();
    EXPECT_EQ(got.size(), text.size());
}

TEST_F(OutputToPipe, AReaderThatIsGoneIsNoError) {
    ::close(ends[0]);
    Output out{ends[1]};
    out.write("x");
    EXPECT_THROW(out.flush(), ReaderGone);
    EXPECT_EQ(out.buffer(), "") << "kept for a second attempt";
    EXPECT_NO_THROW(out.flush());
    ends[0] = -1;
}

TEST(Output, AFullDiskIsAnError) {
    const int full = ::open("/dev/full", O_WRONLY);
    ASSERT_GE(full, 0);
    Output out{full};
    out.write("x");
    try {
        out.flush();
        ADD_FAILURE() << "no error";
    } catch (const SetupError& e) {
        EXPECT_STREQ(e.what(), "cannot write to standard output: No space left on device");
    }
    ::close(full);
}

}  // namespace
}  // namespace fedmsg
