#include "meta/rules.h"

#include "message/topic.h"
#include "meta/installed.h"
#include "meta/series.h"
#include "util/error.h"
#include "util/log.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <set>
#include <unordered_map>

namespace fedmsg::meta {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view suffix = ".lua";
/// Topics whose processors are remembered; some services put a package's name into theirs.
constexpr std::size_t most_topics = 10'000;

/// Files by name; one in a later folder replaces one of the same name.
std::map<std::string, std::string> scripts_in(const std::vector<std::string>& folders) {
    std::map<std::string, std::string> scripts;
    for (const auto& folder : folders) {
        std::error_code error;
        for (const auto& entry : fs::directory_iterator{folder, error}) {
            const auto file = entry.path().filename().string();
            if (file.ends_with(suffix) && !file.starts_with('.'))
                scripts[file.substr(0, file.size() - suffix.size())] = entry.path().string();
        }
    }
    return scripts;
}

std::string_view topic_of(encoding::Node envelope) { return envelope.find_string("topic").value_or(""); }

/// The parts of a topic from the 4th on; ActiveMQ's, which begin with a slash, stay whole.
std::string_view default_title(std::string_view topic) {
    if (topic.starts_with('/')) return topic;
    for (int i = 0; i < 3; ++i) {
        const auto dot = topic.find('.');
        if (dot == topic.npos) return {};
        topic.remove_prefix(dot + 1);
    }
    return topic;
}

encoding::Value empty_value(Field field) {
    if (field == Field::link) return "";
    switch (traits(field).shape) {
        case Shape::text: return "";
        case Shape::optional_text: return nullptr;
        case Shape::set:
        case Shape::ids: return encoding::Array{};
        case Shape::map: return encoding::Object{};
    }
    return nullptr;
}

bool is_nothing(const encoding::Value& value) {
    return value.is_null() || (value.string() != nullptr && value.string()->empty());
}

}  // namespace

struct Rules::Installed {
    Installed(const Config& config, const Settings& settings)
        : host{config, settings.now}, site_prefix{config.topic_prefix_re} {
        for (const auto& [name, file] : scripts_in(settings.folders)) {
            processors.emplace(name, std::make_unique<Processor>(name, file, host, settings.budget));
            longest =
                std::max(longest, static_cast<std::size_t>(std::count(name.begin(), name.end(), '.')) + 1);
        }
        host.shared_file = [folders =
                                settings.folders](const std::string& name) -> std::optional<std::string> {
            const auto plain = [](char c) {
                return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
            };
            if (!std::all_of(name.begin(), name.end(), plain)) return {};
            std::error_code error;
            for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder)
                if (const auto file = fs::path{*folder} / "shared" / (name + ".lua"); fs::exists(file, error))
                    return file.string();
            return {};
        };
    }

    /// Only scripts whose names are in the topic are loaded.
    Processor* find(std::string_view topic) {
        std::vector<Processor*> candidates;
        for (std::size_t begin = 0; begin < topic.size();) {
            std::size_t end = begin;
            for (std::size_t parts = 0; parts < longest && end != topic.npos; ++parts) {
                end = topic.find('.', end + (parts > 0 ? 1 : 0));
                if (const auto found = processors.find(topic.substr(begin, end - begin));
                    found != processors.end())
                    candidates.push_back(found->second.get());
            }
            const auto dot = topic.find('.', begin);
            if (dot == topic.npos) break;
            begin = dot + 1;
        }
        std::sort(candidates.begin(), candidates.end(),
                  [](auto* a, auto* b) { return a->name() < b->name(); });
        const auto first = std::find_if(candidates.begin(), candidates.end(), [this, topic](Processor* p) {
            const bool was_broken = broken.contains(p->name());
            if (const auto wrong = p->load(); wrong && !was_broken) {
                broken.insert(p->name());
                log::warning("meta",
                             "{}: messages of {} are shown without sentences; fedmsg meta --check tells more",
                             *wrong, p->name());
            }
            return p->handles(topic, site_prefix);
        });
        return first == candidates.end() ? nullptr : *first;
    }

    Host host;
    std::string site_prefix;
    std::map<std::string, std::unique_ptr<Processor>, std::less<>> processors;
    std::size_t longest = 1;  // parts of a name
    std::unordered_map<std::string, Processor*> by_topic;
    std::set<std::string> broken;
};

