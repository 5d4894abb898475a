#include "services/hub/hub.h"

#include "loop/until_stopped.h"
#include "services/hub/child.h"
#include "services/hub/native.h"
#include "services/hub/program.h"
#include "services/monitor/collect.h"
#include "util/descriptors.h"
#include "util/error.h"
#include "util/notify.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <filesystem>

namespace fedmsg::services::hub {
namespace {

using Clock = Queue::Clock;

/// How often consumers that hold endpoints back are looked at.
constexpr std::chrono::milliseconds hold_check{100};

/// Descriptors for endpoints, for the streams of programs, and for files that are kept.
void make_room(std::size_t endpoints, std::size_t processes) {
    remember_file_limit();
    constexpr std::size_t kept = 64, of_a_process = 5;
    if (const auto limit = make_room_for_descriptors(endpoints + processes * of_a_process + kept))
        log::warning("hub",
                     "{} endpoints and {} processes, and {} files may be open at once: raise the limit "
                     "(LimitNOFILE, ulimit -Hn)",
                     endpoints, processes, *limit);
}

std::optional<std::string> text_of(const Config& config, std::string_view key) {
    const auto* value = config.values.find(key);
    if (!value || !value->string()) return std::nullopt;
    return *value->string();
}

std::size_t workers_of(const Config& config) {
    if (is_true(config, "moksha.blocking_mode")) return 0;
    const auto* workers = config.values.find("moksha.workers_per_consumer");
    return workers && workers->integer() ? static_cast<std::size_t>(*workers->integer()) : 1;
}

}  // namespace

Hub::Hub(Loop& loop, const Loaded& loaded, std::vector<Candidate> candidates,
         std::optional<crypto::Signer> signer)
    : loop_{loop},
      config_{loaded.config},
      outbound_{loop, config_, std::move(signer)},
      surroundings_{loop, config_, outbound_},
      runners_{[&] {
          std::size_t endpoints = 0, processes = 0;
          for (const auto& [name, addresses] : config_.endpoints) endpoints += addresses.size();
          for (const auto& c : candidates)
              if (c.why_not.empty() && !c.native)
                  processes += c.settings.mode == Mode::each ? c.settings.jobs : 1;
          make_room(endpoints, processes);
          std::vector<std::unique_ptr<Runner>> runners;
          for (auto& candidate : candidates)
              if (candidate.why_not.empty()) runners.push_back(make_runner(std::move(candidate)));
          return runners;
      }()},
      backlog_{Backlog::make(loop, config_, runners_)},
      bus_{loop, config_, all_topics(), make_validator()},
      changed_{loop.context().get_executor()} {
    for (auto& runner : runners_)
        runner->on_change([this, r = runner.get()] {
            if (r->ended()) changed_.notify();
            if (!held_.empty() && r->queue().lets_go(Clock::now())) let_go(*r);
        });
    if (const auto address = text_of(config_, "moksha.monitoring.socket"))
        monitoring_.emplace(loop, config_, *address, text_of(config_, "moksha.monitoring.socket.mode"));
}

Hub::~Hub() = default;

Queue::Files Hub::open_files(const ConsumerSettings& settings) const {
    Queue::Files files;
    const auto folder = text_of(config_, "status_directory");
    if (!folder) return files;
    const auto base = *folder + "/" + settings.name;
    const bool spills = settings.queue.when_full == WhenFull::spill;
    const bool answers = !settings.command.empty() && settings.mode == Mode::ack;
    if (spills || answers || std::filesystem::exists(base + ".kept"))
        files.kept = std::make_unique<Spill>(base + ".kept");
    if (spills || std::filesystem::exists(base + ".spill"))
        files.spilled = std::make_unique<Spill>(base + ".spill");
    return files;
}

std::unique_ptr<Runner> Hub::make_runner(Candidate candidate) {
    auto& settings = candidate.settings;
    auto files = open_files(settings);
    if (candidate.native) {
        auto made = Native::make(surroundings_, *candidate.native->kind, candidate.native->module);
        if (settings.validate_signatures) made.identity.validate = *settings.validate_signatures;
        return std::make_unique<Native>(surroundings_, std::move(made), settings.queue, std::move(files),
                                        workers_of(config_));
    }
    Identity identity{.name = settings.name,
                      .module = "fedmsg.consumers.program",
                      .topics = settings.topics,
                      .topic_is_list = settings.topic_is_list,
                      .validate = settings.validate_signatures.value_or(config_.validate_signatures)};
    if (settings.mode == Mode::each)
        return std::make_unique<EachProgram>(surroundings_, std::move(settings), std::move(identity),
                                             std::move(files));
    return std::make_unique<StreamProgram>(surroundings_, std::move(settings), std::move(identity),
                                           std::move(files));
}

std::unique_ptr<crypto::Validator> Hub::make_validator() const {
    const bool needed = std::ranges::any_of(runners_, [](const auto& r) { return r->identity().validate; });
    return needed ? std::make_unique<crypto::Validator>(crypto::Validator::Settings::of(config_)) : nullptr;
}

std::vector<std::string> Hub::all_topics() const {
    std::set<std::string> topics;
    for (const auto& runner : runners_)
        topics.insert(runner->identity().topics.begin(), runner->identity().topics.end());
    return {topics.begin(), topics.end()};
}

asio::awaitable<void> Hub::run() {
    adopt_orphans();
    const auto executor = loop_.context().get_executor();
    if (backlog_) backlog_->start();
    for (auto& runner : runners_) runner->start();
    asio::co_spawn(executor, outbound_.run(), rethrow_unless_cancelled);
    asio::co_spawn(executor, watch_holds(), rethrow_unless_cancelled);
    asio::co_spawn(executor, monitor(), rethrow_unless_cancelled);
    std::string names;
    for (const auto& runner : runners_) names += (names.empty() ? "" : ", ") + runner->name();
    log::info("hub", "feeding {}", names);
    notify("READY=1\nSTATUS=feeding " + names);
    auto work = dispatch();
    co_await until_stopped(std::move(work));
    notify("STOPPING=1");
    co_await stop();
}

asio::awaitable<void> Hub::dispatch() {
    for (;;) {
        std::size_t handled = 0;
        const auto now = Clock::now();
        while (handled < bus::batch_size && dispatch_one(now)) ++handled;
        for (auto& runner : runners_) runner->tell(handled == bus::batch_size);
        if (handled > 0)
            co_await bus::yield();
        else
            co_await bus_.wait();
    }
}

/// False when there is no message now.
bool Hub::dispatch_one(Clock::time_point now) {
    auto next = bus_.try_next();
    if (!next) return false;
    auto& [received, verdict] = *next;
    auto& takers = takers_;  // kept, to be allocated once
    takers.clear();
    bool tree = false;
    for (auto& runner : runners_) {
        if (!runner->wants(received.message.topic())) continue;
        if (runner->identity().validate && !verdict.valid()) {
            ++runner->counters().refused.at(static_cast<std::size_t>(verdict.reason));
            if (const auto held_back = refusal_limit_.pass())
                log::warning("hub", "not handed to {}: {}: {}: {}{}", runner->name(),
                             received.message.topic(), code(verdict.reason), verdict.detail,
                             *held_back ? fmt::format(" (and {} more before it)", *held_back) : "");
            continue;
        }
        takers.push_back(runner.get());
        tree = tree || runner->identity().wants_tree;
    }
    if (takers.empty()) return true;
    const auto* origin = received.origin;
    auto message = make_message(std::move(received), tree);
    for (auto* runner : takers)  // the last one gets ours: each reference is an atomic operation
        if (runner->push(runner == takers.back() ? std::move(message) : message, now)) hold(*runner, origin);
    return true;
}

void Hub::hold(Runner& runner, const bus::Origin* origin) {
    auto& holders = held_[origin];
    if (holders.empty()) bus_.hold(*origin);
    holders.insert(&runner);
    if (const auto held_back = hold_limit_.pass(); held_back)
        log::warning("hub",
                     "the queue of {} is full: {} is held back until there is room, or block_for is over",
                     runner.name(), origin->endpoint);
}

void Hub::let_go(Runner& runner) {
    for (auto it = held_.begin(); it != held_.end();) {
        auto& [origin, holders] = *it;
        holders.erase(&runner);
        if (!holders.empty()) {
            ++it;
            continue;
        }
        bus_.release(*origin);
        it = held_.erase(it);
    }
}

asio::awaitable<void> Hub::watch_holds() {
    asio::steady_timer timer{loop_.context()};
    for (;;) {
        timer.expires_after(hold_check);
        co_await timer.async_wait(asio::use_awaitable);
        const auto now = Clock::now();
        for (auto& runner : runners_)
            if (!held_.empty() && runner->queue().lets_go(now)) let_go(*runner);
    }
}

void Hub::report_full_disks() {
    for (auto& runner : runners_) {
        const auto state = runner->queue().state();
        auto& counted = runner->counters().dropped;
        const auto more = state.dropped - counted;
        counted = state.dropped;
        if (more == 0) continue;
        const auto trouble = runner->queue().take_trouble();
        if (trouble.empty())
            log::warning("hub",
                         "{} is too slow for the bus: its queue is full, and {} of its oldest messages were "
                         "dropped (see when_full)",
                         runner->name(), more);
        else
            log::error("hub", "cannot keep messages for {} in status_directory: {}: {} were dropped",
                       runner->name(), trouble, more);
    }
}

std::vector<ConsumerReport> Hub::reports() {
    std::vector<ConsumerReport> result;
    for (auto& runner : runners_) {
        runner->update_counters();
        const auto& c = runner->counters();
        auto times = runner->take_times();
        const Reported now{c.failed, c.received, c.handled + c.failed};
        auto& before = reported_[runner.get()];
        const auto& who = runner->identity();
        result.push_back({.name = who.name,
                          .module = who.module,
                          .topics = who.topics,
                          .topic_is_list = who.topic_is_list,
                          .initialized = true,
                          .exceptions = now.failed - before.failed,
                          .jsonify = who.jsonify,
                          .backlog = runner->queue().state().messages,
                          .headcount_out = now.finished - before.finished,
                          .headcount_in = now.received - before.received,
                          .times = std::move(times)});
        before = now;
    }
    return result;
}

asio::awaitable<void> Hub::monitor() {
    asio::steady_timer timer{loop_.context()};
    auto next = Clock::now();
    for (;;) {
        next += monitoring_interval;
        timer.expires_at(next);
        co_await timer.async_wait(asio::use_awaitable);
        report_full_disks();
        sweep_orphans(false);
        const auto frame = monitoring_frame(
            reports(),
            std::chrono::duration<double>{std::chrono::system_clock::now().time_since_epoch()}.count());
        if (monitoring_) monitoring_->send(frame);
    }
}

asio::awaitable<bool> Hub::all_ended_by(Clock::time_point deadline) {
    const auto all_ended = [this] {
        return std::ranges::all_of(runners_, [](const auto& r) { return r->ended(); });
    };
    while (!all_ended() && Clock::now() < deadline) co_await changed_.wait_until(deadline);
    co_return all_ended();
}

asio::awaitable<void> Hub::stop() {
    const auto start = Clock::now();
    if (backlog_) backlog_->stop();
    for (auto& runner : runners_) runner->finish();
    bool ended = co_await all_ended_by(start + may_finish);
    if (!ended) {
        for (auto& runner : runners_) runner->hurry();
        ended = co_await all_ended_by(start + may_end);
    }
    if (!ended) {
        for (auto& runner : runners_)
            if (!runner->ended()) {
                log::warning("hub", "{} has not finished: it is interrupted", runner->name());
                runner->interrupt();
            }
        ended = co_await all_ended_by(start + killed_after);
    }
    if (!ended)
        for (auto& runner : runners_)
            if (!runner->ended()) runner->kill();
    sweep_orphans(true);
    for (auto& runner : runners_) {
        runner->update_counters();
        const auto in_hand = runner->in_hand();
        for (const auto& taken : in_hand)
            log::warning("hub", "{} had not finished message {}", runner->name(), taken.message->msg_id);
        const auto left = runner->queue().keep(in_hand);
        runner->counters().left_over = left;
        if (left > 0) log::warning("hub", "{} messages were not handed to {}", left, runner->name());
    }
    if (backlog_) backlog_->save();
    co_await outbound_.finish(start + stopped_after);
    report_full_disks();
    log::info("hub", "stopped: {}", status());
}

bool Hub::hangs() const {
    return std::ranges::any_of(runners_, [](const auto& runner) { return runner->hangs(); });
}

std::vector<std::string> Hub::apply(const Loaded& changed, const std::vector<Candidate>& candidates) {
    std::vector<std::string> need_restart;
    const auto compare = [&](std::string_view key) {
        const auto* old_value = config_.values.find(key);
        const auto* new_value = changed.config.values.find(key);
        if (old_value && new_value ? !(*old_value == *new_value) : old_value != new_value)
            need_restart.emplace_back(key);
    };
    for (const auto* key : {"endpoints", "srv_endpoints", "validate_signatures", "sign_messages",
                            "routing_policy", "status_directory", "datagrepper_url", "skip_last_message",
                            "moksha.monitoring.socket", "moksha.workers_per_consumer", "moksha.blocking_mode",
                            "active", "name", "relay_inbound", "metrics_listen"})
        compare(key);
    std::set<std::string_view> running, wanted;
    for (auto& runner : runners_) running.insert(runner->name());
    for (const auto& candidate : candidates) {
        if (!candidate.why_not.empty()) continue;
        wanted.insert(candidate.settings.name);
        const auto found =
            std::ranges::find(runners_, candidate.settings.name, [](const auto& r) { return r->name(); });
        if (found == runners_.end() || !(*found)->change(candidate.settings))
            need_restart.push_back("the consumer " + candidate.settings.name);
        else
            (*found)->wake();
    }
    for (const auto& name : running)
        if (!wanted.contains(name)) need_restart.push_back("the consumer " + std::string{name});
    return need_restart;
}

std::string Hub::status() const {
    std::string text = fmt::format("{} messages in", bus_.bus().received());
    if (bus_.bus().drops().total() > 0) text += ", dropped " + bus_.bus().drops().summary();
    const auto add = [&text](std::uint64_t count, std::string_view what) {
        if (count > 0) text += fmt::format(", {} {}", count, what);
    };
    for (const auto& runner : runners_) {
        runner->update_counters();
        const auto& c = runner->counters();
        text += fmt::format("; {}: {} handled", runner->name(), c.handled);
        add(runner->queue().state().messages, "waiting");
        add(c.failed, "failed");
        add(c.given_up, "given up");
        add(c.lost, "lost");
        add(c.dropped, "dropped");
        add(c.left_over, "not handed out");
        add(c.restarts, "restarts");
        add(c.published, "published");
        for (std::size_t i = 0; i < crypto::reasons; ++i)
            add(c.refused[i], code(static_cast<crypto::Reason>(i)));
    }
    if (backlog_) text += backlog_->status();
    return text;
}

std::vector<crypto::InUse> Hub::in_use() const {
    auto result = bus_.in_use();
    const auto signer = outbound_.in_use();
    result.insert(result.end(), signer.begin(), signer.end());
    return result;
}

void Hub::collect(Metrics& metrics) const {
    metrics.counter("fedmsg_received_messages_total", "messages received", bus_.bus().received());
    collect_drops(bus_.bus().drops(), metrics);
    metrics.counter("fedmsg_sent_messages_total", "messages sent", outbound_.sent());
    metrics.counter("fedmsg_not_sent_messages_total", "messages of consumers that could not be sent",
                    outbound_.not_sent());
    for (const auto& runner : runners_) {
        runner->update_counters();
        const auto& c = runner->counters();
        const Metrics::Labels who{{"consumer", runner->name()}};
        const auto state = runner->queue().state();
        const auto count = [&](std::string_view name, std::string_view help, std::uint64_t value) {
            metrics.counter(fmt::format("fedmsg_consumer_{}_total", name), help, value, who);
        };
        count("received_messages", "messages for a consumer", c.received);
        count("handled_messages", "messages that a consumer has handled", c.handled);
        count("failures", "attempts of a consumer that failed", c.failed);
        count("given_up_messages", "messages that a consumer gave up", c.given_up);
        count("lost_messages", "messages given up that no file could take", c.lost);
        count("dropped_messages", "messages that a consumer was too slow for, or the disk full",
              state.dropped);
        count("restarts", "restarts of a consumer's program", c.restarts);
        count("published_messages", "messages that a consumer has published", c.published);
        count("meaningless_lines", "lines of a program that mean nothing", c.bad_output);
        for (std::size_t i = 1; i < crypto::reasons; ++i)
            metrics.counter("fedmsg_consumer_refused_messages_total", "messages that did not validate",
                            c.refused[i],
                            {{"consumer", runner->name()},
                             {"reason", std::string{code(static_cast<crypto::Reason>(i))}}});
        metrics.gauge("fedmsg_consumer_waiting_messages", "messages that wait for a consumer",
                      static_cast<double>(state.messages), who);
        metrics.gauge("fedmsg_consumer_queue_bytes", "memory of what waits for a consumer",
                      static_cast<double>(state.bytes), who);
        metrics.histogram("fedmsg_consumer_latency_seconds", "time that a message took", runner->latency(),
                          who);
    }
    if (backlog_) backlog_->collect(metrics);
}

DaemonName name_of_hub(const Config& config, std::string_view with_consumers) {
    std::string address{with_consumers.empty() ? "all consumers" : with_consumers};
    if (const auto socket = text_of(config, "moksha.monitoring.socket"))
        address += " at " + *socket;
    else if (const auto folder = text_of(config, "status_directory"))
        address += " in " + *folder;
    return {"hub", std::move(address)};
}

}  // namespace fedmsg::services::hub
