#pragma once
/// \file
/// Pages over HTTP/1.1 (RFC 9110, 9112), on the loop of the process. For GET and HEAD only: 405 else.
///
/// What strangers send harms nobody else: a request has a size, a time and a number of connections, and what
/// is not HTTP is answered with 400 where that can be, and hung up on. No access control, no TLS: listen
/// where only those can reach it who may.

#include "config/endpoint.h"
#include "loop/loop.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fedmsg::services {

struct Page {
    std::string content_type;
    std::string body;
};

class HttpServer {
  public:
    /// \param path  of the request's target, without its query: "/metrics"
    /// \returns nothing: 404
    using Handler = std::function<std::optional<Page>(std::string_view path)>;

    struct Limits {
        std::size_t header_bytes = 8192;  ///< of a request; more: 431. Browsers send about 1 KB
        /// A request must be there in whole so long after the connection, or the last response; and the
        /// response must be taken within the same time. Idle connections end by it as well.
        std::chrono::milliseconds time{10'000};
        /// When there are more, the one that has been quiet the longest is closed: a stranger who holds many
        /// does not keep anybody out.
        std::size_t connections = 32;
        /// Between two requests of a connection, and between two connections: what a flood of them may take
        /// from the loop's other work stays small.
        std::chrono::milliseconds pause{5};
    };

    /// Begins to listen when the loop runs.
    /// \param key  that names the address, for errors: "metrics_listen"
    /// \param listening  called with "HOST:PORT", the address it really has
    ///
    /// Loop::run throws SetupError when the address cannot be had, naming who holds it.
    HttpServer(Loop& loop, std::string key, ListenAddress address, Handler handler,
               std::function<void(const std::string&)> listening, Limits limits);
    HttpServer(Loop& loop, std::string key, ListenAddress address, Handler handler,
               std::function<void(const std::string&)> listening)
        : HttpServer{loop,    std::move(key), std::move(address), std::move(handler), std::move(listening),
                     Limits{}} {}
    /// Closes what is open.
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

  private:
    class State;
    std::shared_ptr<State> state_;
};

}  // namespace fedmsg::services
