#pragma once
/// \file
/// Words of a sentence that several rules share. English, whatever the user's language: the sentences around
/// them are. Source: fedmsg 1.1.7, `fedmsg.meta.base`
/// `list_to_series`; arrow's `humanize`, whose words the Python system shows.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace fedmsg::meta {

/// "a, b, and c", sorted and each once; "a, b, and 2 others" where there are more than `most`; "(nothing)".
/// \param items  UTF-8; sorted by code point
[[nodiscard]] std::string series(std::vector<std::string> items, std::size_t most = 3,
                                 bool oxford_comma = true);

/// "3 days ago", "in an hour", "just now". \param at, now  seconds since the epoch
[[nodiscard]] std::string humanize(double at, double now);

/// `text` on one line: each run of line ends is a space.
[[nodiscard]] std::string one_line(std::string text);

}  // namespace fedmsg::meta
