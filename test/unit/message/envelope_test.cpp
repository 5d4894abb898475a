#include "message/envelope.h"

#include "data.h"
#include "encoding/write.h"
#include "message/msg_id.h"
#include "python.h"
#include "util/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace fedmsg::message {
namespace {

using encoding::Node;

std::string write(EnvelopeWriter& writer, std::string_view topic, std::string_view body,
                  std::string_view msg_id = "id") {
    std::string out;
    writer.write(topic, body, 1'795'351'212, msg_id, 1, out);
    return out;
}

TEST(EnvelopeWriter, WritesTheBytesThatTheLoggerPublished) {
    const auto vectors = load("logger.json");
    int compared = 0;
    for (const Node entry : vectors.root().find("cases")->elements()) {
        for (const Node frames : entry.find("frames")->elements()) {
            const auto body = string_in(frames.elements()[1], "utf8");
            const auto message = parse(body);
            const Node envelope = message.root();
            if (envelope.find("signature") != nullptr) continue;  // signed: more than an envelope
            EnvelopeWriter writer{string_in(envelope, "username")};
            std::string out;
            writer.write(string_in(frames.elements()[0], "utf8"), encoding::dumps(*envelope.find("msg")),
                         envelope.find("timestamp")->integer().value(), string_in(envelope, "msg_id"),
                         static_cast<std::uint64_t>(envelope.find("i")->integer().value()), out);
            EXPECT_EQ(out, body) << string_in(entry, "name");
            ++compared;
        }
    }
    EXPECT_EQ(compared, 25);
}

TEST(EnvelopeWriter, MakesAFalseBodyAnEmptyObject) {
    EnvelopeWriter writer{"u"};
    for (const auto* body : {"null", "false", "0", "0.0", "-0.0", "\"\"", "[]", "{}"}) {
        EXPECT_EQ(write(writer, "t", body),
                  R"({"i":1,"msg":{},"msg_id":"id","timestamp":1795351212,"topic":"t","username":"u"})");
    }
    EXPECT_THAT(write(writer, "t", "true"), testing::HasSubstr(R"("msg":true)"));
    EXPECT_THAT(write(writer, "t", "[0]"), testing::HasSubstr(R"("msg":[0])"));
}

TEST(EnvelopeWriter, NoticesAnotherTopic) {
    EnvelopeWriter writer{"u"};
    EXPECT_THAT(write(writer, "", "1"), testing::HasSubstr(R"("topic":"")"));
    EXPECT_THAT(write(writer, "a", "1"), testing::HasSubstr(R"("topic":"a")"));
    EXPECT_THAT(write(writer, "b", "1"), testing::HasSubstr(R"("topic":"b")"));
    EXPECT_THAT(write(writer, "a", "1"), testing::HasSubstr(R"("topic":"a")"));
}

TEST(EnvelopeWriter, AppendsToWhatIsThere) {
    EnvelopeWriter writer{"u"};
    std::string out = "before";
    writer.write("t", "1", -1, "id", 18446744073709551615U, out);
    EXPECT_EQ(
        out,
        R"(before{"i":18446744073709551615,"msg":1,"msg_id":"id","timestamp":-1,"topic":"t","username":"u"})");
}

TEST(EnvelopeWriter, AgreesWithPythonOnOddTopicsAndNames) {
    const std::vector<std::string> odd = {"org.fedoraproject.dev.a.b",
                                          "with \"quotes\" and \\",
                                          "tab\tand\nline\r\b\f",
                                          "\u00e9\u65e5\u672c\U0001F600",
                                          std::string{"nul\0del\x7F", 9},
                                          "",
                                          "a/b<c>&'",
                                          "\u2028\uFFFF\uFEFF\U0010FFFF"};
    std::vector<std::string> questions, ours;
    for (const auto& topic : odd) {
        for (const auto& username : odd) {
            EnvelopeWriter writer{username};
            ours.push_back(write(writer, topic, R"({"a":[1.5,"x"]})", topic));
            questions.push_back(hex(topic) + " " + hex(username));
        }
    }
    EXPECT_EQ(ask_python(R"(
import json, sys
for line in sys.stdin:
    topic, username = (bytes.fromhex(word).decode() for word in line.rstrip("\n").split(" "))
    print(json.dumps(dict(topic=topic, msg={"a": [1.5, "x"]}, timestamp=1795351212, msg_id=topic, i=1,
                          username=username), sort_keys=True, separators=(",", ":")))
)",
                         questions),
              ours);
}

TEST(EnvelopeWriter, ReplacesWhatIsNotUtf8InAName) {
    EnvelopeWriter writer{"a\xFFz"};
    EXPECT_THAT(write(writer, "t", "1"), testing::HasSubstr(R"("username":"a\ufffdz")"));
}

TEST(MakeEnvelope, HasTheSameBytesWhenWritten) {
    EnvelopeWriter writer{"th\xFFree"};
    for (const encoding::Value& msg :
         {encoding::Value{encoding::Object{{"log", "hi"}}}, encoding::Value{0}, encoding::Value{}}) {
        const auto envelope = make_envelope("org.x", msg, 1'795'351'212, "id", 1, "th\xFFree");
        EXPECT_EQ(encoding::dumps(envelope), write(writer, "org.x", encoding::dumps(msg)));
    }
}

TEST(LogBody, IsWhatTheLoggerPublished) {
    const auto vectors = load("logger.json");
    int compared = 0;
    for (const Node entry : vectors.root().find("cases")->elements()) {
        const auto text = entry.find("stdin")->find_string("utf8");
        const auto frames = entry.find("frames")->elements();
        if (string_in(entry, "cmd") != "fedmsg-logger" || !text || frames.empty()) continue;
        std::string_view rest = *text;
        for (const Node frame : frames) {
            const auto message = parse(string_in(frame.elements()[1], "utf8"));
            const Node* msg = message.root().find("msg");
            if (rest.empty() || msg->find("log") == nullptr) break;  // --message or --json-input
            const auto end = rest.find('\n');
            std::string out;
            // The original took the white space in front away, too; the specification keeps a line's
            // indentation.
            const auto line = rest.substr(0, end);
            const auto indentation = std::min(line.find_first_not_of(' '), line.size());
            write_log_body(line.substr(indentation), out);
            EXPECT_EQ(out, encoding::dumps(*msg)) << string_in(entry, "name");
            rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
            ++compared;
        }
    }
    EXPECT_GE(compared, 10);
}

TEST(LogBody, KeepsTheIndentationOfALine) {
    std::string out;
    write_log_body("  indented  \r", out);
    EXPECT_EQ(out, R"({"log":"  indented"})");
}

TEST(LogBody, AgreesWithPythonOnWhiteSpaceAndInvalidBytes) {
    const std::vector<std::string> pieces = {"a",
                                             "b c",
                                             " ",
                                             "\t",
                                             "\v",
                                             "\f",
                                             "\r",
                                             "\x1C",
                                             "\x1F",
                                             "\x1B",
                                             "\x7F",
                                             "\u0085",
                                             "\u0084",
                                             "\u00A0",
                                             "\u1680",
                                             "\u180E",
                                             "\u2000",
                                             "\u200A",
                                             "\u200B",
                                             "\u2028",
                                             "\u2029",
                                             "\u202F",
                                             "\u205F",
                                             "\u3000",
                                             "\uFEFF",
                                             "\u00e9",
                                             "\U0001F600",
                                             "\x80",
                                             "\x85",
                                             "\xA0",
                                             "\xC2",
                                             "\xE2",
                                             "\xE2\x80",
                                             "\xED\xA0\x80",
                                             "\xF0",
                                             "\xF0\x9F",
                                             "\xF0\x9F\x98",
                                             "\xF4\x90",
                                             "\xF5",
                                             "\xFF",
                                             "\xC0\x80",
                                             "\xE0\x80\x80",
                                             std::string(1, '\0')};
    std::mt19937 random{1};
    std::vector<std::string> questions, ours;
    for (int i = 0; i < 3000; ++i) {
        std::string line;
        for (auto left = random() % 9; left > 0; --left) line += pieces[random() % pieces.size()];
        questions.push_back(hex(line));
        write_log_body(line, ours.emplace_back());
    }
    EXPECT_EQ(ask_python(R"(
import json, sys
for line in sys.stdin:
    text = bytes.fromhex(line.strip()).decode("utf-8", "replace")
    print(json.dumps({"log": text.rstrip()}, sort_keys=True, separators=(",", ":")))
)",
                         questions),
              ours);
}

class Environment : public testing::Test {
  protected:
    Environment() {
        for (const char* variable : variables) {
            const char* value = std::getenv(variable);
            before_.emplace_back(value == nullptr ? "" : value);
            unsetenv(variable);
        }
    }
    ~Environment() override {
        for (std::size_t i = 0; i < before_.size(); ++i) {
            before_[i].empty() ? unsetenv(variables[i]) : setenv(variables[i], before_[i].c_str(), 1);
        }
    }

    static constexpr const char* variables[] = {"LOGNAME", "USER", "LNAME", "USERNAME"};

  private:
    std::vector<std::string> before_;
};

TEST_F(Environment, NamesThePublisherInOrder) {
    setenv("USERNAME", "fourth", 1);
    EXPECT_EQ(login_name(), "fourth");
    setenv("LNAME", "third", 1);
    EXPECT_EQ(login_name(), "third");
    setenv("USER", "second", 1);
    EXPECT_EQ(login_name(), "second");
    setenv("LOGNAME", "", 1);
    EXPECT_EQ(login_name(), "second");
    setenv("LOGNAME", "first", 1);
    EXPECT_EQ(login_name(), "first");
}

TEST_F(Environment, LeavesItToThePasswordDatabase) {
    const auto answer =
        ask_python("import os, pwd\ntry: print(pwd.getpwuid(os.getuid())[0])\nexcept KeyError: pass", {});
    if (answer.empty()) {
        EXPECT_THROW(login_name(), SetupError);
    } else {
        EXPECT_EQ(login_name(), answer.at(0));
    }
}

}  // namespace
}  // namespace fedmsg::message
