#include "util/log.h"

#include "util/error.h"

#include "support/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fedmsg::log {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::TemporaryFolder;
using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

const auto start = std::chrono::steady_clock::time_point{} + std::chrono::hours{1};

TEST(Limit, LetsTheFirstLineThrough) { EXPECT_EQ(Limit{}.pass(start), 0U); }

TEST(Limit, HoldsBackAndCountsWithinTheInterval) {
    Limit limit{seconds{1}};
    EXPECT_EQ(limit.pass(start), 0U);
    EXPECT_EQ(limit.pass(start + milliseconds{1}), std::nullopt);
    EXPECT_EQ(limit.pass(start + milliseconds{999}), std::nullopt);
    EXPECT_EQ(limit.pass(start + milliseconds{1000}), 2U);
    EXPECT_EQ(limit.pass(start + milliseconds{1001}), std::nullopt);
    EXPECT_EQ(limit.pass(start + seconds{60}), 1U);
    EXPECT_EQ(limit.pass(start + seconds{120}), 0U);
}

TEST(Level, NamesAreThoseOfPythonToo) {
    for (const auto* name : {"debug", "DEBUG", "Debug"}) EXPECT_EQ(parse_level(name), Level::debug);
    EXPECT_EQ(parse_level("info"), Level::info);
    for (const auto* name : {"warn", "warning", "WARNING"}) EXPECT_EQ(parse_level(name), Level::warning);
    for (const auto* name : {"error", "critical", "FATAL"}) EXPECT_EQ(parse_level(name), Level::error);
    for (const auto* name : {"", "verbose", "10"}) EXPECT_EQ(parse_level(name), std::nullopt);
}

Sink file_sink(const std::string& path, const std::string& format = "") {
    Sink sink;
    sink.kind = Sink::Kind::file;
    sink.path = path;
    sink.format = format;
    return sink;
}

void configure_with(const Sink& sink, Level level = Level::info) {
    log::Setup setup;
    setup.level = level;
    setup.sinks = {sink};
    configure(setup, "fedmsg test");
}

/// Writes to a file that the test reads; the console again afterwards.
class Log : public testing::Test {
  protected:
    ~Log() override { configure({}, "fedmsg"); }
    void log_to_file(const std::string& format, Level level = Level::debug, Level sink_level = Level::debug) {
        auto sink = file_sink(path, format);
        sink.level = sink_level;
        configure_with(sink, level);
    }
    [[nodiscard]] std::string written() const { return test::read_file(path); }

    TemporaryFolder folder;
    const std::string path = (folder / "log").string();
};

TEST_F(Log, ALineSaysWhoHowAndWhat) {
    log_to_file("");
    warning("relay", "lost {} of {}", 1, "two");
    error("relay", "bad");
    EXPECT_EQ(written(), "fedmsg test: warning: relay: lost 1 of two\nfedmsg test: error: relay: bad\n");
}

TEST_F(Log, PythonsFormatIsHonoured) {
    log_to_file("[%(asctime)s][%(name)10s %(levelname)7s] %(message)s 100%% %(process)d %(unknown)s %");
    info("relay", "hello");
    EXPECT_THAT(written(), MatchesRegex("\\[2[0-9]{3}-[0-9]{2}-[0-9]{2} "
                                        "[0-9]{2}:[0-9]{2}:[0-9]{2},[0-9]{3}\\]\\[fedmsg\\.relay    INFO\\] "
                                        "hello 100% [0-9]+ %\\(unknown\\)s %\n"));
}

TEST_F(Log, DatefmtIsHonoured) {
    auto sink = file_sink(path, "%(asctime)s|%(message)s");
    sink.datefmt = "%Y";
    configure_with(sink);
    info("x", "y");
    EXPECT_THAT(written(), MatchesRegex("2[0-9]{3}\\|y\n"));
}

TEST_F(Log, LevelsHoldLinesBack) {
    log_to_file("%(message)s", Level::info, Level::warning);
    debug("x", "no: below the logger's");
    info("x", "no: below the handler's");
    warning("x", "yes");
    set_level(Level::error);
    EXPECT_FALSE(enabled(Level::warning));
    warning("x", "no more");
    EXPECT_EQ(written(), "yes\n");
}

TEST_F(Log, PeersDoNotSteerTheTerminal) {
    log_to_file("");
    warning("x", "{}", "a\x1B[2Jb\rc\td");
    EXPECT_EQ(written(), "fedmsg test: warning: x: a?[2Jb?c\td\n");
}

TEST_F(Log, ARotatingFileKeepsBackups) {
    auto sink = file_sink(path, "%(message)s");
    sink.kind = Sink::Kind::rotating_file;
    sink.max_bytes = 100;
    sink.backups = 2;
    configure_with(sink);
    for (int i = 0; i < 20; ++i) info("x", "{:0>40}", i);
    std::size_t files = 0;
    for (const auto& file : std::filesystem::directory_iterator{folder.path()}) {
        EXPECT_LE(file.file_size(), 100U);
        ++files;
    }
    EXPECT_EQ(files, 3U);
}

TEST_F(Log, AFileThatCannotBeOpenedIsAnError) {
    try {
        configure_with(file_sink("/proc/nonexistent/log"));
        FAIL() << "no error";
    } catch (const SetupError& e) {
        EXPECT_THAT(e.what(), AllOf(HasSubstr("cannot open the log"), HasSubstr("/proc/nonexistent/log")));
    }
}

}  // namespace
}  // namespace fedmsg::log
