#include "services/listening/listening.h"

#include "services/monitor/collect.h"
#include "util/error.h"

#include <fmt/ranges.h>
#include <boost/asio/co_spawn.hpp>

namespace fedmsg::services {
namespace {

/// Prepared at once: no signal is waited for yet.
std::unique_ptr<crypto::Validator> open_validator(const Config& config) {
    if (!config.validate_signatures) return nullptr;
    auto validator = std::make_unique<crypto::Validator>(crypto::Validator::Settings::of(config));
    validator->prepare();
    return validator;
}

}  // namespace

Listening::Listening(Loop& loop, const Config& config, std::string component,
                     const std::vector<std::string>& topics, ValidatingSubscriber::Wanted wanted)
    : component_{std::move(component)},
      bus_{loop, config, topics, open_validator(config), std::move(wanted)} {
    if (config.endpoints.empty() && config.srv_endpoints.empty())
        throw UsageError("there is nothing to connect to: add `endpoints` to the configuration");
    asio::co_spawn(loop.context(), tell_what_is_missing(), rethrow_unless_cancelled);
}

std::optional<bus::Received> Listening::try_next() {
    for (;;) {
        auto next = bus_.try_next();
        if (!next) return std::nullopt;
        if (next->verdict.valid()) return std::move(next->received);
        if (const auto held_back = limits_.at(static_cast<std::size_t>(next->verdict.reason)).pass())
            log::warning(component_, "passed over: {}: {}: {}{}", next->received.message.topic(),
                         code(next->verdict.reason), next->verdict.detail,
                         *held_back ? fmt::format(" (and {} more before it)", *held_back) : "");
    }
}

void Listening::collect(Metrics& metrics) const {
    metrics.counter("fedmsg_received_messages_total", "messages received", bus_.bus().received());
    collect_drops(bus_.bus().drops(), metrics);
    for (std::size_t i = 0; i < crypto::reasons; ++i) {
        const auto reason = static_cast<crypto::Reason>(i);
        if (reason != crypto::Reason::valid)
            metrics.counter("fedmsg_invalid_messages_total", "messages that did not validate",
                            bus_.refused().at(i), {{"reason", std::string{code(reason)}}});
    }
}

std::string Listening::summary() const {
    std::string text;
    if (bus_.bus().drops().total() > 0) text = "dropped " + bus_.bus().drops().summary();
    if (const auto refused = bus_.refused_summary(); !refused.empty())
        text += (text.empty() ? "" : ", ") + refused + " did not validate";
    return text;
}

DaemonName name_of_listener(std::string service, const Config& config) {
    for (const auto& [name, addresses] : config.endpoints)
        if (!addresses.empty()) return {std::move(service), addresses.front()};
    return {std::move(service), config.srv_endpoints.empty() ? "" : config.srv_endpoints.front()};
}

asio::awaitable<void> Listening::tell_what_is_missing() {
    const auto soon = std::chrono::steady_clock::now() + std::chrono::seconds{1};
    const bool at_once = co_await bus_.bus().connected(soon);
    if (at_once) co_return;
    constexpr std::size_t shown = 10;
    auto missing = bus_.bus().waiting_for();
    const auto more = missing.size() > shown ? fmt::format(" and {} more", missing.size() - shown) : "";
    missing.resize(std::min(missing.size(), shown));
    log::warning(component_, "no endpoint is up; waiting for {}{}", fmt::join(missing, ", "), more);
    const bool at_last = co_await bus_.bus().connected(std::chrono::steady_clock::time_point::max());
    if (at_last) log::info(component_, "connected");
}

}  // namespace fedmsg::services
