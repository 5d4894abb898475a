/// fedmsg logger: publish lines of text or JSON values through the relay. Manual: man/fedmsg-logger.1
#include "cli/call.h"
#include "encoding/splitter.h"
#include "encoding/write.h"
#include "loop/input.h"
#include "message/envelope.h"
#include "message/msg_id.h"
#include "message/topic.h"
#include "subcommands/delivery.h"
#include "subcommands/signing.h"
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
    bool json_input = false, envelope = false, print = false, progress = false, verbose = false;
    DeliveryOptions delivery;
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
    a.delivery.describe(options);
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
    Logger(Loop& loop, const Config& config, const Arguments& a, std::optional<crypto::Signer> signer)
        : a_{a},
          signer_{std::move(signer)},
          json_{a.json_input || a.envelope},
          username_{message::login_name()},
          envelope_{username_},
          topic_{message::make_topic({config.topic_prefix, config.environment, a.modname, a.topic})},
          loop_{loop},
          delivery_{loop, config, a.delivery},
          timer_{loop.context()} {
        if (a.verbose && !a.envelope)
            if (const auto warning = message::grammar_warning(topic_, config.topic_prefix))
                log::warning("logger", "{}", *warning);
    }

    /// \throws SetupError  when something could not be published
    asio::awaitable<void> run() {
        co_await delivery_.start();
        bool stopped = false;
        try {
            co_await publish_all();
        } catch (const boost::system::system_error& e) {
            if (e.code() != asio::error::operation_aborted) throw;
            stopped = true;
            if (made_ > delivery_.taken()) delivery_.stopped();
        } catch (const SetupError& e) {
            if (!delivery_.given_up()) delivery_.give_up(e.what());
        }
        if (stopped) co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        co_await finish();
    }

  private:
    asio::awaitable<void> publish_all() {
        if (!a_.message.empty()) {
            delivery_.connect();
            co_await publish_chunk(a_.message);
        } else {
            input_.emplace(loop_, STDIN_FILENO);
            for (;;) {
                const auto chunk = co_await input_->read();
                if (!chunk) break;
                delivery_.connect();
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
        if (a_.delivery.confirm && id_.empty())
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
        ++made_;
        if (signer_)
            sign(now);
        else
            envelope_.write(topic_, body_, now, id_, made_, out_);
    }

    void sign(std::time_t now) {
        const auto body = encoding::Document::parse(body_);  // what was just written
        auto value = encoding::to_value(body->root());
        if (!value.truthy()) value = encoding::Object{};
        auto envelope = message::make_envelope(topic_, std::move(value), now, id_, made_, username_);
        signer_->sign(envelope);
        encoding::write(encoding::Value{std::move(envelope)}, encoding::canonical, out_);
    }

    /// False when that has to wait.
    bool publish_now() {
        if (a_.rate && Clock::now() < next_) return false;
        const auto sent = delivery_.sent();
        if (!delivery_.try_send(topic_, out_, id_)) return false;
        if (a_.rate) {
            // A timer is late by a little each time; what that lost may be made up for, and no more.
            constexpr Clock::duration lateness = std::chrono::milliseconds{20};
            next_ = std::max(next_, Clock::now() - lateness) +
                    Clock::duration{std::chrono::seconds{1}} / *a_.rate;
        }
        if (a_.print && delivery_.sent() > sent) {
            output().write(out_ + "\n");
            output().flush_if_large();
        }
        if (shows_progress() && progress_limit_.pass()) show_progress("");
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
            co_await delivery_.wait();
        }
    }

    /// Lets everything leave, and tells what did not. \throws SetupError
    asio::awaitable<void> finish() {
        auto unsent = made_ - delivery_.taken();
        bool or_more = false;
        if (delivery_.given_up()) unsent += count_rest(or_more);
        std::exception_ptr failure;
        try {
            co_await delivery_.finish(unsent, or_more);
        } catch (const SetupError&) {
            failure = std::current_exception();
        }
        output().flush();
        if (shows_progress()) show_progress("\n");
        if (failure) std::rethrow_exception(failure);
    }

    /// What waits in the input without anybody to send it to; does not wait for more.
    std::uint64_t count_rest(bool& or_more) {
        std::uint64_t count = 0;
        std::size_t bytes = 0;
        std::optional<std::string_view> chunk = "";
        do {
            bytes += chunk->size();
            if (bytes > most_counted) {
                or_more = true;
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
        const auto line = fmt::format("\r{} messages{}", delivery_.taken(), end);
        (void)!::write(STDERR_FILENO, line.data(), line.size());
    }

    /// Bytes of input that are read only to say how many messages were not sent: `yes | fedmsg logger` must
    /// end.
    static constexpr std::size_t most_counted = 16 * 1024 * 1024;

    const Arguments& a_;
    std::optional<crypto::Signer> signer_;
    bool json_;

    std::optional<Input> input_;
    LineSplitter lines_;
    encoding::Splitter values_;

    message::MsgIdSource ids_;
    message::LocalYear year_;
    std::string username_;
    message::EnvelopeWriter envelope_;
    std::string topic_, id_, body_, out_;  // of the message to be sent next
    std::uint64_t made_ = 0;

    Loop& loop_;
    Delivery delivery_;
    asio::steady_timer timer_;
    Clock::time_point next_ = Clock::now();  // when --rate lets the next message go
    log::Limit progress_limit_{std::chrono::milliseconds{100}};
};

void run(cli::Call& call) {
    Arguments a;
    const Config& config = call.parse(describe(a));
    check_publishing(config);
    if (a.json_input && a.envelope) throw UsageError("choose one of --json-input and --envelope");
    auto signer = a.envelope ? std::nullopt : open_signer(call, "logger", a.cert_prefix);
    Loop loop;
    Logger logger{loop, config, a, std::move(signer)};
    loop.run(logger.run());
}

}  // namespace

const cli::Subcommand logger{.name = "logger",
                             .summary = "publish lines of text, or JSON values",
                             .group = cli::Group::publish,
                             .run = run};

}  // namespace fedmsg::subcommands
