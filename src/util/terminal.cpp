#include "util/terminal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

namespace fedmsg {

bool is_terminal(int descriptor) { return ::isatty(descriptor) == 1; }

bool is_pipe(int descriptor) {
    struct stat status {};
    return ::fstat(descriptor, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
}

bool wants_colour(std::string_view when, int descriptor) {
    if (when != "auto") return when == "always";
    const char* no_color = std::getenv("NO_COLOR");
    const char* term = std::getenv("TERM");
    return is_terminal(descriptor) && !(no_color && *no_color) && !(term && std::string_view{term} == "dumb");
}

RestoreFlags::RestoreFlags(int descriptor) : descriptor_{descriptor}, flags_{::fcntl(descriptor, F_GETFL)} {}
RestoreFlags::~RestoreFlags() {
    if (flags_ >= 0) ::fcntl(descriptor_, F_SETFL, flags_);
}

}  // namespace fedmsg
