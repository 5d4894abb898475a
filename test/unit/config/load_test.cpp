#include "config/load.h"

#include "config/sources.h"
#include "encoding/write.h"
#include "unit/config/tree.h"
#include "util/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

namespace fedmsg {
namespace {

using encoding::Object;
using encoding::Value;
using test::json;
using test::thrown_by;
using test::Tree;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string replace(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
        text.replace(at, from.size(), to);
    }
    return text;
}

// --- The cases that the Python system answered
// -------------------------------------------------------------------

struct MergeCase {
    std::string name;
    Object object;
};

void PrintTo(const MergeCase& c, std::ostream* out) { *out << c.name; }

std::vector<MergeCase> merge_cases() {
    const Value all = json(test::read_file(test::data_folder() / "config/merge.json"));
    std::vector<MergeCase> cases;
    for (const Value& c : *all.array()) cases.push_back({*c.find("name")->string(), *c.object()});
    return cases;
}

class MergedByPython : public testing::TestWithParam<MergeCase> {
  protected:
    void SetUp() override {
        options = tree.options();
        options.defaults = false;
        for (const Value& file : *GetParam().object.find("files")->array()) write(file);
        const Value& arguments = *GetParam().object.find("args");
        for (std::size_t i = 0; i < arguments.array()->size(); ++i) {
            if (*(*arguments.array())[i].string() == "--config-filename") {
                options.config_filename = *(*arguments.array())[i + 1].string();
            }
        }
        for (const auto& [name, value] : *GetParam().object.find("env")->object()) {
            if (name == "VIRTUAL_ENV") options.search->virtual_env = tree.path("venv");
        }
    }

    void write(const Value& file) {
        std::string path = *file.find("where")->string() + *file.find("name")->string();
        path = replace(replace(replace(path, "@CWD@", "cwd"), "@HOME@", "home"), "@VENV@", "venv");
        if (path.starts_with("/etc/")) path.erase(0, 1);
        if (const std::string* text = file.find("text")->string()) {
            tree.write(path, *text);
        } else {
            std::filesystem::create_directories(tree.path(path));
        }
    }

    Tree tree;
    LoadOptions options;
};

TEST_P(MergedByPython, IsMergedTheSame) {
    const Object& c = GetParam().object;
    if (GetParam().name == "no files at all, with defaults") {
        // Python wanted a file for `endpoints`; here everything has a default.
        EXPECT_EQ(*load_config(tree.options()).config.values.find("environment")->string(), "dev");
        return;
    }
    if (c.find("error")) {
        EXPECT_NE(thrown_by<UsageError>([&] { merge_config(options); }), "");
        return;
    }
    Object expected = *c.find("expected")->object();
    Object merged;
    if (GetParam().name == "defaults fill in") {
        expected.erase("print_config");  // an option there, and a key by accident
        options.defaults = true;
        const Object all = merge_config(options).values;
        for (const auto& [key, value] : expected)
            merged[key] = all.find(key) ? *all.find(key) : Value{"absent"};
    } else {
        merged = merge_config(options).values;
    }
    EXPECT_EQ(encoding::dumps(Value{merged}), encoding::dumps(Value{expected}));
}

INSTANTIATE_TEST_SUITE_P(Merge, MergedByPython, testing::ValuesIn(merge_cases()));

// --- Sources
// -----------------------------------------------------------------------------------------------------

class Loading : public testing::Test {
  protected:
    Loaded load() { return load_config(options); }
    std::string error() {
        return thrown_by<UsageError>([&] { load(); });
    }
    std::string string(const std::string& key) { return *load().config.values.find(key)->string(); }

