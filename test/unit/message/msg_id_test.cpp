#include "message/msg_id.h"

#include "data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>
#include <set>

namespace fedmsg::message {
namespace {

TEST(MsgId, IsTheYearAndARandomUuid) {
    MsgIdSource source;
    for (int i = 0; i < 1000; ++i) {
        EXPECT_THAT(source.next(2026),
                    testing::MatchesRegex(
                        "2026-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
    }
    std::string out = "x";
    source.append(-5, out);
    EXPECT_EQ(out.substr(0, 4), "x-5-");
}

TEST(MsgId, IsUnique) {
    MsgIdSource source;
    std::set<std::string> seen;
    for (int i = 0; i < 10'000; ++i) EXPECT_TRUE(seen.insert(source.next(2026)).second);
}

TEST(MsgId, UsesAllItsBits) {
    MsgIdSource source;
    std::string all_set = source.next(2026), first = all_set;
    std::set<char> at[41];
    for (int i = 0; i < 1000; ++i) {
        const auto id = source.next(2026);
        for (std::size_t k = 0; k < id.size(); ++k) at[k].insert(id[k]);
    }
    for (std::size_t k = 5; k < 41; ++k) {
        const std::size_t expected = k == 13 || k == 18 || k == 19 || k == 23 || k == 28 ? 1
                                     : k == 24                                           ? 4
                                                                                         : 16;
        EXPECT_EQ(at[k].size(), expected) << "character " << k;
    }
}

TEST(MsgId, IsNotRepeatedByAForkedChild) {
    MsgIdSource source;
    (void)source.next(2026);  // the page is full now
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    ASSERT_NE(child, -1);
    constexpr std::size_t count = 600, size = 41;
    if (child == 0) {
        std::string ids;
        for (std::size_t i = 0; i < count; ++i) source.append(2026, ids);
        _exit(write(ends[1], ids.data(), ids.size()) == static_cast<ssize_t>(ids.size()) ? 0 : 1);
    }
    close(ends[1]);
    std::string ids(count * size, '\0');
    std::size_t got = 0;
    for (ssize_t n = 0; (n = read(ends[0], ids.data() + got, ids.size() - got)) > 0;)
        got += static_cast<std::size_t>(n);
    close(ends[0]);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_EQ(status, 0);
    ASSERT_EQ(got, ids.size());
    std::set<std::string> seen;
    for (std::size_t i = 0; i < count; ++i) {
        EXPECT_TRUE(seen.insert(ids.substr(i * size, size)).second);
        EXPECT_TRUE(seen.insert(source.next(2026)).second);
    }
}

class LocalYears : public testing::TestWithParam<const char*> {};

TEST_P(LocalYears, AreThoseOfTheCalendar) {
    const Zone zone{GetParam()};
    LocalYear year;
    std::mt19937_64 random{7};
    std::vector<std::time_t> times;
    for (int i = 0; i < 2000; ++i) times.push_back(static_cast<std::time_t>(random() % 4'102'444'800U));
    for (int y = 1971; y < 2040; ++y) {
        std::tm new_year{};
        new_year.tm_year = y - 1900;
        new_year.tm_mday = 1;
        const auto utc = timegm(&new_year);
        for (std::time_t hour = -15; hour <= 15; ++hour)
            times.insert(times.end(), {utc + 3600 * hour - 1, utc + 3600 * hour});
    }
    for (const auto when : times) {
        std::tm local{};
        localtime_r(&when, &local);
        EXPECT_EQ(year.of(when), local.tm_year + 1900) << when;
    }
}

INSTANTIATE_TEST_SUITE_P(MsgId, LocalYears,
                         testing::Values("UTC", "America/New_York", "Asia/Kolkata", "XYZ-14", "ABC+12:30"));

}  // namespace
}  // namespace fedmsg::message
