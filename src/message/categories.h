#pragma once
/// \file
/// The services that are known by name, for counters that must not grow with what strangers publish.
/// Source: fedmsg 1.1.7, `fedmsg.meta`: one processor of messages each.

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace fedmsg::message {

/// Sorted. Of letters, digits, `_` and `-`, as in the name of a series.
inline constexpr std::array<std::string_view, 3> known_categories{"announce", "logger", "unhandled"};

/// The place in `known_categories` of a topic's category(): `unhandled` for one that is not known.
[[nodiscard]] constexpr std::size_t known_category(std::string_view category) {
    const auto* const found = std::find(known_categories.begin(), known_categories.end(), category);
    const auto* const place = found != known_categories.end()
                                  ? found
                                  : std::find(known_categories.begin(), known_categories.end(), "unhandled");
    return static_cast<std::size_t>(place - known_categories.begin());
}

}  // namespace fedmsg::message
