#pragma once
/// \file
/// What every part of an evaluation needs: memory, bounds, errors, and where in the file it is.

#include "config/dialect.h"
#include "config/dialect/value.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <memory>

namespace fedmsg::dialect {

// The bounds of one file. Real files have some KB and take some thousand steps.

/// Larger than any file that people write; the syntax tree takes some 30 times as much.
inline constexpr std::size_t max_source = 1 << 20;
/// An expression, a statement, an item, 64 bytes of text: a step. These take less than half a second.
inline constexpr std::size_t max_steps = 5'000'000;
/// Of all values together; nothing is given back before the end.
inline constexpr std::size_t max_memory = 64 << 20;
/// Of one string: several must fit, also as four bytes a character while a method works on it.
inline constexpr std::size_t max_text = 4 << 20;
/// Of one int: more than twice what Python itself converts to decimal digits.
inline constexpr unsigned max_integer_bits = 1 << 15;
/// Python 3.11, sys.int_info.default_max_str_digits.
inline constexpr std::size_t max_digits = 4300;
/// Of calls, operators and values inside each other, while they are evaluated: each takes some hundred bytes
/// of stack.
inline constexpr int max_depth = 1000;
/// Of brackets and operators inside each other in the source; Python's own limit for brackets is 200.
inline constexpr int max_nesting = 200;
/// As in Python.
inline constexpr std::size_t max_indentation = 100;
/// Nobody reads more.
inline constexpr std::size_t max_warnings = 100;
/// Of the result: one value in many places takes memory in each of them.
inline constexpr std::size_t max_result = 32 << 20;

/// Ends the evaluation: a syntax error, a construct outside of the dialect, or a bound. No `except` catches
/// it.
struct Failure {
    Offset at;
    std::string what;
    std::string way_out;
};

/// A Python exception on its way to an `except`, or to the end.
struct Raised {
    const Exception* exception;
};

inline constexpr std::string_view literal_or_json =
    "write this value as a literal, or put it in a .json file next to it";

/// "`class` is outside of the configuration dialect"
Failure outside(Offset at, std::string_view construct);

class Machine {
  public:
    explicit Machine(const HostFacts& host) : facts{host} {}
    virtual ~Machine() = default;
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    const HostFacts& facts;
    Offset at = 0;             ///< of what is being evaluated: where an error is
    std::string_view running;  ///< the built-in that was called last
    Value environment;         ///< os.environ, once it was asked for
    std::vector<Failure> warnings;
    /// Once for each place and reason; more than max_warnings are not kept.
    void warn(Failure warning) {
        const auto same = [&](const Failure& w) { return w.at == warning.at && w.what == warning.what; };
        if (warnings.size() < max_warnings && std::none_of(warnings.begin(), warnings.end(), same))
            warnings.push_back(std::move(warning));
    }

    // Memory. What is made here lives as long as the machine; its destructor never runs, except for kept
    // things.
    std::pmr::memory_resource* memory() { return &arena_; }
    template <class T, class... A>
    T* make(A&&... a) {
        static_assert(!std::is_same_v<T, Big>, "keep() it");
        return ::new (arena_.allocate(sizeof(T), alignof(T))) T{std::forward<A>(a)...};
    }
    template <class T>
    std::span<T> copy(std::span<const T> items) {
        if (items.empty()) return {};
        auto* to = static_cast<T*>(arena_.allocate(items.size_bytes(), alignof(T)));
        std::uninitialized_copy(items.begin(), items.end(), to);
        return {to, items.size()};
    }
    /// Like make(), with a destructor that runs at the end. \param bytes  what it takes beside its own size
    template <class T>
    T* keep(T value, std::size_t bytes) {
        budget_.take(bytes + sizeof(T));
        auto owned = std::make_shared<T>(std::move(value));
        kept_.push_back(owned);
        return owned.get();
    }
    const Str* str(std::string_view text);
    Value text(std::string_view text) { return str(text); }
    List* list(std::size_t reserve = 0);
    List* list_of(std::span<const Value> items);
    const Tuple* tuple(std::span<const Value> items, std::span<const std::string_view> fields = {});
    const Tuple* tuple(std::initializer_list<Value> items) {
        return tuple(std::span{items.begin(), items.size()});
    }
    Dict* dict() { return make<Dict>(memory()); }
    Set* set() { return make<Set>(Dict{memory()}); }
    Values values() { return Values{memory()}; }

    // Bounds.
    void tick(std::size_t work = 1) {
        if (work > max_steps || (steps_ += work) > max_steps) too_much_work();
    }
    /// For work on so many bytes that a loop in C++ does at once.
    void tick_bytes(std::size_t bytes) { tick(bytes / 64); }
    /// Before text of this size is made.
    void check_text(std::size_t bytes);
    /// One level deeper, as long as it lives.
    class Level {
      public:
        explicit Level(Machine& m) : depth_{m.depth_} {
            if (depth_ >= max_depth) m.too_deep();
            ++depth_;
        }
        ~Level() { --depth_; }
        Level(const Level&) = delete;
        Level& operator=(const Level&) = delete;

      private:
        int& depth_;
    };

    // Errors.
    [[noreturn]] void raise(std::string_view type, std::string_view text);
    [[noreturn]] void raise(std::string_view type, Value argument);
    [[noreturn]] void raise(const TypeInfo& type, const Tuple* arguments);
    /// \param construct  "`open`"
    [[noreturn]] void refuse(std::string_view construct) const;
    [[noreturn]] void fail(std::string what, std::string_view way_out) const;

    /// \throws Raised
    virtual Value call(Value callee, const Arguments& arguments) = 0;
    Value call(Value callee, std::initializer_list<Value> arguments) {
        return call(callee, Arguments{{arguments.begin(), arguments.size()}});
    }

  private:
    /// Counts what the arena asks for.
    class Budget : public std::pmr::memory_resource {
      public:
        explicit Budget(const Machine& m) : machine_{m} {}
        void take(std::size_t bytes);

      private:
        void* do_allocate(std::size_t bytes, std::size_t alignment) override;
        void do_deallocate(void* p, std::size_t bytes, std::size_t alignment) override;
        [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override {
            return this == &other;
        }

        const Machine& machine_;
        std::size_t taken_ = 0;
    };

    [[noreturn]] void too_much_work() const;
    [[noreturn]] void too_deep();

    Budget budget_{*this};
    std::pmr::monotonic_buffer_resource arena_{std::size_t{1} << 14, &budget_};  // enough for a typical file
    std::vector<std::shared_ptr<void>> kept_;
    std::size_t steps_ = 0;
    int depth_ = 0;
};

/// The arguments of the built-in that runs, put to its parameters.
/// \param names  of the parameters; "" for one that has no name. \param required  so many must be given
/// \throws Raised  TypeError: too many, too few, unknown, given twice
void fit_arguments(Machine& m, const Arguments& a, std::span<const std::string_view> names,
                   std::size_t required, std::span<Value> to);
inline void no_arguments(Machine& m, const Arguments& a) { fit_arguments(m, a, {}, 0, {}); }

template <std::size_t N>
std::array<Value, N> fit_arguments(Machine& m, const Arguments& a, const std::string_view (&names)[N],
                                   std::size_t required) {
    std::array<Value, N> values;
    fit_arguments(m, a, names, required, values);
    return values;
}

}  // namespace fedmsg::dialect
