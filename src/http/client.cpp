#include "http/client.h"

#include "http/module.h"
#include "util/error.h"
#include "util/module.h"

#include <condition_variable>
#include <mutex>

namespace fedmsg::http {
namespace {

const Module& module() {
    if (!is_available()) throw UsageError(not_available());
    static const auto& loaded = load_module<Module>("http", interface_version, "downloads need");
    return loaded;
}

/// False when it was stopped.
bool pause_for(std::chrono::milliseconds time, const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock{mutex};
    never.wait_for(lock, stop, time, [] { return false; });
    return !stop.stop_requested();
}

}  // namespace

bool is_available() { return FEDMSG_WITH_HTTP; }

std::string not_available() {
    return "this build of fedmsg cannot download (fedmsg --version: without http): build it with libcurl";
}

bool is_transient(const Error& error) {
    switch (error.reason) {
        case Reason::unreachable:
        case Reason::timed_out:
        case Reason::interrupted: return true;
        // RFC 9110, 15.5.9 and 15.6; RFC 6585, 4.
        case Reason::status: return error.status >= 500 || error.status == 408 || error.status == 429;
        case Reason::stopped:
        case Reason::bad_url:
        case Reason::untrusted:
        case Reason::redirected:
        case Reason::too_large:
        case Reason::failed: return false;
    }
    return false;
}

Result<Response, Error> get(const Request& request) {
    auto result = module().try_once(request);
    auto pause = request.pause;
    for (int tries = 1; !result && is_transient(result.error()) && tries < request.tries; ++tries) {
        if (!pause_for(pause, request.stop)) break;
        pause *= 3;
        result = module().try_once(request);
    }
    return result;
}

}  // namespace fedmsg::http
