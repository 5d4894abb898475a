#include "services/monitor/monitoring.h"

#include "encoding/write.h"
#include "services/monitor/collect.h"
#include "services/monitor/report.h"
#include "util/log.h"
#include "util/notify.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdlib>

namespace fedmsg::services {
namespace {

std::chrono::sys_seconds this_second() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace

Monitoring::Monitoring(Loop& loop, const Config& config, DaemonName name, const Monitored& monitored)
    : loop_{loop},
      name_{std::move(name)},
      monitored_{monitored},
      expiry_{loop, name_.service, [this] { return monitored_.in_use(); }},
      status_{loop, name_, [this] { return report(); }} {
    asio::co_spawn(loop.context(), tell_supervisor(), rethrow_unless_cancelled);
    if (!config.metrics_listen) return;
    auto page = [this](std::string_view path) -> std::optional<Page> {
        if (path != "/metrics") return std::nullopt;
        return Page{std::string{prometheus_content_type}, to_prometheus(collect())};
    };
    auto tell = [this](const std::string& address) {
        log::info(name_.service, "metrics at http://{}/metrics", address);
    };
    // Checked with the configuration.
    http_ =
        std::make_unique<HttpServer>(loop, "metrics_listen", *parse_listen_address(*config.metrics_listen),
                                     std::move(page), std::move(tell));
}

/// The watchdog is fed from the loop that does the work: one that hangs is restarted.
asio::awaitable<void> Monitoring::tell_supervisor() {
    if (!std::getenv("NOTIFY_SOCKET")) co_return;
    const auto watchdog = watchdog_interval();
    asio::steady_timer timer{loop_.context()};
    for (;;) {
        // The first line is what the daemon itself says when it is ready.
        timer.expires_after(watchdog.value_or(status_interval));
        co_await timer.async_wait(asio::use_awaitable);
        std::string state = watchdog ? "WATCHDOG=1\nSTATUS=" : "STATUS=";
        state += monitored_.status();
        const auto now = this_second();
        if (const auto thing = crypto::most_urgent(monitored_.in_use(), now))
            state += "; " + crypto::describe(*thing, now);
        notify(state);
    }
}

Metrics Monitoring::collect() const {
    Metrics metrics;
    monitored_.collect(metrics);
    collect_expiry(monitored_.in_use(), metrics);
    collect_process(name_.service, started_, metrics);
    return metrics;
}

std::string Monitoring::report() const {
    std::vector<std::string> warnings;
    const auto now = this_second();
    for (const auto& thing : monitored_.in_use())
        if (crypto::urgency(thing, now) != crypto::Urgency::none)
            warnings.push_back(crypto::describe(thing, now));
    const Report report{name_.service, started_, monitored_.status(), std::move(warnings), collect()};
    return encoding::dumps(to_json(report), encoding::Style{.sort_keys = false}) + "\n";
}

}  // namespace fedmsg::services
