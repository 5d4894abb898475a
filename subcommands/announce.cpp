/// fedmsg announce: publish an announcement for everybody on the bus. Manual: man/fedmsg-announce.1
#include "cli/call.h"
#include "encoding/value.h"
#include "encoding/write.h"
#include "loop/input.h"
#include "message/envelope.h"
#include "message/msg_id.h"
#include "message/topic.h"
#include "subcommands/delivery.h"
#include "subcommands/signing.h"
#include "subcommands/table.h"
#include "util/error.h"
#include "util/output.h"
#include "util/utf8.h"

#include <unistd.h>
#include <boost/asio/this_coro.hpp>

#include <ctime>

namespace fedmsg::subcommands {
namespace {

struct Arguments {
    std::optional<std::string> link;
    bool print = false;
    DeliveryOptions delivery;
};

cli::Options describe(Arguments& a) {
    cli::Options options;
    options.add({.name = "link",
                 .placeholder = "URL",
                 .meaning = "where to read more",
                 .words = {},
                 .store = [&a](const std::string* text) { a.link = *text; }});
    a.delivery.describe(options);
    options.flag("print", a.print, "print the published message");
    return options;
}

/// Standard input to its end, as text.
asio::awaitable<std::string> read_text(Loop& loop, std::size_t most) {
    Input input{loop, STDIN_FILENO};
    std::string bytes;
    for (;;) {
        const auto chunk = co_await input.read();
        if (!chunk) break;
        bytes += *chunk;
        if (most > 0 && bytes.size() > most)
            throw SetupError(fmt::format("standard input: more than zmq_max_message_size, {} bytes", most));
    }
    std::string text;
    append_as_utf8(bytes, text);
    co_return std::string{rstrip(text)};
}

asio::awaitable<void> announce_text(Loop& loop, const Config& config, const Arguments& a,
                                    const std::optional<crypto::Signer>& signer) {
    const auto text = co_await read_text(loop, config.zmq_max_message_size);
    const auto topic =
        message::make_topic({config.topic_prefix, config.environment, "announce", "announcement"});
    const auto now = std::time(nullptr);
    message::MsgIdSource ids;
    message::LocalYear year;
    const auto id = ids.next(year.of(now));
    const encoding::Object body{{"message", text}, {"link", a.link ? encoding::Value{*a.link} : nullptr}};
    auto message = message::make_envelope(topic, encoding::Value{body}, now, id, 1, message::login_name());
    if (signer) signer->sign(message);
    const auto envelope = encoding::dumps(encoding::Value{std::move(message)});

    Delivery delivery{loop, config, a.delivery};
    co_await delivery.start();
    delivery.connect();
    bool taken = false, stopped = false;
    try {
        for (taken = delivery.try_send(topic, envelope, id); !taken;
             taken = delivery.try_send(topic, envelope, id))
            co_await delivery.wait();
    } catch (const boost::system::system_error& e) {
        if (e.code() != asio::error::operation_aborted) throw;
        stopped = true;
        delivery.stopped();
    } catch (const SetupError&) {
        // Told by finish().
    }
    if (stopped) co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await delivery.finish(taken ? 0 : 1);
    if (a.print) output().write(envelope + "\n");
}

void run(cli::Call& call) {
    Arguments a;
    const Config& config = call.parse(describe(a));
    check_publishing(config);
    const auto signer = open_signer(call, "announce", "announce");
    Loop loop;
    loop.run(announce_text(loop, config, a, signer));
}

}  // namespace

const cli::Subcommand announce{
    .name = "announce", .summary = "publish an announcement", .group = cli::Group::publish, .run = run};

}  // namespace fedmsg::subcommands
