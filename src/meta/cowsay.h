#pragma once
/// \file
/// What `fedmsg tail --cowsay` shows.

#include <string>
#include <string_view>

namespace fedmsg::meta {

/// `text` as a cow says it: a bubble of several lines, without a line end behind the last one. UTF-8.
[[nodiscard]] std::string cowsay(std::string_view text);

}  // namespace fedmsg::meta
