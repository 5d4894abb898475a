/// The loadable module: the only file that includes libcurl.
#include "http/module.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <cstdlib>
#include <exception>
#include <memory>
#include <stdexcept>

namespace fedmsg::http {
namespace {

constexpr long most_redirections = 5;

using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using Multi = std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)>;

Error fail(Reason reason, std::string text, int status = 0) { return {reason, status, std::move(text)}; }

/// What servers say goes to terminals and logs.
std::string printable(std::string text) {
    for (auto& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = '?';
    return text;
}

/// One request and what becomes of it.
class Transfer {
  public:
    explicit Transfer(const Request& request)
        : request_{request},
          easy_{curl_easy_init(), &curl_easy_cleanup},
          multi_{curl_multi_init(), &curl_multi_cleanup} {
        if (!easy_ || !multi_) throw std::bad_alloc{};
        const char* schemes = request.https_only ? "https" : "http,https";
        set(CURLOPT_URL, request.url.c_str());
        set(CURLOPT_PROTOCOLS_STR, schemes);
        set(CURLOPT_REDIR_PROTOCOLS_STR, schemes);
        set(CURLOPT_FOLLOWLOCATION, 1L);
        set(CURLOPT_MAXREDIRS, most_redirections);
        set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(request.largest));
        set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
        set(CURLOPT_USERAGENT, "fedmsg/" FEDMSG_VERSION);
        set(CURLOPT_ERRORBUFFER, trouble_);
        set(CURLOPT_WRITEFUNCTION, &Transfer::take);
        set(CURLOPT_WRITEDATA, static_cast<void*>(this));
        set(CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
        set(CURLOPT_QUICK_EXIT, 1L);  // a name server that is slow does not hold up the end
#endif
        if (const char* file = std::getenv("SSL_CERT_FILE"); file != nullptr && *file != '\0')
            set(CURLOPT_CAINFO, file);
        if (const char* folder = std::getenv("SSL_CERT_DIR"); folder != nullptr && *folder != '\0')
            set(CURLOPT_CAPATH, folder);
    }
    ~Transfer() {
        if (added_) curl_multi_remove_handle(multi_.get(), easy_.get());
    }
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    Result<Response, Error> run() {
        const auto code = perform();
        if (request_.stop.stop_requested()) return fail(Reason::stopped, "stopped");
        if (code != CURLE_OK) return error(code);
        const auto status = info<long>(CURLINFO_RESPONSE_CODE);
        if (status >= 200 && status < 300) return Response{std::move(body_)};
        return refused(static_cast<int>(status));
    }

  private:
    template <class Value>
    void set(CURLoption option, Value value) {
        if (const auto code = curl_easy_setopt(easy_.get(), option, value); code != CURLE_OK)
            throw std::runtime_error(fmt::format("libcurl refuses option {}: {}", static_cast<int>(option),
                                                 curl_easy_strerror(code)));
    }

    template <class Value>
    [[nodiscard]] Value info(CURLINFO what) const {
        Value value{};
        curl_easy_getinfo(easy_.get(), what, &value);
        return value;
    }

    static std::size_t take(char* bytes, std::size_t, std::size_t size, void* self) noexcept {
        auto& transfer = *static_cast<Transfer*>(self);
        if (transfer.body_.size() + size > transfer.request_.largest) return 0;
        transfer.body_.append(bytes, size);
        return size;
    }

    static void check(CURLMcode code) {
        if (code != CURLM_OK) throw std::runtime_error(curl_multi_strerror(code));
    }

    /// As curl_easy_perform, but a stop wakes it up.
    CURLcode perform() {
        check(curl_multi_add_handle(multi_.get(), easy_.get()));
        added_ = true;
        const std::stop_callback wake{request_.stop, [this] { curl_multi_wakeup(multi_.get()); }};
        while (!request_.stop.stop_requested()) {
            int running = 0;
            check(curl_multi_perform(multi_.get(), &running));
            int left = 0;
            if (const auto* message = curl_multi_info_read(multi_.get(), &left)) return message->data.result;
            check(curl_multi_poll(multi_.get(), nullptr, 0, 1000, nullptr));
        }
        return CURLE_ABORTED_BY_CALLBACK;
    }

    Error refused(int status) const {
        if (status >= 500 || status == 408 || status == 429)
            return fail(Reason::status,
                        fmt::format("the server answers with status {}: ask who runs it", status), status);
        return fail(
            Reason::status,
            fmt::format("the server answers with status {}: correct the address, or put there what it names",
                        status),
            status);
    }

    /// What libcurl says of it, in one line.
    [[nodiscard]] std::string said(CURLcode code) const {
        return printable(trouble_[0] != '\0' ? trouble_ : curl_easy_strerror(code));
    }

    Error error(CURLcode code) const {
        const auto because = [&](Reason reason, std::string_view what_to_do) {
            return fail(reason, fmt::format("{}: {}", said(code), what_to_do));
        };
        // See libcurl-errors(3).
        switch (static_cast<int>(code)) {
            case CURLE_UNSUPPORTED_PROTOCOL:
                if (info<long>(CURLINFO_REDIRECT_COUNT) == 0)
                    return because(Reason::bad_url, "correct the address");
                return fail(
                    Reason::redirected,
                    fmt::format(
                        "the server redirects to {}, which is not protected: name an https:// address "
                        "that has it",
                        printable(info<const char*>(CURLINFO_EFFECTIVE_URL))));
            case CURLE_URL_MALFORMAT: return because(Reason::bad_url, "correct the address");
            case CURLE_WRITE_ERROR:  // take()
            case CURLE_FILESIZE_EXCEEDED:
                return fail(Reason::too_large,
                            fmt::format("it is larger than {} bytes: correct the address", request_.largest));
            case CURLE_TOO_MANY_REDIRECTS: return because(Reason::redirected, "correct the address");
            case CURLE_COULDNT_RESOLVE_PROXY:
            case CURLE_COULDNT_RESOLVE_HOST:
                return because(Reason::unreachable, "correct the name, or look at the name server");
            case CURLE_COULDNT_CONNECT:
                return because(Reason::unreachable, "start the server, or correct the address");
            case CURLE_OPERATION_TIMEDOUT:
                return because(Reason::timed_out, "look at the server, and the network to it");
            case CURLE_PEER_FAILED_VERIFICATION:
                return because(
                    Reason::untrusted,
                    "mend the server's certificate, or trust its authority: add that to the system's, or "
                    "name its file in SSL_CERT_FILE");
            case CURLE_SSL_CACERT_BADFILE: return because(Reason::failed, "correct SSL_CERT_FILE");
            case CURLE_SSL_CONNECT_ERROR:  // a wrong signature within the chain, too
                return because(Reason::interrupted,
                               "look at the server, its certificate, and the network to it");
            case CURLE_PARTIAL_FILE:
            case CURLE_GOT_NOTHING:
            case CURLE_SEND_ERROR:
            case CURLE_RECV_ERROR:
            case CURLE_HTTP2:
            case CURLE_HTTP2_STREAM:
            case CURLE_WEIRD_SERVER_REPLY:
                return because(Reason::interrupted, "look at the server, and the network to it");
            default: return because(Reason::failed, "see libcurl-errors(3)");
        }
    }

    const Request& request_;
    std::string body_;
    bool added_ = false;
    char trouble_[CURL_ERROR_SIZE] = "";
    Easy easy_;
    Multi multi_;
};

class CurlModule : public Module {
  public:
    CurlModule() : started_{curl_global_init(CURL_GLOBAL_DEFAULT)} {}

    Result<Response, Error> try_once(const Request& request) const override {
        if (started_ != CURLE_OK) return fail(Reason::failed, curl_easy_strerror(started_));
        try {
            return Transfer{request}.run();
        } catch (const std::exception& e) {
            return fail(Reason::failed, e.what());
        }
    }

  private:
    CURLcode started_;
};

}  // namespace
}  // namespace fedmsg::http

extern "C" __attribute__((visibility("default"))) const fedmsg::http::Module* fedmsg_http_module(
    const char* version);

const fedmsg::http::Module* fedmsg_http_module(const char* version) {
    using namespace fedmsg::http;
    static const CurlModule module;
    return std::string_view{version} == interface_version ? &module : nullptr;
}
