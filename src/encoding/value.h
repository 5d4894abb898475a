#pragma once
/// \file
/// A JSON value that can be built and changed: configuration, and the bodies of messages to be published.
/// What arrives from the bus is read through the faster, read-only Document (encoding/document.h).

#include <chrono>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace fedmsg::encoding {

class Value;

/// What a JSON value is. Integers and reals are told apart, as in Python: `1` and `1.0` are different bytes.
enum class Kind : std::uint8_t { null, boolean, integer, real, string, array, object };

/// The name of a kind in a sentence: "a string", "an object", "null".
std::string_view to_string(Kind kind);

/// An integer beyond 64 bits: canonical decimal digits, with `-` in front where negative.
struct BigInteger {
    std::string digits;
    bool operator==(const BigInteger&) const = default;
};

using Array = std::vector<Value>;

/// Members in the order of their insertion, as a Python dict. Finding is linear below 16 members, logarithmic
/// above; inserting and erasing move four bytes for each member there is.
class Object {
  public:
    using Member = std::pair<std::string, Value>;

    Object() = default;
    Object(std::initializer_list<Member> members);
    /// All at once, in O(n log n). Of duplicate keys, the last value at the place of the first.
    static Object of(std::vector<Member> members);

    [[nodiscard]] const Value* find(std::string_view key) const;
    [[nodiscard]] Value* find(std::string_view key);
    /// The value under `key`; a new null at the end when there is none.
    Value& operator[](std::string_view key);
    /// True when `key` was there.
    bool erase(std::string_view key);

    [[nodiscard]] bool empty() const;
    [[nodiscard]] std::size_t size() const;
    /// Keys must not be changed through these.
    [[nodiscard]] std::vector<Member>::iterator begin();
    [[nodiscard]] std::vector<Member>::iterator end();
    [[nodiscard]] std::vector<Member>::const_iterator begin() const;
    [[nodiscard]] std::vector<Member>::const_iterator end() const;

  private:
    [[nodiscard]] std::size_t position(std::string_view key) const;  // size() when absent
    [[nodiscard]] std::string_view key_at(std::uint32_t position) const;
    [[nodiscard]] std::vector<std::uint32_t>::const_iterator lower_bound(std::string_view key) const;
    void index();

    std::vector<Member> members_;
    std::vector<std::uint32_t> by_key_;  // positions sorted by key; empty below 16 members
};

/// A type that becomes JSON through a function `Value to_json(const T&)` in its own namespace: the
/// counterpart of
/// `__json__` in the Python system.
template <class T>
concept HasToJson = requires(const T& object) {
    { to_json(object) } -> std::same_as<Value>;
};

/// Regular type with value semantics; copies are deep.
class Value {
  public:
    Value() = default;
    Value(std::nullptr_t) {}
    Value(bool b) : data_{b} {}
    Value(int i) : data_{std::int64_t{i}} {}
    Value(long i) : data_{std::int64_t{i}} {}
    Value(long long i) : data_{std::int64_t{i}} {}
    Value(unsigned i) : data_{std::int64_t{i}} {}
    Value(BigInteger i) : data_{std::move(i)} {}
    Value(double d) : data_{d} {}
    Value(const char* s) : data_{std::string{s}} {}
    Value(std::string_view s) : data_{std::string{s}} {}
    Value(std::string s) : data_{std::move(s)} {}  ///< UTF-8; a lone surrogate as its three-byte form
    Value(Array a) : data_{std::move(a)} {}
    Value(Object o) : data_{std::move(o)} {}
    /// Seconds since the epoch, as a real number without a fraction: what the Python system makes of a
    /// datetime.
    Value(std::chrono::system_clock::time_point t)
        : data_{static_cast<double>(std::chrono::system_clock::to_time_t(t))} {}
    template <HasToJson T>
    Value(const T& object) : Value(to_json(object)) {}
    /// A list of anything that can be a value.
    template <class T>
    requires(!std::same_as<T, Value> && std::convertible_to<T, Value>) Value(const std::vector<T>& list)
        : data_{Array(list.begin(), list.end())} {}

    [[nodiscard]] Kind kind() const;
    [[nodiscard]] bool is_null() const { return kind() == Kind::null; }

    // Null or nothing where the value is of another kind: look, then use.
    [[nodiscard]] std::optional<bool> boolean() const;
    [[nodiscard]] std::optional<std::int64_t> integer() const;  ///< nothing beyond 64 bits
    [[nodiscard]] std::optional<double> number() const;         ///< an integer or a real
    [[nodiscard]] const BigInteger* big_integer() const { return std::get_if<BigInteger>(&data_); }
    [[nodiscard]] const std::string* string() const { return std::get_if<std::string>(&data_); }
    [[nodiscard]] const Array* array() const { return std::get_if<Array>(&data_); }
    [[nodiscard]] Array* array() { return std::get_if<Array>(&data_); }
    [[nodiscard]] const Object* object() const { return std::get_if<Object>(&data_); }
    [[nodiscard]] Object* object() { return std::get_if<Object>(&data_); }

    /// The member under `key`, or null when this is no object or has none.
    [[nodiscard]] const Value* find(std::string_view key) const;
    /// The member under `key`, made when absent; a value that is no object becomes an empty one first.
    Value& operator[](std::string_view key);

    /// As Python's `bool(value)`: null, false, zero, and what is empty are false.
    [[nodiscard]] bool truthy() const;

    bool operator==(const Value&) const = default;  ///< objects: same members in the same order

  private:
    std::variant<std::nullptr_t, bool, std::int64_t, BigInteger, double, std::string, Array, Object> data_;
    friend bool operator==(const Object&, const Object&);
};

bool operator==(const Object& a, const Object& b);

// Here, because Value must be complete.
inline bool Object::empty() const { return members_.empty(); }
inline std::size_t Object::size() const { return members_.size(); }
inline std::vector<Object::Member>::iterator Object::begin() { return members_.begin(); }
inline std::vector<Object::Member>::iterator Object::end() { return members_.end(); }
inline std::vector<Object::Member>::const_iterator Object::begin() const { return members_.begin(); }
inline std::vector<Object::Member>::const_iterator Object::end() const { return members_.end(); }

}  // namespace fedmsg::encoding
