/// Every message there could be gets an answer of the right shape from the rules that are shipped.
#include "meta/rules.h"

#include "encoding/write.h"
#include "scripts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

namespace fedmsg::meta {
namespace {

using encoding::Value;

/// Changes messages as careless, and hostile, services would: members that are gone, or of another type.
class Mutator {
  public:
    explicit Mutator(unsigned seed) : random_{seed} {}

    Value operator()(Value message) {
        for (int n = 1 + pick(4); n > 0; --n) change(message, 0);
        return message;
    }

  private:
    int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }

    Value other() {
        switch (pick(14)) {
            case 0: return nullptr;
            case 1: return true;
            case 2: return 0;
            case 3: return -7.5;
            case 4: return encoding::BigInteger{"123456789012345678901234567890"};
            case 5: return "";
            case 6: return "\n\t{msg} %s \\1 $(x) \u00e9";
            case 7: return std::string(5000, 'x');
            case 8: return encoding::Array{};
            case 9: return encoding::Array{nullptr, 1, "a", encoding::Object{}};
            case 10: return encoding::Object{};
            case 11: return encoding::Object{{"name", nullptr}, {"", "x"}};
            case 12: return 1e300;
            default: return "a/b.c-1.0-1.fc20";
        }
    }

    void change(Value& value, int depth) {
        if (depth > 0 && pick(4) == 0) {
            value = other();
        } else if (auto* object = value.object(); object != nullptr && !object->empty()) {
            auto& member = *(object->begin() + pick(static_cast<int>(object->size())));
            if (depth > 0 && pick(6) == 0)
                object->erase(std::string{member.first});
            else if (depth > 0 || member.first != "topic")
                change(member.second, depth + 1);
        } else if (auto* array = value.array(); array != nullptr && !array->empty()) {
            change((*array)[static_cast<std::size_t>(pick(static_cast<int>(array->size())))], depth + 1);
        } else {
            value = other();
        }
    }

    std::mt19937 random_;
};

void expect_shape(const Value& value, Shape shape, const std::string& message) {
    bool right = false;
    const auto is_text = [](const Value& v) { return v.string() != nullptr; };
    switch (shape) {
        case Shape::text: right = is_text(value); break;
        case Shape::optional_text: right = is_text(value) || value.is_null(); break;
        case Shape::set:
            right = value.array() != nullptr && std::ranges::all_of(*value.array(), is_text);
            break;
        case Shape::ids:
            right = value.array() != nullptr && std::ranges::all_of(*value.array(), [&](const Value& v) {
                        return is_text(v) || v.number();
                    });
            break;
        case Shape::map: right = value.object() != nullptr; break;
    }
    ASSERT_TRUE(right) << encoding::dumps(value) << " of " << message;
}

TEST(Mutations, EndInAValueOrNothing) {
    const auto file = test::shared_file("firehose.jsonl");
    if (!file) GTEST_SKIP() << "firehose.jsonl is not in $FEDMSG_SHARED: this part is left out";
    const auto lines = test::lines_of(test::read_file(*file));
    const char* const wanted = std::getenv("FEDMSG_MUTATIONS");
    const int mutations = wanted != nullptr ? std::atoi(wanted) : 20'000;
    std::vector<Value> messages;
    for (const auto& line : lines) messages.push_back(encoding::to_value(test::parse_json(line).root()));

    Rules rules{site(), {.folders = {std::getenv("FEDMSG_RULES")}}};
    Mutator mutate{7};
    std::size_t said = 0;
    for (std::size_t i = 0; i < messages.size() + static_cast<std::size_t>(mutations); ++i) {
        const auto& original = messages[i % messages.size()];
        const auto text = encoding::dumps(i < messages.size() ? original : mutate(original));
        const auto document = encoding::Document::parse(text);
        ASSERT_TRUE(document);
        for (const auto& field : field_traits) {
            const auto value = rules.value(field.field, document->root(), "ralph");
            ASSERT_NO_FATAL_FAILURE(expect_shape(value, field.shape, text));
            if (field.field == Field::subtitle && !value.string()->empty()) ++said;
        }
    }
    for (const auto* processor : rules.processors())
        EXPECT_EQ(processor->stops(), 0U) << processor->name() << ": " << processor->last_failure();
    RecordProperty("messages with a subtitle", static_cast<int>(said));
    std::printf("%d mutations, %zu with a subtitle\n", mutations, said);
    EXPECT_GT(said, messages.size() / 2);
}

}  // namespace
}  // namespace fedmsg::meta
