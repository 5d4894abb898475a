#pragma once
/// \file
/// What `fedmsg sign`, `fedmsg verify` and `fedmsg policy` have in common: JSON Lines in, worked on in
/// threads; for most, JSON Lines out.

#include "encoding/document.h"
#include "loop/loop.h"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace fedmsg::subcommands {

/// What one line of input comes to.
struct LineResult {
    bool good = true;
    std::string complaint{};  ///< for standard error; told once however often it comes
};

/// \param message  of one line, an object; null when the line is none, and then `problem` says why
/// \param out  where to append the line of output, with its end
/// Called from several threads.
using LineWork =
    std::function<LineResult(const encoding::Node* message, std::string_view problem, std::string& out)>;

/// Where the lines come from.
struct LineInput {
    int descriptor = 0;  ///< standard input
    std::string name = "standard input";
};

/// Reads the input to its end, or to SIGTERM or SIGINT, then finishes what is under way. Blank lines are
/// passed over. Output keeps the order of the input, and comes as soon as it is there.
/// \param speaker  for the log: "verify" \param workers  threads; 0: one a processor
/// Returns how many lines were not good. \throws SetupError, ReaderGone
std::size_t work_on_lines(std::string_view speaker, std::size_t workers, const LineWork& work,
                          const LineInput& from = {});

}  // namespace fedmsg::subcommands
