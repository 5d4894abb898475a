#include "services/hub/runner.h"

#include "encoding/write.h"
#include "util/error.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

namespace fedmsg::services::hub {
namespace {

/// As the Python system's monitoring.
constexpr std::size_t most_times = 1024;

}  // namespace

Runner::Runner(Surroundings& surroundings, Identity identity, Queue::Settings queue, Queue::Files files)
    : surroundings_{surroundings}, identity_{std::move(identity)}, queue_{queue, std::move(files)} {
    const auto match = surroundings.config.zmq_strict ? message::TopicPattern::Match::whole
                                                      : message::TopicPattern::Match::prefix;
    for (const auto& topic : identity_.topics) patterns_.emplace_back(topic, match);
}

Runner::~Runner() = default;

bool Runner::wants(std::string_view topic) const {
    return std::ranges::any_of(patterns_, [topic](const auto& pattern) { return pattern.matches(topic); });
}

bool Runner::push(MessagePtr message, Clock::time_point now) {
    ++counters_.received;
    ++pushed_;
    return queue_.push(std::move(message), now);
}

void Runner::tell(bool more) {
    if (pushed_ == 0 || (more && pushed_ < enough())) return;
    pushed_ = 0;
    wake();
}

std::vector<double> Runner::take_times() { return std::exchange(times_, {}); }

void Runner::tell_changed() const {
    if (changed_) changed_();
}

void Runner::note_begun(const MessagePtr& message) {
    if (bookmark_) bookmark_->begun(message);
}

void Runner::note_finished(const Queue::Taken& taken, std::chrono::duration<double> took, bool well) {
    if (well) ++counters_.handled;
    if (times_.size() < most_times) times_.push_back(took.count());
    latency_.observe(took.count());
    if (bookmark_) bookmark_->finished(taken.message);
    queue_.done(taken);
}

void Runner::note_failure(const Message& message, std::string_view what) {
    ++counters_.failed;
    if (const auto held_back = failure_limit_.pass())
        log::error(name(), "message {} on {}: {}{}",
                   message.msg_id.empty() ? "without msg_id" : message.msg_id, message.topic, what,
                   *held_back ? fmt::format(" (and {} failures more before it)", *held_back) : "");
}

void Runner::put_aside(const Queue::Taken& taken, std::string_view why, int attempts) {
    ++counters_.given_up;
    const auto& message = *taken.message;
    const auto* folder = surroundings_.config.values.find("status_directory");
    std::string trouble = "there is no status_directory to keep it in";
    if (folder && folder->string()) {
        const auto path = *folder->string() + "/" + name() + ".dead";
        std::string line = fmt::format(R"({{"at":{},"attempts":{},"body":{},"reason":)", std::time(nullptr),
                                       attempts, message.text());
        encoding::write_string(why, line);
        line += R"(,"topic":)";
        encoding::write_string(message.topic, line);
        line += "}\n";
        const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (file >= 0 && ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size()))
            trouble.clear();
        else
            trouble = "cannot write " + path + ": " + error_text(errno);
        if (file >= 0) ::close(file);
        if (trouble.empty())
            log::error(name(), "gave up message {} after {} attempts ({}): it is in {}", message.msg_id,
                       attempts, why, path);
    }
    if (!trouble.empty()) {
        ++counters_.lost;
        log::error(name(), "gave up message {} after {} attempts ({}), and it is lost: {}", message.msg_id,
                   attempts, why, trouble);
    }
    if (bookmark_) bookmark_->finished(taken.message);
    queue_.done(taken);
}

}  // namespace fedmsg::services::hub
