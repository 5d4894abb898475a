/// fedmsg dg-replay: publish a message of the past anew. Manual: man/fedmsg-dg-replay.1
#include "cli/call.h"
#include "encoding/write.h"
#include "message/envelope.h"
#include "message/msg_id.h"
#include "message/topic.h"
#include "services/datagrepper/datagrepper.h"
#include "subcommands/delivery.h"
#include "subcommands/signing.h"
#include "subcommands/table.h"
#include "util/error.h"
#include "util/output.h"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <ctime>

namespace fedmsg::subcommands {
namespace {

/// Of each try: a service with a large history may have to look for a message.
constexpr std::chrono::seconds default_timeout{30};

struct Arguments {
    std::vector<std::string> ids;
    std::optional<std::string> url;
    bool envelope = false, print = false;
    DeliveryOptions delivery;
};

cli::Options describe(Arguments& a) {
    cli::Options options;
    options.values("msg-id", a.ids, "ID", "the message to publish; may be repeated");
    options.value("datagrepper-url", a.url, "URL", "the service that has it (datagrepper_url)");
    options.flag("envelope", a.envelope, "as it was: its own topic, msg_id, timestamp and username");
    a.delivery.describe(options);
    options.flag("print", a.print, "print the published messages");
    return options;
}

struct Outgoing {
    std::string topic, id, body;
};

/// All of them, or none. \throws UsageError  for one that is not there: exit status 2, as ever \throws
/// SetupError
std::vector<encoding::Object> fetch(const cli::Call& call, const Arguments& a) {
    const Config& config = call.loaded().config;
    const auto* key = config.values.find("datagrepper_url");
    const auto url = a.url ? *a.url : key && key->string() ? *key->string() : "";
    if (url.empty())
        throw UsageError("there is no datagrepper to ask: set datagrepper_url, or use --datagrepper-url");
    const bool given = call.loaded().provenance.where("timeout") == "--timeout";
    std::vector<encoding::Object> messages;
    for (const auto& id : a.ids) {
        auto message = services::fetch_message(url, id, given ? config.timeout : default_timeout);
        if (!message) {
            const auto text = message.error().text + (a.ids.size() > 1 ? "; nothing was published" : "");
            if (message.error().not_found) throw UsageError(text);
            throw SetupError(text);
        }
        messages.push_back(*std::move(message));
    }
    return messages;
}

/// As if the service had published it now, and here.
encoding::Object anew(encoding::Object past, const Config& config, std::uint64_t i) {
    const auto& past_topic = *past.find("topic")->string();
    const auto service = message::service_topic(past_topic, config.topic_prefix);
    if (service.modname.empty() || service.topic.empty())
        throw SetupError(*past.find("msg_id")->string() + " has the topic " + past_topic +
                         ", which does not name a service: publish it as it is, with --envelope");
    const auto topic =
        message::make_topic({config.topic_prefix, config.environment, service.modname, service.topic});
    const auto now = std::time(nullptr);
    message::MsgIdSource ids;
    message::LocalYear year;
    return message::make_envelope(topic, std::move(*past.find("msg")), now, ids.next(year.of(now)), i,
                                  message::login_name());
}

std::vector<Outgoing> prepare(std::vector<encoding::Object> messages, const Config& config,
                              const Arguments& a, const std::optional<crypto::Signer>& signer) {
    std::vector<Outgoing> result;
    for (auto& past : messages) {
        auto message = a.envelope ? std::move(past) : anew(std::move(past), config, result.size() + 1);
        if (signer) signer->sign(message);
        Outgoing out{*message.find("topic")->string(), *message.find("msg_id")->string(), {}};
        out.body = encoding::dumps(encoding::Value{std::move(message)});
        result.push_back(std::move(out));
    }
    return result;
}

asio::awaitable<void> publish(Loop& loop, const Config& config, const Arguments& a,
                              const std::vector<Outgoing>& messages) {
    Delivery delivery{loop, config, a.delivery};
    co_await delivery.start();
    delivery.connect();
    std::size_t taken = 0;
    bool stopped = false;
    try {
        while (taken < messages.size()) {
            const auto& message = messages[taken];
            if (delivery.try_send(message.topic, message.body, message.id))
                ++taken;
            else
                co_await delivery.wait();
        }
    } catch (const boost::system::system_error& e) {
        if (e.code() != asio::error::operation_aborted) throw;
        stopped = true;
        delivery.stopped();
    } catch (const SetupError&) {
        // Told by finish().
    }
    if (stopped) co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await delivery.finish(messages.size() - taken);
    if (a.print)
        for (const auto& message : messages) output().write(message.body + "\n");
}

void run(cli::Call& call) {
    Arguments a;
    const Config& config = call.parse(describe(a));
    if (a.ids.empty() || std::ranges::count(a.ids, "") > 0)
        throw UsageError("there is no message to publish: name it with --msg-id");
    check_publishing(config);
    const auto signer = open_signer(call, "dg-replay", "shell");
    // Before the loop runs, signals end the process.
    const auto messages = prepare(fetch(call, a), config, a, signer);
    Loop loop;
    loop.run(publish(loop, config, a, messages));
}

}  // namespace

const cli::Subcommand dg_replay{.name = "dg-replay",
                                .summary = "publish a message of the past anew",
                                .group = cli::Group::publish,
                                .run = run};

}  // namespace fedmsg::subcommands
