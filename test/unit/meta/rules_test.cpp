/// Which processor says what about a message, and what happens to bad ones.
#include "meta/rules.h"

#include "encoding/write.h"
#include "scripts.h"
#include "support/process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>

namespace fedmsg::meta {
namespace {

using testing::HasSubstr;

std::chrono::nanoseconds processor_time() {
    std::timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

class RulesOf : public testing::Test {
  protected:
    std::string name_of(std::string_view topic) {
        auto* const processor = scripts.rules().processor_of(topic);
        return processor != nullptr ? processor->name() : "none";
    }
    std::string json(Field field, const std::string& message, std::string_view subject = {}) {
        return encoding::dumps(scripts.rules().value(field, test::parse_json(message).root(), subject));
    }
    Scripts scripts;
};

TEST_F(RulesOf, TheTopicNamesTheProcessor) {
    scripts.add("git", "return {}");
    scripts.add("ci.pipeline", R"(return { prefix = [[org\.centos\.prod]] })");
    EXPECT_EQ(name_of("org.fedoraproject.dev.git.push"), "git");
    EXPECT_EQ(name_of("org.fedoraproject.dev.git"), "git");
    EXPECT_EQ(name_of("org.fedoraproject.dev.github.push"), "none");
    EXPECT_EQ(name_of("org.fedoraproject.dev.pagure.git.receive"), "none");
    EXPECT_EQ(name_of("com.example.dev.git.push"), "none");
    EXPECT_EQ(name_of("org.centos.prod.ci.pipeline.complete"), "ci.pipeline");
    EXPECT_EQ(name_of("org.fedoraproject.dev.ci.pipeline.complete"), "none");
    EXPECT_EQ(name_of(""), "none");
    EXPECT_EQ(name_of("..git.."), "none");
}

TEST_F(RulesOf, TopicsMatchAsInPython) {
    const auto file = test::shared_file("meta/topic_match.jsonl");
    if (!file) GTEST_SKIP() << "meta/topic_match.jsonl is not in $FEDMSG_SHARED: this part is left out";
    for (const auto& line : test::lines_of(test::read_file(*file))) {
        const auto json = test::parse_json(line);
        Scripts ours;
        const auto name = test::text_at(json.root(), "name");
        ours.add(name, "return { prefix = [[" + test::text_at(json.root(), "prefix_re") + "]] }");
        EXPECT_EQ(ours.rules().processor_of(test::text_at(json.root(), "topic")) != nullptr,
                  test::at(json.root(), "handled").boolean())
            << line;
    }
}

TEST_F(RulesOf, WithoutAProcessorThereIsATitle) {
    const auto message = R"({"topic":"org.fedoraproject.dev.x.y.z","username":"u"})";
    EXPECT_EQ(json(Field::title, message), R"("x.y.z")");
    EXPECT_EQ(json(Field::subtitle, message), R"("")");
    EXPECT_EQ(json(Field::usernames, message), "[]");
    EXPECT_EQ(json(Field::emails, message), "{}");
    EXPECT_EQ(json(Field::agent, message), "null");
    EXPECT_EQ(json(Field::title, R"({"topic":"/topic/VirtualTopic.eng.x"})"),
              R"("/topic/VirtualTopic.eng.x")");
    EXPECT_EQ(json(Field::title, R"({"topic":"a.b"})"), R"("")");
}

TEST_F(RulesOf, FieldsHaveTheirShapes) {
    scripts.add("x", R"(return {
        icon = "https://example.org/icon.png",
        subtitle = function(msg) return msg.msg.n end,
        usernames = function(msg) return { "b", "a", nil, "b" } end,
        packages = function(msg) return msg.msg.list end,
        objects = function(msg) return { 7, nil, "a", 7 } end,
        link = function(msg) return null end,
        emails = function(msg) return { b = "b@x", a = "a@x" } end,
        avatars = function(msg) return {} end,
        subjective = function(msg, subject) if subject == "me" then return "you" end end,
    })");
    const auto message = R"({"topic":"org.fedoraproject.dev.x","msg":{"n":3,"list":["q",null,"p"]}})";
    EXPECT_EQ(json(Field::subtitle, message), R"("3")");
    EXPECT_EQ(json(Field::usernames, message), R"(["a","b"])");
    EXPECT_EQ(json(Field::packages, message), R"(["p","q"])");
    EXPECT_EQ(json(Field::objects, message), R"([7,"a"])");
    EXPECT_EQ(json(Field::link, message), "null");
    EXPECT_EQ(json(Field::emails, message), R"({"a":"a@x","b":"b@x"})");
    EXPECT_EQ(json(Field::avatars, message), "{}");
    EXPECT_EQ(json(Field::agent, message), R"("a")");
    EXPECT_EQ(json(Field::icon, message), R"("https://example.org/icon.png")");
    EXPECT_EQ(json(Field::subjective, message, "me"), R"("you")");
    EXPECT_EQ(json(Field::subjective, message), R"("3")");
    EXPECT_EQ(json(Field::long_form, message), R"("3")");
}

/// What the Python system says, with its built-in processors alone.
TEST(BuiltIn, SaysWhatPythonSays) {
    const auto reference = test::parse_json(test::read_file(test::data_file("meta/meta.json")));
    auto config = site();
    config.topic_prefix_re = test::text_at(test::at(reference.root(), "config"), "topic_prefix_re");
    Scripts built_in{config};
    for (const auto* name : {"announce", "logger"})
        built_in.add(name, test::read_file(std::filesystem::path{std::getenv("FEDMSG_RULES")} /
                                           (std::string{name} + ".lua")));
    auto& rules = built_in.rules();
    int compared = 0;
    for (const auto& test : test::at(reference.root(), "cases").elements()) {
        const auto message = test::at(test, "message");
        const auto topic = message.find_string("topic");
        if (!topic) continue;
        // Letters are ASCII in our regular expressions.
        if (topic->find("\u65e5") != topic->npos) continue;
        const auto what = encoding::dumps(message);
        const auto* processor = rules.processor_of(*topic);
        EXPECT_EQ(processor != nullptr ? processor->name() : "unhandled", test::text_at(test, "processor"))
            << what;
        EXPECT_EQ(rules.repr(message), test.find_string("msg2repr").value_or("")) << what;
        for (const auto& t : field_traits) {
            const auto* expected = test.find("msg2" + std::string{t.name});
            if (expected == nullptr || expected->find("raises") != nullptr) continue;
            if (t.field != Field::subjective) {
                EXPECT_EQ(encoding::dumps(rules.value(t.field, message)), encoding::dumps(*expected))
                    << t.name << " " << what;
                ++compared;
                continue;
            }
            for (const auto& [subject, sentence] : expected->members()) {
                // Without a username nobody is spoken to there; here it is the subtitle.
                if (!sentence.is_string() || message.find("username") == nullptr) continue;
                EXPECT_EQ(encoding::dumps(rules.value(t.field, message, subject)), encoding::dumps(sentence))
                    << subject << " " << what;
            }
        }
    }
    EXPECT_GT(compared, 200);
}

struct Bomb {
    const char *name, *body;
};

class Bombs : public testing::TestWithParam<Bomb> {};

TEST_P(Bombs, AreStoppedInTimeAndTheNextMessageIsRight) {
    Scripts scripts;
    scripts.add("bomb", "return { subtitle = function(msg) if msg.msg.ok then return 'fine' end " +
                            std::string{GetParam().body} + " end }");
    EXPECT_EQ(scripts.subtitle("bomb", R"({"ok":true})"), "fine");
    const auto start = processor_time();
    EXPECT_EQ(scripts.subtitle("bomb"), "");
    const std::chrono::duration<double, std::milli> took = processor_time() - start;
    // Sanitizers take ten times as long.
    EXPECT_LT(took.count(), 50 * (test::sanitized ? 10 : 1));
    EXPECT_EQ(scripts.subtitle("bomb", R"({"ok":true})"), "fine");
    EXPECT_EQ(scripts.rules().processor_of("org.fedoraproject.dev.bomb")->failures(), 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Rules, Bombs,
    testing::Values(
        Bomb{"loop", "while true do end"}, Bomb{"table", "local t = {} while true do t[#t + 1] = {} end"},
        Bomb{"text", "local s = 'x' while true do s = s .. s end"},
        Bomb{"copies", "local s, n = ('x'):rep(900000), 0 while true do n = n + #s:upper() end"},
        Bomb{"regex", "return re.match(('a'):rep(40), '(a+)+b').x"},
        Bomb{"regexes", "while true do re.match(('ab'):rep(2000), '^(a|b)*$') end"},
        Bomb{"pattern", "return string.find(('a'):rep(30), ('.-'):rep(20) .. 'b')"},
        Bomb{"patterns", "while true do string.find(('a'):rep(9000), 'b') end"},
        Bomb{"recursion", "local function f(x) return 1 + f(x) end return f(1)"},
        Bomb{"callbacks", "local function f(x) return (x:gsub('x', f)) end return f('x')"},
        Bomb{"sort",
             "local t = {} for i = 1, 60000 do t[i] = i * 7919 % 60013 end while true do table.sort(t) end"},
        Bomb{"insert", "local t = {} while true do table.insert(t, 1, 0) end"},
        Bomb{"compare",
             "local a, b = ('x'):rep(900000), ('x'):rep(899999) .. 'x' while a == b and a <= b do end"},
        Bomb{"encode", "local n = 0 while true do n = n + #json.encode({1, {2}}, 4) end"},
        Bomb{"split", "local s = ('a '):rep(200000) while true do split(s) end"}),
    [](const auto& bomb) { return bomb.param.name; });

TEST_F(RulesOf, AMessageIsNotKeptForTheNextOne) {
    scripts.add("x",
                "local kept return { subtitle = function(msg) if kept then return kept.a end kept = msg.msg "
                "return 'kept' end }");
    EXPECT_EQ(scripts.subtitle("x", R"({"a":"secret"})"), "kept");
    EXPECT_EQ(scripts.subtitle("x"), "");
    EXPECT_THAT(scripts.failure("x"), HasSubstr("belongs to an earlier message"));
}

TEST_F(RulesOf, ABrokenScriptIsOneThatIsNotThere) {
    scripts.add("x", "return { subtitle = ");
    EXPECT_EQ(scripts.subtitle("x"), "");
    EXPECT_EQ(name_of("org.fedoraproject.dev.x"), "none");
    scripts.add("y", "return 7");
    EXPECT_EQ(scripts.subtitle("y"), "");
    scripts.add("z", "while true do end");
    EXPECT_EQ(scripts.subtitle("z"), "");
}

TEST_F(RulesOf, ALaterFolderReplacesAndReloadingSeesIt) {
    test::TemporaryFolder other;
    scripts.add("x", "return { subtitle = function() return 'shipped' end }");
    Rules rules{site(), {.folders = {scripts.folder(), other.path()}}};
    const auto message = test::parse_json(R"({"topic":"org.fedoraproject.dev.x"})");
    EXPECT_EQ(rules.subtitle(message.root()), "shipped");
    other.write("x.lua", "return { subtitle = function() return 'ours' end }");
    EXPECT_EQ(rules.subtitle(message.root()), "shipped");
    rules.reload(site());
    EXPECT_EQ(rules.subtitle(message.root()), "ours");
    Config broken = site();
    broken.values["fas"] = "/nowhere.json";
    rules.reload(broken);
    EXPECT_EQ(rules.subtitle(message.root()), "ours");
}

}  // namespace
}  // namespace fedmsg::meta
