/// fedmsg tail: print each message that crosses the bus. Manual: man/fedmsg-tail.1
#include "bus/batch.h"
#include "cli/call.h"
#include "config/endpoint.h"
#include "message/filter.h"
#include "message/query.h"
#include "message/template.h"
#include "message/text.h"
#include "message/where.h"
#include "meta/cowsay.h"
#include "meta/rules.h"
#include "meta/series.h"
#include "meta/translation.h"
#include "services/monitor/expiry_watch.h"
#include "services/validation/validating_subscriber.h"
#include "subcommands/table.h"
#include "util/error.h"
#include "util/log.h"
#include "util/output.h"
#include "util/terminal.h"
#include "util/utf8.h"

#include <unistd.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <functional>
#include <memory>

namespace fedmsg::subcommands {
namespace {

using Clock = std::chrono::steady_clock;

/// Exit status when `--for` ends without a single match.
constexpr int nothing_matched = 3;

struct Arguments {
    message::FilterOptions filter;
    std::vector<std::string> endpoints;
    std::string where, query, format;
    std::string output, color = "auto";
    std::string users, packages;  // comma separated; empty: whoever, whatever
    bool pretty = false, really_pretty = false, raw = false, timestamps = false;
    bool terse = false, cowsay = false;

    [[nodiscard]] bool needs_rules() const {
        return terse || cowsay || output == "terse" || !users.empty() || !packages.empty();
    }
    bool validate = false, no_validate = false;
    std::optional<std::int64_t> count;
    std::optional<std::chrono::milliseconds> duration;
};

cli::Options describe(Arguments& a) {
    cli::Options options;
    options.values("topic", a.filter.topics, "PREFIX",
                   "only topics that start with PREFIX; `*` stands for one part");
    options.value("include", a.filter.include, "REGEX", "only topics in which REGEX is found");
    options.value("exclude", a.filter.exclude, "REGEX", "no topics in which REGEX is found (_heartbeat)");
    options.values("category", a.filter.categories, "NAME", "only topics of this category: git, bodhi");
    options.value("where", a.where, "EXPRESSION", "only messages for which this holds: 'msg.owner == \"x\"'");
    options.value("users", a.users, "NAMES",
                  "only messages that one of these users is involved in, comma separated");
    options.value("packages", a.packages, "NAMES", "only messages that are about one of these packages");
    options.flag("terse", a.terse, "a sentence in natural language");
    options.flag("cowsay", a.cowsay, "the same, said by a cow");
    options.flag("pretty", a.pretty, "indented, with the time in words");
    options.flag("really-pretty", a.really_pretty, "indented and coloured");
    options.flag("raw", a.raw, "the body as it was received");
    options.value("query", a.query, "PATHS", "only these values, comma separated: msg.owner,username");
    options.value("format", a.format, "TEMPLATE", "a line of one's own making: '{topic} {msg.user}'");
    options.choice("output", a.output, {"jsonl", "json", "pretty", "raw", "terse", "template"},
                   "the same as words: template needs --format");
    options.choice("color", a.color, {"auto", "always", "never"},
                   "colour --really-pretty (auto: on a terminal)");
    options.flag("timestamps", a.timestamps, "the time of arrival before each message");
    options.number("count", a.count, 1, "COUNT", "end after COUNT messages").letter = 'n';
    options.seconds("for", a.duration, "end after SECONDS; exit status 3 when nothing matched");
    options.values("endpoint", a.endpoints, "NAME=ADDRESS",
                   "connect here instead of to the configured endpoints");
    options.flag("validate", a.validate, "show only what is signed by those who may (validate_signatures)");
    options.flag("no-validate", a.no_validate, "show messages whatever their signature");
    return options;
}

using Writer = std::function<void(const bus::Received&, std::string&)>;

/// What the options say about the form of a message. \param rules  where Arguments::needs_rules()
Writer make_writer(const Arguments& a, const std::shared_ptr<meta::Rules>& rules) {
    const int forms = a.pretty + a.really_pretty + a.raw + a.terse + a.cowsay + !a.query.empty() +
                      (!a.format.empty() && a.output != "template") + !a.output.empty();
    if (forms > 1)
        throw UsageError(
            "choose one of --pretty, --really-pretty, --terse, --cowsay, --raw, --query, --format, --output");
    if (a.output == "template" && a.format.empty()) throw UsageError("--output template needs --format");
    const auto controls = is_terminal(STDOUT_FILENO) ? message::Controls::escape : message::Controls::keep;
    if (!a.query.empty())
        return [query = message::Query{a.query}, controls](const bus::Received& r, std::string& out) {
            query.write(r.message.envelope(), controls, out);
        };
    if (!a.format.empty())
        return [text = message::Template{a.format}, controls](const bus::Received& r, std::string& out) {
            text.write(r.message.envelope(), controls, out);
        };
    if (a.terse || a.output == "terse")
        return [rules, controls](const bus::Received& r, std::string& out) {
            message::write_bare(rules->line(r.message.envelope()), controls, out);
        };
    if (a.cowsay)
        return [rules, controls](const bus::Received& r, std::string& out) {
            std::string text;
            message::write_bare(meta::one_line(rules->subtitle(r.message.envelope())), controls, text);
            out += meta::cowsay(text.empty() ? rules->title(r.message.envelope()) : text);
        };
    if (a.raw || a.output == "raw") return [](const bus::Received& r, std::string& out) { out += r.body; };
    const bool colour = a.really_pretty && wants_colour(a.color, STDOUT_FILENO);
    const auto layout = a.really_pretty ? message::Layout::really_pretty
                        : a.pretty || a.output == "pretty" || a.output == "json" ? message::Layout::pretty
                                                                                 : message::Layout::compact;
    return [writer = message::TextWriter{layout, colour ? &message::terminal_palette : nullptr}](
               const bus::Received& r, std::string& out) mutable { writer.write(r.message, out); };
}

std::vector<std::string> split_names(const std::string& list) {
    std::vector<std::string> names;
    for (std::string_view rest{list}; !rest.empty();) {
        const auto comma = rest.find(',');
        if (const auto name = strip(rest.substr(0, comma)); !name.empty()) names.emplace_back(name);
        if (comma == rest.npos) break;
        rest.remove_prefix(comma + 1);
    }
    return names;
}

/// Whether a list that the rules give has any of the names.
bool has_any(const encoding::Value& list, const std::vector<std::string>& names) {
    return std::ranges::any_of(*list.array(), [&](const auto& element) {
        return std::ranges::find(names, *element.string()) != names.end();
    });
}

/// `--endpoint NAME=ADDRESS` instead of what is configured.
Config with_endpoints(Config config, const std::vector<std::string>& given) {
    if (given.empty()) return config;
    config.endpoints.clear();
    config.srv_endpoints.clear();
    for (const auto& text : given) {
        const auto equals = text.find('=');
        if (equals == text.npos || text.find("://", equals) == text.npos)
            throw UsageError("--endpoint is " + text +
                             ": must be NAME=ADDRESS, as in relay=tcp://127.0.0.1:4001");
        if (const auto wrong = endpoint_error(text.substr(equals + 1)))
            throw UsageError("--endpoint is " + text + ": " + *wrong);
        config.endpoints[text.substr(0, equals)].push_back(text.substr(equals + 1));
    }
    return config;
}

class Tail {
  public:
    /// \param rules  null: Arguments::needs_rules() is false
    Tail(Loop& loop, const Config& config, const Arguments& a, const std::shared_ptr<meta::Rules>& rules)
        : loop_{loop},
          config_{config},
          rules_{rules},
          users_{split_names(a.users)},
          packages_{split_names(a.packages)},
          writer_{make_writer(a, rules)},
          filter_{a.filter},
          bus_{loop, config, filter_.prefixes(), open_validator(config, a),
               [this](const bus::Received& received) { return is_wanted(received.message); }},
          timestamps_{a.timestamps},
          count_{a.count} {
        if (!a.where.empty()) where_.emplace(a.where);
        if (a.duration) end_ = Clock::now() + *a.duration;
    }

