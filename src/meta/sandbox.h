#pragma once
/// \file
/// A Lua state that cannot hurt: no file, no network, no other script, and a budget for each call.
/// Standard: Lua 5.4 reference manual. Source: spec "Processors are Lua 5.4 scripts".
///
/// Lua is built as C++ (liblua5.4-c++): its errors are exceptions, so that destructors run. They are not ours
/// to catch.

#include <lua.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fedmsg::meta {

/// What one call may cost. An honest field takes some hundred steps and some hundred bytes; each bound alone
/// ends a script within 50 ms.
struct Budget {
    int steps = 1'000'000;                    ///< instructions of Lua's machine: about 10 ms
    std::size_t memory = 8 << 20;             ///< bytes that live at once, the script included
    std::size_t block = 1 << 20;              ///< bytes of one string or table: functions of the library take
                                              ///< one instruction, whatever their length
    std::size_t allocated = 32 << 20;         ///< bytes allocated in one call, those given back included
    std::chrono::milliseconds processor{20};  ///< time of the thread's processor
};

class Sandbox {
  public:
    /// Why a call gave nothing.
    struct Failure {
        std::string text;      ///< "git.lua:12: msg.commit is not there"
        bool stopped = false;  ///< it went over its budget: the state must not be used again
    };

    explicit Sandbox(const Budget& budget = {});
    ~Sandbox();
    Sandbox(const Sandbox&) = delete;
    Sandbox& operator=(const Sandbox&) = delete;

    [[nodiscard]] lua_State* state() const { return state_; }

    /// Calls the function below its `arguments` on the stack, under the budget. What it gives is on the
    /// stack after that, `results` values; nothing when it failed.
    [[nodiscard]] std::optional<Failure> call(int arguments, int results);
    /// Compiles a script and leaves it on the stack as a function. \param name  for errors: "git.lua"
    [[nodiscard]] std::optional<Failure> compile(std::string_view script, const std::string& name);

    /// The sandbox that a running function belongs to.
    static Sandbox& of(lua_State* state) { return **static_cast<Sandbox**>(lua_getextraspace(state)); }
    /// For functions that work longer than an instruction of Lua: ends the script when its time is over.
    void check_time();
    /// Which call this is. What belongs to one call, such as a message, must not be used in another.
    [[nodiscard]] std::uint64_t generation() const { return generation_; }

    /// What the functions of this sandbox stand on; the sandbox does not look at it.
    const void* host = nullptr;

  private:
    enum class Bound : std::uint8_t { none, steps, memory, time };
    static void* allocate(void* self, void* block, std::size_t old_size, std::size_t new_size);
    static void count(lua_State* state, lua_Debug*);
    [[noreturn]] void stop(Bound bound);

    Budget budget_;
    lua_State* state_ = nullptr;
    bool running_ = false;
    Bound exceeded_ = Bound::none;
    int steps_ = 0;
    std::size_t live_ = 0, allocated_ = 0;
    std::chrono::steady_clock::time_point began_;
    std::chrono::nanoseconds processor_began_{};
    std::uint64_t generation_ = 0;
};

}  // namespace fedmsg::meta
