#pragma once
/// \file
/// The values a file computes with, as Python has them. All live in the memory of one Machine and go with it;
/// none has a destructor that must run, so that lists which hold themselves are no leak.

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace fedmsg::dialect {

class Machine;
struct Value;

/// A place in the source, in bytes.
using Offset = std::uint32_t;

using Values = std::pmr::vector<Value>;

enum class Type : std::uint8_t {
    unset,  ///< no value: a name that is not bound, an argument that was not given, the end of an iteration
    none,
    boolean,
    integer,  ///< 64 bits
    big,      ///< an int beyond 64 bits
    real,
    string,
    list,
    tuple,
    dict,
    set,
    range,
    view,  ///< dict.keys(), .values(), .items()
    iterator,
    function,  ///< `def` and `lambda`
    builtin,
    type,
    module,
    exception,
    foreign,  ///< what was imported from a module outside of the dialect
};

struct Big;       // number.h
struct Function;  // evaluator.cpp
class Iterator;

/// Text in UTF-8; a lone surrogate has its three-byte form.
struct Str {
    std::string_view text;
    std::size_t length;              ///< in characters
    mutable std::uint64_t hash = 0;  ///< 0: not computed yet

    [[nodiscard]] bool ascii() const { return length == text.size(); }
};

struct List;
struct Tuple;
class Dict;
struct Set;
struct Range;
struct View;
struct Builtin;
struct TypeInfo;
struct Module;
struct Exception;

struct Value {
    Type type = Type::unset;
    union {
        std::int64_t integer = 0;
        bool boolean;
        double real;
        const Big* big;
        const Str* string;  // of `foreign`: its name
        List* list;
        const Tuple* tuple;
        Dict* dict;
        Set* set;
        const Range* range;
        const View* view;
        Iterator* iterator;
        const Function* function;
        const Builtin* builtin;
        const TypeInfo* type_info;
        const Module* module;
        const Exception* exception;
    };

    Value() = default;
    template <class B>
    requires std::is_same_v<B, bool>  // pointers must not become booleans
    Value(B b) : type{Type::boolean} {
        integer = 0;
        boolean = b;
    }
    Value(std::int64_t i) : type{Type::integer}, integer{i} {}
    Value(double d) : type{Type::real}, real{d} {}
    Value(const Big* v) : type{Type::big}, big{v} {}
    Value(const Str* v) : type{Type::string}, string{v} {}
    Value(List* v) : type{Type::list}, list{v} {}
    Value(const Tuple* v) : type{Type::tuple}, tuple{v} {}
    Value(Dict* v) : type{Type::dict}, dict{v} {}
    Value(Set* v) : type{Type::set}, set{v} {}
    Value(const Range* v) : type{Type::range}, range{v} {}
    Value(const View* v) : type{Type::view}, view{v} {}
    Value(Iterator* v) : type{Type::iterator}, iterator{v} {}
    Value(const Function* v) : type{Type::function}, function{v} {}
    Value(const Builtin* v) : type{Type::builtin}, builtin{v} {}
    Value(const TypeInfo* v) : type{Type::type}, type_info{v} {}
    Value(const Module* v) : type{Type::module}, module{v} {}
    Value(const Exception* v) : type{Type::exception}, exception{v} {}
    static Value none() {
        Value v;
        v.type = Type::none;
        return v;
    }
    static Value foreign(const Str* name) {
        Value v{name};
        v.type = Type::foreign;
        return v;
    }

    [[nodiscard]] bool is(Type t) const { return type == t; }
    explicit operator bool() const { return type != Type::unset; }
};

/// Whether `v` is an int in Python's eyes, where True is one.
inline bool is_integral(Value v) { return v.is(Type::integer) || v.is(Type::boolean) || v.is(Type::big); }
inline bool is_number(Value v) { return is_integral(v) || v.is(Type::real); }

struct List {
    Values items;
};

struct Tuple {
    std::span<const Value> items;
    std::span<const std::string_view> fields{};  ///< names of the items: os.uname(), sys.version_info
};

struct Range {
    std::int64_t start, stop, step;
    [[nodiscard]] std::int64_t size() const;
    [[nodiscard]] std::int64_t at(std::int64_t i) const;
};

/// A hash table that keeps the order of insertion, and where each key was last set.
class Dict {
  public:
    struct Entry {
        Value key;  ///< unset: erased
        Value value;
        std::uint64_t hash;
        Offset at;
    };

    explicit Dict(std::pmr::memory_resource* memory) : entries_{memory}, slots_{memory} {}

    [[nodiscard]] std::size_t size() const { return size_; }
    /// Those in order, erased ones included.
    [[nodiscard]] std::span<const Entry> entries() const { return entries_; }
    /// \throws Raised  TypeError: `key` is unhashable
    Value* find(Machine& m, Value key);
    void set(Machine& m, Value key, Value value, Offset at);
    bool erase(Machine& m, Value key);
    void clear(Machine& m);

    bool read_only = false;  ///< os.environ: the file must not seem to change it

  private:
    void refuse_when_read_only(Machine& m) const;
    [[nodiscard]] std::size_t position(Machine& m, Value key, std::uint64_t hash) const;
    void insert_slot(std::uint64_t hash, std::uint32_t entry);
    void rebuild();

    std::pmr::vector<Entry> entries_;
    std::pmr::vector<std::uint32_t>
        slots_;  // 1 + index into entries_; 0: free. A power of two of them, or none
    std::size_t size_ = 0;
};

struct Set {
    Dict members;
};

struct View {
    enum class Of : std::uint8_t { keys, values, items } of;
    Dict* dict;
};

struct Module {
    std::string_view name;
    bool foreign = false;  ///< of Python's library, but outside of the dialect
};

/// A keyword argument, and where it stands.
struct Keyword {
    const Str* name;
    Value value;
    Offset at;
};

struct Arguments {
    std::span<const Value> positional;
    std::span<const Keyword> keywords{};
};

struct BuiltinInfo {
    std::string_view name;
    Value (*run)(Machine&, Value self, const Arguments&);
};

struct Builtin {
    const BuiltinInfo* info;
    Value self{};                ///< of a bound method
    Type unbound = Type::unset;  ///< str.lower: the first argument is `self` and must be of this type
};

/// A class: of values, or of exceptions.
struct TypeInfo {
    std::string_view name;
    Value (*construct)(Machine&, const TypeInfo&, const Arguments&);
    Type of = Type::unset;
    std::string_view base{};  ///< of an exception
};

struct Exception {
    const TypeInfo* type;
    const Tuple* arguments;
    Offset at = 0;  ///< where it was raised
};

/// Gives values one by one.
class Iterator {
  public:
    /// The next value; unset at the end.
    Value next(Machine& m);
    [[nodiscard]] virtual std::string_view name() const = 0;

  protected:
    ~Iterator() = default;

  private:
    virtual Value advance(Machine& m) = 0;
};

}  // namespace fedmsg::dialect
