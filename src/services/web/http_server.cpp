// The only file that includes Beast, which takes long to compile.
#include "services/web/http_server.h"

#include "bus/resolver.h"
#include "util/error.h"
#include "util/log.h"
#include "util/port_holder.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <array>
#include <list>

namespace fedmsg::services {
namespace {

namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::beast::tcp_stream;
using Response = http::response<http::string_body>;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

std::string bracketed(const std::string& host) {
    return host.find(':') == host.npos ? host : "[" + host + "]";
}

std::string shown(const tcp::endpoint& endpoint) {
    return bracketed(endpoint.address().to_string()) + ":" + std::to_string(endpoint.port());
}

/// What a request that was read, or could not be, is answered with.
Response answer(const http::request<http::empty_body>& request, http::status status, std::string text) {
    Response response{status, request.version()};
    response.set(http::field::content_type, "text/plain; charset=utf-8");
    response.body() = std::move(text) + "\n";
    return response;
}

}  // namespace

/// Shared with the coroutines, which may outlive the server by as long as the loop.
class HttpServer::State : public std::enable_shared_from_this<State> {
  public:
    State(Loop& loop, std::string key, ListenAddress address, Handler handler,
          std::function<void(const std::string&)> listening, Limits limits)
        : executor_{loop.context().get_executor()},
          key_{std::move(key)},
          address_{std::move(address)},
          handler_{std::move(handler)},
          listening_{std::move(listening)},
          limits_{limits},
          acceptor_{executor_} {}

    void start() { asio::co_spawn(executor_, run(shared_from_this()), rethrow_unless_cancelled); }

    void stop() {
        handler_ = {};
        acceptor_.close();
        for (auto* stream : streams_) stream->close();
    }

  private:
    using Self = std::shared_ptr<State>;

    static asio::awaitable<void> run(Self self) {
        const auto endpoint = co_await self->resolve();
        self->bind(endpoint);
        self->listening_(shown(self->acceptor_.local_endpoint()));
        asio::steady_timer pause{self->executor_};
        while (self->acceptor_.is_open()) {
            auto [error, socket] = co_await self->acceptor_.async_accept(as_result);
            if (error == asio::error::operation_aborted) co_return;
            if (!error)
                asio::co_spawn(self->executor_, serve(self, std::move(socket)), rethrow_unless_cancelled);
            // No descriptor is left, or the like: trying on at once would only keep the loop busy.
            if (error) self->warn(error.message());
            pause.expires_after(error ? std::chrono::milliseconds{1000} : self->limits_.pause);
            co_await pause.async_wait(asio::use_awaitable);
        }
    }

    void warn(const std::string& why) {
        if (const auto held_back = accept_limit_.pass())
            log::warning("http", "{}: cannot accept a connection: {}{}", key_, why,
                         *held_back ? fmt::format(" (and {} times before it)", *held_back) : "");
    }

    [[nodiscard]] std::string name() const {
        return key_ + " " + bracketed(address_.host) + ":" + std::to_string(address_.port);
    }

    asio::awaitable<tcp::endpoint> resolve() {
        if (address_.host.empty()) co_return tcp::endpoint{tcp::v6(), address_.port};
        std::string host = address_.host == "localhost" ? "127.0.0.1" : address_.host;
        const auto whole = "tcp://" + bracketed(host) + ":" + std::to_string(address_.port);
        if (bus::Resolver::needed(whole)) {
            bus::Resolver resolver{executor_};
            std::string trouble;
            const auto resolved = co_await resolver.resolve(whole, trouble);
            if (resolved.empty()) throw SetupError("cannot listen on " + name() + ": " + trouble);
            host = resolved.substr(6, resolved.rfind(':') - 6);
            if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
        }
        boost::system::error_code error;
        const auto address = asio::ip::make_address(host, error);
        if (error) throw SetupError("cannot listen on " + name() + ": " + error.message());
        co_return tcp::endpoint{address, address_.port};
    }

    void bind(tcp::endpoint endpoint) {
        boost::system::error_code error;
        acceptor_.open(endpoint.protocol(), error);
        if (error == asio::error::address_family_not_supported && address_.host.empty()) {
            // A machine without IPv6: every interface of IPv4.
            endpoint = {tcp::v4(), address_.port};
            acceptor_.open(endpoint.protocol(), error);
        }
        if (!error && address_.host.empty() && endpoint.address().is_v6())
            acceptor_.set_option(asio::ip::v6_only{false}, error);
        if (!error) acceptor_.set_option(tcp::acceptor::reuse_address{true}, error);
        if (!error) acceptor_.bind(endpoint, error);
        if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
        if (!error) return;
        const auto holder = error == asio::error::address_in_use
                                ? port_holder("tcp://:" + std::to_string(address_.port))
                                : std::string{};
        throw SetupError("cannot listen on " + name() + ": " + error.message() +
                         (holder.empty() ? "" : ", held by " + holder));
    }