    asio::awaitable<void> run() {
        const auto executor = loop_.context().get_executor();
        asio::co_spawn(executor, tell_what_is_missing(), rethrow_unless_cancelled);
        if (is_pipe(STDOUT_FILENO)) {
            out_.assign(::dup(STDOUT_FILENO));
            asio::co_spawn(executor, watch_reader(), rethrow_unless_cancelled);
        }
        asio::steady_timer timer{executor, end_};
        timer.async_wait([this](auto error) {
            if (!error) loop_.context().stop();
        });
        while (!finished()) {
            std::size_t handled = 0;
            while (handled < bus::batch_size && !finished() && !output().is_large() && print_next())
                ++handled;
            // The rest of a block goes with the next batch, which comes at once.
            const bool goes_on = output().is_large() && !finished();
            co_await flush(goes_on ? Output::Part::blocks : Output::Part::all);
            if (finished()) break;
            if (handled > 0)
                co_await bus::yield();
            else
                co_await bus_.wait();
        }
    }

    [[nodiscard]] std::int64_t printed() const { return printed_; }

    void say_what_was_dropped() const {
        if (const auto dropped = bus_.bus().drops().summary(); !dropped.empty())
            log::warning("tail", "not shown: {}", dropped);
        const auto refused = bus_.refused_summary();
        if (!refused.empty()) log::warning("tail", "not shown, as they do not validate: {}", refused);
        const auto gave_up = filter_.gave_up() + (where_ ? where_->gave_up() : 0);
        if (gave_up > 0)
            log::warning("tail",
                         "a regular expression gave up on {} messages, which were taken as not matching",
                         gave_up);
    }

  private:
    /// A reader that does not read must not keep signals from being heard.
    asio::awaitable<void> flush(Output::Part part) {
        while (!output().try_flush(part)) {
            if (out_.is_open())
                co_await out_.async_wait(out_.wait_write, asio::use_awaitable);
            else
                output().flush();
        }
    }

    [[nodiscard]] bool finished() const { return count_ && printed_ >= *count_; }

