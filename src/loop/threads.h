#pragma once
#include <cstddef>
#include <thread>

namespace fedmsg {

/// How many threads a setting means. \param setting  0: as many as there are processors
inline std::size_t thread_count(std::size_t setting) {
    if (setting > 0) return setting;
    const std::size_t processors = std::thread::hardware_concurrency();
    return processors > 0 ? processors : 1;
}

}  // namespace fedmsg
