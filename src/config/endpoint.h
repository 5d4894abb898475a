#pragma once
/// \file
/// The syntax of ZeroMQ addresses, checked before a socket sees them: its own answer is "Invalid argument".

#include "util/result.h"

#include <cstdint>
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

/// Where a server that is not ZeroMQ's listens: a key such as `metrics_listen`.
struct ListenAddress {
    std::string host;        ///< a name or an address, without brackets; empty: every interface
    std::uint16_t port = 0;  ///< 0: one that the kernel chooses
};

/// "HOST:PORT", "[::1]:PORT", or ":PORT" and "*:PORT" for every interface. The error is what is wrong with
/// it.
[[nodiscard]] Result<ListenAddress, std::string> parse_listen_address(std::string_view text);

/// True for a DNS name without port: labels of letters, digits, `-` and `_`, 63 each and 253 in all.
[[nodiscard]] bool is_domain_name(std::string_view name);

}  // namespace fedmsg
