// What Python's json module made of each input. The files are read with RapidJSON, not with what is under
// test.
#include "encoding/write.h"
#include "unit/encoding/files.h"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <vector>

namespace fedmsg::encoding {
namespace {

struct Case {
    std::string kind, input, output;
    bool refused;
};

std::vector<Case> load_cases(const std::string& name) {
    rapidjson::Document file;
    file.Parse(read_file(data_file(name)).c_str());
    if (file.HasParseError() || !file.IsArray()) throw std::runtime_error{name + " is no JSON array"};
    const auto text = [](const rapidjson::Value& object, const char* key) -> std::string {
        const auto member = object.FindMember(key);
        if (member == object.MemberEnd()) return {};
        return {member->value.GetString(), member->value.GetStringLength()};
    };
    std::vector<Case> cases;
    for (const auto& c : file.GetArray())
        cases.push_back({text(c, "kind"), text(c, "input"), text(c, "output"), c.HasMember("error")});
    return cases;
}

void expect_all(const std::vector<Case>& cases, const Style& style) {
    for (const Case& c : cases) {
        SCOPED_TRACE(c.kind + ": " + c.input.substr(0, 200));
        const auto document = Document::parse(c.input);
        if (c.refused) {
            EXPECT_FALSE(document);
            continue;
        }
        ASSERT_TRUE(document) << to_string(document.error());
        EXPECT_EQ(dumps(document->root(), style), c.output);
        EXPECT_EQ(dumps(to_value(document->root()), style), c.output);
    }
}

TEST(Vectors, CanonicalFormIsThatOfPython) {
    const auto cases = load_cases("canonical.json");
    ASSERT_EQ(cases.size(), 2274U);
    expect_all(cases, canonical);
}

TEST(Vectors, PrettyFormIsThatOfPython) {
    const auto cases = load_cases("pretty.json");
    ASSERT_EQ(cases.size(), 60U);
    expect_all(cases, pretty);
}

}  // namespace
}  // namespace fedmsg::encoding
