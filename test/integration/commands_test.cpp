/// fedmsg config, fedmsg encode, fedmsg completion, and every command's --help.
#include "support/bus.h"

#include "encoding/write.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/regex.hpp>

namespace fedmsg::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const std::vector<std::string> commands{"announce", "certs",         "check",  "collectd", "completion",
                                        "config",   "dg-replay",     "encode", "gateway",  "hub",
                                        "irc",      "meta",          "logger", "policy",   "relay",
                                        "sign",     "signing-relay", "tail",   "trigger",  "verify"};

// config

class ConfigCommand : public testing::Test {
  protected:
    Finished config(std::vector<std::string> words) {
        words.insert(words.begin(), "config");
        words.insert(words.end(), {"--config-filename", file});
        return run(fedmsg(std::move(words)));
    }

    TemporaryFolder folder;
    const std::string file = folder.write("site.json", R"({
        // comments and trailing commas are fine
        "environment": "stg",
        "endpoints": {"bodhi.app01": ["tcp://127.0.0.1:3001", "tcp://127.0.0.1:3002"],},
        "fedmsg.consumers.gateway.port": 9999,
        "site.own": {"deep": [1, "two", null]},
    })");
};

TEST_F(ConfigCommand, PrintsEverythingAsJson) {
    const auto result = config({});
    EXPECT_EQ(result.status, 0) << result.errors;
    const auto values = parse_json(result.output);
    EXPECT_EQ(text_at(values.root(), "environment"), "stg");
    EXPECT_EQ(text_at(values.root(), "topic_prefix"), "org.fedoraproject");  // a default
    EXPECT_EQ(encoding::dumps(at(values.root(), "site.own")), R"({"deep":[1,"two",null]})");
    EXPECT_THAT(result.output, StartsWith("{\n  \""));
}

TEST_F(ConfigCommand, QueryPrintsOneValueForScripts) {
    EXPECT_EQ(config({"--query", "environment"}).output, "stg\n");
    EXPECT_EQ(config({"--query", "fedmsg.consumers.gateway.port"}).output, "9999\n");
    EXPECT_EQ(config({"--query", "endpoints.bodhi.app01"}).output,
              "tcp://127.0.0.1:3001\ntcp://127.0.0.1:3002\n");
    EXPECT_EQ(config({"--query", "site.own"}).output,
              "{\n  \"deep\": [\n    1,\n    \"two\",\n    null\n  ]\n}\n");
}

TEST_F(ConfigCommand, AnAbsentKeyIsStatusOne) {
    const auto result = config({"--query", "site.none"});
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(result.output, "");
    EXPECT_EQ(result.errors, "fedmsg config: Key `site.none` does not exist in config\n");
}

TEST_F(ConfigCommand, WithoutDefaultsOnlyWhatWasSetIsPrinted) {
    const auto result = config({"--disable-defaults"});
    const auto values = parse_json(result.output);
    EXPECT_EQ(values.root().find("zmq_linger"), nullptr) << result.output;
    EXPECT_NE(values.root().find("environment"), nullptr);
}

TEST_F(ConfigCommand, SourcesAreListedInOrder) {
    EXPECT_EQ(config({"--sources"}).output, file + "\n");
    folder.write("fedmsg.d/20.json", R"({"environment": "prod"})");
    folder.write("fedmsg.d/10.json", R"({"environment": "stg"})");
    auto here = fedmsg({"config", "--sources"});
    here.folder = folder.path();
    const auto result = run(here);
    const auto lines = lines_of(result.output);
    ASSERT_GE(lines.size(), 2U) << result.errors;
    EXPECT_THAT(lines[lines.size() - 2], testing::EndsWith("fedmsg.d/10.json"));
    EXPECT_THAT(lines.back(), testing::EndsWith("fedmsg.d/20.json"));
    here.command = {binary(), "config", "--query", "environment"};
    EXPECT_EQ(run(here).output, "prod\n");
    here.environment = {{"FEDMSG_CONFIG", file}};  // instead of the folders
    EXPECT_EQ(run(here).output, "stg\n");
}

TEST_F(ConfigCommand, CheckTellsEveryErrorAndEndsWithOne) {
    EXPECT_EQ(config({"--check"}).status, 0);
    EXPECT_EQ(config({"--check"}).output, "");
    folder.write("site.json", "{\"io_threads\": 0,\n\"zmq_linger\": \"soon\",\n\"endpoint\": {}}");
    const auto result = config({"--check"});
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.errors,
                AllOf(HasSubstr(file + ":1: io_threads is 0: "),
                      HasSubstr(file + ":2: zmq_linger is \"soon\": "), HasSubstr("endpoints")));
}

