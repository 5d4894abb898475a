#pragma once
/// \file
/// Regular expressions over text that others wrote: ECMAScript syntax with lookahead and lookbehind, bounded
/// time. Standard: ECMA-262, 22.2.1, by characters of Unicode; `^` and `$` are the ends of the text, `.` is
/// no line end.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fedmsg::message {

/// A pattern without special characters costs a plain search. Safe to use from several threads.
class Regex {
  public:
    enum class Found {
        yes,
        no,
        gave_up,  ///< within max_steps there was no answer
    };
    /// Characters of a pattern; it is typed by an operator.
    static constexpr std::size_t max_pattern = 10'000;
    /// Steps of one search: about 5 ms. An honest pattern on a topic takes some hundred.
    static constexpr std::ptrdiff_t max_steps = 200'000;
    /// Bytes of text that a pattern with special characters is searched in. With four bytes a character in
    /// memory, this bounds what a search may hold to 4 MiB and some.
    static constexpr std::size_t max_text = 1 << 20;

    /// \throws UsageError  naming the column: "column 3: a parenthesis is not closed"
    explicit Regex(std::string_view pattern);
    Regex(Regex&&) noexcept;
    Regex& operator=(Regex&&) noexcept;
    ~Regex();

    /// Searches anywhere in `text`. \param text  UTF-8; other bytes are taken for U+FFFD
    [[nodiscard]] Found search(std::string_view text) const;

    /// What is found in one text, from left to right. Neither the expression nor the text is copied.
    class Matches {
      public:
        Matches(const Regex& regex, std::string_view text);
        ~Matches();

        /// Goes on behind the match before; an empty one is followed by one character more.
        [[nodiscard]] Found next();
        /// Groups of the expression, and the whole match as group 0.
        [[nodiscard]] std::size_t groups() const;
        /// Of the match that next() found. Nothing for a group that took no part in it.
        [[nodiscard]] std::optional<std::string_view> group(std::size_t i) const;

      private:
        struct State;
        std::unique_ptr<State> state_;
    };

  private:
    struct Compiled;
    std::string literal_;
    std::unique_ptr<const Compiled> compiled_;  // null: search for literal_
};

}  // namespace fedmsg::message
