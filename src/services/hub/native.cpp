#include "services/hub/native.h"

#include "bus/batch.h"
#include "encoding/write.h"
#include "util/error.h"

#include <boost/asio/post.hpp>

namespace fedmsg::services::hub {
namespace {

/// Messages that a worker takes at once, and is woken for where they come without a pause: to wake a thread
/// takes as long as to hand out fifty. The hub has so many in less than half a millisecond.
constexpr std::size_t at_once = 4 * bus::batch_size;

}  // namespace

std::optional<std::string> NativeHost::publish(std::string_view topic, std::string_view modname,
                                               const encoding::Value& msg) noexcept {
    try {
        auto trouble = surroundings_.outbound.publish(topic, modname, encoding::dumps(msg));
        if (!trouble) ++published_;
        return trouble;
    } catch (const std::exception& e) {
        return e.what();
    }
}

void NativeHost::log(std::string_view text) noexcept {
    try {
        log::info(name_, "{}", text);
    } catch (const std::exception&) {  // no memory for a line of the log
    }
}

Native::Made Native::make(Surroundings& surroundings, const consumers::Kind& kind,
                          const std::string& module) {
    Made made{std::make_unique<NativeHost>(surroundings, kind.name), nullptr, {}};
    std::string trouble;
    made.consumer = kind.make(*made.host, trouble);
    if (!made.consumer)
        throw SetupError("cannot make the consumer " + std::string{kind.name} + ": " + trouble);
    const auto& consumer = *made.consumer;
    made.identity = {
        .name = kind.name,
        .module = module,
        .topics = consumer.topic(),
        .validate = consumer.validate_signatures().value_or(surroundings.config.validate_signatures),
        .jsonify = consumer.jsonify(),
        .wants_tree = consumer.jsonify()};
    made.identity.topic_is_list = made.identity.topics.size() != 1;
    return made;
}

Native::Native(Surroundings& surroundings, Made made, Queue::Settings queue, Queue::Files files,
               std::size_t workers)
    : Runner{surroundings, std::move(made.identity), queue, std::move(files)},
      host_{std::move(made.host)},
      consumer_{std::move(made.consumer)},
      workers_{workers} {}

Native::~Native() {
    hurrying_ = true;
    queue().close();
    for (auto& thread : threads_) thread.join();
}

void Native::start() {
    in_hand_.resize(std::max<std::size_t>(workers_, 1));
    running_ = workers_;
    for (std::size_t i = 0; i < workers_; ++i) threads_.emplace_back([this, i] { work(i); });
}

/// \returns what went wrong
std::optional<std::string> Native::handle(const MessagePtr& message) const {
    consumers::Message view{message->topic, message->text(), message->msg_id};
    std::optional<message::Message> parsed;
    if (identity().jsonify && !message->parsed) {  // it comes from a file
        if (auto read = message::Message::parse(message->topic, message->text())) parsed = *std::move(read);
    }
    if (message->parsed)
        view.body = message->parsed->envelope();
    else if (parsed)
        view.body = parsed->envelope();
    // On this thread, so that a crash finds it noted.
    if (auto* mark = bookmark()) mark->begun(message);
    auto trouble = consumer_->handle(view);
    if (auto* mark = bookmark()) mark->finished(message);
    return trouble;
}

void Native::work(std::size_t worker) {
    // What one worker has taken no other one can work on: several take one message each.
    const std::size_t most = workers_ == 1 ? at_once : 1;
    for (std::vector<Queue::Taken> taken; queue().pop(taken, most);) work_on(taken, worker);
    const std::lock_guard lock{mutex_};
    --running_;
    asio::post(surroundings().loop.context(), [this] { collect(); });
}

void Native::work_on(std::span<Queue::Taken> taken, std::size_t worker) {
    {
        const std::lock_guard lock{mutex_};
        in_hand_[worker] = taken;
    }
    for (auto start = Clock::now(); !taken.empty() && !hurrying_; taken = taken.subspan(1)) {
        auto trouble = handle(taken.front().message);
        const auto end = Clock::now();
        const std::lock_guard lock{mutex_};
        in_hand_[worker] = taken.subspan(1);
        results_.push_back({std::move(taken.front()), end - std::exchange(start, end), std::move(trouble)});
        if (results_.size() == 1) asio::post(surroundings().loop.context(), [this] { collect(); });
    }
    if (taken.empty()) return;
    const std::lock_guard lock{mutex_};
    in_hand_[worker] = {};
    queue().put_back({std::move_iterator{taken.begin()}, std::move_iterator{taken.end()}});
}

std::size_t Native::enough() const { return workers_ == 1 ? at_once : 1; }

/// What the threads have done.
void Native::collect() {
    {
        const std::lock_guard lock{mutex_};
        collected_.swap(results_);
    }
    for (const auto& result : collected_) note(result);
    if (!collected_.empty()) tell_changed();
    collected_.clear();
    end_when_done();
}

void Native::note(const Result& result) {
    if (result.trouble) note_failure(*result.taken.message, *result.trouble);
    note_finished(result.taken, result.took, !result.trouble);
}

void Native::wake() {
    if (workers_ > 0) return queue().announce();
    while (auto taken = queue().try_pop()) {
        note_begun(taken->message);
        const auto start = Clock::now();
        auto trouble = handle(taken->message);
        note({*std::move(taken), Clock::now() - start, std::move(trouble)});
    }
    tell_changed();
    end_when_done();
}

void Native::finish() {
    finishing_ = true;
    wake();
    end_when_done();
}

void Native::hurry() {
    finishing_ = hurrying_ = true;
    queue().close();
    end_when_done();
}

void Native::end_when_done() {
    if (!finishing_ || ended_) return;
    if (queue().empty()) queue().close();
    {
        const std::lock_guard lock{mutex_};
        if (running_ > 0 || !results_.empty()) return;
    }
    ended_ = true;
    tell_changed();
}

std::vector<Queue::Taken> Native::in_hand() const {
    const std::lock_guard lock{mutex_};
    std::vector<Queue::Taken> result;
    for (const auto& taken : in_hand_) result.insert(result.end(), taken.begin(), taken.end());
    return result;
}

}  // namespace fedmsg::services::hub
