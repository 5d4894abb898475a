/// fedmsg check: tell whether the consumers of a hub are well. Manual: man/fedmsg-check.1
#include "bus/subscriber.h"
#include "cli/call.h"
#include "config/endpoint.h"
#include "encoding/write.h"
#include "services/health/health.h"
#include "subcommands/table.h"
#include "util/error.h"
#include "util/output.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace fedmsg::subcommands {
namespace {

using services::HealthProblem;

/// Frames come every five seconds.
constexpr std::chrono::seconds default_patience{10};

/// Exit statuses as the monitoring plugins of Nagios have them.
enum class Nagios { ok = 0, warning = 1, critical = 2, unknown = 3 };

struct Arguments {
    services::HealthQuestion question;
    std::string endpoint;
    bool json = false, nagios = false;
};

cli::Options describe(Arguments& a) {
    cli::Options options;
    options.values("consumer", a.question.consumers, "NAME", "a consumer that must be active").letter = 'c';
    options.values("producer", a.question.producers, "NAME", "a producer that must be active").letter = 'p';
    options.number("max-backlog", a.question.max_backlog, 0, "N", "messages that may wait for a consumer");
    options.number("max-exceptions", a.question.max_exceptions, 0, "N",
                   "failures of a consumer or producer since the frame before");
    options.value("endpoint", a.endpoint, "ADDRESS", "the socket of the hub (moksha.monitoring.socket)");
    options.flag("json", a.json, "print one JSON object: ok, problems, frame");
    options.flag("nagios", a.nagios, "one line, and the exit statuses of a Nagios plugin");
    return options;
}

std::string find_endpoint(const Config& config, const Arguments& a) {
    if (!a.endpoint.empty()) {
        if (const auto wrong = endpoint_error(a.endpoint))
            throw UsageError("--endpoint is " + a.endpoint + ": " + *wrong);
        return a.endpoint;
    }
    const auto* socket = config.values.find("moksha.monitoring.socket");
    if (socket == nullptr || socket->string() == nullptr)
        throw SetupError(
            "no monitoring endpoint is configured: set \"moksha.monitoring.socket\" for the hub and for this "
            "host, or "
            "use --endpoint");
    return *socket->string();
}

/// The next frame of the hub. \throws SetupError  when there is none
asio::awaitable<void> hear(bus::Subscriber& hub, const std::string& address,
                           std::chrono::milliseconds patience, std::optional<bus::Received>& frame) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!(frame = hub.try_next())) {
        const bool in_time = co_await hub.wait_until(deadline);
        if (in_time) continue;
        const auto down = hub.waiting_for();
        throw SetupError(fmt::format(
            "no frame came from the monitoring endpoint {} within {:g} s: {}",
            down.empty() ? address : down.front(), std::chrono::duration<double>{patience}.count(),
            down.empty() ? "it is up, and silent: is it the moksha.monitoring.socket of a hub?"
                         : "start the hub there, or correct moksha.monitoring.socket"));
    }
}

/// A frame has no topic of its own.
encoding::Node frame_of(const message::Message& message) {
    return message.wrapped() ? *message.msg() : message.envelope();
}

bool is_frame(encoding::Node node) {
    const auto has = [&node](std::string_view role) {
        const auto* parts = node.find(role);
        return parts != nullptr && parts->kind() == encoding::Kind::array;
    };
    return has("consumers") && has("producers");
}

message::Message ask(const cli::Call& call, const std::string& address) {
    Config config = call.loaded().config;
    config.endpoints = {{"monitoring", {address}}};
    config.srv_endpoints.clear();
    // That of the configuration is meant for answers that come at once.
    const bool given = call.loaded().provenance.where("timeout") == "--timeout";
    Loop loop;
    bus::Subscriber hub{loop, config, {}, wire::Shape::one_frame};
    std::optional<bus::Received> frame;
    loop.run(hear(hub, address, given ? config.timeout : default_patience, frame));
    if (!frame) throw SetupError("stopped before a frame came from the monitoring endpoint " + address);
    if (!is_frame(frame_of(frame->message)))
        throw SetupError("what came from " + address +
                         " is no monitoring frame: correct moksha.monitoring.socket");
    return std::move(frame->message);
}

