#pragma once
/// \file
/// "Did you mean": the known word that a mistyped one is closest to.

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace fedmsg {

/// Words longer than this are nobody's typing error, and comparing costs the product of the lengths.
inline constexpr std::size_t longest_word_compared = 64;

/// Letters inserted, left out, replaced, or swapped with their neighbour, that turn `a` into `b` (optimal
/// string alignment). Both at most `longest_word_compared` bytes.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The first of the candidates with the smallest edit distance, if that is at most 2 and at most a third of
/// `word`'s length; a candidate that equals `word` is not one to suggest.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view word,
                                                      std::span<const std::string_view> candidates);

}  // namespace fedmsg
