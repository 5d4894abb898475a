#pragma once
/// \file
/// Lua's patterns, in bounded time: `string.find`, `match`, `gmatch` and `gsub` of Lua itself take one
/// instruction, and can take years. Standard: Lua 5.4 reference manual, 6.4.1.

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace fedmsg::meta {

class LuaPattern {
  public:
    static constexpr std::size_t most_captures = 32;
    /// Characters looked at in all searches of one object: about 5 ms.
    static constexpr std::size_t max_steps = 1'000'000;

    struct Capture {
        std::size_t begin, end;
        bool is_position;  ///< `()`: where it is, is what it captures
    };
    struct Match {
        std::size_t begin, end;  ///< bytes of the subject
    };

    /// Whether string.find looks for the pattern as it is: it has no character that means anything.
    [[nodiscard]] static bool is_plain(std::string_view pattern) {
        return pattern.find_first_of("^$*+?.([%-") == pattern.npos;
    }
    /// Both are kept by reference.
    LuaPattern(std::string_view subject, std::string_view pattern);

    /// The first match that begins at `from` or after it. An anchored pattern (`^`) is tried at `from` only.
    /// After nullopt, error() says whether there is none or something is wrong.
    [[nodiscard]] std::optional<Match> find(std::size_t from);
    [[nodiscard]] bool anchored() const { return anchored_; }
    /// Of the last match; a pattern without any has none.
    [[nodiscard]] std::size_t captures() const { return level_; }
    [[nodiscard]] const Capture& capture(std::size_t i) const { return captures_[i]; }
    /// Null unless the pattern is malformed, or took too long.
    [[nodiscard]] const char* error() const { return error_; }

  private:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    static constexpr std::size_t open = none - 1;  // the end of a capture that is not closed yet

    std::size_t match(std::size_t s, std::size_t p, int depth);
    std::size_t item_end(std::size_t p);
    bool single(std::size_t s, std::size_t p, std::size_t end);
    [[nodiscard]] bool in_set(unsigned char c, std::size_t p, std::size_t end) const;
    std::size_t balance(std::size_t s, std::size_t p);
    std::size_t repeat_most(std::size_t s, std::size_t p, std::size_t end, int depth);
    std::size_t repeat_least(std::size_t s, std::size_t p, std::size_t end, int depth);
    std::size_t start_capture(std::size_t s, std::size_t p, bool position, int depth);
    std::size_t end_capture(std::size_t s, std::size_t p, int depth);
    std::size_t back_reference(std::size_t s, char digit);
    std::size_t fail(const char* error);
    bool step();

    std::string_view subject_, pattern_;
    bool anchored_;
    std::size_t steps_ = 0, level_ = 0;
    std::array<Capture, most_captures> captures_{};
    const char* error_ = nullptr;
};

}  // namespace fedmsg::meta
