#include "api/meta.h"

#include "config/load.h"
#include "encoding/write.h"
#include "meta/conglomerate.h"
#include "meta/rules.h"

#include <memory>
#include <mutex>

namespace fedmsg {
namespace {

using encoding::Value;
using meta::Field;

/// What make_processors() was told; threads make their rules anew when it is another.
struct Choice {
    Config config;
    std::vector<std::string> folders;
};

std::mutex choice_mutex;
std::shared_ptr<const Choice> choice;

std::shared_ptr<const Choice> chosen() {
    const std::lock_guard lock{choice_mutex};
    if (!choice) {
        auto loaded = load_config();
        choice = std::make_shared<const Choice>(
            Choice{std::move(loaded.config), meta::folders_of(loaded.sources)});
    }
    return choice;
}

meta::Rules& rules() {
    thread_local std::shared_ptr<const Choice> made_for;
    thread_local std::unique_ptr<meta::Rules> mine;
    const auto now = chosen();
    if (made_for != now) {
        mine = std::make_unique<meta::Rules>(now->config, meta::Settings{.folders = now->folders});
        made_for = now;
    }
    return *mine;
}

/// Calls `question` with the rules, and the message as they read it.
template <class Question>
auto ask(const Value& message, const Question& question) {
    const auto document = encoding::Document::parse(encoding::dumps(message, {.sort_keys = false}));
    // Only one that is nested beyond what may arrive from the bus is no document.
    static const auto nothing = encoding::Document::parse("{}");
    return question(rules(), (document ? *document : *nothing).root());
}

Value value_of(Field field, const Value& message, std::string_view subject = {}) {
    return ask(message, [&](meta::Rules& r, encoding::Node node) { return r.value(field, node, subject); });
}

std::optional<std::string> optional_text(Field field, const Value& message) {
    const auto value = value_of(field, message);
    return value.string() != nullptr ? std::optional{*value.string()} : std::nullopt;
}

std::string text(Field field, const Value& message, std::string_view subject = {}) {
    const auto value = value_of(field, message, subject);
    return value.string() != nullptr ? *value.string() : std::string{};
}

std::set<std::string> set(Field field, const Value& message) {
    const auto value = value_of(field, message);
    std::set<std::string> result;
    for (const auto& element : *value.array())
        result.insert(element.string() != nullptr ? *element.string() : encoding::dumps(element));
    return result;
}

std::map<std::string, std::string> map(Field field, const Value& message) {
    const auto value = value_of(field, message);
    std::map<std::string, std::string> result;
    for (const auto& [key, member] : *value.object())
        if (member.string() != nullptr) result.emplace(key, *member.string());
    return result;
}

}  // namespace

void make_processors(const Config& config, const std::vector<std::string>& folders) {
    auto all = meta::folders_of({});
    all.insert(all.end(), folders.begin(), folders.end());
    const meta::Rules checked{config, meta::Settings{.folders = all}};
    const std::lock_guard lock{choice_mutex};
    choice = std::make_shared<const Choice>(Choice{config, std::move(all)});
}

std::string msg2title(const Value& message) { return text(Field::title, message); }
std::string msg2subtitle(const Value& message) { return text(Field::subtitle, message); }
std::string msg2long_form(const Value& message) { return text(Field::long_form, message); }
std::string msg2link(const Value& message) { return text(Field::link, message); }
std::optional<std::string> msg2icon(const Value& message) { return optional_text(Field::icon, message); }
std::optional<std::string> msg2secondary_icon(const Value& message) {
    return optional_text(Field::secondary_icon, message);
}
std::set<std::string> msg2usernames(const Value& message) { return set(Field::usernames, message); }
std::optional<std::string> msg2agent(const Value& message) { return optional_text(Field::agent, message); }
std::set<std::string> msg2packages(const Value& message) { return set(Field::packages, message); }
std::set<std::string> msg2objects(const Value& message) { return set(Field::objects, message); }
std::map<std::string, std::string> msg2emails(const Value& message) { return map(Field::emails, message); }
std::map<std::string, std::string> msg2avatars(const Value& message) { return map(Field::avatars, message); }
std::string msg2subjective(const Value& message, std::string_view subject) {
    return text(Field::subjective, message, subject);
}
std::optional<std::string> msg2lexer(const Value& message) { return optional_text(Field::lexer, message); }

std::string msg2repr(const Value& message) {
    return ask(message, [](meta::Rules& r, encoding::Node node) { return r.repr(node); });
}

std::string msg2processor(const Value& message) {
    return ask(message, [](meta::Rules& r, encoding::Node node) {
        return std::string{r.processor_name(node.find_string("topic").value_or(""))};
    });
}

std::vector<encoding::Object> conglomerate(const std::vector<Value>& messages, std::string_view subject) {
    std::vector<std::string> texts;
    for (const auto& message : messages) texts.push_back(encoding::dumps(message, {.sort_keys = false}));
    return meta::conglomerate(rules(), texts, subject);
}

}  // namespace fedmsg
