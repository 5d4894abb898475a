#include "encoding/value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <random>

namespace fedmsg::encoding {
namespace {

using testing::ElementsAre;

std::vector<std::string> keys_of(const Object& object) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : object) keys.push_back(key);
    return keys;
}

TEST(Object, KeepsOrderOfInsertion) {
    Object o;
    o["b"] = 1;
    o["a"] = 2;
    o["b"] = 3;
    EXPECT_THAT(keys_of(o), ElementsAre("b", "a"));
    EXPECT_EQ(*o.find("b"), 3);
}

TEST(Object, MakesNullWhenIndexed) {
    Object o;
    EXPECT_TRUE(o["a"].is_null());
    EXPECT_EQ(o.size(), 1U);
}

TEST(Object, TakesLastOfDuplicatesAtPlaceOfFirst) {
    const Object o{{"b", 1}, {"a", 2}, {"b", 3}};
    EXPECT_THAT(keys_of(o), ElementsAre("b", "a"));
    EXPECT_EQ(*o.find("b"), 3);
}

TEST(Object, ErasesAndForgets) {
    Object o{{"a", 1}, {"b", 2}, {"c", 3}};
    EXPECT_TRUE(o.erase("b"));
    EXPECT_FALSE(o.erase("b"));
    EXPECT_EQ(o.find("b"), nullptr);
    EXPECT_THAT(keys_of(o), ElementsAre("a", "c"));
}

TEST(Object, IsEqualWithSameMembersInSameOrder) {
    EXPECT_EQ((Object{{"a", 1}, {"b", 2}}), (Object{{"a", 1}, {"b", 2}}));
    EXPECT_FALSE((Object{{"a", 1}, {"b", 2}}) == (Object{{"b", 2}, {"a", 1}}));
    EXPECT_FALSE((Object{{"a", 1}}) == (Object{{"a", 1}, {"b", 2}}));
    EXPECT_FALSE((Object{{"a", 1}}) == (Object{{"a", 1.0}}));
}

TEST(Object, CopiesDeeply) {
    Object a{{"x", Array{1}}};
    Object b = a;
    b["x"] = 2;
    EXPECT_EQ(*a.find("x"), (Array{1}));
}

// Around sixteen members, where the index begins and ends, and beyond.
TEST(Object, BehavesAsAMapInAnyOrderOfCalls) {
    std::mt19937 random{1};
    Object object;
    std::map<std::string, int> map;
    for (int i = 0; i < 20'000; ++i) {
        const auto key = std::to_string(random() % 40);
        if (random() % 2 == 0) {
            object[key] = i;
            map[key] = i;
        } else {
            EXPECT_EQ(object.erase(key), map.erase(key) == 1);
        }
        ASSERT_EQ(object.size(), map.size());
        for (int k = 0; k < 40; ++k) {
            const auto name = std::to_string(k);
            const auto expected = map.find(name);
            const Value* found = object.find(name);
            ASSERT_TRUE(expected == map.end() ? found == nullptr
                                              : found != nullptr && *found == expected->second);
        }
    }
}

TEST(Object, OfManyMembersIsMadeAtOnce) {
    std::vector<Object::Member> members;
    for (int i = 0; i < 200'000; ++i) members.emplace_back(std::to_string(i * 7919L % 200'003), i);
    const auto object = Object::of(members);
    EXPECT_EQ(object.size(), members.size());
    for (std::size_t i = 0; i < members.size(); i += 1000)
        EXPECT_EQ(*object.find(members[i].first), members[i].second);

    members.emplace_back("0", "last");
    const auto merged = Object::of(members);
    EXPECT_EQ(merged.size(), members.size() - 1);
    EXPECT_EQ(merged.begin()->second, "last");
}

TEST(Value, KnowsItsKind) {
    EXPECT_EQ(Value{}.kind(), Kind::null);
    EXPECT_EQ(Value{true}.kind(), Kind::boolean);
    EXPECT_EQ(Value{1}.kind(), Kind::integer);
    EXPECT_EQ(Value{BigInteger{"12345678901234567890"}}.kind(), Kind::integer);
    EXPECT_EQ(Value{1.0}.kind(), Kind::real);
    EXPECT_EQ(Value{"x"}.kind(), Kind::string);
    EXPECT_EQ(Value{Array{}}.kind(), Kind::array);
    EXPECT_EQ(Value{Object{}}.kind(), Kind::object);
    EXPECT_EQ(to_string(Kind::object), "an object");
}

TEST(Value, GivesNothingWhereTheKindIsAnother) {
    const Value text{"x"};
    EXPECT_EQ(text.boolean(), std::nullopt);
    EXPECT_EQ(text.integer(), std::nullopt);
    EXPECT_EQ(text.number(), std::nullopt);
    EXPECT_EQ(text.array(), nullptr);
    EXPECT_EQ(text.find("x"), nullptr);
    EXPECT_EQ(Value{1}.string(), nullptr);
    EXPECT_EQ(Value{BigInteger{"12345678901234567890"}}.integer(), std::nullopt);
    EXPECT_EQ(Value{1.5}.integer(), std::nullopt);
}

TEST(Value, NumbersAreIntegersAndReals) {
    EXPECT_EQ(Value{3}.number(), 3.0);
    EXPECT_EQ(Value{2.5}.number(), 2.5);
    EXPECT_EQ(Value{BigInteger{"-12345678901234567890"}}.number(), -12345678901234567890.0);
    EXPECT_EQ(Value{BigInteger{std::string(400, '9')}}.number(), std::numeric_limits<double>::infinity());
}

TEST(Value, BecomesAnObjectWhenIndexed) {
    Value v{"was a string"};
    v["a"]["b"] = 1;
    EXPECT_EQ(v, (Object{{"a", Object{{"b", 1}}}}));
}

TEST(Value, IsAsTruthyAsInPython) {
    for (const Value& v : {Value{}, Value{false}, Value{0}, Value{0.0}, Value{-0.0}, Value{""},
                           Value{Array{}}, Value{Object{}}})
        EXPECT_FALSE(v.truthy());
    for (const Value& v :
         {Value{true}, Value{-1}, Value{0.1}, Value{std::nan("")}, Value{BigInteger{"12345678901234567890"}},
          Value{"0"}, Value{Array{0}}, Value{Object{{"", 0}}}})
        EXPECT_TRUE(v.truthy());
}

}  // namespace
}  // namespace fedmsg::encoding
