/// fedmsg logger: publish lines of text or JSON values through the relay. Manual: man/fedmsg-logger.1
#include "bus/confirmation.h"
#include "bus/publisher.h"
#include "cli/call.h"
#include "encoding/splitter.h"
#include "encoding/write.h"
#include "loop/input.h"
#include "message/envelope.h"
#include "message/msg_id.h"
#include "message/topic.h"
#include "subcommands/table.h"
#include "util/error.h"
#include "util/log.h"
#include "util/output.h"
#include "util/terminal.h"

#include <unistd.h>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace fedmsg::subcommands {
namespace {

using Clock = std::chrono::steady_clock;

struct Arguments {
    std::string message, topic = "log", modname = "logger", cert_prefix = "shell";
    bool json_input = false, envelope = false, confirm = false, print = false, progress = false,
         verbose = false;
    bool wait = false;
    std::optional<std::chrono::milliseconds> wait_for;
    std::optional<std::int64_t> rate;
};

cli::Options describe(Arguments& a) {
    cli::Options options;
    options.value("message", a.message, "TEXT", "publish this instead of standard input");
    options.flag("json-input", a.json_input, "the input is JSON values, each the body of a message");
    options.flag("envelope", a.envelope, "the input is whole messages, each published under its own topic");
    options.value("topic", a.topic, "TOPIC", "the last part of the topic (log)");
    options.value("modname", a.modname, "NAME", "the part of the topic before it (logger)");
    options.value("cert-prefix", a.cert_prefix, "NAME",
                  "the certificate to sign with, where messages are signed (shell)");
    options.flag("confirm", a.confirm, "end well only after the relay has re-published each message");
    options.add({.name = "wait",
                 .placeholder = "SECONDS",
                 .meaning = "wait for a relay that is not there yet (for ever)",
                 .kind = cli::Option::Kind::optional_value,
                 .words = {},
                 .store = [&a](const std::string* text) {
                     a.wait = true;
                     if (!text) return;
                     a.wait_for = cli::parse_seconds(*text);
                     if (!a.wait_for)
                         throw UsageError("--wait is " + *text + ": must be a number of seconds, 0 or more");
                 }});
    options.flag("print", a.print, "print each published message");
    options.number("rate", a.rate, 1, "N", "at most N messages a second");
    options.flag("progress", a.progress, "count messages on the terminal");
    options.flag("verbose", a.verbose, "warn of topics that do not follow the recommended grammar").letter =
        'v';
    return options;
}

/// What is published: text or values in, messages out.
class Logger {
  public:
    Logger(Loop& loop, const Config& config, const Arguments& a)
        : a_{a},
          json_{a.json_input || a.envelope},
          patience_{a.wait ? a.wait_for : config.timeout},
          linger_{config.zmq_linger},
          envelope_{message::login_name()},
          topic_{message::make_topic({config.topic_prefix, config.environment, a.modname, a.topic})},
          loop_{loop},
          config_{config},
          timer_{loop.context()} {
        if (a.verbose && !a.envelope)
            if (const auto warning = message::grammar_warning(topic_, config.topic_prefix))
                log::warning("logger", "{}", *warning);
    }

    /// \throws SetupError  when something could not be published
    asio::awaitable<void> run() {
        if (a_.confirm) {
            confirmation_.emplace(loop_, bus::make_context(config_.io_threads), config_);
            co_await confirmation_->start();
        }
        bool stopped = false;
        try {
            co_await publish_all();
        } catch (const boost::system::system_error& e) {
            if (e.code() != asio::error::operation_aborted) throw;
            stopped = true;
            if (publisher_ && made_ > publisher_->sent())
                give_up("stopped before a relay took messages: " + publisher_->trouble());
        } catch (const SetupError& e) {
            failure_ = e.what();
        }
        if (stopped) co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        if (publisher_ || !failure_.empty()) co_await finish();  // else there was nothing to publish
    }

  private:
    asio::awaitable<void> publish_all() {
        if (!a_.message.empty()) {
            publisher_ = bus::Publisher::connect(loop_, config_);
            co_await publish_chunk(a_.message);
        } else {
            input_.emplace(loop_, STDIN_FILENO);
            for (;;) {
                const auto chunk = co_await input_->read();
                if (!chunk) break;
                if (!publisher_) publisher_ = bus::Publisher::connect(loop_, config_);
                co_await publish_chunk(*chunk);
                output().flush();
            }
        }
        co_await publish_rest();
    }

