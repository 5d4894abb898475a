#pragma once
#include <string>

namespace fedmsg {

/// Who listens at "tcp://host:port" or "ipc://path": "`fedmsg relay` (pid 4711)"; empty when nobody does, or
/// that cannot be found out. Reads /proc/net/tcp and /proc/PID/fd, proc(5); connects to a path for a moment.
std::string port_holder(const std::string& address);

}  // namespace fedmsg
