// What the dialect gives for the files of vectors/config, tells of positions, and refuses.
#include "unit/config/dialect_support.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>
#include <algorithm>

namespace fedmsg::dialect {
namespace {

using testing::HasSubstr;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
    return text;
}

// The vectors.

struct Vector {
    std::string file;
    HostFacts facts;
    std::string expected;  // JSON; empty: must fail
};

/// What the Python loader, and not the file, did to the values: it derives topic_prefix_re, and makes lists
/// of endpoints.
encoding::Object as_python_loads(encoding::Object config) {
    config.erase("topic_prefix_re");
    encoding::Value* endpoints = config.find("endpoints");
    if (!endpoints || !endpoints->object()) return config;
    for (auto& [name, value] : *endpoints->object())
        if (!value.array()) value = encoding::Array{value};
    return config;
}

std::vector<Vector> load_vectors() {
    const auto document = encoding::Document::parse(read_whole(data_path("expected.json")));
    std::vector<Vector> all;
    for (const auto& file : document->root().find("files")->elements()) {
        for (const auto& variant : file.find("variants")->elements()) {
            Vector v;
            v.file = *file.find_string("file");
            // The loader refuses this one, and not the dialect.
            if (v.file == "bad-endpoints-list.py") continue;
            v.facts = test_host();
            v.facts.hostname = *variant.find_string("hostname");
            v.facts.environment.clear();
            for (const auto& member : variant.find("env")->members())
                v.facts.environment[std::string{member.key}] = member.value.text();
            if (const auto* expected = variant.find("expected")) {
                v.expected = encoding::dumps(*expected);
                v.expected = replaced(v.expected, "@CWD@", v.facts.working_directory);
                v.expected = replaced(v.expected, "@HOME@", v.facts.home);
            }
            all.push_back(v);
        }
    }
    return all;
}

class DialectVector : public testing::TestWithParam<Vector> {};

TEST_P(DialectVector, GivesWhatPythonGives) {
    const Vector& v = GetParam();
    const auto result = evaluate(read_whole(data_path("files") / v.file), v.file, v.facts);
    if (v.expected.empty()) {
        ASSERT_FALSE(result);
        EXPECT_THAT(to_string(result.error()), testing::StartsWith(v.file + ":"));
        return;
    }
    ASSERT_TRUE(result) << to_string(result.error());
    const auto expected = encoding::Document::parse(v.expected);
    const encoding::Object python = *encoding::to_value(expected->root()).object();
    EXPECT_EQ(encoding::dumps(encoding::Value{as_python_loads(result->config)}),
              encoding::dumps(encoding::Value{as_python_loads(python)}));
}

INSTANTIATE_TEST_SUITE_P(Files, DialectVector, testing::ValuesIn(load_vectors()), [](const auto& test) {
    std::string name = test.param.file + "_" + test.param.facts.hostname;
    std::ranges::replace_if(
        name, [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
    return name;
});

// Host facts.

TEST(Dialect, LearnsOfItsHostOnlyWhatTheFactsSay) {
    EXPECT_EQ(value_of("socket.gethostname()"), R"("app01.example.org")");
    EXPECT_EQ(value_of("platform.node()"), R"("app01.example.org")");
    EXPECT_EQ(value_of("socket.getfqdn()"), R"("app01.full.example.org")");
    EXPECT_EQ(value_of("socket.getfqdn(socket.gethostname())"), R"("app01.full.example.org")");
    EXPECT_EQ(value_of("socket.gethostbyname('known')"), R"("192.0.2.7")");
    EXPECT_EQ(value_of("os.getcwd()"), R"("/work/here")");
    EXPECT_EQ(value_of("os.path.abspath('../x')"), R"("/work/x")");
    EXPECT_EQ(value_of("[os.environ['HOME'], os.environ.get('X', 1), os.getenv('LANG'), len(os.environ)]"),
              R"(["/home/me",1,"C",2])");
    EXPECT_EQ(value_of("os.path.expanduser('~/.fedmsg')"), R"("/home/me/.fedmsg")");
    EXPECT_EQ(value_of("getpass.getuser()"), R"("me")");
    EXPECT_EQ(value_of("[multiprocessing.cpu_count(), os.cpu_count(), os.getpid()]"), "[6,6,4711]");
    EXPECT_EQ(value_of("[os.path.exists('/etc'), os.path.isdir('/etc'), os.path.isfile('/etc'), "
                       "os.path.isfile('/etc/hosts')]"),
              "[true,true,false,true]");
    EXPECT_EQ(
        value_of(
            "[os.uname()[1], os.uname().nodename, os.uname().machine, platform.system(), list(os.uname())]"),
        R"(["app01.example.org","app01.example.org","x86_64","Linux",["Linux","app01.example.org","6.1.0","#1 SMP","x86_64"]])");
    EXPECT_EQ(value_of("os.path.exists('/etc\\0')"), "false");
}

TEST(Dialect, AsksTheUserDatabaseOnlyWhenNeeded) {
    HostFacts facts = test_host();
    int asked = 0;
    facts.account = [&asked] {
        ++asked;
        return HostFacts::Account{"fedmsg", "/var/lib/fedmsg/"};
    };
    EXPECT_EQ(value_of("[getpass.getuser(), os.path.expanduser('~')]", facts), R"(["me","/home/me"])");
    EXPECT_EQ(asked, 0);
    facts.user = facts.home = "";
    EXPECT_EQ(value_of("[getpass.getuser(), os.path.expanduser('~/x')]", facts),
              R"(["fedmsg","/var/lib/fedmsg/x"])");
    EXPECT_EQ(asked, 2);
}

TEST(Dialect, RaisesWhatPythonRaisesForAHostThatIsUnknown) {
    EXPECT_EQ(evaluated("import socket\ntry:\n    socket.gethostbyname('nowhere')\nexcept socket.error as "
                        "e:\n    config = {'e': str(e)}"),
              R"({"e":"[Errno -2] Name or service not known"})");
    EXPECT_THAT(evaluated("import socket\nsocket.gethostbyname('nowhere')"),
                HasSubstr("x.py:2:1: gaierror: [Errno -2]"));
}

TEST(Dialect, TellsTheNamesOfThisHost) {
    const HostFacts facts = HostFacts::of_this_host();
    char name[256] = "";
    ASSERT_EQ(gethostname(name, sizeof name), 0);
    EXPECT_EQ(facts.hostname, name);
    EXPECT_EQ(facts.working_directory, std::filesystem::current_path());
    EXPECT_EQ(facts.pid, getpid());
    EXPECT_GE(facts.cpu_count, 1);
    EXPECT_EQ(facts.resolve("localhost"), "127.0.0.1");
    EXPECT_EQ(facts.resolve("no-such-host.invalid"), "");
    EXPECT_FALSE(facts.fqdn().empty());
    EXPECT_EQ(facts.file_kind("/"), 'd');
    EXPECT_EQ(facts.file_kind("/proc/self/status"), 'f');
    EXPECT_EQ(facts.file_kind("/dev/null"), 'o');
    EXPECT_EQ(facts.file_kind("/nonexistent"), '\0');
    EXPECT_EQ(facts.account().home.substr(0, 1), "/");
}

// Conversion.

TEST(Dialect, WritesKeysAsJsonDoes) {
    EXPECT_EQ(evaluated("config = {1: 1, 2.5: 2, None: 3, False: 4, 10**20: 5, 'x': 6}"),
              R"({"1":1,"100000000000000000000":5,"2.5":2,"false":4,"null":3,"x":6})");
    EXPECT_THAT(evaluated("config = {'a': {(1, 2): 3}}"),
                HasSubstr("x.py:1:17: a key of the type tuple in `config`: use a string"));
}

TEST(Dialect, SortsSets) { EXPECT_EQ(value_of("{'b', 'a', 'c'}"), R"(["a","b","c"])"); }

TEST(Dialect, KeepsTheOrderOfKeys) {
    const auto result = evaluate(
        "config = {'b': 1, 'a': 2}\nconfig['c'] = 3\ndel config['b']\nconfig['b'] = 4", "x.py", test_host());
    ASSERT_TRUE(result);
    EXPECT_EQ(result->config, (encoding::Object{{"a", 2}, {"c", 3}, {"b", 4}}));
}

TEST(Dialect, TurnsFunctionsIntoNullWithAWarning) {
    const auto result = evaluate("def f(): pass\nconfig = dict(\n    make_short=lambda x: x,\n    f=[f])",
                                 "x.py", test_host());
    ASSERT_TRUE(result);
    EXPECT_EQ(encoding::dumps(encoding::Value{result->config}), R"({"f":[null],"make_short":null})");
    ASSERT_EQ(result->warnings.size(), 2U);
    EXPECT_EQ(to_string(result->warnings[0]),
              "x.py:3:16: a lambda in `config` becomes null: write what it gives");
    EXPECT_EQ(to_string(result->warnings[1]),
              "x.py:1:1: a function in `config` becomes null: write what it gives");
}

TEST(Dialect, WarnsOncePerPlace) {
    const auto result = evaluate("config = {'f': [lambda: i for i in range(1000)]}", "x.py", test_host());
    ASSERT_TRUE(result);
    EXPECT_EQ(result->warnings.size(), 1U);
}

TEST(Dialect, WarnsOfAnImportThatFailed) {
    const auto result =
        evaluate("try:\n    import requests\nexcept ImportError:\n    requests = None\nconfig = {}", "x.py",
                 test_host());
    ASSERT_TRUE(result);
    ASSERT_EQ(result->warnings.size(), 1U);
    EXPECT_EQ(to_string(result->warnings[0]),
              "x.py:2:5: No module named 'requests': the file goes on without it");
}

struct Refused {
    std::string value, text;
};

TEST(Dialect, RefusesValuesThatNoConfigurationHas) {
    for (const auto& [value, text] : std::initializer_list<Refused>{
             {"os", "a value of the type module in `config`: write this value as a literal"},
             {"str", "a value of the type type in `config`"},
             {"len", "a value of the type builtin_function_or_method in `config`"},
             {"{}.keys()", "a value of the type dict_keys in `config`: wrap it in list(…)"},
             {"range(3)", "a value of the type range in `config`: wrap it in list(…)"},
             {"(x for x in [])", "a value of the type generator in `config`: wrap it in list(…)"},
             {"map(str, [])", "a value of the type map in `config`: wrap it in list(…)"},
             {"ValueError('x')", "a value of the type ValueError in `config`"},
         })
        EXPECT_THAT(value_of(value), HasSubstr("x.py:2:11: " + text)) << value;
    EXPECT_THAT(evaluated("l = []\nl.append(l)\nconfig = {'l': l}"),
                HasSubstr("x.py:3:11: a value that holds itself"));
    EXPECT_THAT(evaluated("config = {}\nconfig['config'] = config"),
                HasSubstr("x.py:2:1: a value that holds itself"));
    EXPECT_THAT(evaluated("config = 5"),
                HasSubstr("`config` is no dict, but of the type int: write `config = {…}`"));
    EXPECT_THAT(evaluated("config = ['a']"), HasSubstr("`config` is no dict, but of the type list"));
    EXPECT_THAT(evaluated(""),
                HasSubstr("x.py:1:1: there is no `config` in this file: write `config = {…}`"));
    EXPECT_THAT(evaluated("config = {}\ndel config"), HasSubstr("there is no `config` in this file"));
}

// Positions.

TEST(Dialect, TellsWhereEachKeyWasSetLast) {
    const auto result = evaluate(R"(base = {'from_base': 1}
config = dict(
    keyword=1,
    overridden=1,
    **base)
config['assigned'] = 1
config.update(overridden=2,
              by_keyword=3)
config.update({
    'in_dict': 4})
config.setdefault('defaulted', 5)
config.setdefault('keyword', 6)
if True:
    config['deep'] = {}; config['é'], config['unpacked'] = 1, 2
config['deep']['er'] = 1
config['assigned'] += 1
)",
                                 "x.py", test_host());
    ASSERT_TRUE(result) << to_string(result.error());
    std::map<std::string, std::pair<int, int>> positions;
    for (const auto& [key, at] : result->positions) positions[key] = {at.line, at.column};
    const std::map<std::string, std::pair<int, int>> expected{
        {"from_base", {2, 10}},  {"keyword", {3, 5}},    {"assigned", {16, 1}},  {"overridden", {7, 15}},
        {"by_keyword", {8, 15}}, {"in_dict", {9, 1}},    {"defaulted", {11, 1}}, {"deep", {14, 5}},
        {"é", {14, 26}},         {"unpacked", {14, 39}},
    };
    EXPECT_EQ(positions, expected);
}

TEST(Dialect, CountsColumnsInCharacters) {
    EXPECT_THAT(evaluated("x = 'é日本😀'; y = undefined"), HasSubstr("x.py:1:17: NameError"));
    EXPECT_THAT(evaluated("\xef\xbb\xbfundefined"), HasSubstr("x.py:1:1: NameError"));
    EXPECT_THAT(evaluated("x = 1\r\n\r\ny = undefined"), HasSubstr("x.py:3:5: NameError"));
}

TEST(Dialect, PointsAtTheExpressionThatFailed) {
    EXPECT_THAT(evaluated("config = {\n  'a': 1,\n  'b': {}['x'],\n}"), HasSubstr("x.py:3:8: KeyError: 'x'"));
    EXPECT_THAT(evaluated("def f(x):\n    return 1 / x\n\nconfig = {'a': f(0)}"),
                HasSubstr("x.py:2:12: ZeroDivisionError: division by zero"));
    EXPECT_THAT(evaluated("x = [1, 2,\n   'a' + 1]"), HasSubstr("x.py:2:4: TypeError: can only concatenate"));
    EXPECT_THAT(evaluated("x = f'{1} {undefined}'"),
                HasSubstr("x.py:1:12: NameError: name 'undefined' is not defined"));
    EXPECT_THAT(evaluated("a, b = 1,"), HasSubstr("x.py:1:1: ValueError: not enough values"));
    EXPECT_THAT(evaluated("for x in 5: pass"),
                HasSubstr("x.py:1:10: TypeError: 'int' object is not iterable"));
}

// The text.

TEST(Dialect, ReadsTextAsPythonDoes) {
    EXPECT_EQ(evaluated("\xef\xbb\xbf# -*- coding: utf-8 -*-\r\nconfig = {'a': '''x\r\ny\rz'''}\r\n"),
              R"({"a":"x\ny\nz"})");
    EXPECT_EQ(evaluated("config = {'a': 1}"), R"({"a":1})");
    EXPECT_EQ(evaluated("\f\nconfig = {'a': 1}\n\f"), R"({"a":1})");
    EXPECT_THAT(evaluated(std::string{"config = {}\nx = '\0'", 19}),
                HasSubstr("x.py:2:6: syntax error: source code cannot contain null bytes"));
    EXPECT_THAT(evaluated("config = {}\nx = 'caf\xe9'"),
                HasSubstr("x.py:2:9: the file is not UTF-8: save it as UTF-8"));
    EXPECT_THAT(evaluated("# \xed\xa0\x80"), HasSubstr("x.py:1:3: the file is not UTF-8"));
    EXPECT_THAT(evaluated("\xff\xfe"
                          "c"),
                HasSubstr("x.py:1:1: the file is not UTF-8"));
}

// What is outside.

TEST(Dialect, NamesWhatIsOutsideAndTheWayOut) {
    for (const auto& [text, what] : std::initializer_list<Refused>{
             {"\nclass A: pass", "x.py:2:1: `class`"},
             {"with open('x') as f: pass", "x.py:1:1: `with`"},
             {"async def f(): pass", "x.py:1:1: `async`"},
             {"def f():\n    yield 1", "x.py:2:5: `yield`"},
             {"def f():\n    global x", "x.py:2:5: `global`"},
             {"def f():\n    nonlocal x", "x.py:2:5: `nonlocal`"},
             {"@cached\ndef f(): pass", "x.py:1:1: `@`"},
             {"x = [1] @ [2]", "x.py:1:9: `@`"},
             {"x = ...", "x.py:1:5: `...`"},
             {"x: int = 1", "x.py:1:2: an annotation"},
             {"def f(x: int): pass", "x.py:1:8: an annotation"},
             {"def f() -> int: pass", "x.py:1:9: an annotation"},
             {"match 5:\n    case 5: pass", "x.py:1:1: `match`"},
             {"x = 1j", "x.py:1:5: a complex number"},
             {"x = (-1) ** 0.5", "x.py:1:5: a complex number"},
             {"x = open('/etc/passwd').read()", "x.py:1:5: `open`"},
             {"x = eval('1')", "x.py:1:5: `eval`"},
             {"x = __import__('os')", "x.py:1:5: `__import__`"},
             {"x = ().__class__", "x.py:1:5: `.__class__` of 'tuple'"},
             {"x = str.__mro__", "x.py:1:5: `str.__mro__`"},
             {"x = 'a'.translate({})", "x.py:1:5: `.translate` of 'str'"},
             {"import datetime\nx = datetime.datetime.now()", "x.py:2:5: `datetime.datetime`"},
             {"import re, json\nx = json.loads('1')", "x.py:2:5: `json.loads`"},
             {"from json import loads\nx = loads('1')", "x.py:2:5: `json.loads`"},
             {"from subprocess import check_output as run\nx = run('ls')",
              "x.py:2:5: `subprocess.check_output`"},
             {"import os\nx = os.listdir('/')", "x.py:2:5: `os.listdir`"},
             {"import os\nos.environ['X'] = '1'", "x.py:2:1: changing os.environ"},
             {"import os\nx = os.path.realpath('x')", "x.py:2:5: `os.path.realpath`"},
             {"import os\nx = os.path.expanduser('~root/x')", "x.py:2:5: the home of another user, `~root`,"},
             {"import socket\nx = socket.getfqdn('other')", "x.py:2:5: `socket.getfqdn` of another host"},
             {"from os import *", "x.py:1:16: `from os import *`"},
             {"x = []\nx[0:1] = [2]", "x.py:2:1: changing a slice"},
             {"x = 1\nx.y = 2", "x.py:2:1: assignment to an attribute"},
             {"x = b'\\xff'", "x.py:1:7: a byte beyond ASCII"},
             {"x = 'é'.encode('latin-1')", "x.py:1:5: a character beyond ASCII in the encoding `latin-1`"},
             {"x = 'a'.encode('rot13')", "x.py:1:5: the encoding `rot13`"},
             {"try: pass\nexcept* ValueError: pass", "x.py:2:7: `except*`"},
             {"x = pow(2, 3, 5)", "x.py:1:5: `pow` with a modulus"},
         }) {
        const std::string error = evaluated(text);
        EXPECT_THAT(error, HasSubstr(what)) << text;
        EXPECT_THAT(error, HasSubstr(" is outside of the configuration dialect: write this value as a "
                                     "literal, or put it in a .json file next to it"))
            << text;
    }
    EXPECT_EQ(evaluated("x = '\\N{LATIN SMALL LETTER A}'"),
              "x.py:1:6: the character name in `\\N{LATIN SMALL LETTER A}` is outside of the configuration "
              "dialect: write the character itself, or its number as \\uXXXX");
    EXPECT_EQ(evaluated("é = 1"),
              "x.py:1:1: a character beyond ASCII is outside of the configuration dialect here: use such "
              "characters in strings and comments only");
}

TEST(Dialect, LetsNoFileCatchWhatIsOutside) {
    EXPECT_THAT(evaluated("try:\n    x = open('x')\nexcept:\n    pass\nconfig = {}"),
                HasSubstr("x.py:2:9: `open` is outside"));
    EXPECT_THAT(evaluated("try:\n    while True: pass\nfinally:\n    config = {}"), HasSubstr("steps"));
}

TEST(Dialect, NamesTheModulesThereAre) {
    EXPECT_EQ(evaluated("import requests"),
              "x.py:1:1: ModuleNotFoundError: No module named 'requests': of Python's modules the dialect "
              "has getpass, multiprocessing, os, "
              "os.path, platform, socket and sys; write this value as a literal, or put it in a .json file "
              "next to it");
}

TEST(Dialect, ReadsBytesAsText) {
    EXPECT_EQ(value_of("b'abc' b'\\x41\\u0041' + 'x'.encode('utf-8') + 'y'.decode()"), R"("abcA\\u0041xy")");
}

}  // namespace
}  // namespace fedmsg::dialect
