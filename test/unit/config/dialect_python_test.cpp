// The same values and exceptions as Python's, for every line of expressions.txt and every file of
// programs.txt. Needs python3.
#include "unit/config/dialect_support.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <sstream>

namespace fedmsg::dialect {
namespace {

std::string output_of(const std::string& command) {
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe{popen(command.c_str(), "r"), pclose};
    if (!pipe) throw std::runtime_error{"cannot run " + command};
    std::string out;
    char buffer[65536];
    for (std::size_t n = 0; (n = fread(buffer, 1, sizeof buffer, pipe.get())) > 0;) out.append(buffer, n);
    return out;
}

/// Python tells in a dozen ways that arguments do not fit; we in two.
bool is_about_arguments(const std::string& type, const std::string& text) {
    return type == "TypeError" &&
           (text.find("argument") != std::string::npos || text.find("descriptor") != std::string::npos);
}

void expect_error(const encoding::Node& answer, const Result<Evaluated, Error>& ours) {
    const std::string type{*answer.find_string("error")}, text{*answer.find_string("text")};
    ASSERT_FALSE(ours) << "Python: " << type << ": " << text;
    const std::string& what = ours.error().what;
    EXPECT_GE(ours.error().at.line, 1);
    EXPECT_GE(ours.error().at.column, 1);
    if (type == "SyntaxError" || type == "IndentationError" || type == "TabError")
        EXPECT_TRUE(what.starts_with("syntax error: ")) << what << "\nPython: " << text;
    else if (type == "conversion")
        EXPECT_NE(what.find(" in `config`"), std::string::npos) << what << "\nPython: " << text;
    else if (what == "there is no `config` in this file")
        EXPECT_EQ(text, "'config'");
    else if (is_about_arguments(type, text))
        EXPECT_TRUE(what.starts_with(type + ": ")) << what << "\nPython: " << text;
    else
        EXPECT_EQ(what, text.empty() ? type : type + ": " + text);
}

TEST(DialectAndPython, AgreeOnEveryExpressionAndProgram) {
    const std::string answers =
        output_of("python3 '" + data_path("reference.py").string() + "' '" +
                  data_path("expressions.txt").string() + "' '" + data_path("programs.txt").string() + "'");
    ASSERT_FALSE(answers.empty()) << "python3 is needed for this test";
    const HostFacts facts = HostFacts::of_this_host();
    std::istringstream lines{answers};
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
        const auto document = encoding::Document::parse(line);
        ASSERT_TRUE(document) << line;
        const encoding::Node& answer = document->root();
        const std::string source{*answer.find_string("source")};
        SCOPED_TRACE(source);
        const auto ours = evaluate(source, "x.py", facts);
        if (const auto* value = answer.find("value")) {
            ASSERT_TRUE(ours) << to_string(ours.error());
            EXPECT_EQ(encoding::dumps(encoding::Value{ours->config}), encoding::dumps(*value));
        } else {
            expect_error(answer, ours);
        }
    }
    EXPECT_GT(count, 1000U);
}

}  // namespace
}  // namespace fedmsg::dialect
