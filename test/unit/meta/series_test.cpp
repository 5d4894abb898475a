/// Words of a sentence: the cases of the reference, where it is there, and the cow.
#include "meta/series.h"

#include "meta/cowsay.h"

#include "support/files.h"

#include <gtest/gtest.h>

namespace fedmsg::meta {
namespace {

using test::at;
using test::text_at;

std::vector<std::string> reference(const std::string& name) {
    const auto file = test::shared_file("meta/" + name);
    return file ? test::lines_of(test::read_file(*file)) : std::vector<std::string>{};
}

TEST(Series, IsTheSameAsInPython) {
    const auto cases = reference("list_to_series.jsonl");
    if (cases.empty())
        GTEST_SKIP() << "meta/list_to_series.jsonl is not in $FEDMSG_SHARED: this part is left out";
    for (const auto& line : cases) {
        const auto json = test::parse_json(line);
        std::vector<std::string> items;
        for (const auto& item : at(json.root(), "items").elements()) items.emplace_back(item.text());
        const auto* most = json.root().find("N");
        const auto* comma = json.root().find("oxford_comma");
        EXPECT_EQ(series(items, most != nullptr ? static_cast<std::size_t>(*most->integer()) : 3,
                         comma == nullptr || comma->boolean()),
                  text_at(json.root(), "expected"))
            << line;
    }
}

TEST(Series, SortsAndCounts) {
    EXPECT_EQ(series({"b", "a", "b"}), "a and b");
    EXPECT_EQ(series({"d", "c", "b", "a"}), "a, b, and 2 others");
    EXPECT_EQ(series({}), "(nothing)");
}

TEST(Humanize, IsTheSameAsInPython) {
    const auto cases = reference("humanize.jsonl");
    if (cases.empty()) GTEST_SKIP() << "meta/humanize.jsonl is not in $FEDMSG_SHARED: this part is left out";
    for (const auto& line : cases) {
        const auto json = test::parse_json(line);
        EXPECT_EQ(humanize(*at(json.root(), "timestamp").number(), *at(json.root(), "now").number()),
                  text_at(json.root(), "expected"))
            << line;
    }
}

TEST(Humanize, KnowsPastAndFuture) {
    EXPECT_EQ(humanize(1000, 1000 + 3 * 86400), "3 days ago");
    EXPECT_EQ(humanize(1000 + 7200, 1000), "in 2 hours");
    EXPECT_EQ(humanize(1e300, 0), "");
}

TEST(OneLine, HasNoLineEnds) {
    EXPECT_EQ(one_line("a\r\n\nb"), "a b");
    EXPECT_EQ(one_line("\nx\n"), "x ");
}

TEST(Cow, SaysItInABubble) {
    const auto said = cowsay("jnovy uploaded a very long file name for the texlive package");
    const auto lines = test::lines_of(said);
    ASSERT_EQ(lines.size(), 8U);
    EXPECT_EQ(lines[1], "/ jnovy uploaded a very long file name for \\");
    EXPECT_EQ(lines[2], "\\ the texlive package                      /");
    EXPECT_EQ(test::lines_of(cowsay("é"))[1], "< é >");
    EXPECT_EQ(test::lines_of(cowsay(std::string(90, 'x'))).size(), 9U);
}

}  // namespace
}  // namespace fedmsg::meta
