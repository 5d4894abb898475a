#pragma once
/// \file
/// What `fedmsg sign` and `fedmsg verify` have in common: JSON Lines in, JSON Lines out, worked on in
/// threads.

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

/// Reads standard input to its end, or to SIGTERM or SIGINT, then finishes what is under way. Blank lines are
/// passed over. Output keeps the order of the input, and comes as soon as it is there.
/// \param speaker  for the log: "verify" \param workers  threads; 0: one a processor
/// Returns how many lines were not good. \throws SetupError, ReaderGone
std::size_t work_on_lines(std::string_view speaker, std::size_t workers, const LineWork& work);

}  // namespace fedmsg::subcommands
