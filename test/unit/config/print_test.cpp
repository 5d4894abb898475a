#include "config/print.h"

#include "config/load.h"
#include "encoding/write.h"
#include "unit/config/tree.h"
#include "util/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fedmsg {
namespace {

using encoding::Object;
using encoding::Value;
using test::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Where we differ from the Python system on purpose: lists show JSON as everything else does, and keys that
// contain dots can be asked for.
const std::map<std::string, std::string> own_answers{
    {"l", "a\n1\nnull\ntrue\n[\"x\"]\n{\"k\":\"v\"}\n"},
    {"dotted.key", "dk\n"},
    {"endpoints.one.two", "tcp://x:1\n"},
};

TEST(Query, AnswersAsThePythonSystem) {
    const Value vectors = json(test::read_file(test::data_folder() / "config/query.json"));
    const test::Tree tree;
    LoadOptions options = tree.options();
    options.defaults = false;
    options.config_filename = tree.write("query.py", *vectors.find("config_text")->string());
    const Object values = merge_config(options).values;
    for (const Value& c : *vectors.find("cases")->array()) {
        const std::string& path = *c.find("query")->string();
        const auto own = own_answers.find(path);
        const std::string& expected = own != own_answers.end() ? own->second : *c.find("stdout")->string();
        const auto answer = query(values, path);
        if (path.empty()) {  // everything; Python had no order of keys
            ASSERT_TRUE(answer);
            EXPECT_EQ(encoding::dumps(json(*answer)), encoding::dumps(json(expected)));
        } else {
            const bool found = own != own_answers.end() || c.find("rc")->integer() == 0;
            EXPECT_EQ(answer.has_value(), found) << path;
            EXPECT_EQ(answer.value_or(""), expected) << path;
        }
        const std::string& error = *c.find("stderr_last")->string();
        if (!answer && error.starts_with("Key ")) {
            EXPECT_EQ(absent_key(path), error);
        }
    }
}

TEST(Query, TriesEveryWayOfCuttingAPath) {
    const Value value =
        json(R"({"a": {"b": {"c": 1}, "b.c.d": 2}, "a.b": {"x": 3}, "a.b.x": 4, "n": {"null": null},
                                 "": {"": 5}})");
    const Object& values = *value.object();
    EXPECT_EQ(query(values, "a.b.c"), "1\n");
    EXPECT_EQ(query(values, "a.b.c.d"), "2\n");
    EXPECT_EQ(query(values, "a.b.x"), "4\n");
    EXPECT_EQ(query(values, "n.null"), std::nullopt);
    for (const char* absent : {"a.", ".a", "a..b", "...", "a.b.c.d.e"})
        EXPECT_EQ(query(values, absent), std::nullopt);
}

TEST(Query, ShowsCharactersAsTheyAre) {
    const Value value = json(R"({"s": "\u00e9", "l": ["\u00e9"], "d": {"k": "\u00e9"}})");
    EXPECT_EQ(query(*value.object(), "s"), "\u00e9\n");
    EXPECT_EQ(query(*value.object(), "l"), "\u00e9\n");
    EXPECT_EQ(query(*value.object(), "d"), "{\n  \"k\": \"\\u00e9\"\n}\n");
}

TEST(Printing, IsIndentedJsonWithSortedKeys) {
    const Value value = json(R"({"b": [1, {}], "a": {"d": 1.0, "c": null}})");
    EXPECT_EQ(to_json(*value.object()), R"({
  "a": {
    "c": null,
    "d": 1.0
  },
  "b": [
    1,
    {}
  ]
})");
}

class Converting : public testing::Test {
  protected:
    Converted convert(const std::string& text) {
        return convert_to_json(tree.write("a.py", text), dialect::HostFacts::of_this_host());
    }
    test::Tree tree;
};

TEST_F(Converting, WritesAFileAsJsonThatLoadsTheSame) {
    const auto [text, warnings] =
        convert("config = dict(active=True, endpoints={'a': ('tcp://a:%i' % 5, )})\n");
    EXPECT_EQ(encoding::dumps(json(text)), R"({"active":true,"endpoints":{"a":["tcp://a:5"]}})");
    EXPECT_THAT(text, testing::EndsWith("}\n"));
    EXPECT_THAT(warnings, IsEmpty());
}

TEST_F(Converting, SaysWhichKeysDependOnTheHost) {
    const auto [text, warnings] = convert(
        "import socket\nname = socket.gethostname()\n"
        "config = dict(active=True, name='x.' + name)\n");
    EXPECT_THAT(warnings, ElementsAre(HasSubstr("a.py: name depends on the host")));
    const auto broken =
        convert("import socket\nassert not socket.gethostname().startswith('another.')\nconfig = {}\n");
    EXPECT_THAT(broken.warnings, ElementsAre(HasSubstr("a.py: depends on the host")));
}

TEST_F(Converting, NamesWhatItCannotRead) {
    EXPECT_THAT(test::thrown_by<UsageError>([&] { convert("class X: pass"); }),
                HasSubstr(tree.path("a.py") + ":1:1: "));
}

}  // namespace
}  // namespace fedmsg
