#pragma once
#include "crypto/reason.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace fedmsg::services::hub {

/// What became of the messages of one consumer since the start. Written on the loop.
struct Counters {
    std::uint64_t received = 0;  ///< messages on its topics, those that do not validate left out
    std::uint64_t handled = 0;   ///< finished well. `stream`: the program has read it
    std::uint64_t failed = 0;  ///< attempts: an exception, not ok, an exit status, a program that died on it
    std::uint64_t given_up = 0;    ///< messages put aside after all attempts (`.dead`)
    std::uint64_t lost = 0;        ///< of these, those that no file could take
    std::uint64_t dropped = 0;     ///< the queue was full, or the disk
    std::uint64_t left_over = 0;   ///< not handed out when the hub stopped, and kept nowhere
    std::uint64_t restarts = 0;    ///< of the program
    std::uint64_t published = 0;   ///< by it, through the hub
    std::uint64_t bad_output = 0;  ///< lines of a program that mean nothing
    std::array<std::uint64_t, crypto::reasons> refused{};  ///< messages that did not validate, by reason
};

}  // namespace fedmsg::services::hub
