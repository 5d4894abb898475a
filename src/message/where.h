#pragma once
/// \file
/// `--where 'msg.owner == "x" && timestamp >= 1700000000'`: which messages the operator asked for, by what
/// they say.
///
///     either  = both { "||" both } .
///     both    = term { "&&" term } .
///     term    = "!" term | "(" either ")" | "has" "(" path ")" | "true" | "false"
///             | path | operand relation operand | path "~" string .
///     operand = path | number | string | "true" | "false" | "null" .
///     relation = "==" | "!=" | "<" | "<=" | ">" | ">=" .
///
/// A path is keys joined by dots, each of letters, digits, `_`, `-` and what is not ASCII, the first not
/// beginning with a digit or `-`. Numbers are JSON's. A string stands in double or single quotes, with JSON's
/// escapes and `\'`; right of
/// `~`, where it is a regular expression, only `\` before the closing kind of quote is an escape.
///
/// It is typed. A path alone is true when its value is `true`. A comparison with a value that is missing, an
/// array or an object is false, whichever it is. Of different kinds, values are unequal and in no order; an
/// integer and a real number are of one kind and compared exactly; null is only equal; false comes before
/// true; strings are in the order of their code points. `~` is false unless the value is a string in which
/// the expression is found.

#include "encoding/document.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace fedmsg::message {

class Where {
  public:
    static constexpr std::size_t max_size = 65'536;  ///< bytes; a command line has not much more
    static constexpr int max_depth = 100;  ///< `(` and `!` open at once; parser and evaluation recurse

    /// \throws UsageError  "where: column 12: expected a value after '=='"
    explicit Where(std::string_view expression);
    Where(Where&&) noexcept;
    Where& operator=(Where&&) noexcept;
    ~Where();

    /// Allocates nothing. A regular expression that gives up counts as not found, and is counted.
    [[nodiscard]] bool matches(encoding::Node envelope);
    [[nodiscard]] std::uint64_t gave_up() const { return gave_up_; }

    struct Term;

  private:
    std::unique_ptr<const Term> term_;
    std::uint64_t gave_up_ = 0;
};

}  // namespace fedmsg::message
