#include "services/hub/backlog.h"

#include "encoding/write.h"
#include "http/client.h"
#include "services/hub/settings.h"
#include "util/log.h"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace fedmsg::services::hub {
namespace {

using Clock = std::chrono::steady_clock;

/// As the Python system has it in the path of a status file: the name of the process.
constexpr const char* program = "fedmsg-hub";

double seconds_now() {
    return std::chrono::duration<double>{std::chrono::system_clock::now().time_since_epoch()}.count();
}

std::optional<std::string> text_of(const Config& config, std::string_view key) {
    const auto* value = config.values.find(key);
    if (!value || !value->string() || value->string()->empty()) return std::nullopt;
    return *value->string();
}

}  // namespace

struct Backlog::Follower {
    Runner& runner;
    Bookmark::Found found{};
    bool waits = false;  // live messages do; its thread's
    bool fails = false;  // datagrepper could not be asked; its thread's
    std::atomic<bool> caught_up{true};
    std::atomic<std::uint64_t> fetched{0}, unusable{0}, pages{0}, failed_pages{0};
    std::jthread thread{};
};

std::unique_ptr<Backlog> Backlog::make(Loop& loop, const Config& config,
                                       const std::vector<std::unique_ptr<Runner>>& runners) {
    const auto folder = text_of(config, "status_directory"), url = text_of(config, "datagrepper_url");
    if (!folder || !url) return nullptr;
    auto backlog = std::unique_ptr<Backlog>{new Backlog{loop, config, *url}};
    bool validates = false;
    for (const auto& runner : runners) {
        auto bookmark =
            std::make_unique<Bookmark>(*folder + "/" + program, runner->name(), !runner->identity().jsonify);
        auto& follower = *backlog->followers_.emplace_back(new Follower{*runner});
        follower.found = bookmark->find();
        runner->follow(std::move(bookmark));
        validates = validates || (follower.found.status && runner->identity().validate);
    }
    if (validates)
        backlog->validator_ = std::make_unique<crypto::Validator>(crypto::Validator::Settings::of(config));
    return backlog;
}

Backlog::Backlog(Loop& loop, const Config& config, std::string url)
    : loop_{loop}, config_{config}, url_{std::move(url)} {}

Backlog::~Backlog() = default;

void Backlog::start() {
    for (auto& follower : followers_) {
        auto& f = *follower;
        if (!f.found.status) continue;
        auto& queue = f.runner.queue();
        const auto& status = *f.found.status;
        if (!status.finished && is_true(config_, "skip_last_message")) f.found.finished.add(status.msg_id);
        queue.catch_up(std::move(f.found.finished));
        f.caught_up = false;
        f.waits = true;
        f.thread = std::jthread{[this, &f](const std::stop_token& stop) { catch_up(f, stop); }};
    }
    saver_ = std::jthread{[this](const std::stop_token& stop) {
        while (pause(save_interval, stop)) save();
    }};
}

void Backlog::stop() {
    for (auto& f : followers_) f->thread.request_stop();
    for (auto& f : followers_) {
        if (f->thread.joinable()) f->thread.join();
        if (f->caught_up) continue;
        log::warning("hub", "{} has not caught up: the next hub goes on with it", f->runner.name());
        f->runner.bookmark()->hold();
        f->runner.queue().open();
    }
    saver_ = {};
}

void Backlog::save() {
    for (auto& f : followers_) f->runner.bookmark()->save();
}

/// False when it was stopped.
bool Backlog::pause(std::chrono::milliseconds time, const std::stop_token& stop) {
    std::unique_lock lock{mutex_};
    never_.wait_for(lock, stop, time, [] { return false; });
    return !stop.stop_requested();
}

/// What a thread does.
void Backlog::catch_up(Follower& f, const std::stop_token& stop) {
    const auto start = Clock::now();
    const auto& status = *f.found.status;
    if (!status.finished && !is_true(config_, "skip_last_message"))
        if (auto message = make_message(status.topic, status.body)) {
            if (f.runner.queue().push_ahead(std::move(message), stop) == Queue::Ahead::stopped) return;
            asio::post(loop_.context(), [&f] {
                ++f.runner.counters().received;
                f.runner.wake();
            });
        }
    for (auto since = f.found.since;;) {
        const auto asked = Clock::now();
        const auto now = seconds_now();
        if (!fetch(f, since, now + overtaking, stop)) return;
        if (asked - start >= settle) break;
        if (f.waits) let_live_messages_in(f);
        since = std::max(since, now - overtaking);
        if (!pause(std::chrono::ceil<std::chrono::milliseconds>(start + settle - Clock::now()), stop)) return;
    }
    if (!f.runner.queue().wait_until_handed_out(stop)) return;
    f.caught_up = true;
    if (f.waits) let_live_messages_in(f);
    f.runner.bookmark()->release();
    log::info("hub", "{} has caught up: {} messages were fetched for it", f.runner.name(), f.fetched.load());
}

