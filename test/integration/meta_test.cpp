/// fedmsg meta: the rules that are shipped, held to what the established ones say.
#include "support/files.h"
#include "support/process.h"

#include "encoding/write.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace fedmsg::test {
namespace {

using encoding::Node;
using testing::ElementsAre;
using testing::HasSubstr;

Finished describe(const std::vector<std::string>& words, const std::string& input, const std::string& folder,
                  const std::vector<std::pair<std::string, std::string>>& environment = {}) {
    std::vector<std::string> all{"meta", "--config-filename", folder + "/config.json"};
    all.insert(all.end(), words.begin(), words.end());
    auto start = fedmsg(std::move(all));
    start.environment = environment;
    return run(start, input);
}

class Meta : public testing::Test {
  protected:
    Meta() { folder.write("config.json", "{}"); }
    Finished meta(const std::vector<std::string>& words, const std::string& input,
                  const std::vector<std::pair<std::string, std::string>>& environment = {}) {
        return describe(words, input, folder.path(), environment);
    }
    TemporaryFolder folder;
};

const std::string log_message =
    R"({"topic":"org.fedoraproject.dev.logger.log","username":"ralph","msg":{"log":"hello"},"timestamp":1})"
    "\n";

TEST_F(Meta, WritesTheFieldsThatAreAskedFor) {
    EXPECT_EQ(meta({"--fields", "subtitle,usernames"}, log_message).output,
              "{\"subtitle\":\"hello (ralph)\",\"usernames\":[\"ralph\"]}\n");
    EXPECT_EQ(meta({"--fields", "subjective", "--subject", "ralph", "--processor"}, log_message).output,
              R"({"processor":"logger","subjective":"you logged \"hello\""})"
              "\n");
    EXPECT_EQ(meta({"--terse"}, log_message).output, "logger.log -- hello (ralph) \n");
    EXPECT_EQ(meta({"--fields", "repr"}, log_message).output,
              "{\"repr\":\"logger.log -- hello (ralph) \"}\n");
}

TEST_F(Meta, TellsWhatIsWrong) {
    const auto unknown = meta({"--fields", "titel"}, "");
    EXPECT_EQ(unknown.status, 2);
    EXPECT_THAT(unknown.errors, HasSubstr("there is no field titel: choose from title, subtitle"));
    const auto bad = meta({"--terse"}, "{}\nnonsense\n" + log_message);
    EXPECT_EQ(bad.status, 1);
    EXPECT_EQ(bad.output, "logger.log -- hello (ralph) \n");
    EXPECT_THAT(bad.errors, HasSubstr("line 1: not a message: it has no topic"));
    EXPECT_THAT(bad.errors, HasSubstr("line 2: not a message"));
    EXPECT_EQ(meta({"x.lua"}, "").status, 2);
}

TEST_F(Meta, ASiteHasRulesOfItsOwn) {
    std::filesystem::create_directory(folder / "meta");
    folder.write("meta/coffee.lua", R"(return {
        subtitle = function(msg) return fmt("{msg.user} brewed {msg.cups} {cups}", msg, { cups = plural(msg.msg.cups, "cup", "cups") }) end
    })");
    const auto message = R"({"topic":"org.fedoraproject.dev.coffee.brewed","msg":{"user":"u","cups":2}})";
    EXPECT_EQ(meta({"--terse"}, message).output, "coffee.brewed -- u brewed 2 cups \n");
    EXPECT_EQ(meta({"--check"}, "").status, 0);
    folder.write("meta/coffee.lua", "return { subtitle = function(msg) return serise({}) end }");
    const auto check = meta({"--check", folder / "meta/coffee.lua"}, "");
    EXPECT_EQ(check.status, 1);
    EXPECT_THAT(check.output,
                HasSubstr("coffee.lua:1: 'serise' is no local variable, and no helper of that name exists: "
                          "did you mean 'series'?"));
    EXPECT_THAT(meta({"--terse"}, message).errors,
                HasSubstr("coffee said nothing 1 time(s), last subtitle: coffee.lua:1"));
}

TEST_F(Meta, RulesNeedNoConfigurationFileBesideThem) {
    std::filesystem::create_directories(folder / "site/fedmsg.d/meta");
    folder.write("site/fedmsg.d/meta/coffee.lua", "return { subtitle = function(msg) return 'brewed' end }");
    const auto result =
        run(shell("cd '" + (folder / "site").string() +
                  "'; echo '{\"topic\":\"org.fedoraproject.dev.coffee.x\"}' | $fedmsg meta --terse"));
    EXPECT_EQ(result.output, "coffee.x -- brewed \n") << result.errors;
}