TEST_F(ConfigCommand, OptionsWinOverFilesAndPrintConfigShowsIt) {
    for (const auto& command : {"tail", "logger", "relay"}) {
        const auto result = run(fedmsg({command, "--print-config", "--environment", "prod", "--timeout",
                                        "7.5", "--config-filename", file}));
        EXPECT_EQ(result.status, 0) << result.errors;
        const auto values = parse_json(result.output);
        EXPECT_EQ(text_at(values.root(), "environment"), "prod");
        EXPECT_EQ(at(values.root(), "timeout").number(), 7.5);
    }
}

TEST_F(ConfigCommand, EachCommonOptionSetsItsKey) {
    const std::vector<std::tuple<std::string, std::string, std::string>> options{
        {"topic-prefix", "topic_prefix", "\"7\""},
        {"environment", "environment", "\"7\""},
        {"name", "name", "\"7\""},
        {"timeout", "timeout", "7"},
        {"post-init-sleep", "post_init_sleep", "7"},
        {"high-water-mark", "high_water_mark", "7"},
        {"linger", "zmq_linger", "7"},
        {"io-threads", "io_threads", "7"}};
    for (const auto& [option, key, value] : options) {
        const auto result =
            run(fedmsg({"tail", "--print-config", "--" + option, "7", "--config-filename", file}));
        ASSERT_EQ(result.status, 0) << result.errors;
        EXPECT_EQ(encoding::dumps(at(parse_json(result.output).root(), key)), value) << option;
    }
}

TEST_F(ConfigCommand, ToJsonConvertsAPythonFile) {
    const auto python = folder.write(
        "old.py", "import socket\nconfig = dict(\n    environment='stg',\n    io_threads=1 + 1,\n)\n");
    const auto result = run(fedmsg({"config", "--to-json", python}));
    EXPECT_EQ(result.status, 0) << result.errors;
    EXPECT_EQ(encoding::dumps(parse_json(result.output).root()), R"({"environment":"stg","io_threads":2})");
}

TEST_F(ConfigCommand, TheShippedFilesAreGood) {
    for (const auto* command : {"--check", "--sources"}) {
        auto start = fedmsg({"config", command});
        start.environment = {{"FEDMSG_CONFIG", std::string{std::getenv("FEDMSG_SOURCE")} + "/etc/fedmsg.d"}};
        const auto result = run(start);
        EXPECT_EQ(result.status, 0) << result.errors;
        EXPECT_THAT(result.errors, IsEmpty());
    }
}

// encode

Finished encode(std::vector<std::string> words, std::string_view input) {
    words.insert(words.begin(), "encode");
    return run(fedmsg(std::move(words)), input);
}

TEST(Encode, WritesEachValueOnALine) {
    const auto result = encode({}, R"({"b": 1,  "a": "é"} [1.0, 1e5]"x"  7 null)");
    EXPECT_EQ(result.status, 0) << result.errors;
    EXPECT_EQ(result.output, "{\"a\":\"\\u00e9\",\"b\":1}\n[1.0,100000.0]\n\"x\"\n7\nnull\n");
    EXPECT_EQ(encode({}, " \n").output, "");
}

TEST(Encode, OptionsChangeTheForm) {
    const std::string_view value = R"({"b": "é", "a": []})";
    EXPECT_EQ(encode({"--pretty"}, value).output, "{\n  \"b\": \"\\u00e9\",\n  \"a\": []\n}\n");
    EXPECT_EQ(encode({"--pretty", "--sort-keys"}, value).output,
              "{\n  \"a\": [],\n  \"b\": \"\\u00e9\"\n}\n");
    EXPECT_EQ(encode({"--unicode"}, value).output, "{\"a\":[],\"b\":\"é\"}\n");
    EXPECT_EQ(encode({"--sort-keys"}, value).status, 2);
}

TEST(Encode, DocumentTakesExactlyOneValue) {
    EXPECT_EQ(encode({"--document"}, " [1]\n").output, "[1]\n");
    const auto two = encode({"--document"}, "1 2"), none = encode({"--document"}, " ");
    EXPECT_EQ(two.status, 1);
    EXPECT_EQ(two.errors,
              "fedmsg encode: standard input: --document takes one value, and there is another one\n");
    EXPECT_EQ(two.output, "") << "nothing of an input that is refused";
    EXPECT_EQ(none.status, 1);
    EXPECT_EQ(none.errors, "fedmsg encode: standard input: --document takes one value, and there is none\n");
}

