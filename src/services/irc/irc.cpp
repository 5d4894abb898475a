#include "services/irc/irc.h"

#include "bus/batch.h"
#include "irc/line.h"
#include "loop/until_stopped.h"
#include "util/error.h"
#include "util/log.h"
#include "util/notify.h"

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <map>

namespace fedmsg::services {
namespace {

using Clock = std::chrono::steady_clock;

/// For links to say QUIT, and for their servers to hang up.
constexpr std::chrono::seconds stop_patience{3};

Sentence sentence_of(meta::Rules& rules, const message::Message& message) {
    const auto envelope = message.envelope();
    return {rules.title(envelope), rules.subtitle(envelope), rules.link(envelope)};
}

std::string_view remark_of(const crypto::Verdict& verdict) {
    if (verdict.valid()) return "";
    return verdict.reason == crypto::Reason::unsigned_ ? "(unsigned)" : "(invalid signature!)";
}

}  // namespace

Irc::Irc(Loop& loop, const Config& config, CheckedIrc settings, meta::Rules& rules)
    : loop_{loop},
      colours_{std::move(settings.colours)},
      rules_{rules},
      ended_{loop.context().get_executor()},
      bus_{loop, config, "irc"} {
    if (settings.links.empty())
        throw UsageError("there is no channel to report to: add `irc` to the configuration (fedmsg-irc(1))");
    const auto resolver = std::make_shared<bus::Resolver>(loop.context().get_executor());
    for (auto& one : settings.links) {
        links_.push_back(std::make_unique<IrcLink>(loop, std::move(one), resolver));
        for (std::size_t i = 0; i < links_.back()->settings().channels.size(); ++i)
            targets_.push_back({links_.back().get(), i});
    }
    for (const auto& target : targets_) {
        const auto& channel = target.settings();
        needs_raw_ = needs_raw_ || !channel.terse || !channel.drop.body.empty() || !channel.keep.body.empty();
    }
    filtered_.resize(targets_.size());
    if (settings.shortener)
        shortener_ = std::make_unique<Shortener>(loop, *settings.shortener, [this] { say_what_is_ready(); });
}

asio::awaitable<void> Irc::run() {
    start_links();
    const auto what =
        fmt::format("reporting to {} channels over {} connections", targets_.size(), links_.size());
    log::info("irc", "{}", what);
    notify("READY=1\nSTATUS=" + what);
    auto work = take_in();
    co_await until_stopped(std::move(work));
    notify("STOPPING=1");
    co_await finish();
}

void Irc::start_links() {
    std::map<std::string, std::chrono::seconds> next;  // by host
    for (const auto& link : links_) {
        auto& delay = next[link->settings().host];
        asio::co_spawn(loop_.context(), run_link(*link, delay), rethrow_unless_cancelled);
        delay += between_starts;
    }
}

asio::awaitable<void> Irc::run_link(IrcLink& link, std::chrono::milliseconds delay) {
    co_await link.run(delay);
    ended_.notify();
}

asio::awaitable<void> Irc::take_in() {
    for (;;) {
        std::size_t taken = 0;
        for (; taken < bus::batch_size; ++taken) {
            const auto next = bus_.try_next_judged();
            if (!next) break;
            take(*next);
        }
        if (taken > 0)
            co_await bus::yield();
        else
            co_await bus_.wait();
    }
}

void Irc::take(const Judged& judged) {
    const auto& message = judged.received.message;
    const auto remark = remark_of(judged.verdict);
    const auto raw = needs_raw_ ? raw_line(message, remark) : std::string{};
    std::optional<Sentence> sentence;
    std::vector<Target> shortened;
    for (std::size_t i = 0; i < targets_.size(); ++i) {
        const auto target = targets_[i];
        if (!wants(target.settings(), message.topic(), raw, gave_up_)) {
            ++filtered_[i];
            continue;
        }
        if (!target.settings().terse) {
            target.link->say(target.channel, raw);
            continue;
        }
        if (!sentence) {
            sentence = without_controls(sentence_of(rules_, message));
            if (!remark.empty()) *sentence = {std::move(sentence->title), std::string{remark}, ""};
        }
        if (target.settings().short_links && shortener_)
            shortened.push_back(target);  // even without a link: a channel keeps its order
        else
            say(target, *sentence);
    }
    if (shortened.empty()) return;
    auto answer = shortener_->shorten(sentence->link);
    pending_.push_back({*std::move(sentence), std::move(shortened), std::move(answer)});
    say_what_is_ready();
}

void Irc::say(Target target, const Sentence& sentence) {
    target.link->say(target.channel,
                     target.settings().colours ? coloured_line(sentence, colours_) : plain_line(sentence));
}

/// In order: a link that is short sooner than one before it waits for that.
void Irc::say_what_is_ready() {
    while (!pending_.empty() && (pending_.front().answer->ready || pending_.size() > most_pending)) {
        auto [sentence, targets, answer] = std::move(pending_.front());
        pending_.pop_front();
        if (answer->ready) sentence.link = answer->link;
        for (const auto target : targets) say(target, sentence);
    }
}

asio::awaitable<void> Irc::finish() {
    for (const auto& link : links_) link->stop();
    const auto deadline = Clock::now() + stop_patience;
    const auto all_ended = [this] {
        return std::ranges::all_of(links_, [](const auto& l) { return l->ended(); });
    };
    while (!all_ended() && Clock::now() < deadline) co_await ended_.wait_until(deadline);
    log::info("irc", "stopped: {}", status());
}

void Irc::collect(Metrics& metrics) const {
    bus_.collect(metrics);
    for (std::size_t i = 0; i < targets_.size(); ++i) {
        const auto& [link, channel] = targets_[i];
        const Metrics::Labels labels{{"network", link->settings().network()},
                                     {"nickname", link->settings().session.nickname},
                                     {"channel", targets_[i].settings().name}};
        const auto& counters = link->counters(channel);
        metrics.counter("fedmsg_irc_sent_lines_total", "lines said", counters.sent, labels);
        for (std::size_t reason = 0; reason < counters.dropped.size(); ++reason) {
            auto with_reason = labels;
            with_reason.emplace_back("reason", IrcLink::drop_names.at(reason));
            metrics.counter("fedmsg_irc_dropped_lines_total", "lines that were not said",
                            counters.dropped.at(reason), std::move(with_reason));
        }
        metrics.counter("fedmsg_irc_filtered_messages_total", "messages that filters dropped", filtered_[i],
                        labels);
        metrics.gauge("fedmsg_irc_waiting_lines", "lines that wait",
                      static_cast<double>(link->waiting(channel)), labels);
        metrics.gauge("fedmsg_irc_joined", "in the channel", link->is_in(channel) ? 1 : 0, labels);
    }
    for (const auto& link : links_) {
        const Metrics::Labels labels{{"network", link->settings().network()},
                                     {"nickname", link->settings().session.nickname}};
        const auto counters = link->counters();
        const auto with = [&labels](std::string name, std::string value) {
            auto more = labels;
            more.emplace_back(std::move(name), std::move(value));
            return more;
        };
        for (std::size_t state = 0; state < IrcLink::state_names.size(); ++state)
            metrics.gauge("fedmsg_irc_link_state", "state of the connection",
                          static_cast<std::size_t>(link->state()) == state ? 1 : 0,
                          with("state", std::string{IrcLink::state_names.at(state)}));
        metrics.counter("fedmsg_irc_connections_total", "connections", counters.connected,
                        with("outcome", "welcome"));
        metrics.counter("fedmsg_irc_connections_total", "connections", counters.failed,
                        with("outcome", "failed"));
        metrics.counter("fedmsg_irc_lost_connections_total", "connections lost", counters.lost, labels);
        metrics.counter("fedmsg_irc_notices_total", "lines said about a backlog", counters.notices, labels);
        metrics.counter("fedmsg_irc_refused_lines_total", "lines that the server refused", counters.refused,
                        labels);
    }
    if (shortener_)
        for (std::size_t i = 0; i < shortener_->counts().size(); ++i)
            metrics.counter("fedmsg_irc_links_total", "links to be made short", shortener_->counts().at(i),
                            {{"outcome", std::string{Shortener::outcome_names.at(i)}}});
    for (const auto* processor : rules_.processors()) {
        if (processor->failures() == 0) continue;
        const Metrics::Labels labels{{"processor", processor->name()}};
        metrics.counter("fedmsg_meta_failures_total", "times that a rule said nothing, as it failed",
                        processor->failures(), labels);
        metrics.counter("fedmsg_meta_stops_total", "of them, times that it went over its budget",
                        processor->stops(), labels);
    }
    metrics.counter("fedmsg_regex_gave_up_total", "searches that a regular expression gave up", gave_up_);
}

std::string Irc::status() const {
    std::uint64_t sent = 0, dropped = 0, waiting = 0;
    for (const auto& [link, channel] : targets_) {
        const auto& counters = link->counters(channel);
        sent += counters.sent;
        for (const auto count : counters.dropped) dropped += count;
        waiting += link->waiting(channel);
    }
    auto text = fmt::format("said {} lines", sent);
    if (dropped > 0) text += fmt::format(", dropped {}", dropped);
    if (waiting > 0) text += fmt::format(", {} waiting", waiting);
    if (gave_up_ > 0) text += fmt::format(", a regular expression gave up on {}", gave_up_);
    if (const auto others = bus_.summary(); !others.empty()) text += ", " + others;
    for (const auto& link : links_) text += "; " + link->summary();
    return text;
}

DaemonName name_of_irc(const CheckedIrc& settings) {
    if (settings.links.empty()) return {"irc", ""};
    const auto& first = settings.links.front();
    return {"irc", first.network() + "/" + first.session.nickname};
}

}  // namespace fedmsg::services
