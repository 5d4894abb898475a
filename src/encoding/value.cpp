#include "encoding/value.h"

#include "encoding/number.h"

#include <algorithm>
#include <functional>
#include <numeric>

namespace fedmsg::encoding {
namespace {

/// From so many members on, an index is worth its keeping.
constexpr std::size_t index_from = 16;

}  // namespace

std::string_view to_string(Kind kind) {
    switch (kind) {
        case Kind::null: return "null";
        case Kind::boolean: return "a boolean";
        case Kind::integer: return "an integer";
        case Kind::real: return "a real number";
        case Kind::string: return "a string";
        case Kind::array: return "an array";
        case Kind::object: return "an object";
    }
    return "nothing known";
}

Object::Object(std::initializer_list<Member> members) : Object{of(members)} {}

Object Object::of(std::vector<Member> members) {
    std::vector<Member*> by_key(members.size());
    std::ranges::transform(members, by_key.begin(), [](Member& m) { return &m; });
    std::ranges::stable_sort(by_key, {}, [](const Member* m) -> std::string_view { return m->first; });
    std::vector<bool> repeats(members.size());
    for (std::size_t i = 1, first = 0; i < by_key.size(); ++i) {
        if (by_key[i]->first != by_key[first]->first) {
            first = i;
        } else {
            by_key[first]->second = std::move(by_key[i]->second);
            repeats[static_cast<std::size_t>(by_key[i] - members.data())] = true;
        }
    }
    Object object;
    object.members_.reserve(members.size());
    for (std::size_t i = 0; i < members.size(); ++i)
        if (!repeats[i]) object.members_.push_back(std::move(members[i]));
    object.index();
    return object;
}

std::string_view Object::key_at(std::uint32_t position) const { return members_[position].first; }

void Object::index() {
    by_key_.clear();
    if (members_.size() < index_from) return;
    by_key_.resize(members_.size());
    std::iota(by_key_.begin(), by_key_.end(), 0U);
    std::ranges::sort(by_key_, {}, std::bind_front(&Object::key_at, this));
}

std::vector<std::uint32_t>::const_iterator Object::lower_bound(std::string_view key) const {
    return std::ranges::lower_bound(by_key_, key, {}, std::bind_front(&Object::key_at, this));
}

std::size_t Object::position(std::string_view key) const {
    if (by_key_.empty()) {
        const auto found = std::ranges::find(members_, key, &Member::first);
        return static_cast<std::size_t>(found - members_.begin());
    }
    const auto found = lower_bound(key);
    return found != by_key_.end() && members_[*found].first == key ? *found : members_.size();
}

const Value* Object::find(std::string_view key) const {
    const auto at = position(key);
    return at == members_.size() ? nullptr : &members_[at].second;
}

Value* Object::find(std::string_view key) { return const_cast<Value*>(std::as_const(*this).find(key)); }

Value& Object::operator[](std::string_view key) {
    const auto at = position(key);
    if (at < members_.size()) return members_[at].second;
    if (!by_key_.empty()) by_key_.insert(lower_bound(key), static_cast<std::uint32_t>(at));
    members_.emplace_back(std::string{key}, Value{});
    if (by_key_.empty()) index();
    return members_.back().second;
}

bool Object::erase(std::string_view key) {
    const auto at = position(key);
    if (at == members_.size()) return false;
    std::erase(by_key_, at);
    for (auto& position : by_key_) position -= position > at;
    members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(at));
    if (members_.size() < index_from) by_key_.clear();
    return true;
}

bool operator==(const Object& a, const Object& b) { return std::ranges::equal(a, b); }

Kind Value::kind() const {
    struct KindOf {
        Kind operator()(std::nullptr_t) const { return Kind::null; }
        Kind operator()(bool) const { return Kind::boolean; }
        Kind operator()(std::int64_t) const { return Kind::integer; }
        Kind operator()(const BigInteger&) const { return Kind::integer; }
        Kind operator()(double) const { return Kind::real; }
        Kind operator()(const std::string&) const { return Kind::string; }
        Kind operator()(const Array&) const { return Kind::array; }
        Kind operator()(const Object&) const { return Kind::object; }
    };
    return std::visit(KindOf{}, data_);
}

std::optional<bool> Value::boolean() const {
    if (const auto* b = std::get_if<bool>(&data_)) return *b;
    return std::nullopt;
}

std::optional<std::int64_t> Value::integer() const {
    if (const auto* i = std::get_if<std::int64_t>(&data_)) return *i;
    return std::nullopt;
}

std::optional<double> Value::number() const {
    if (const auto* d = std::get_if<double>(&data_)) return *d;
    if (const auto* i = std::get_if<std::int64_t>(&data_)) return static_cast<double>(*i);
    if (const auto* big = big_integer()) return to_double(big->digits);
    return std::nullopt;
}

const Value* Value::find(std::string_view key) const {
    const auto* o = object();
    return o == nullptr ? nullptr : o->find(key);
}

Value& Value::operator[](std::string_view key) {
    if (object() == nullptr) data_ = Object{};
    return (*object())[key];
}

bool Value::truthy() const {
    struct Truth {
        bool operator()(std::nullptr_t) const { return false; }
        bool operator()(bool b) const { return b; }
        bool operator()(std::int64_t i) const { return i != 0; }
        bool operator()(const BigInteger& i) const { return i.digits != "0"; }
        bool operator()(double d) const { return d != 0; }
        bool operator()(const std::string& s) const { return !s.empty(); }
        bool operator()(const Array& a) const { return !a.empty(); }
        bool operator()(const Object& o) const { return !o.empty(); }
    };
    return std::visit(Truth{}, data_);
}

}  // namespace fedmsg::encoding
