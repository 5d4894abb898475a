#include "message/query.h"

#include "data.h"

#include <gtest/gtest.h>

namespace fedmsg::message {
namespace {

using encoding::Node;

std::string ask(std::string_view json, std::string_view paths, Controls controls = Controls::escape) {
    const auto document = parse(json);
    std::string out;
    Query{paths}.write(document.root(), controls, out);
    return out;
}

TEST(Query, FindsWhatDictQueryFinds) {
    const auto vectors = load("dict_query.json");
    int compared = 0;
    for (const Node entry : vectors.root().elements()) {
        const auto paths = entry.find_string("query");
        if (!paths) continue;  // null and 5: not a string, which cannot be written here
        std::string expected, out, separator;
        for (const Node pair : entry.find("result")->elements()) {
            const Node value = pair.elements()[1];
            // Python does not tell a null from nothing; this one is there.
            const bool is_missing =
                value.kind() == encoding::Kind::null && pair.elements()[0].text() != "foo.bar.none";
            expected += separator;
            if (!is_missing)
                expected += value.is_string() ? std::string{value.text()} : encoding::dumps(value);
            separator = ", ";
        }
        Query{*paths}.write(*entry.find("dict"), Controls::keep, out);
        EXPECT_EQ(out, expected) << *paths;
        ++compared;
    }
    EXPECT_EQ(compared, 65);
}

TEST(Query, ShowsWhatTheTailShowed) {
    const auto vectors = load("tail.json");
    std::vector<std::string> out;
    for (const Node text : vectors.root().find("messages")->elements())
        out.push_back(ask(text.text(), "msg.log,username"));
    EXPECT_EQ(out.at(0), "hello git, threebean");
    EXPECT_EQ(out.at(1), ", threebean");
    EXPECT_EQ(out.at(12), ", ");
    EXPECT_EQ(ask(vectors.root().find("messages")->elements()[4].text(), "msg.a.b.l,i,msg.f"),
              R"([1,2,{"x":"y"}], 5, )");
}

TEST(Query, FindsNothingInWhatIsNoObject) {
    EXPECT_EQ(ask("[1]", "a"), "");
    EXPECT_EQ(ask("5", "a.b,c"), ", ");
}

TEST(Query, KeepsControlCharactersFromTheTerminal) {
    const auto* json = R"({"a":"\u001b[31m\u0000\n\r\t\u007f\u0080\u009b\u00a0\u00e9\ud83d\ude00\ud800\\"})";
    EXPECT_EQ(ask(json, "a"),
              "\\u001b[31m\\u0000\\u000a\\u000d\t\\u007f\\u0080\\u009b\u00a0\u00e9\U0001F600\\ud800\\");
    EXPECT_EQ(ask(R"({"a":"\u001b[31m\n\u009b"})", "a", Controls::keep), "\x1B[31m\n\u009b");
    EXPECT_EQ(ask(R"({"a":{"\u001b":"\u009b"}})", "a", Controls::keep), R"({"\u001b":"\u009b"})");
}

}  // namespace
}  // namespace fedmsg::message