std::int64_t total(encoding::Node frame, std::string_view key) {
    std::int64_t sum = 0;
    for (const auto* role : {"consumers", "producers"})
        if (const auto* parts = frame.find(role))
            for (const auto& part : parts->elements())
                if (const auto* node = part.find(key)) sum += node->integer().value_or(0);
    return sum;
}

Nagios state_of(const std::vector<HealthProblem>& problems) {
    auto state = Nagios::ok;
    for (const auto& problem : problems) {
        const bool is_there =
            problem.kind == HealthProblem::Kind::backlog || problem.kind == HealthProblem::Kind::exceptions;
        state = std::max(state, is_there ? Nagios::warning : Nagios::critical);
    }
    return state;
}

/// Source: Nagios Plugin Development Guidelines, "Plugin Output".
[[noreturn]] void end_as_plugin(Nagios state, const std::string& text) {
    constexpr std::array words{"OK", "WARNING", "CRITICAL", "UNKNOWN"};
    const auto status = static_cast<std::size_t>(state);
    output().write(fmt::format("FEDMSG {} - {}\n", words.at(status), text));
    output().flush();
    throw cli::Exit{static_cast<int>(status)};
}

[[noreturn]] void end_as_plugin(encoding::Node frame, const std::vector<HealthProblem>& problems) {
    std::string text;
    for (const auto& problem : problems) text += (text.empty() ? "" : " ") + problem.text;
    if (text.empty()) text = services::summary(problems);
    const auto* consumers = frame.find("consumers");
    end_as_plugin(state_of(problems), fmt::format("{} | consumers={} backlog={} exceptions={}", text,
                                                  consumers ? consumers->elements().size() : 0,
                                                  total(frame, "backlog"), total(frame, "exceptions")));
}

void print_json(encoding::Node frame, const std::vector<HealthProblem>& problems) {
    encoding::Array texts;
    for (const auto& problem : problems)
        texts.push_back(encoding::Object{{"name", problem.name}, {"problem", problem.text}});
    const encoding::Object report{
        {"ok", problems.empty()}, {"problems", std::move(texts)}, {"frame", encoding::to_value(frame)}};
    output().write(encoding::dumps(encoding::Value{report}) + "\n");
}

void print(encoding::Node frame, const Arguments& a, const std::vector<HealthProblem>& problems) {
    for (const auto& problem : problems) std::fprintf(stderr, "%s\n", problem.text.c_str());
    if (!problems.empty()) return;
    const bool named = !a.question.consumers.empty() || !a.question.producers.empty();
    output().write(named ? services::summary(problems)
                         : "No consumers or producers specified so all will be shown.");
    output().write("\n" + encoding::dumps(frame, {.sort_keys = true, .indented = true}) + "\n");
}

void run(cli::Call& call) {
    Arguments a;
    const Config& config = call.parse(describe(a));
    if (a.json && a.nagios) throw UsageError("--json and --nagios exclude each other");
    std::optional<message::Message> message;
    try {
        message = ask(call, find_endpoint(config, a));
    } catch (const SetupError& e) {
        if (a.nagios) end_as_plugin(Nagios::unknown, e.what());
        throw;
    }
    const auto frame = frame_of(*message);
    const auto problems = services::judge(frame, a.question);
    if (a.nagios) end_as_plugin(frame, problems);
    if (a.json)
        print_json(frame, problems);
    else
        print(frame, a, problems);
    output().flush();
    if (!problems.empty()) throw SetupError(services::summary(problems));
}

}  // namespace

const cli::Subcommand check{.name = "check",
                            .summary = "tell whether the consumers of a hub are well",
                            .group = cli::Group::inspect,
                            .run = run};

}  // namespace fedmsg::subcommands
