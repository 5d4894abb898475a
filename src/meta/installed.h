#pragma once
/// \file
/// Where the files are that are installed with the program: rules and catalogues of translations.

#include <string>

namespace fedmsg::meta {

/// The folder NAME ("meta", "locale"): beside the executable, as in a build tree, else where it is installed
/// below the data folder.
[[nodiscard]] std::string installed_folder(const std::string& name);

}  // namespace fedmsg::meta
