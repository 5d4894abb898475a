#pragma once
/// \file
/// Looks for errors in scripts before a message meets them.

#include "meta/rules.h"

#include <string>
#include <vector>

namespace fedmsg::meta {

/// A line for each finding: "git.lua:12: there is no helper 'serise': did you mean 'series'?".
/// What is looked for: syntax, a table of a wrong shape, names in it that mean nothing, and names in the code
/// that are neither local variables nor helpers.
/// \param files  scripts; none: all that are installed, and what they share
[[nodiscard]] std::vector<std::string> check_scripts(Rules& rules, const Config& config,
                                                     const std::vector<std::string>& files);

/// The names in a script that nothing gives a meaning to, with their lines. \param known  sorted
struct UnknownName {
    std::string name;
    int line;
};
[[nodiscard]] std::vector<UnknownName> unknown_names(std::string_view script,
                                                     const std::vector<std::string>& known);

}  // namespace fedmsg::meta