    static std::unique_ptr<crypto::Validator> open_validator(const Config& config, const Arguments& a) {
        if (!a.validate && (!config.validate_signatures || a.no_validate)) return nullptr;
        auto validator = std::make_unique<crypto::Validator>(crypto::Validator::Settings::of(config));
        validator->prepare();  // no signal is waited for yet
        return validator;
    }

    [[nodiscard]] bool is_wanted(const message::Message& message) {
        return filter_.accepts(message.topic()) && (!where_ || where_->matches(message.envelope())) &&
               concerns(meta::Field::usernames, users_, message) &&
               concerns(meta::Field::packages, packages_, message);
    }

    [[nodiscard]] bool concerns(meta::Field field, const std::vector<std::string>& names,
                                const message::Message& message) {
        return names.empty() || has_any(rules_->value(field, message.envelope()), names);
    }

    /// False when there is no message now.
    bool print_next() {
        const auto next = bus_.try_next();
        if (!next) return false;
        const auto& [received, verdict] = *next;
        if (!verdict.valid()) {
            complain(received.message.topic(), verdict);
            return true;
        }
        auto& out = output().buffer();
        if (timestamps_) append_time(out);
        writer_(received, out);
        out += '\n';
        ++printed_;
        return true;
    }

    void complain(const std::string& topic, const crypto::Verdict& verdict) {
        if (const auto held_back = refusal_limits_[static_cast<std::size_t>(verdict.reason)].pass())
            log::warning("tail", "not shown: {}: {}: {}{}", topic, code(verdict.reason), verdict.detail,
                         *held_back ? fmt::format(" (and {} more before it)", *held_back) : "");
    }

    static void append_time(std::string& out) {
        const auto now = std::chrono::system_clock::now();
        const auto seconds = std::chrono::system_clock::to_time_t(now);
        const auto ms =
            std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
        std::tm utc{};
        ::gmtime_r(&seconds, &utc);
        std::array<char, 32> text{};
        out.append(text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc));
        out += fmt::format(".{:03}Z ", ms);
    }

    /// Silence is no answer: says which endpoints are being waited for while none is there.
    asio::awaitable<void> tell_what_is_missing() {
        if (config_.endpoints.empty() && config_.srv_endpoints.empty())
            throw UsageError("there is nothing to connect to: add `endpoints` to the configuration");
        const bool at_once = co_await bus_.bus().connected(Clock::now() + std::chrono::seconds{1});
        if (at_once) co_return;
        std::string list;
        constexpr std::size_t shown = 10;
        const auto missing = bus_.bus().waiting_for();
        for (std::size_t i = 0; i < std::min(missing.size(), shown); ++i)
            list += (i ? ", " : "") + missing[i];
        if (missing.size() > shown) list += fmt::format(" and {} more", missing.size() - shown);
        log::warning("tail", "no endpoint is up; waiting for {}", list);
        const bool at_last = co_await bus_.bus().connected(Clock::time_point::max());
        if (at_last) log::info("tail", "connected");
    }

    /// `fedmsg tail | head -1` ends when head does, not with the message after.
    asio::awaitable<void> watch_reader() {
        co_await out_.async_wait(out_.wait_error, asio::use_awaitable);
        loop_.context().stop();
    }

    const RestoreFlags flags_{STDOUT_FILENO};
    Loop& loop_;
    asio::posix::stream_descriptor out_{loop_.context()};  // a pipe; other outputs are written to as they are
    const Config& config_;
    std::shared_ptr<meta::Rules> rules_;
    std::vector<std::string> users_, packages_;
    Writer writer_;
    message::Filter filter_;
    std::optional<message::Where> where_;
    std::array<log::Limit, crypto::reasons> refusal_limits_;
    services::ValidatingSubscriber bus_;
    services::ExpiryWatch expiry_{loop_, "tail", [this] { return bus_.in_use(); }};
    bool timestamps_;
    std::optional<std::int64_t> count_;
    Clock::time_point end_ = Clock::time_point::max();
    std::int64_t printed_ = 0;
};

void run(cli::Call& call) {
    Arguments a;
    const Config config = with_endpoints(call.parse(describe(a)), a.endpoints);
    a.filter.strict = config.zmq_strict;
    if (a.validate && a.no_validate) throw UsageError("--validate and --no-validate exclude each other");
    Loop loop;
    std::shared_ptr<meta::Rules> rules;
    if (a.needs_rules()) {
        meta::use_language_of_environment();
        rules = std::make_shared<meta::Rules>(
            config, meta::Settings{.folders = meta::folders_of(call.loaded().sources)});
        loop.on_hangup([&] { rules->reload(config); });
    }
    Tail tail{loop, config, a, rules};
    loop.run(tail.run());
    if (!output().try_flush()) {
        log::warning("tail", "stopped while nobody read: {} bytes were not printed",
                     output().buffer().size());
        output().buffer().clear();
    }
    tail.say_what_was_dropped();
    if (a.duration && tail.printed() == 0) throw cli::Exit{nothing_matched};
}

}  // namespace

const cli::Subcommand tail{.name = "tail",
                           .summary = "print each message that crosses the bus",
                           .group = cli::Group::subscribe,
                           .run = run};

}  // namespace fedmsg::subcommands
