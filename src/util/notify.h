#pragma once
/// \file
/// What the service manager is told: sd_notify(3). Spoken by hand, as that page suggests: it is one datagram,
/// and libsystemd would bring five more libraries into every start.

#include <chrono>
#include <optional>
#include <string_view>

namespace fedmsg {

/// Sends `state` ("READY=1\nSTATUS=serving") to $NOTIFY_SOCKET; does nothing when that is not set.
void notify(std::string_view state);

/// Half of the watchdog's interval (WATCHDOG_USEC), when one watches this process: how often to send
/// WATCHDOG=1.
std::optional<std::chrono::microseconds> watchdog_interval();

}  // namespace fedmsg