TEST(Encode, GivesAValueAsSoonAsItIsComplete) {
    auto start = fedmsg({"encode"});
    start.input = Start::Input::pipe;
    Process process{std::move(start)};
    process.write("{\"a\":\n1}");
    EXPECT_EQ(process.next_line(), "{\"a\":1}");  // the input is still open
    process.write("[2");
    process.write("]");
    EXPECT_EQ(process.next_line(), "[2]");
    process.close_input();
    EXPECT_EQ(process.wait(), 0);
}

TEST(Encode, IsWhatPythonWrites) {
    // All reference cases in one process: those with a value, one behind the other.
    const auto vectors = parse_json(read_file(data_file("encoding/canonical.json")));
    std::string input;
    std::vector<std::string> expected;
    for (const auto& example : vectors.root().elements()) {
        if (example.find("output") == nullptr) continue;
        const auto text = text_at(example, "input");
        if (!encoding::Document::parse(text)) continue;  // deeper than a stream may be: test/unit/encoding
        input += text + "\n";
        expected.push_back(text_at(example, "output"));
    }
    ASSERT_GT(expected.size(), 100U);
    const auto result = encode({}, input);
    EXPECT_EQ(result.status, 0) << result.errors;
    EXPECT_EQ(lines_of(result.output), expected);
}

// completion

class Completion : public testing::Test {
  protected:
    void SetUp() override {
        for (const auto* shell : {"bash", "zsh", "fish"}) {
            const auto script = run(fedmsg({"completion", shell}));
            ASSERT_EQ(script.status, 0) << script.errors;
            ASSERT_EQ(script.errors, "");
            files[shell] = folder.write(std::string{"completion."} + shell, script.output);
        }
        folder.write("functions/_fedmsg", read_file(files["zsh"]));
    }
    /// What a shell says; it must say nothing on standard error.
    std::string answer(std::vector<std::string> command) {
        auto start = Start{.command = std::move(command), .environment = {{"HOME", folder.path().string()}}};
        const auto result = run(start);
        EXPECT_EQ(result.errors, "");
        EXPECT_EQ(result.status, 0);
        return result.output;
    }
    std::string bash(const std::string& line) {
        return answer({"bash", "--norc", "-euc",
                       "source " + files["bash"] + "\nCOMP_WORDS=(" + line +
                           ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\nCOMPREPLY=()\n_fedmsg\n"
                           "((${#COMPREPLY[@]} == 0)) || printf '%s\\n' \"${COMPREPLY[@]}\""});
    }
    std::string fish(const std::string& line) {
        return answer(
            {"fish", "--no-config", "-c", "source " + files["fish"] + "; complete -C '" + line + "'"});
    }

    TemporaryFolder folder;
    std::map<std::string, std::string> files;
};

TEST_F(Completion, BashCompletesCommandsOptionsAndWords) {
    EXPECT_THAT(lines_of(bash("fedmsg ta")), ElementsAre("tail"));
    EXPECT_THAT(lines_of(bash("fedmsg tail --really")), ElementsAre("--really-pretty"));
    EXPECT_THAT(lines_of(bash("fedmsg-tail --really")), ElementsAre("--really-pretty"));
    EXPECT_THAT(lines_of(bash("/usr/bin/fedmsg-logger --json")), ElementsAre("--json-input"));
    EXPECT_THAT(lines_of(bash("fedmsg tail --color al")), ElementsAre("always"));
    EXPECT_THAT(lines_of(bash("fedmsg completion f")), ElementsAre("fish"));
    EXPECT_THAT(lines_of(bash("fedmsg certs re")), ElementsAre("revoke"));
    EXPECT_THAT(lines_of(bash("fedmsg tail --config-filename " + (folder / "completion.b").string())),
                ElementsAre(files["bash"]));
    EXPECT_THAT(bash("fedmsg tail --topic --"), IsEmpty()) << "a value is expected there, not an option";
}

TEST_F(Completion, FishCompletesCommandsOptionsAndWords) {
    EXPECT_THAT(fish("fedmsg ta"), StartsWith("tail\t"));
    EXPECT_THAT(fish("fedmsg tail --really"), StartsWith("--really-pretty\t"));
    EXPECT_THAT(fish("fedmsg-tail --really"), StartsWith("--really-pretty\t"));
    EXPECT_THAT(lines_of(fish("fedmsg tail --color al")), ElementsAre(StartsWith("always")));
    EXPECT_THAT(lines_of(fish("fedmsg completion z")), ElementsAre(StartsWith("zsh")));
    EXPECT_THAT(lines_of(fish("fedmsg-certs re")), ElementsAre(StartsWith("revoke")));
}

