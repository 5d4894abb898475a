#include "config/endpoint.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace fedmsg {
namespace {

constexpr std::size_t longest_ipc_path = 107;     // sizeof sockaddr_un::sun_path, less its end
constexpr std::size_t longest_inproc_name = 255;  // zmq_inproc(7) allows 256 with its end
constexpr std::size_t longest_label = 63;         // RFC 1035, 2.3.4
constexpr std::size_t longest_domain = 253;       // RFC 1035, as text

bool is_letter_or_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_label(std::string_view label) {
    return !label.empty() && label.size() <= longest_label &&
           std::ranges::all_of(label, [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_'; });
}

template <class Address>
bool is_address(int family, std::string_view text) {
    Address binary;
    return inet_pton(family, std::string{text}.c_str(), &binary) == 1;
}

/// Four labels of digits: meant as an IPv4 address, whatever their values.
bool looks_like_ipv4(std::string_view host) {
    return std::ranges::count(host, '.') == 3 &&
           std::ranges::all_of(host, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

std::string quoted(std::string_view text) { return "`" + std::string{text} + "`"; }

std::optional<unsigned> number(std::string_view port) {
    unsigned value = 0;
    const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), value);
    if (failed != std::errc{} || end != port.data() + port.size() || value > 65535) return std::nullopt;
    return value;
}

std::optional<std::string> host_error(std::string_view host) {
    if (host == "*") return std::nullopt;
    if (host.empty()) return "has no host: write tcp://HOST:PORT";
    if (host.starts_with('[')) {
        const std::string_view inside = host.substr(1, host.find_first_of("%]") - 1);  // a zone may follow
        if (host.ends_with(']') && is_address<in6_addr>(AF_INET6, inside)) return std::nullopt;
        return quoted(host) + " is not an IPv6 address in brackets";
    }
    if (host.find(':') != std::string_view::npos) {
        return is_address<in6_addr>(AF_INET6, host)
                   ? "an IPv6 address stands in brackets: [" + std::string{host} + "]"
                   : "has more than one port: " + quoted(host);
    }
    if (looks_like_ipv4(host) ? is_address<in_addr>(AF_INET, host) : is_domain_name(host))
        return std::nullopt;
    return quoted(host) + " is neither a host name nor an address";
}

std::optional<std::string> tcp_error(std::string_view rest) {
    const std::size_t colon = rest.rfind(':');
    if (colon == std::string_view::npos || rest.ends_with(']')) return "has no port: write tcp://HOST:PORT";
    if (auto error = host_error(rest.substr(0, colon))) return error;
    const std::string_view port = rest.substr(colon + 1);
    if (port == "*") return std::nullopt;
    if (port.empty()) return "has no port: write tcp://HOST:PORT";
    if (number(port).value_or(0) >= 1) return std::nullopt;
    return "port " + quoted(port) + " is not a number from 1 to 65535";
}

std::optional<std::string> name_error(std::string_view name, std::size_t limit, std::string_view what) {
    if (name.empty()) return "has no " + std::string{what};
    if (name.find('\0') != std::string_view::npos)
        return "its " + std::string{what} + " contains a null byte";
    if (name.size() <= limit) return std::nullopt;
    return "its " + std::string{what} + " is longer than " + std::to_string(limit) + " bytes";
}

}  // namespace

std::optional<std::string> endpoint_error(std::string_view address) {
    const std::size_t mark = address.find("://");
    if (mark == std::string_view::npos) {
        return "has no transport: write tcp://HOST:PORT, ipc://PATH or inproc://NAME";
    }
    const std::string_view transport = address.substr(0, mark);
    const std::string_view rest = address.substr(mark + 3);
    if (transport == "tcp") return tcp_error(rest);
    if (transport == "ipc") return name_error(rest, longest_ipc_path, "path");
    if (transport == "inproc") return name_error(rest, longest_inproc_name, "name");
    return "transport " + quoted(transport) + " is not one of tcp, ipc, inproc";
}

Result<ListenAddress, std::string> parse_listen_address(std::string_view text) {
    const auto fail = [](std::string why) -> Result<ListenAddress, std::string> {
        return {boost::system::in_place_error, std::move(why)};
    };
    if (text.find("://") != std::string_view::npos) return fail("has a transport: write HOST:PORT");
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || text.ends_with(']')) return fail("has no port: write HOST:PORT");
    std::string_view host = text.substr(0, colon);
    if (!host.empty())
        if (auto error = host_error(host)) return fail(std::move(*error));
    const auto port = number(text.substr(colon + 1));
    if (!port) return fail("port " + quoted(text.substr(colon + 1)) + " is not a number from 0 to 65535");
    if (host == "*") host = "";
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    return ListenAddress{std::string{host}, static_cast<std::uint16_t>(*port)};
}

bool is_domain_name(std::string_view name) {
    if (name.ends_with('.')) name.remove_suffix(1);
    if (name.size() > longest_domain) return false;
    for (;;) {
        const std::size_t dot = name.find('.');
        if (!is_label(name.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        name.remove_prefix(dot + 1);
    }
}

}  // namespace fedmsg
