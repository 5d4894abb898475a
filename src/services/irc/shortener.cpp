#include "services/irc/shortener.h"

#include "http/client.h"
#include "util/error.h"
#include "util/log.h"
#include "util/percent.h"
#include "util/utf8.h"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <atomic>
#include <utility>

namespace fedmsg::services {
namespace {

constexpr std::size_t longest_answer = 4096, longest_short_link = 200;

bool is_link(std::string_view text) { return text.starts_with("https://") || text.starts_with("http://"); }

}  // namespace

/// Shared by the loop, a thread and a timer.
struct Shortener::Pending {
    Pending(const asio::any_io_executor& executor, std::string l) : link{std::move(l)}, timer{executor} {}
    const std::string link;
    asio::steady_timer timer;
    std::atomic<bool> over = false;  // nobody waits for it any more
    std::shared_ptr<Answer> answer = std::make_shared<Answer>();
};

std::string short_link_of(std::string_view answer) {
    const auto link = strip(answer);
    const bool is_word = std::ranges::all_of(link, [](char c) { return c > ' ' && c < '\x7f'; });
    return is_link(link) && is_word && link.size() <= longest_short_link ? std::string{link} : "";
}

Shortener::Shortener(Loop& loop, std::string url, std::function<void()> answered)
    : loop_{loop}, url_{std::move(url)}, answered_{std::move(answered)} {
    if (!http::is_available()) throw UsageError("irc_shortener: " + http::not_available());
}

Shortener::~Shortener() {
    stop_.request_stop();
    threads_.join();
}

std::shared_ptr<const Shortener::Answer> Shortener::shorten(const std::string& link) {
    const auto ready = [](const std::string& text) {
        return std::make_shared<Answer>(Answer{.ready = true, .link = text});
    };
    if (!is_link(link)) return ready(link);
    if (const auto known = cache_.find(link)) {
        count(Outcome::cached);
        return ready(*known);
    }
    if (under_way_ >= most_under_way || std::chrono::steady_clock::now() < resting_until_) {
        count(Outcome::left_long);
        return ready(link);
    }
    ++under_way_;
    const auto pending = std::make_shared<Pending>(loop_.context().get_executor(), link);
    pending->timer.expires_after(patience);
    pending->timer.async_wait([this, pending](auto error) {
        if (!error) finish(pending, "", "no answer in time");
    });
    auto url = url_;
    for (std::size_t at = 0; (at = url.find("{url}", at)) != url.npos;) {
        const auto encoded = percent_encoded(link);
        url.replace(at, 5, encoded);
        at += encoded.size();
    }
    asio::post(threads_, [this, pending, url] {
        if (pending->over) return;
        std::string short_link, trouble;
        try {
            const auto response = http::get({.url = url,
                                             .timeout = patience,
                                             .tries = 1,
                                             .largest = longest_answer,
                                             .stop = stop_.get_token()});
            if (response) short_link = short_link_of(response->body);
            trouble = response ? "the answer is no link" : response.error().text;
        } catch (const std::exception& e) {  // the module is gone
            trouble = e.what();
        }
        asio::post(loop_.context(),
                   [this, pending, short_link, trouble] { finish(pending, short_link, trouble); });
    });
    return pending->answer;
}

void Shortener::finish(const std::shared_ptr<Pending>& pending, std::string short_link, std::string trouble) {
    if (pending->answer->ready) {
        if (!short_link.empty())
            cache_.remember(pending->link, std::make_shared<std::string>(short_link));  // late
        return;
    }
    pending->timer.cancel();
    pending->over = true;
    --under_way_;
    const bool failed = short_link.empty();
    count(failed ? Outcome::failed : Outcome::shortened);
    if (failed) {
        const auto now = std::chrono::steady_clock::now();
        if (now >= resting_until_)
            log::warning("irc", "irc_shortener does not make links short: {}; they stay long for {} s",
                         trouble, rest.count());
        resting_until_ = now + rest;
    } else {
        cache_.remember(pending->link, std::make_shared<std::string>(short_link));
    }
    *pending->answer = {.ready = true, .link = failed ? pending->link : std::move(short_link)};
    answered_();
}

}  // namespace fedmsg::services