    asio::awaitable<void> publish_chunk(std::string_view chunk) {
        if (json_) {
            values_.feed(chunk);
            co_return co_await publish_values();
        }
        lines_.feed(chunk);
        while (const auto line = lines_.next()) {
            wrap_line(*line);
            if (!publish_now()) co_await publish();
        }
    }

    /// After the end of the input.
    asio::awaitable<void> publish_rest() {
        if (json_) {
            values_.finish();
            co_return co_await publish_values();
        }
        if (const auto line = lines_.rest()) {
            wrap_line(*line);
            if (!publish_now()) co_await publish();
        }
    }

    asio::awaitable<void> publish_values() {
        for (auto value = values_.next(); value; value = values_.next()) {
            if (!*value) throw SetupError(source() + to_string(value->error()));
            wrap_value((*value)->root());
            if (!publish_now()) co_await publish();
        }
    }

    [[nodiscard]] std::string source() const {
        return a_.message.empty() ? "standard input: " : "--message: ";
    }

    // The message that is to be sent next: out_.

    void wrap_line(std::string_view line) {
        body_.clear();
        message::write_log_body(line, body_);
        wrap_body();
    }

    void wrap_value(encoding::Node value) {
        body_.clear();
        encoding::write(value, encoding::canonical, body_);
        if (!a_.envelope) return wrap_body();
        const auto topic = value.find_string("topic");
        if (!topic || topic->empty())
            throw SetupError(fmt::format("{}message {} has no `topic`: it cannot be published as it stands",
                                         source(), made_ + 1));
        topic_ = *topic;
        id_ = value.find_string("msg_id").value_or("");
        if (confirmation_ && id_.empty())
            throw SetupError(
                fmt::format("{}message {} has no `msg_id`: it cannot be confirmed", source(), made_ + 1));
        out_ = body_;
        ++made_;
    }

    void wrap_body() {
        const auto now = std::time(nullptr);
        id_.clear();
        ids_.append(year_.of(now), id_);
        out_.clear();
        envelope_.write(topic_, body_, now, id_, ++made_, out_);
    }

    /// False when that has to wait.
    bool publish_now() {
        if (a_.rate && Clock::now() < next_) return false;
        if (too_large()) return true;
        if (!publisher_->try_send(topic_, out_)) return false;
        if (a_.rate) {
            // A timer is late by a little each time; what that lost may be made up for, and no more.
            constexpr Clock::duration lateness = std::chrono::milliseconds{20};
            next_ = std::max(next_, Clock::now() - lateness) +
                    Clock::duration{std::chrono::seconds{1}} / *a_.rate;
        }
        if (confirmation_) {
            confirmation_->expect(id_);
            if (publisher_->sent() % confirm_batch == 0) confirmation_->take();
        }
        if (a_.print) {
            output().write(out_ + "\n");
            output().flush_if_large();
        }
        if (shows_progress() && progress_limit_.pass()) show_progress("");
        return true;
    }

    /// Every relay and subscriber would drop it.
    bool too_large() {
        const auto limit = config_.zmq_max_message_size;
        if (limit == 0 || out_.size() <= limit) return false;
        too_large_ = fmt::format("message {} is {} bytes long, more than zmq_max_message_size, {}", made_,
                                 out_.size(), limit);
        if (const auto held_back = too_large_limit_.pass())
            log::error("logger", "{}: not published{}", too_large_,
                       *held_back ? fmt::format(" (and {} more before it)", *held_back) : "");
        return true;
    }

    asio::awaitable<void> publish() {
        output().flush();
        while (!publish_now()) {
            if (a_.rate && Clock::now() < next_) {
                timer_.expires_at(next_);
                co_await timer_.async_wait(asio::use_awaitable);
                continue;
            }
            const bool taken = co_await publisher_->writable(patience_);
            if (!taken) {
                give_up(nobody_there());
                throw SetupError(failure_);
            }
        }
    }

    [[nodiscard]] std::string nobody_there() const {
        return fmt::format("no relay took messages within {:g} s: {}",
                           std::chrono::duration<double>{*patience_}.count(), publisher_->trouble());
    }

