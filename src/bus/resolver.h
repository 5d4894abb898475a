#pragma once
/// \file
/// Names of hosts and services, looked up on the event loop with c-ares: never in a thread of ZeroMQ's, where
/// a slow server would hold up every connection. Source: spec "Subscribing" and the key `srv_endpoints`.

#include "loop/loop.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace fedmsg::bus {

/// The answer to a SRV question, best first (RFC 2782: lowest priority, then highest weight).
struct SrvAnswer {
    std::vector<std::string> addresses;  ///< "tcp://host:port"
    std::string trouble;                 ///< why there are none: "no such domain", "time-out", …
};

class Resolver {
  public:
    explicit Resolver(const asio::any_io_executor& executor);
    ~Resolver();
    Resolver(Resolver&&) noexcept;

    /// Whether the host of "tcp://host:port" is a name that has to be looked up (not a number, `*` or
    /// localhost).
    static bool needed(const std::string& address);

    /// "tcp://host:port" with the host's first address in its place; empty, and `trouble` set, when there is
    /// none.
    [[nodiscard]] asio::awaitable<std::string> resolve(std::string address, std::string& trouble);

    /// The same, again and again with growing pauses (1 s to 60 s) until it works; warns at first and each
    /// hour.
    [[nodiscard]] asio::awaitable<std::string> resolve_for_ever(std::string address, std::string& trouble);

    /// The records of `_fedmsg._tcp.DOMAIN`.
    [[nodiscard]] asio::awaitable<SrvAnswer> srv(std::string domain);

    /// Ends what is under way.
    void close();

  private:
    struct Channel;
    std::shared_ptr<Channel> channel_;  // made by the first question
    asio::any_io_executor executor_;
};

}  // namespace fedmsg::bus