TEST_F(Meta, SpeaksTheLanguageOfTheUser) {
    const std::string message =
        R"({"topic":"org.fedoraproject.dev.logger.log","username":"ralph","msg":{"a":1},"timestamp":1})";
    const auto in = [&](const std::string& language) {
        return meta({"--fields", "subtitle"}, message, {{"LANGUAGE", language}, {"LC_ALL", "C.UTF-8"}})
            .output;
    };
    EXPECT_EQ(in("en"), "{\"subtitle\":\"<custom JSON message> (ralph)\"}\n");
    EXPECT_EQ(in("de"), "{\"subtitle\":\"<eigene JSON-Nachricht> (ralph)\"}\n");
    EXPECT_EQ(in("es"), "{\"subtitle\":\"<mensaje JSON propio> (ralph)\"}\n");
}

/// What the established rules say about real messages, a file for each service.
class Reference {
  public:
    void play(const std::filesystem::path& file) {
        service_ = file.stem();
        stated_ = right_ = 0;
        const bool groups = service_.ends_with(".conglomerate");
        for (const auto& line : lines_of(read_file(file))) groups ? play_groups(line) : play_message(line);
        std::printf("%-30s %d of %d\n", service_.c_str(), right_, stated_);
        all_stated += stated_;
        all_right += right_;
    }
    int all_stated = 0, all_right = 0;
    std::vector<std::string> misses;

  private:
    void play_message(const std::string& line) {
        const auto json = parse_json(line);
        const auto root = json.root();
        const auto message = encoding::dumps(at(root, "msg"), {.sort_keys = false});
        configure(root);
        const auto said = parse_json(describe({}, message, folder_.path()).output);
        for (const auto& [field, expected] : at(root, "expected").members()) {
            if (field != "subjective" || !expected.is_object()) {
                compare(text_at(root, "id") + " " + std::string{field}, expected, said.root().find(field));
                continue;
            }
            for (const auto& [subject, sentence] : expected.members()) {
                const auto told =
                    parse_json(describe({"--subject", std::string{subject}}, message, folder_.path()).output);
                compare(text_at(root, "id") + " subjective", sentence, told.root().find("subjective"));
            }
        }
    }

    void play_groups(const std::string& line) {
        const auto json = parse_json(line);
        const auto root = json.root();
        configure(root);
        std::string messages;
        for (const auto& message : at(root, "originals").elements())
            messages += encoding::dumps(message, {.sort_keys = false}) + "\n";
        std::vector<std::string> words{"--conglomerate", "--now", std::to_string(*at(root, "now").integer())};
        if (const auto subject = root.find_string("subject"))
            words.insert(words.end(), {"--subject", std::string{*subject}});
        const auto lines = lines_of(describe(words, messages, folder_.path()).output);
        const auto expected = at(root, "expected").elements();
        ++stated_;
        if (lines.size() == expected.size())
            ++right_;
        else
            misses.push_back(service_ + " " + text_at(root, "id") + ": " + std::to_string(lines.size()) +
                             " groups");
        for (std::size_t i = 0; i < std::min(lines.size(), expected.size()); ++i) {
            const auto entry = parse_json(lines[i]);
            for (const auto& [field, value] : expected[i].members())
                compare(text_at(root, "id") + " " + std::to_string(i) + " " + std::string{field}, value,
                        entry.root().find(field));
        }
    }

    void configure(Node test) {
        const auto* context = test.find("context");
        encoding::Object config;
        if (context != nullptr) {
            if (const auto* more = context->find("config")) config = *encoding::to_value(*more).object();
            if (const auto* fas = context->find("fas")) config["fas"] = encoding::to_value(*fas);
        }
        folder_.write("config.json", encoding::dumps(encoding::Value{config}));
    }

    void compare(const std::string& what, Node expected, const Node* said) {
        ++stated_;
        const auto wanted = encoding::dumps(expected),
                   given = said != nullptr ? encoding::dumps(*said) : "nothing";
        if (wanted == given)
            ++right_;
        else
            misses.push_back(service_ + " " + what + "\n    stated " + wanted + "\n    said   " + given);
    }

    TemporaryFolder folder_;
    std::string service_;
    int stated_ = 0, right_ = 0;
};

TEST(MetaReference, WhatIsStatedIsSaid) {
    const auto folder = shared_file("meta");
    if (!folder) GTEST_SKIP() << "meta is not in $FEDMSG_SHARED: this part is left out";
    Reference reference;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator{*folder}) {
        const auto name = entry.path().stem();
        // These are for unit tests.
        if (name == "humanize" || name == "list_to_series" || name == "topic_match") continue;
        if (entry.path().extension() == ".jsonl") files.push_back(entry.path());
    }
    std::ranges::sort(files);
    for (const auto& file : files) reference.play(file);
    std::printf("%d of %d stated fields\n", reference.all_right, reference.all_stated);
    for (const auto& miss : reference.misses) std::printf("%s\n", miss.c_str());
    EXPECT_GT(reference.all_stated, 2000);
    EXPECT_GE(reference.all_right * 100, reference.all_stated * 99);
}

}  // namespace
}  // namespace fedmsg::test
