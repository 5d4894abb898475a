#pragma once

namespace fedmsg {

/// For daemons, once they serve: gives back what only the start needed. The pages of the program's and the
/// libraries' code leave the process (they stay in the page cache, and come back when they are used), free
/// heap goes to the system. An idle relay is 3 MB smaller for it.
void release_startup_memory();

}  // namespace fedmsg