    /// Lets everything leave, and tells what did not. \throws SetupError
    asio::awaitable<void> finish() {
        if (!publisher_) throw SetupError(failure_);
        auto unsent = made_ - publisher_->sent();
        std::string_view or_more;
        if (!failure_.empty()) unsent += count_rest(or_more);
        const auto left = co_await publisher_->finish(patience_);
        unsent += left.messages;
        if (left.or_more) or_more = " or more";
        if (confirmation_) co_await confirmation_->finish();
        output().flush();
        if (shows_progress()) show_progress("\n");
        if (left.messages > 0 && failure_.empty())
            failure_ = fmt::format("the relay did not take everything (zmq_linger is {} ms): {}",
                                   linger_.count(), publisher_->trouble());
        if (failure_.empty()) failure_ = too_large_;
        if (confirmation_ && !confirmation_->missing().empty()) add_unconfirmed();
        if (failure_.empty()) co_return;
        if (unsent > 0)
            failure_ += fmt::format(": {}{} message{} not sent", unsent, or_more, unsent == 1 ? "" : "s");
        throw SetupError(failure_ + advice_);
    }

    void add_unconfirmed() {
        constexpr std::size_t named = 10;
        std::string ids;
        std::size_t count = 0;
        for (const auto& id : confirmation_->missing())
            if (count++ < named) ids += (ids.empty() ? "" : ", ") + id;
        if (count > named) ids += fmt::format(" and {} more", count - named);
        failure_ += fmt::format("{}not confirmed by the relay: {}", failure_.empty() ? "" : "; ", ids);
    }

    void give_up(std::string failure) {
        failure_ = std::move(failure);
        advice_ = ": start fedmsg-relay, correct relay_inbound, or use --wait";
    }

    /// What waits in the input without anybody to send it to; does not wait for more.
    std::uint64_t count_rest(std::string_view& or_more) {
        std::uint64_t count = 0;
        std::size_t bytes = 0;
        std::optional<std::string_view> chunk = "";
        do {
            bytes += chunk->size();
            if (bytes > most_counted) {
                or_more = " or more";
                break;
            }
            if (json_) {
                values_.feed(*chunk);
                for (auto value = values_.next(); value && *value; value = values_.next()) ++count;
            } else {
                if (!chunk->empty()) lines_.feed(*chunk);
                while (lines_.next()) ++count;
            }
            chunk = input_ ? input_->read_now() : std::nullopt;
        } while (chunk);
        return count + (lines_.rest() ? 1 : 0);
    }

    [[nodiscard]] bool shows_progress() const { return a_.progress && is_terminal(STDERR_FILENO); }
    void show_progress(std::string_view end) const {
        const auto line = fmt::format("\r{} messages{}", publisher_->sent(), end);
        (void)!::write(STDERR_FILENO, line.data(), line.size());
    }

    static constexpr std::uint64_t confirm_batch = 64;
    /// Bytes of input that are read only to say how many messages were not sent: `yes | fedmsg logger` must
    /// end.
    static constexpr std::size_t most_counted = 16 * 1024 * 1024;

    const Arguments& a_;
    bool json_;
    std::optional<std::chrono::milliseconds> patience_;  // with a relay that is not there; none: for ever
    std::chrono::milliseconds linger_;

    std::optional<Input> input_;
    LineSplitter lines_;
    encoding::Splitter values_;

    message::MsgIdSource ids_;
    message::LocalYear year_;
    message::EnvelopeWriter envelope_;
    std::string topic_, id_, body_, out_;  // of the message to be sent next
    std::uint64_t made_ = 0;

    Loop& loop_;
    const Config& config_;
    std::optional<bus::Confirmation> confirmation_;
    std::unique_ptr<bus::Publisher> publisher_;
    asio::steady_timer timer_;
    Clock::time_point next_ = Clock::now();  // when --rate lets the next message go
    log::Limit progress_limit_{std::chrono::milliseconds{100}};
    log::Limit too_large_limit_;
    std::string failure_, advice_, too_large_;
};

void run(cli::Call& call) {
    Arguments a;
    const Config& config = call.parse(describe(a));
    if (!config.zmq_enabled)
        throw UsageError("zmq_enabled is false, and this build publishes over ZeroMQ only: set it to True");
    if (const auto* sign = config.values.find("sign_messages"); sign && sign->truthy())
        log::warning("logger", "sign_messages is set, and this version cannot sign: publishing unsigned");
    if (a.json_input && a.envelope) throw UsageError("choose one of --json-input and --envelope");
    Loop loop;
    Logger logger{loop, config, a};
    loop.run(logger.run());
}

}  // namespace

const cli::Subcommand logger{.name = "logger",
                             .summary = "publish lines of text, or JSON values",
                             .group = cli::Group::publish,
                             .run = run};

}  // namespace fedmsg::subcommands