std::vector<std::string> folders_of(const std::vector<std::string>& sources) {
    std::vector<std::string> folders{installed_folder("meta")};
    const auto add = [&](const fs::path& beside) {
        auto folder = (beside / "meta").string();
        std::erase(folders, folder);  // a later one counts more
        folders.push_back(std::move(folder));
    };
    add("/etc/fedmsg.d");
    for (const auto& file : sources) add(fs::path{file}.parent_path());
    std::error_code error;
    if (const auto here = fs::current_path(error); !error) add(here / "fedmsg.d");
    return folders;
}

std::vector<std::string> processor_names(const std::vector<std::string>& folders) {
    std::vector<std::string> names;
    for (const auto& [name, file] : scripts_in(folders)) names.push_back(name);
    return names;
}

Rules::Rules(const Config& config, Settings settings)
    : settings_{std::move(settings)}, installed_{std::make_unique<Installed>(config, settings_)} {}
Rules::~Rules() = default;

void Rules::reload(const Config& config) {
    try {
        installed_ = std::make_unique<Installed>(config, settings_);
        log::info("meta", "rules are read again");
    } catch (const UsageError& e) {
        log::error("meta", "{}: the rules stay as they were", e.what());
    }
}

Processor* Rules::processor_of(std::string_view topic) {
    auto& known = installed_->by_topic;
    if (const auto found = known.find(std::string{topic}); found != known.end()) return found->second;
    if (known.size() >= most_topics) known.clear();
    return known[std::string{topic}] = installed_->find(topic);
}

std::string_view Rules::processor_name(std::string_view topic) {
    const auto* const processor = processor_of(topic);
    return processor != nullptr ? std::string_view{processor->name()} : unhandled;
}

encoding::Value Rules::value(Field field, encoding::Node envelope, std::string_view subject) {
    const auto topic = topic_of(envelope);
    auto* const processor = processor_of(topic);
    auto said = processor != nullptr ? processor->value(field, envelope, subject) : std::nullopt;
    // Where null is a value, a script may say so.
    const bool may_be_nothing = traits(field).shape == Shape::optional_text && field != Field::agent;
    if (said && (may_be_nothing || !is_nothing(*said))) return *std::move(said);
    // A text that is said to be null is empty, whatever else there would be.
    if (said && said->is_null() && traits(field).shape == Shape::text) return "";
    switch (field) {
        case Field::title: return default_title(topic);
        case Field::long_form:
        case Field::subjective: return this->value(Field::subtitle, envelope);
        case Field::agent: {
            const auto usernames = this->value(Field::usernames, envelope);
            return usernames.array()->empty() ? encoding::Value{} : usernames.array()->front();
        }
        case Field::subtitle:
        case Field::link:
        case Field::icon:
        case Field::secondary_icon:
        case Field::usernames:
        case Field::packages:
        case Field::objects:
        case Field::emails:
        case Field::avatars:
        case Field::lexer: break;
    }
    return empty_value(field);
}

std::string Rules::text(Field field, encoding::Node envelope) {
    const auto value = this->value(field, envelope);
    return value.string() != nullptr ? *value.string() : std::string{};
}

std::string Rules::repr(encoding::Node envelope) {
    auto* const processor = processor_of(topic_of(envelope));
    const auto failures = processor != nullptr ? processor->failures() : 0;
    auto text = title(envelope) + " -- " + subtitle(envelope) + " " + link(envelope);
    return processor == nullptr || processor->failures() == failures ? text : std::string{};
}

std::string Rules::line(encoding::Node envelope) {
    return one_line(title(envelope) + " -- " + subtitle(envelope) + " " + link(envelope));
}

std::vector<Processor*> Rules::processors() const {
    std::vector<Processor*> all;
    for (const auto& [name, processor] : installed_->processors) all.push_back(processor.get());
    return all;
}

std::vector<std::string> Rules::shared_files() const {
    std::vector<std::string> folders, files;
    for (const auto& folder : settings_.folders) folders.push_back(fs::path{folder} / "shared");
    for (const auto& [name, file] : scripts_in(folders)) files.push_back(file);
    return files;
}

double Rules::now() const { return installed_->host.now(); }

}  // namespace fedmsg::meta
