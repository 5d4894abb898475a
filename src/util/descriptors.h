#pragma once
#include <cstddef>
#include <optional>

namespace fedmsg {

/// Raises the number of files that this process may have open (RLIMIT_NOFILE) to `count`, and some for
/// everything else; never lowers it. The limit, where it stays below that: more needs a privilege.
std::optional<std::size_t> make_room_for_descriptors(std::size_t count);

}  // namespace fedmsg
