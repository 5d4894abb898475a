#include "meta/conglomerate.h"

#include "message/topic.h"
#include "meta/series.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>

namespace fedmsg::meta {
namespace {

using encoding::Document;
using encoding::Node;
using encoding::Object;
using encoding::Value;

/// A place in the result: messages that are not grouped yet are a group of one without a script's word.
struct Group {
    std::vector<Node> messages;
    std::optional<Object> merged;
};

void add_all(const Value& list, std::set<std::string>& into) {
    for (const auto& element : *list.array()) into.insert(*element.string());
}

Value to_list(const std::set<std::string>& set) { return std::vector<std::string>(set.begin(), set.end()); }

/// What is known about messages without their script's word on the whole: that of the first for what cannot
/// be added up.
Object entry_of(Rules& rules, const std::vector<Node>& messages, std::string_view subject) {
    std::set<std::string> usernames, packages, topics, categories;
    Object msg_ids;
    std::vector<Node> times;
    for (const auto& message : messages) {
        add_all(rules.value(Field::usernames, message), usernames);
        add_all(rules.value(Field::packages, message), packages);
        const std::string topic{*message.find_string("topic")};
        topics.insert(topic);
        if (const auto category = message::category(topic); !category.empty()) categories.emplace(category);
        if (const auto* time = message.find("timestamp"); time != nullptr && time->number())
            times.push_back(*time);
        if (const auto id = message.find_string("msg_id")) {
            Object about;
            for (const auto field :
                 {Field::title, Field::subtitle, Field::subjective, Field::link, Field::icon,
                  Field::secondary_icon, Field::usernames, Field::packages, Field::objects, Field::long_form})
                about[name(field)] = rules.value(field, message, subject);
            msg_ids[*id] = std::move(about);
        }
    }
    const auto& first = messages.front();
    Object entry;
    for (const auto field :
         {Field::subtitle, Field::subjective, Field::link, Field::icon, Field::secondary_icon})
        entry[name(field)] = rules.value(field, first, subject);
    for (const auto* key : {"start_time", "end_time", "timestamp", "human_time"}) entry[key] = nullptr;
    if (!times.empty()) {
        std::ranges::sort(times, {}, [](Node time) { return *time.number(); });
        double sum = 0;
        for (const auto time : times) sum += *time.number();
        const double mean = sum / static_cast<double>(times.size());
        // Numbers are of the kind that the messages have: whole seconds stay whole.
        constexpr double largest = 9e18;  // and no more than an integer holds
        const bool whole = std::abs(mean) < largest &&
                           std::ranges::all_of(times, [](Node time) { return time.integer().has_value(); });
        entry["start_time"] = encoding::to_value(times.front());
        entry["end_time"] = encoding::to_value(times.back());
        entry["timestamp"] = whole ? Value{static_cast<std::int64_t>(std::floor(mean))} : Value{mean};
        entry["human_time"] = humanize(mean, rules.now());
    }
    entry["usernames"] = to_list(usernames);
    entry["packages"] = to_list(packages);
    entry["topics"] = to_list(topics);
    entry["categories"] = to_list(categories);
    entry["msg_ids"] = std::move(msg_ids);
    return entry;
}

class Grouping {
  public:
    Grouping(Rules& rules, std::string_view subject) : rules_{rules}, subject_{subject} {}

    void apply(Processor& processor, std::size_t conglomerator, std::vector<Group>& groups) const {
        std::vector<std::size_t> candidates;
        for (std::size_t i = 0; i < groups.size(); ++i)
            if (!groups[i].merged && is_of(processor, groups[i].messages.front()) &&
                processor.can_handle(conglomerator, groups[i].messages.front()))
                candidates.push_back(i);
        std::vector<bool> gone(groups.size());
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            auto& first = groups[candidates[i]];
            if (gone[candidates[i]]) continue;
            std::vector<Node> together = first.messages;
            std::vector<std::size_t> places;
            for (std::size_t j = i + 1; j < candidates.size(); ++j) {
                const auto& other = groups[candidates[j]].messages.front();
                if (gone[candidates[j]] || !processor.matches(conglomerator, first.messages.front(), other))
                    continue;
                together.push_back(other);
                places.push_back(candidates[j]);
            }
            if (places.empty() || !merge(processor, conglomerator, together, first)) continue;
            for (const auto place : places) gone[place] = true;
        }
        std::size_t place = 0;
        std::erase_if(groups, [&](const Group&) { return static_cast<bool>(gone[place++]); });
    }

  private:
    [[nodiscard]] bool is_of(const Processor& processor, Node message) const {
        return rules_.processor_of(*message.find_string("topic")) == &processor;
    }

    bool merge(Processor& processor, std::size_t conglomerator, const std::vector<Node>& messages,
               Group& into) const {
        auto entry = entry_of(rules_, messages, subject_);
        const auto said = processor.merge(conglomerator, messages, entry, subject_);
        if (said.object() == nullptr) return false;  // it failed: the messages stay as they are
        for (const auto& [key, value] : *said.object()) entry[key] = value;
        into.merged = std::move(entry);
        return true;
    }

    Rules& rules_;
    std::string_view subject_;
};

}  // namespace

std::vector<Object> conglomerate(Rules& rules, const std::vector<std::string>& messages,
                                 std::string_view subject) {
    std::vector<Document> documents;
    std::vector<Group> groups;
    for (const auto& text : messages) {
        auto document = Document::parse(text);
        if (!document || !document->root().find_string("topic")) continue;
        documents.push_back(*std::move(document));
        groups.push_back({{documents.back().root()}, {}});
    }
    const Grouping grouping{rules, subject};
    // Only scripts whose messages are here are asked.
    std::set<std::pair<std::string, Processor*>> processors;
    for (const auto& group : groups)
        if (auto* processor = rules.processor_of(*group.messages.front().find_string("topic")))
            processors.emplace(processor->name(), processor);
    for (const auto& [name, processor] : processors)
        for (std::size_t i = 0; i < processor->conglomerators(); ++i) grouping.apply(*processor, i, groups);
    std::vector<Object> entries;
    for (auto& group : groups)
        entries.push_back(group.merged ? *std::move(group.merged) : entry_of(rules, group.messages, subject));
    return entries;
}

}  // namespace fedmsg::meta
