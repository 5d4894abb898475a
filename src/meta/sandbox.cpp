#include "meta/sandbox.h"

#include <cstdlib>
#include <ctime>
#include <new>

namespace fedmsg::meta {
namespace {

/// Instructions between two looks at the budget.
constexpr int steps_at_once = 100;

std::chrono::nanoseconds processor_time() {
    std::timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

}  // namespace

Sandbox::Sandbox(const Budget& budget) : budget_{budget} {
    state_ = lua_newstate(allocate, this);
    if (state_ == nullptr) throw std::bad_alloc{};
    *static_cast<Sandbox**>(lua_getextraspace(state_)) = this;
    lua_sethook(state_, count, LUA_MASKCOUNT, steps_at_once);
}

Sandbox::~Sandbox() { lua_close(state_); }

std::optional<Sandbox::Failure> Sandbox::call(int arguments, int results) {
    running_ = true;
    exceeded_ = Bound::none;
    steps_ = 0;
    allocated_ = 0;
    began_ = std::chrono::steady_clock::now();
    processor_began_ = {};
    const int status = lua_pcall(state_, arguments, results, 0);
    running_ = false;
    ++generation_;
    if (status == LUA_OK) return {};
    std::size_t size = 0;
    const char* text = lua_tolstring(state_, -1, &size);
    Failure failure{text != nullptr ? std::string{text, size} : "an error that is no text"};
    lua_pop(state_, 1);
    if (status == LUA_ERRMEM && exceeded_ == Bound::none) exceeded_ = Bound::memory;
    switch (exceeded_) {
        case Bound::none: return failure;
        case Bound::steps: return Failure{"stopped: it took too many steps", true};
        case Bound::memory: return Failure{"stopped: it took too much memory", true};
        case Bound::time: return Failure{"stopped: it took too long", true};
    }
    return failure;
}

std::optional<Sandbox::Failure> Sandbox::compile(std::string_view script, const std::string& name) {
    const auto chunk = '@' + name;
    // Text only: Lua does not verify its own binary form.
    if (luaL_loadbufferx(state_, script.data(), script.size(), chunk.c_str(), "t") == LUA_OK) return {};
    Failure failure{lua_tostring(state_, -1)};
    lua_pop(state_, 1);
    return failure;
}

void Sandbox::check_time() {
    if (!running_) return;
    const auto elapsed = std::chrono::steady_clock::now() - began_;
    // A machine that is busy with others is not the script's fault; asking for the processor's time costs a
    // system call, though.
    if (elapsed < budget_.processor / 2) return;
    if (processor_began_ == std::chrono::nanoseconds{}) {
        processor_began_ = processor_time() - budget_.processor / 2;
        return;
    }
    if (processor_time() - processor_began_ > budget_.processor) stop(Bound::time);
}

void Sandbox::count(lua_State* state, lua_Debug* /*where*/) {
    auto& self = of(state);
    if (!self.running_) return;
    self.steps_ += steps_at_once;
    if (self.steps_ > self.budget_.steps) self.stop(Bound::steps);
    self.check_time();
}

void Sandbox::stop(Bound bound) {
    exceeded_ = bound;
    luaL_error(state_, "stopped");
    std::abort();  // luaL_error does not return
}

void* Sandbox::allocate(void* self_pointer, void* block, std::size_t old_size, std::size_t new_size) {
    auto& self = *static_cast<Sandbox*>(self_pointer);
    if (block == nullptr) old_size = 0;  // it is a type then
    if (new_size == 0) {
        std::free(block);
        self.live_ -= old_size;
        return nullptr;
    }
    if (self.running_ && new_size > old_size) {
        const auto more = new_size - old_size;
        if (new_size > self.budget_.block || self.live_ + more > self.budget_.memory ||
            self.allocated_ + more > self.budget_.allocated) {
            self.exceeded_ = Bound::memory;
            return nullptr;
        }
        self.allocated_ += new_size;
    }
    void* moved = std::realloc(block, new_size);
    if (moved == nullptr) return nullptr;
    self.live_ += new_size - old_size;
    return moved;
}

}  // namespace fedmsg::meta