    Tree tree;
    LoadOptions options = tree.options();
};

TEST_F(Loading, ListsTheFilesInTheOrderInWhichTheyWereRead) {
    for (const char* name :
         {"cwd/fedmsg-config.py", "venv/etc/fedmsg.d/v.py", "home/.fedmsg.d/h.json", "etc/fedmsg.d/b.py",
          "etc/fedmsg.d/a.json", "home/.fedmsg-config.py", "cwd/fedmsg.d/c.py", "etc/fedmsg-config.py"}) {
        tree.write(name, std::string{name}.ends_with(".py") ? "config = {}" : "{}");
    }
    options.search->virtual_env = tree.path("venv");
    EXPECT_THAT(load().sources,
                ElementsAre(tree.path("etc/fedmsg.d/a.json"), tree.path("etc/fedmsg.d/b.py"),
                            tree.path("home/.fedmsg.d/h.json"), tree.path("cwd/fedmsg.d/c.py"),
                            tree.path("venv/etc/fedmsg.d/v.py"), tree.path("etc/fedmsg-config.py"),
                            tree.path("home/.fedmsg-config.py"), tree.path("cwd/fedmsg-config.py")));
}

TEST_F(Loading, TakesTheVariableInsteadOfFoldersAndOldFiles) {
    tree.write("etc/fedmsg.d/a.py", "config = {'name': 'etc'}");
    tree.write("cwd/fedmsg-config.py", "config = {'name': 'old'}");
    options.search->fedmsg_config = tree.write("other/one.json", R"({"name": "one"})");
    EXPECT_EQ(string("name"), "one");
    tree.write("other/two.json", R"({"name": "two"})");
    options.search->fedmsg_config = tree.path("other/");
    EXPECT_EQ(string("name"), "two");
    EXPECT_THAT(load().sources, ElementsAre(tree.path("other/one.json"), tree.path("other/two.json")));
    options.config_filename = tree.write("cwd/three.py", "config = {'name': 'three'}");
    EXPECT_EQ(string("name"), "three");
}

TEST_F(Loading, ReadsARelativeNameFromTheWorkingFolder) {
    tree.write("cwd/sub/one.py", "config = {'name': 'one'}");
    options.config_filename = "sub/one.py";
    EXPECT_EQ(string("name"), "one");
}

TEST_F(Loading, NamesWhatCannotBeRead) {
    options.config_filename = "nope.py";
    EXPECT_THAT(error(), AllOf(HasSubstr(tree.path("cwd/nope.py")), HasSubstr("No such file")));
    options.config_filename = "";
    EXPECT_EQ(error(), "--config-filename: names no file");
    options.config_filename = std::nullopt;
    options.search->fedmsg_config = "/proc/self/mem";  // opens, and cannot be read at 0, by root neither
    EXPECT_THAT(error(), HasSubstr("/proc/self/mem: cannot be read: Input/output error"));
}

TEST_F(Loading, ReportsEveryBrokenFileAtOnce) {
    const auto a = tree.write("etc/fedmsg.d/a.json", "{\n \"a\": }");
    const auto b = tree.write("etc/fedmsg.d/b.json", "[]");
    const auto c = tree.write("etc/fedmsg.d/c.py", "class X:\n  pass\nconfig = {}");
    tree.write("etc/fedmsg.d/d.json", "{\"active\": 5}");
    EXPECT_THAT(error(), AllOf(HasSubstr(a + ":2:7: "), HasSubstr(b + ": holds an array: must be one object"),
                               HasSubstr(c + ":1:1: ")));
}

TEST_F(Loading, WarnsOfALinkToNothing) {
    tree.write("etc/fedmsg.d/a.py", "config = {}");
    std::filesystem::create_symlink("/nowhere/at/all", tree.path("etc/fedmsg.d/b.py"));
    const Loaded loaded = load();
    EXPECT_THAT(loaded.sources, ElementsAre(tree.path("etc/fedmsg.d/a.py")));
    ASSERT_EQ(loaded.warnings.size(), 1U);
    EXPECT_EQ(to_string(loaded.warnings[0]),
              tree.path("etc/fedmsg.d/b.py") + ": leads to nothing, and is skipped");
}

TEST_F(Loading, BoundsFilesInSizeAndNumber) {
    tree.write("etc/fedmsg.d/a.json", std::string(largest_config_file + 1, ' '));
    EXPECT_THAT(error(), HasSubstr("is larger than"));
    std::filesystem::remove(tree.path("etc/fedmsg.d/a.json"));
    for (std::size_t i = 0; i < most_files_in_folder; ++i)
        tree.write("etc/fedmsg.d/" + std::to_string(i) + ".json", "{}");
    EXPECT_EQ(load().sources.size(), most_files_in_folder);
    tree.write("etc/fedmsg.d/a.json", "{}");
    EXPECT_THAT(error(), HasSubstr("etc/fedmsg.d: holds more than"));
}

TEST_F(Loading, ReadsJsonWithCommentsAndTrailingCommas) {
    tree.write("etc/fedmsg.d/a.json",
               "// the site\n{\"topic_prefix\": \"org.example\", /* soon: */ \"active\": true,}\n");
    const Config config = load().config;
    EXPECT_EQ(config.topic_prefix, "org.example");
    EXPECT_TRUE(config.active);
}

// --- Meaning
// -----------------------------------------------------------------------------------------------------

TEST_F(Loading, LetsTheCommandLineWin) {
    tree.write("etc/fedmsg.d/a.py", "config = {'environment': 'stg', 'io_threads': 3}");
    options.overrides = {{"environment", "prod", "--environment"}, {"zmq_linger", 5, "--linger"}};
    const Config config = load().config;
    EXPECT_EQ(config.environment, "prod");
    EXPECT_EQ(config.io_threads, 3);
    EXPECT_EQ(config.zmq_linger, std::chrono::milliseconds{5});
}

TEST_F(Loading, SaysWhereAWrongValueWasSet) {
    const auto a = tree.write("etc/fedmsg.d/a.json",
                              "{\n \"io_threads\": 0,\n \"endpoints\": {\n  \"x\": 1,\n  \"y\": 2\n }}");
    const auto b = tree.write("etc/fedmsg.d/b.json", "{\n\n \"endpoints\": {\n\n  \"y\": 3}}");
    const auto c = tree.write("etc/fedmsg.d/c.py", "config = {}\n\nconfig['active'] = 1\n");
    options.overrides = {{"zmq_linger", -2, "--linger"}};
    EXPECT_THAT(error(), HasSubstr(a + ":2: io_threads is 0: must be an integer from 1 to 1024"));
    EXPECT_THAT(error(), HasSubstr(a + ":4: endpoints[\"x\"][0] is 1: must be an address"));
    EXPECT_THAT(error(), HasSubstr(b + ":5: endpoints[\"y\"][0] is 3: must be an address"));
    EXPECT_THAT(error(), HasSubstr(c + ":3: active is 1: must be true or false"));
    EXPECT_THAT(error(), HasSubstr("--linger: zmq_linger is -2: must be an integer, -1 or more"));
}

TEST_F(Loading, TakesRelayOutboundAsAnEndpoint) {
    tree.write("etc/fedmsg.d/a.py",
               "config = {'relay_outbound': 'tcp://r:1', 'endpoints': {'x': 'tcp://x:1', "
               "'relay_outbound': 'tcp://old:1'}}");
    const auto endpoints = load().config.endpoints;
    EXPECT_THAT(endpoints.at("relay_outbound"), ElementsAre("tcp://r:1"));
    EXPECT_THAT(endpoints.at("x"), ElementsAre("tcp://x:1"));
    const auto b = tree.write("etc/fedmsg.d/b.json", R"({"relay_outbound": ["tcp://r"]})");
    EXPECT_EQ(error(), b + ":1: relay_outbound[0] is \"tcp://r\": has no port: write tcp://HOST:PORT");
}

TEST_F(Loading, KeepsANameWithoutAddresses) {
    tree.write("etc/fedmsg.d/a.py",
               "config = {'endpoints': {'n': None, 'e': [], 't': ('tcp://t:1', 'tcp://t:2')}}");
    const auto endpoints = load().config.endpoints;
    EXPECT_EQ(endpoints.size(), 3U);
    EXPECT_THAT(endpoints.at("n"), IsEmpty());
    EXPECT_THAT(endpoints.at("e"), IsEmpty());
    EXPECT_THAT(endpoints.at("t"), ElementsAre("tcp://t:1", "tcp://t:2"));
}

TEST_F(Loading, GivesSecondsAsMilliseconds) {
    tree.write("etc/fedmsg.d/a.py",
               "config = {'timeout': 0.25, 'post_init_sleep': 1, 'zmq_reconnect_ivl': 7}");
    const Config config = load().config;
    EXPECT_EQ(config.timeout, std::chrono::milliseconds{250});
    EXPECT_EQ(config.post_init_sleep, std::chrono::seconds{1});
    EXPECT_EQ(config.zmq_reconnect_ivl, std::chrono::milliseconds{7});
}

TEST_F(Loading, DerivesThePatternOfThePrefixUnlessItIsSet) {
    EXPECT_EQ(load().config.topic_prefix_re, R"(org\.fedoraproject\.[^\W\d_]+)");
    tree.write("etc/fedmsg.d/a.json", R"({"topic_prefix_re": "^x"})");
    EXPECT_EQ(load().config.topic_prefix_re, "^x");
    options.overrides = {{"topic_prefix_re", nullptr, "-"}, {"topic_prefix", "a.b", "--topic-prefix"}};
    EXPECT_EQ(load().config.topic_prefix_re, R"(a\.b\.[^\W\d_]+)");
}

TEST_F(Loading, ShowsAWrongValueBeforeItIsChecked) {
    tree.write("etc/fedmsg.d/a.json", R"({"active": "yes", "endpoints": {"a": "nonsense"}})");
    const Merged merged = merge_config(options);
    EXPECT_EQ(*merged.values.find("active")->string(), "yes");
    EXPECT_EQ(encoding::dumps(*merged.values.find("endpoints")), R"({"a":["nonsense"]})");
    EXPECT_EQ(check_config(merged).errors.size(), 2U);
}

TEST_F(Loading, WantsADictOfEndpointsInAnyCase) {
    const auto a = tree.write("etc/fedmsg.d/a.py", "config = dict(endpoints=['tcp://127.0.0.1:1'])");
    EXPECT_EQ(thrown_by<UsageError>([&] { merge_config(options); }),
              a + ":1: endpoints is not a dict: write {NAME: [ADDRESS, …], …}");
}

TEST(SearchPaths, AreThoseOfThisProcess) {
    const SearchPaths paths = SearchPaths::of_this_process();
    EXPECT_EQ(paths.etc, "/etc");
    EXPECT_EQ(paths.working_directory, std::filesystem::current_path());
    if (const char* home = std::getenv("HOME")) {
        EXPECT_EQ(paths.home, home);
    }
}

}  // namespace
}  // namespace fedmsg