/// From here on a status would not tell any more what is still to be fetched.
void Backlog::let_live_messages_in(Follower& f) {
    f.waits = false;
    f.runner.bookmark()->hold();
    f.runner.queue().open();
    asio::post(loop_.context(), [&f] { f.runner.wake(); });
}

/// All pages. False when it was stopped.
bool Backlog::fetch(Follower& f, double since, double until, const std::stop_token& stop) {
    for (std::size_t number = 1;; ++number) {
        Page page;
        if (!fetch_page(f, page_url(url_, since, until, number), page, stop)) return false;
        const auto pages = page.pages;
        const bool empty = page.messages.empty() && page.unusable == 0;
        if (!hand_over(f, std::move(page), stop)) return false;
        if (number >= pages || empty) return true;
    }
}

/// Tries until it has it, or is stopped: false then.
bool Backlog::fetch_page(Follower& f, const std::string& url, Page& page, const std::stop_token& stop) {
    for (auto wait = first_retry;; wait = std::min(wait * 2, last_retry)) {
        std::string trouble;
        try {
            const auto answer = http::get({.url = url, .tries = 1, .stop = stop});
            if (stop.stop_requested()) return false;
            if (answer) {
                auto read = read_page(answer->body);
                if (read) {
                    page = *std::move(read);
                    ++f.pages;
                    if (f.fails) log::info("hub", "datagrepper answers again, for {}", f.runner.name());
                    f.fails = false;
                    return true;
                }
                trouble = read.error().text;
            } else {
                trouble = answer.error().text;
            }
        } catch (const std::exception& e) {  // this build cannot download
            trouble = e.what();
        }
        ++f.failed_pages;
        if (!f.fails)
            log::error("hub",
                       "cannot fetch what {} has missed from datagrepper_url ({}): {}: tried again; live "
                       "messages are handed out meanwhile",
                       f.runner.name(), url_, trouble);
        f.fails = true;
        if (f.waits) let_live_messages_in(f);
        if (!pause(wait, stop)) return false;
    }
}

/// What the consumer wants of it. False when it was stopped.
bool Backlog::hand_over(Follower& f, Page page, const std::stop_token& stop) {
    auto& runner = f.runner;
    std::array<std::uint64_t, crypto::reasons> refused{};
    std::uint64_t handed_over = 0;
    bool stopped = false;
    f.unusable += page.unusable;
    for (auto& object : page.messages) {
        const auto topic = *object.find("topic")->string();
        if (!runner.wants(topic)) continue;
        const auto text = encoding::dumps(encoding::Value{std::move(object)});
        auto message = message::Message::parse(topic, text);
        if (!message) {
            ++f.unusable;
            continue;
        }
        if (runner.identity().validate) {
            const auto verdict = validator_->validate(message->envelope(), topic);
            if (!verdict.valid()) {
                ++refused.at(static_cast<std::size_t>(verdict.reason));
                continue;
            }
        }
        const auto pushed = runner.queue().push_ahead(
            make_message({*std::move(message), text, nullptr}, runner.identity().wants_tree), stop);
        stopped = pushed == Queue::Ahead::stopped;
        if (stopped) break;
        if (pushed == Queue::Ahead::known) continue;
        ++handed_over;
        // For each: the queue may be full before the page is at its end.
        asio::post(loop_.context(), [&runner] { runner.wake(); });
    }
    f.fetched += handed_over;
    asio::post(loop_.context(), [&runner, refused, handed_over] {
        runner.counters().received += handed_over;
        for (std::size_t i = 0; i < crypto::reasons; ++i) runner.counters().refused.at(i) += refused.at(i);
    });
    return !stopped;
}

std::string Backlog::status() const {
    std::string text;
    for (const auto& f : followers_) {
        if (!f->found.status) continue;
        text += fmt::format("; fetched for {}: {}", f->runner.name(), f->fetched.load());
        if (!f->caught_up) text += ", and there is more";
        if (f->failed_pages > 0) text += fmt::format(" ({} questions failed)", f->failed_pages.load());
        if (f->unusable > 0) text += fmt::format(", {} entries are no messages", f->unusable.load());
    }
    return text;
}

void Backlog::collect(Metrics& metrics) const {
    for (const auto& f : followers_) {
        const Metrics::Labels who{{"consumer", f->runner.name()}};
        const auto count = [&](std::string_view name, std::string_view help, std::uint64_t value) {
            metrics.counter(fmt::format("fedmsg_consumer_backlog_{}_total", name), help, value, who);
        };
        count("fetched_messages", "missed messages fetched for a consumer", f->fetched);
        count("pages", "pages fetched from datagrepper", f->pages);
        count("failed_pages", "attempts to fetch a page that failed", f->failed_pages);
        count("unusable_messages", "entries of pages that are no message", f->unusable);
        count("doublets", "messages not handed out a second time", f->runner.queue().state().doublets);
        metrics.gauge("fedmsg_consumer_backlog_caught_up", "1: all that was missed is fetched",
                      f->caught_up ? 1 : 0, who);
    }
}

}  // namespace fedmsg::services::hub
