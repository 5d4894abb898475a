#include "util/descriptors.h"

#include <sys/resource.h>

#include <algorithm>

namespace fedmsg {

std::optional<std::size_t> make_room_for_descriptors(std::size_t count) {
    constexpr rlim_t others = 64;
    const rlim_t needed = count + others;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed) return std::nullopt;
    limit.rlim_cur = std::min(needed, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_max < needed ? std::optional<std::size_t>{limit.rlim_max} : std::nullopt;
}

}  // namespace fedmsg
