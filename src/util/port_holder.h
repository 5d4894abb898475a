#pragma once
#include <string>

namespace fedmsg {

/// Who listens on the port of "tcp://host:port": "fedmsg-relay (pid 4711)"; empty when that cannot be found
/// out (other transports, other users' processes). Reads /proc/net/tcp and /proc/PID/fd: proc(5).
std::string port_holder(const std::string& address);

}  // namespace fedmsg
