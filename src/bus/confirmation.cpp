#include "bus/confirmation.h"

#include "util/error.h"

namespace fedmsg::bus {
namespace {

using Clock = std::chrono::steady_clock;

Config relay_only(const Config& config) {
    Config only = config;
    only.srv_endpoints.clear();
    std::erase_if(only.endpoints, [](const auto& entry) { return entry.first != "relay_outbound"; });
    if (only.endpoints.empty())
        throw UsageError(
            "to confirm, the relay's address is needed: set `relay_outbound` in the configuration");
    return only;
}

}  // namespace

Confirmation::Confirmation(Loop& loop, const Config& config)
    : timeout_{config.timeout}, bus_{loop, relay_only(config), {}} {}

asio::awaitable<void> Confirmation::start() {
    const bool connected = co_await bus_.connected(Clock::now() + timeout_);
    if (!connected) throw SetupError("cannot listen for confirmations: " + bus_.waiting_for().front());
}

void Confirmation::take() {
    while (const auto received = bus_.try_next())
        if (const auto id = received->message.msg_id()) missing_.erase(std::string{*id});
}

asio::awaitable<void> Confirmation::finish() {
    auto deadline = Clock::now() + timeout_;
    for (;;) {
        const auto before = missing_.size();
        take();
        if (missing_.empty()) co_return;
        if (missing_.size() < before) deadline = Clock::now() + timeout_;
        const bool in_time = co_await bus_.wait_until(deadline);
        if (!in_time) co_return;
    }
}

}  // namespace fedmsg::bus
