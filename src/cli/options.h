#pragma once
/// \file
/// What a subcommand accepts. One table serves the parser, `--help` and the completion of the shells, so that
/// these cannot drift apart.

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::cli {

/// What a shell offers as the value of an option.
enum class Completes : std::uint8_t { nothing, file, words };

struct Option {
    enum class Kind : std::uint8_t { flag, value, optional_value };
    std::string name;         ///< "include", without dashes
    char letter = 0;          ///< 'n' for `-n`; 0: none
    std::string placeholder;  ///< "REGEX"; empty for a flag
    std::string meaning;      ///< one line for `--help`, no capital, no full stop
    Kind kind = Kind::value;
    bool repeatable = false;
    Completes completes = Completes::nothing;
    std::vector<std::string> words;  ///< what it completes to, or all it takes
    /// Takes the text of the command line; null for a flag and for an optional value left out. Throws
    /// UsageError when not allowed.
    std::function<void(const std::string*)> store;
};

class Options {
  public:
    /// `--name`: true when given.
    Option& flag(std::string name, bool& into, std::string meaning);
    /// `--name VALUE`.
    Option& value(std::string name, std::string& into, std::string placeholder, std::string meaning);
    Option& value(std::string name, std::optional<std::string>& into, std::string placeholder,
                  std::string meaning);
    /// `--name VALUE`, repeatable.
    Option& values(std::string name, std::vector<std::string>& into, std::string placeholder,
                   std::string meaning);
    /// `--name N`: an integer of at least `least`.
    Option& number(std::string name, std::optional<std::int64_t>& into, std::int64_t least,
                   std::string placeholder, std::string meaning);
    /// `--name SECONDS`: a decimal number of seconds, 0 or more.
    Option& seconds(std::string name, std::optional<std::chrono::milliseconds>& into, std::string meaning);
    /// `--name WORD`: one of `words`.
    Option& choice(std::string name, std::string& into, std::initializer_list<std::string_view> words,
                   std::string meaning);
    /// Anything else.
    Option& add(Option option);

    [[nodiscard]] const std::vector<Option>& table() const { return table_; }

    /// What may stand on the command line besides options: "FILE", at most `most` of them; `words`: what a
    /// shell offers.
    void operand(std::string placeholder, std::vector<std::string>& into, std::size_t most,
                 std::vector<std::string> words = {});
    [[nodiscard]] const std::string& operand_placeholder() const { return operand_placeholder_; }
    [[nodiscard]] const std::vector<std::string>& operand_words() const { return operand_words_; }

    /// Stores the values. \throws UsageError, with the nearest option for an unknown one
    void parse(const std::vector<std::string>& words) const;

    /// The two columns of `--help`.
    [[nodiscard]] std::string help() const;

  private:
    std::vector<Option> table_;
    std::string operand_placeholder_;
    std::vector<std::string> operand_words_;
    std::vector<std::string>* operands_into_ = nullptr;
    std::size_t most_operands_ = 0;
};

/// A decimal number of seconds; nothing when `text` is not one, or negative.
std::optional<std::chrono::milliseconds> parse_seconds(const std::string& text);

}  // namespace fedmsg::cli
