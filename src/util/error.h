#pragma once
/// \file
/// What set-up can throw; `main` turns each into one line on stderr and an exit status.

#include <stdexcept>
#include <string>

namespace fedmsg {

/// The command line or the configuration is wrong, and whoever started us can mend it. Exit status 2.
class UsageError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The machine let us down: a port taken, a file unreadable, a relay that does not answer. Exit status 1.
class SetupError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The text of an errno value: "No such file or directory".
std::string error_text(int error_number);

}  // namespace fedmsg
