// Holds the list of keys in fedmsg.d(5) to the table that the program works with.
#include "config/keys.h"
#include "unit/config/tree.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace fedmsg {
namespace {

constexpr std::string_view begin_mark =
    ".\\\" Keys, written by the test of this page from src/config/keys.cpp:\n";
constexpr std::string_view end_mark = ".\\\" End of keys.\n";

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        switch (c) {
            case '\\': result += "\\e"; break;
            case '"': result += "\\(dq"; break;
            case '~': result += "\\(ti"; break;
            default: result += c;
        }
    }
    return result;
}

/// One sentence a line, as manual pages are written.
std::string sentences(std::string_view text) {
    std::string result = escaped(text) + "\n";
    for (std::size_t at = 0; (at = result.find(". ", at)) != std::string::npos; ++at) result[at + 1] = '\n';
    return result;
}

std::string capitalized(std::string text) {
    if (text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

std::string item(const ConfigKey& key) {
    std::string text = ".It Cm " + std::string{key.name} + "\n";
    text += escaped(capitalized(allowed_values(key))) + (key.may_be_null() ? ", or null" : "") + ".\n";
    text += sentences(key.doc);
    const bool long_default = key.fallback.find('\n') != std::string_view::npos;
    text += ".br\n";
    if (key.fallback.empty()) {
        text += "Default: absent.\n";
    } else if (long_default) {
        text += "Default:\n.Bd -literal -compact\n" + escaped(key.fallback) + "\n.Ed\n";
    } else {
        text += "Default:\n.Li " + escaped(key.fallback) + "\n";
    }
    if (!key.example.empty()) text += ".br\nExample:\n.Li " + escaped(key.example) + "\n";
    return text;
}

std::string rendered() {
    std::string text;
    std::string_view group;
    for (const ConfigKey& key : config_keys()) {
        if (key.group != group) {
            text += (group.empty() ? "" : ".El\n") + std::string{".Ss "} + std::string{key.group} + "\n";
            text += ".Bl -tag -width Ds\n";
            group = key.group;
        }
        text += item(key);
    }
    return text + ".El\n";
}

/// With FEDMSG_WRITE_MANUAL set, writes the list instead: the way to bring the page up to date.
TEST(Manual, ListsEveryKeyAsTheTableHasIt) {
    const auto path = test::source_folder() / "man/fedmsg.d.5";
    std::string page = test::read_file(path);
    const std::size_t begin = page.find(begin_mark);
    const std::size_t end = page.find(end_mark);
    ASSERT_NE(begin, std::string::npos);
    ASSERT_NE(end, std::string::npos);
    const std::size_t start = begin + begin_mark.size();
    if (std::getenv("FEDMSG_WRITE_MANUAL")) {
        page.replace(start, end - start, rendered());
        std::ofstream{path, std::ios::binary} << page;
        return;
    }
    EXPECT_EQ(page.substr(start, end - start), rendered())
        << "run this test with FEDMSG_WRITE_MANUAL=1 to write the list anew";
}

TEST(Manual, IsWrittenInTheDialectOfManualPages) {
    if (std::system("mandoc -Tlint -Wwarning /dev/null >/dev/null 2>&1; test $? -ne 127") != 0) {
        GTEST_SKIP() << "there is no mandoc here";
    }
    const auto path = test::source_folder() / "man/fedmsg.d.5";
    EXPECT_EQ(std::system(("mandoc -Tlint -Wwarning '" + path.string() + "' >&2").c_str()), 0);
}

}  // namespace
}  // namespace fedmsg
