#include "crypto/https_source.h"

#include "crypto/pem.h"
#include "util/error.h"
#include "util/new_files.h"

#include <sys/stat.h>

namespace fedmsg::crypto {
namespace {

using namespace std::chrono_literals;

/// Why it cannot be certificates or a CRL; nothing when it can.
std::optional<std::string> trouble(const std::string& text) {
    if (text.empty()) return "it is empty";
    std::size_t offset = 0;
    if (!next_pem_block(text, offset)) return "it is not PEM (there is no block from BEGIN to END)";
    return std::nullopt;
}

/// When the file was written.
std::optional<std::chrono::system_clock::time_point> date_of(const std::string& path) {
    struct stat s {};
    if (::stat(path.c_str(), &s) != 0) return std::nullopt;
    return std::chrono::system_clock::time_point{std::chrono::seconds{s.st_mtim.tv_sec} +
                                                 std::chrono::nanoseconds{s.st_mtim.tv_nsec}};
}

}  // namespace

HttpsSource::HttpsSource(std::string url, std::chrono::seconds expiry, Clocks clocks, Download download)
    : request_{.url = std::move(url),
               .https_only = true,
               .timeout = download.timeout,
               .tries = download.tries,
               .pause = download.pause,
               .largest = largest},
      expiry_{expiry},
      clocks_{std::move(clocks)},
      cache_path_{std::move(download.cache)} {
    if (!cache_path_.empty()) cache_ = open_source(cache_path_, 0s, clocks_);
    look(clocks_.timer());
    thread_ = std::jthread{[this](const std::stop_token& stop) { work(stop); }};
}

HttpsSource::~HttpsSource() = default;

std::shared_ptr<const Source::Content> HttpsSource::content() {
    std::unique_lock lock{mutex_};
    const auto now = clocks_.timer();
    if (now - *looked_ >= poll_interval) look(now);
    const auto is_there = [this] { return content_ != nullptr; };
    if (!changed_.wait_for(lock, 3s, is_there)) {
        log::info("crypto", "waiting for {}", location());
        changed_.wait(lock, is_there);
    }
    return content_;
}

void HttpsSource::suspect() {
    const std::lock_guard lock{mutex_};
    const auto now = clocks_.timer();
    if (age(now) >= suspicion_interval) want(now);
}

void HttpsSource::look(Time now) {
    looked_ = now;
    if (cache_) look_at_cache(now);
    if (is_stale(now)) want(now);
}

void HttpsSource::look_at_cache(Time now) {
    auto file = cache_->content();
    if (file == seen_) return;
    const bool is_new = seen_ == nullptr;
    seen_ = std::move(file);
    const auto why = seen_->error.empty() ? trouble(seen_->text) : seen_->error;
    cache_is_good_ = !why;
    if (cache_is_good_) {
        if (content_ || !is_stale(now))
            set(seen_->text, "");
        else
            spare_ = seen_->text;
        return;
    }
    const bool is_absent = !date_of(cache_path_);  // as before the first download
    if (is_new && is_absent) return;
    if (const auto held_back = cache_failures_.pass(now))
        log::warning("crypto", "{}, the cache of {}, is of no use, and is replaced: {}", cache_path_,
                     location(), *why);
}

/// Of the copy, in the cache or in memory; as old as can be where there is none.
std::chrono::nanoseconds HttpsSource::age(Time now) const {
    auto result = std::chrono::nanoseconds::max();
    if (downloaded_) result = now - *downloaded_;
    if (const auto date = cache_is_good_ ? date_of(cache_path_) : std::nullopt)
        if (const auto by_date = clocks_.date() - *date; by_date >= 0s) result = std::min(result, by_date);
    return result;
}

bool HttpsSource::is_stale(Time now) const {
    // What is only in memory is written again, where it can be, but not at once: see its own file first.
    const bool in_memory =
        downloaded_ && (!cache_ || cache_failed_ || now - *downloaded_ < suspicion_interval);
    const bool is_there = cache_is_good_ || in_memory;
    return !is_there || (expiry_ > 0s && age(now) >= expiry_);
}

void HttpsSource::want(Time now) {
    if (wanted_ || (failed_ && now - *failed_ < suspicion_interval)) return;
    wanted_ = true;
    changed_.notify_all();
}

void HttpsSource::set(std::string text, std::string error) {
    if (content_ && content_->text == text && content_->error == error) return;
    content_ = std::make_shared<const Content>(Content{std::move(text), std::move(error), ++generation_});
    changed_.notify_all();
}

void HttpsSource::work(const std::stop_token& stop) {
    for (;;) {
        {
            std::unique_lock lock{mutex_};
            if (!changed_.wait(lock, stop, [this] { return wanted_; })) return;
        }
        auto downloaded = download(stop);
        if (stop.stop_requested()) return;
        if (downloaded.error.empty()) keep(downloaded.text);
        const std::lock_guard lock{mutex_};
        take(std::move(downloaded), clocks_.timer());
    }
}

FileText HttpsSource::download(const std::stop_token& stop) const {
    auto request = request_;
    request.stop = stop;
    try {
        auto response = http::get(request);
        if (!response) return {.error = std::move(response.error().text)};
        if (const auto why = trouble(response->body))
            return {.error = *why + ": have the server hand out the file itself, or correct the address"};
        return {.text = std::move(response->body)};
    } catch (const std::exception& e) {  // a module that is not there, memory
        return {.error = e.what()};
    }
}

/// In the cache, for other processes and for later.
void HttpsSource::keep(const std::string& text) {
    if (cache_path_.empty()) return;
    std::string why;
    try {
        NewFiles files;
        files.add(cache_path_, text, 0644);
        files.commit();
    } catch (const SetupError& e) {
        why = e.what();
    }
    const std::lock_guard lock{mutex_};
    cache_failed_ = !why.empty();
    if (const auto held_back = cache_failed_ ? cache_failures_.pass(clocks_.timer()) : std::nullopt)
        log::warning("crypto", "{} is kept in memory alone: {}", location(), why);
}

void HttpsSource::take(FileText downloaded, Time now) {
    wanted_ = false;
    if (downloaded.error.empty()) {
        if (failed_) log::info("crypto", "{} is downloaded again", location());
        failed_.reset();
        downloaded_ = now;
        return set(std::move(downloaded.text), "");
    }
    failed_ = now;
    if (!content_ && !spare_.empty()) set(std::move(spare_), "");
    const bool have_copy = content_ && content_->error.empty();
    const auto why = "cannot be downloaded: " + downloaded.error;
    if (!have_copy) set("", why);
    if (const auto held_back = failures_.pass(now))
        log::warning(
            "crypto", "{} {}{}{}", location(), why,
            have_copy ? "; the copy that is there is used meanwhile" : "; nothing validates without it",
            *held_back ? fmt::format(" (and {} more failures before)", *held_back) : "");
}

}  // namespace fedmsg::crypto
