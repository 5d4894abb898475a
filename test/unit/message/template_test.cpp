#include "message/template.h"

#include "data.h"
#include "util/error.h"

#include <gtest/gtest.h>

namespace fedmsg::message {
namespace {

std::string fill(std::string_view text, Controls controls = Controls::escape) {
    const auto document = parse(
        R"({"topic":"org.x","msg":{"user":"ann\u001b","n":1.50,"l":[1, {"b":null,"a":"\u00e9"}],"":0},"no":null})");
    std::string out;
    Template{text}.write(document.root(), controls, out);
    return out;
}

std::string error_of(std::string_view text) {
    try {
        const Template made{text};
    } catch (const UsageError& e) {
        return e.what();
    }
    return "no error";
}

TEST(Template, PutsValuesInPlaceOfPaths) {
    EXPECT_EQ(fill("{topic} {msg.n}"), "org.x 1.5");
    EXPECT_EQ(fill("{msg.l}"), R"([1,{"a":"\u00e9","b":null}])");
    EXPECT_EQ(fill("<{ msg.user }>"), "<ann\\u001b>");
    EXPECT_EQ(fill("<{msg.user}>", Controls::keep), "<ann\x1B>");
    EXPECT_EQ(fill("[{nope}|{no}|{msg.user.x}|{msg.}]"), "[|null||0]");
    EXPECT_EQ(fill("{topic}{topic}"), "org.xorg.x");
}

TEST(Template, KeepsOtherText) {
    EXPECT_EQ(fill(""), "");
    EXPECT_EQ(fill("plain \u00e9"), "plain \u00e9");
    EXPECT_EQ(fill(R"(a\tb\nc\\n)"), "a\tb\nc\\n");
    EXPECT_EQ(fill("{{topic}} {{{topic}}} }}{{"), "{topic} {org.x} }{");
}

TEST(Template, NamesTheColumnOfAnError) {
    EXPECT_EQ(error_of("\u00e9 {topic"), "format: column 3: '{' is not closed; as text it is '{{'");
    EXPECT_EQ(error_of("{a{b}"), "format: column 1: '{' is not closed; as text it is '{{'");
    EXPECT_EQ(error_of("{"), "format: column 1: '{' is not closed; as text it is '{{'");
    EXPECT_EQ(error_of("ab}"), "format: column 3: '}' closes nothing; as text it is '}}'");
    EXPECT_EQ(error_of("x{}"), "format: column 3: expected a path such as msg.user");
    EXPECT_EQ(error_of("x{  }"), "format: column 3: expected a path such as msg.user");
    EXPECT_EQ(error_of("\\x"), "format: column 1: expected \\n, \\t or \\\\");
    EXPECT_EQ(error_of("abc\\"), "format: column 4: expected \\n, \\t or \\\\");
    EXPECT_EQ(error_of("\xFF"), "format: not UTF-8");
}

}  // namespace
}  // namespace fedmsg::message
