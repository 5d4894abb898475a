#include "services/hub/program.h"

#include <sys/wait.h>

#include <algorithm>
#include <csignal>

namespace fedmsg::services::hub {
namespace {

/// Lines a second of a program that are looked at: of those that mean nothing, and of its standard error.
/// Beyond that its output waits, or is counted only.
constexpr std::size_t most_strays = 4096, most_errors = 20;
constexpr std::size_t longest_log_line = 2000;

/// As a log line may have it.
std::string printable(std::string_view text) {
    std::string result{text.substr(0, longest_log_line)};
    for (char& c : result)
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = ' ';
    if (text.size() > longest_log_line) result += "…";
    return result;
}

}  // namespace

Program::Program(Surroundings& surroundings, ConsumerSettings settings, Identity identity, Queue::Files files)
    : Runner{surroundings, std::move(identity), settings.queue, std::move(files)},
      settings_{std::move(settings)},
      timer_{surroundings.loop.context()},
      error_lines_{16 * longest_log_line} {}

void Program::wake_at(std::optional<Clock::time_point> time) {
    if (!time) {
        timer_.expires_at(Clock::time_point::max());
        return;
    }
    if (timer_.expiry() == *time) return;
    timer_.expires_at(*time);
    timer_.async_wait([this](auto error) {
        if (error) return;
        timer_.expires_at(Clock::time_point::max());
        on_timer();
    });
}

bool Program::change(const ConsumerSettings& changed) {
    const bool same =
        changed.command == settings_.command && changed.mode == settings_.mode &&
        changed.topics == settings_.topics && changed.directory == settings_.directory &&
        changed.environment == settings_.environment &&
        changed.validate_signatures == settings_.validate_signatures &&
        (changed.queue.when_full == WhenFull::spill) == (settings_.queue.when_full == WhenFull::spill);
    settings_.queue = changed.queue;
    settings_.jobs = changed.jobs;
    settings_.unacknowledged = changed.unacknowledged;
    settings_.attempts = changed.attempts;
    settings_.timeout = changed.timeout;
    queue().change(changed.queue);
    return same;
}

Child::Start Program::how_to_start() const {
    Child::Start start{settings_.command, settings_.directory, settings_.environment};
    start.environment.emplace_back("FEDMSG_CONSUMER", settings_.name);
    return start;
}

void Program::read_output(Child& child, Lines& lines, std::string_view bytes) {
    lines.feed(
        bytes,
        [&](std::string_view line) {
            auto read = read_output_line(line);
            if (auto* answer = std::get_if<Answer>(&read)) return on_answer(std::move(*answer));
            if (auto* text = std::get_if<Meaningless>(&read)) return meaningless(child, text->why);
            auto& publication = std::get<ToPublish>(read);
            const auto trouble = surroundings().outbound.publish(
                publication.topic, publication.modname.value_or(name()), std::move(publication.msg));
            if (!trouble)
                ++counters().published;
            else if (const auto held_back = publish_limit_.pass())
                log::error(name(), "cannot publish a message: {}{}", *trouble,
                           *held_back ? fmt::format(" (and {} more before it)", *held_back) : "");
        },
        [&] { meaningless(child, "it is too long"); });
    if (surroundings().outbound.crowded()) child.pause_output(std::chrono::milliseconds{50});
}

void Program::on_answer(Answer) { ++counters().bad_output; }

void Program::meaningless(Child& child, std::string_view why) {
    ++counters().bad_output;
    const auto now = Clock::now();
    if (now - second_ >= std::chrono::seconds{1}) {
        second_ = now;
        strays_ = errors_ = 0;
    }
    if (++strays_ > most_strays) child.pause_output(std::chrono::seconds{1});
    if (const auto held_back = output_limit_.pass())
        log::warning(name(), "a line of its output means nothing here: {}{}", why,
                     *held_back ? fmt::format(" (and {} more before it)", *held_back) : "");
}

void Program::on_error(Child&, std::string_view bytes) {
    error_lines_.feed(
        bytes, [this](std::string_view line) { log_line(line); },
        [this] { log_line("(a line that is too long)"); });
}

void Program::log_line(std::string_view line) {
    const auto now = Clock::now();
    if (now - second_ >= std::chrono::seconds{1}) {
        second_ = now;
        strays_ = errors_ = 0;
    }
    if (++errors_ <= most_errors) return log::info(name(), "{}", printable(line));
    if (const auto held_back = error_limit_.pass())
        log::warning(name(), "writes more than {} lines a second to its standard error: {} left out",
                     most_errors, *held_back + 1);
}

}  // namespace fedmsg::services::hub
