#pragma once
/// \file
/// The syntax of ZeroMQ addresses, checked before a socket sees them: its own answer is "Invalid argument".

#include <optional>
#include <string>
#include <string_view>

namespace fedmsg {

/// Nothing when `address` is one of
///     tcp://HOST:PORT     HOST a name, an IPv4 address, an interface, [IPv6], or `*`; PORT 1 to 65535, or
///     `*` ipc://PATH          at most 107 bytes (the room in a sockaddr_un); `@NAME` is abstract
///     inproc://NAME
/// otherwise what is wrong with it: "has no port: write tcp://HOST:PORT".
/// Source: zmq_tcp(7), zmq_ipc(7), zmq_inproc(7).
[[nodiscard]] std::optional<std::string> endpoint_error(std::string_view address);

/// True for a DNS name without port: labels of letters, digits, `-` and `_`, 63 each and 253 in all.
[[nodiscard]] bool is_domain_name(std::string_view name);

}  // namespace fedmsg