TEST_F(Completion, ZshCompletesCommandsOptionsAndWords) {
    // A zsh on a terminal of its own, into which the line and a tab are typed: zshmodules(1), zsh/zpty.
    const auto zsh = [&](const std::string& typed, const std::string& completed) {
        const auto script = folder.write("type.zsh", R"(
zmodload zsh/zpty
export TERM=dumb
zpty shell zsh -f -i
zpty -w shell 'fpath=()" + (folder / "functions").string() +
                                                         R"( $fpath); autoload -U compinit; compinit -u -D'
zpty -w shell 'bindkey "^I" complete-word; print REA""DY'
zpty -r -m shell seen '*READY*' || exit 8
zpty -w -n shell $')" + typed + R"(\t'
zpty -r -m shell seen '*)" + completed + R"(*' || exit 9
print completed
)");
        return answer({"zsh", "-f", script});
    };
    EXPECT_EQ(answer({"zsh", "-fn", files["zsh"]}), "");
    EXPECT_EQ(zsh("fedmsg rel", "relay"), "completed\n");
    EXPECT_EQ(zsh("fedmsg tail --really", "-pretty"), "completed\n");
    EXPECT_EQ(zsh("fedmsg-tail --really", "-pretty"), "completed\n");
    EXPECT_EQ(zsh("fedmsg tail --color alw", "always"), "completed\n");
}

TEST_F(Completion, AnotherShellIsAUsageError) {
    const auto result = run(fedmsg({"completion", "tcsh"}));
    EXPECT_EQ(result.status, 2);
    EXPECT_THAT(result.errors, AllOf(HasSubstr("tcsh"), HasSubstr("bash, zsh or fish")));
    EXPECT_EQ(run(fedmsg({"completion"})).status, 2);
}

// --help, and the manual.

std::vector<std::string> long_options(const std::string& help) {
    static const boost::regex option{"^ {2}(?:-., | {4})--([a-z-]+)"};
    std::vector<std::string> names;
    for (const auto& line : lines_of(help))
        if (boost::smatch found; boost::regex_search(line, found, option)) names.push_back(found[1]);
    return names;
}

class EveryCommand : public testing::TestWithParam<std::string> {};

TEST_P(EveryCommand, HasHelpThatFitsATerminal) {
    const auto help = run(fedmsg({GetParam(), "--help"}));
    EXPECT_EQ(help.status, 0);
    EXPECT_EQ(help.errors, "");
    EXPECT_THAT(help.output, StartsWith("usage: fedmsg " + GetParam() + " [OPTION]..."));
    for (const auto& line : lines_of(help.output)) EXPECT_LE(line.size(), 80U) << line;
    EXPECT_THAT(long_options(help.output), testing::IsSupersetOf({"help", "version", "config-filename"}));
    EXPECT_EQ(run(fedmsg({"help", GetParam()})).output, help.output);
    EXPECT_EQ(run(fedmsg({GetParam(), "-h"})).output, help.output);
}

TEST_P(EveryCommand, HasAManualPageWithEachOption) {
    const auto page = std::string{std::getenv("FEDMSG_SOURCE")} + "/man/fedmsg-" + GetParam() + ".1";
    ASSERT_TRUE(std::filesystem::exists(page)) << page;
    const auto manual = run({.command = {"mandoc", "-Tutf8", "-Owidth=200", page}});
    ASSERT_EQ(manual.status, 0) << manual.errors;
    // Bold and underlined letters are overstruck: "-\b-".
    const auto text = boost::regex_replace(manual.output, boost::regex{".\b"}, "");
    for (const auto& option : long_options(run(fedmsg({GetParam(), "--help"})).output))
        EXPECT_THAT(text, HasSubstr("--" + option)) << page;
}

TEST_P(EveryCommand, SaysItsVersion) {
    EXPECT_THAT(run(fedmsg({GetParam(), "--version"})).output,
                testing::MatchesRegex("fedmsg [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

INSTANTIATE_TEST_SUITE_P(Commands, EveryCommand, testing::ValuesIn(commands), [](const auto& test) {
    auto name = test.param;
    std::erase(name, '-');
    return name;
});

TEST(Manual, EveryCommandIsTested) {
    const auto help = run(fedmsg({"--help"})).output;
    std::vector<std::string> names;
    for (const auto& line : lines_of(help))
        if (line.starts_with("  ")) names.push_back(line.substr(2, line.find(' ', 2) - 2));
    EXPECT_THAT(names, testing::UnorderedElementsAreArray(commands));
}

}  // namespace
}  // namespace fedmsg::test