    /// A connection that is open, in the order of their last request.
    class Entry {
      public:
        Entry(State& state, tcp_stream& stream)
            : state_{state}, place_{state.streams_.insert(state.streams_.end(), &stream)} {
            if (state_.streams_.size() > state_.limits_.connections) state_.streams_.front()->close();
        }
        ~Entry() { state_.streams_.erase(place_); }
        Entry(const Entry&) = delete;
        Entry& operator=(const Entry&) = delete;
        void used() { state_.streams_.splice(state_.streams_.end(), state_.streams_, place_); }

      private:
        State& state_;
        std::list<tcp_stream*>::iterator place_;
    };

    static asio::awaitable<void> serve(Self self, tcp::socket socket) {
        tcp_stream stream{std::move(socket)};
        Entry entry{*self, stream};
        asio::steady_timer pause{self->executor_};
        boost::beast::flat_buffer buffer{self->limits_.header_bytes};
        for (bool go_on = true; go_on;) {
            http::request_parser<http::empty_body> parser;
            parser.header_limit(static_cast<std::uint32_t>(self->limits_.header_bytes));
            stream.expires_after(self->limits_.time);
            const auto [error, size] = co_await http::async_read_header(stream, buffer, parser, as_result);
            if (error && !is_garbage(error)) co_return;  // gone, silent, or closed by us
            entry.used();
            auto response = self->respond(parser.get(), error);
            // A body is not read, so that there is no telling where the next request begins.
            go_on = !error && parser.is_done() && parser.get().keep_alive();
            response.keep_alive(go_on);
            response.prepare_payload();
            if (parser.get().method() == http::verb::head) response.body().clear();  // its length stays
            http::response_serializer<http::string_body> serializer{response};
            stream.expires_after(self->limits_.time);
            const auto [failed, written] = co_await http::async_write(stream, serializer, as_result);
            if (failed) co_return;
            pause.expires_after(self->limits_.pause);
            co_await pause.async_wait(asio::use_awaitable);
        }
        co_await hang_up(stream);
    }

    /// Closing while something is unread would reset the connection, and could take the answer with it.
    static asio::awaitable<void> hang_up(tcp_stream& stream) {
        constexpr int chunks = 16;
        boost::system::error_code ignored;
        stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
        stream.expires_after(std::chrono::seconds{1});
        std::array<char, 4096> rest{};
        const auto buffer = asio::buffer(rest);
        for (int i = 0; i < chunks; ++i) {
            const auto [error, size] = co_await stream.async_read_some(buffer, as_result);
            if (error) co_return;
        }
    }

    /// What the parser says about bytes; everything else is about the connection.
    static bool is_garbage(const boost::system::error_code& error) {
        static const auto& category = make_error_code(http::error::bad_method).category();
        return error.category() == category && error != http::error::end_of_stream &&
               error != http::error::partial_message;
    }

    Response respond(const http::request<http::empty_body>& request, const boost::system::error_code& error) {
        if (error == http::error::header_limit || error == http::error::buffer_overflow)
            return answer(request, http::status::request_header_fields_too_large, "the header is too large");
        if (error) return answer(request, http::status::bad_request, "this is not a request of HTTP");
        if (request.method() != http::verb::get && request.method() != http::verb::head) {
            auto response =
                answer(request, http::status::method_not_allowed, "there is nothing but GET and HEAD here");
            response.set(http::field::allow, "GET, HEAD");
            return response;
        }
        const auto target = request.target();
        std::string_view path{target.data(), target.size()};
        path = path.substr(0, path.find('?'));
        auto page = handler_ ? handler_(path) : std::nullopt;
        if (!page) return answer(request, http::status::not_found, "there is no such page");
        Response response{http::status::ok, request.version()};
        response.set(http::field::content_type, page->content_type);
        response.body() = std::move(page->body);
        return response;
    }

    asio::any_io_executor executor_;
    std::string key_;
    ListenAddress address_;
    Handler handler_;
    std::function<void(const std::string&)> listening_;
    Limits limits_;
    tcp::acceptor acceptor_;
    std::list<tcp_stream*> streams_;  // of serve(), the one that has been quiet the longest first
    log::Limit accept_limit_{std::chrono::minutes{1}};
};

HttpServer::HttpServer(Loop& loop, std::string key, ListenAddress address, Handler handler,
                       std::function<void(const std::string&)> listening, Limits limits)
    : state_{std::make_shared<State>(loop, std::move(key), std::move(address), std::move(handler),
                                     std::move(listening), limits)} {
    state_->start();
}

HttpServer::~HttpServer() { state_->stop(); }

}  // namespace fedmsg::services
