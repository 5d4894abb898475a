#include "services/irc/link.h"

#include "tls/client.h"
#include "util/error.h"

#include <fmt/format.h>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <random>

namespace fedmsg::services {
namespace {

/// Tags of IRCv3 may take 8191 bytes; we ask for none. A server that sends more without a line's end is none.
constexpr std::size_t longest_incoming_line = 8191 + irc::longest_line;

std::unique_ptr<tls::Client> make_tls(const IrcLinkSettings& settings) {
    if (!settings.tls) return nullptr;
    const tls::ClientSettings client{settings.host, settings.verify, settings.certificate, settings.key};
    return tls::make_client(client);
}

/// "tcp://[::1]:6667", as Resolver gives it.
std::optional<asio::ip::tcp::endpoint> endpoint_of(std::string_view address, std::uint16_t port) {
    constexpr std::string_view tcp = "tcp://";
    if (!address.starts_with(tcp)) return std::nullopt;
    address = address.substr(tcp.size(), address.rfind(':') - tcp.size());
    if (address.starts_with('[')) address = address.substr(1, address.size() - 2);
    boost::system::error_code error;
    const auto number = asio::ip::make_address(address == "localhost" ? "127.0.0.1" : address, error);
    return error ? std::nullopt : std::optional{asio::ip::tcp::endpoint{number, port}};
}

}  // namespace

IrcLink::IrcLink(Loop& loop, IrcLinkSettings settings, std::shared_ptr<bus::Resolver> resolver)
    : loop_{loop},
      settings_{std::move(settings)},
      resolver_{std::move(resolver)},
      outbox_{settings_.channels.size(), settings_.line_rate},
      can_speak_{[this](std::size_t channel) { return is_in(channel); }},
      channel_counters_(settings_.channels.size()),
      stop_{loop.context().get_executor()} {
    make_tls(settings_);  // what is wrong with it is told at once
}

asio::awaitable<void> IrcLink::run(std::chrono::milliseconds delay) {
    while (!stopping_) {
        if (delay.count() > 0) co_await stop_.wait_until(Clock::now() + delay);
        if (stopping_) break;
        co_await attempt();
        delay = next_pause();
        if (!stopping_) tell(delay);
    }
    for (std::size_t i = 0; i < settings_.channels.size(); ++i) drop(i, Drop::stopped, outbox_.forget(i));
    ended_ = true;
}

void IrcLink::stop() {
    stopping_ = true;
    stop_.notify();
    if (stream_) stream_->interrupt();
}

asio::awaitable<void> IrcLink::attempt() {
    state_ = State::connecting;
    const auto where = co_await look_up();
    const auto began = Clock::now();
    if (where) open(*where);
    if (stream_) {
        while (const auto next = step(*stream_, Clock::now())) co_await stream_->wait_until(*next);
        stream_->close();
        stream_.reset();
    }
    const bool was_up = state_ == State::up;
    if (was_up && Clock::now() - began >= good_after) pause_ = shortest_pause;
    if (!stopping_) ++(was_up ? counters_.lost : counters_.failed);
    if (session_) counters_.refused += session_->refused();
    session_.reset();
    state_ = State::waiting;
}

void IrcLink::open(const asio::ip::tcp::endpoint& where) {
    try {
        stream_ = std::make_shared<Stream>(loop_.context().get_executor(), make_tls(settings_));
    } catch (const SetupError& e) {  // a file of ours was there at the start, and is not any more
        trouble_ = e.what();
        return;
    }
    connect_until_ = Clock::now() + settings_.session.timeout;
    stream_->connect(where);
}

asio::awaitable<std::optional<asio::ip::tcp::endpoint>> IrcLink::look_up() {
    trouble_.clear();
    const auto bracketed =
        settings_.host.find(':') == std::string::npos ? settings_.host : "[" + settings_.host + "]";
    auto address = "tcp://" + bracketed + ":" + std::to_string(settings_.port);
    if (bus::Resolver::needed(address)) address = co_await resolver_->resolve(address, trouble_);
    const auto result = endpoint_of(address, settings_.port);
    if (!result && trouble_.empty()) trouble_ = settings_.host + " is no address";
    co_return result;
}

std::optional<IrcLink::Clock::time_point> IrcLink::step(Stream& stream, Clock::time_point now) {
    stream.move();
    if (stream.open()) hear(stream, now);
    trouble_ = trouble_of(stream, now);
    if (!trouble_.empty() || (stopping_ && !session_)) return std::nullopt;
    if (!session_) return connect_until_;
    if (stopping_) {
        if (!quit_until_) {
            quit_until_ = now + quit_patience;
            send(stream, {irc::Session::quit()}, now);
        }
        stream.move();
        return now < *quit_until_ ? quit_until_ : std::nullopt;
    }
    speak(stream, now);
    stream.move();
    if (!stream.idle()) return session_->due();  // the server does not read: it will be told when it does
    return std::min(session_->due(), outbox_.due(can_speak_).value_or(Clock::time_point::max()));
}

std::string IrcLink::trouble_of(const Stream& stream, Clock::time_point now) const {
    if (session_ && session_->failure()) return *session_->failure();
    if (!stream.trouble().empty()) return stream.trouble();
    if (stream.waiting_text().size() > longest_incoming_line) return "the server sends a line without an end";
    if (!session_ && now >= connect_until_) return "no answer";
    return "";
}

void IrcLink::hear(Stream& stream, Clock::time_point now) {
    if (!session_) {
        session_.emplace(settings_.session);
        outbox_.reset(now);
        state_ = State::registering;
        send(stream, session_->begin(now), now);
    }
    while (const auto line = stream.next_line()) send(stream, session_->on_line(*line, now), now);
    if (now >= session_->due()) send(stream, session_->on_time(now), now);
    if (state_ == State::up || !session_->welcome()) return;
    state_ = State::up;
    ++counters_.connected;
    log::info("irc", "{}: connected as {}", settings_.network(), session_->nickname());
}

void IrcLink::speak(Stream& stream, Clock::time_point now) {
    if (!stream.idle()) return;  // the server is slower than line_rate
    while (const auto line = outbox_.next(now, can_speak_)) {
        const auto text =
            session_->takes_colours(line->channel) ? line->text : irc::without_formatting(line->text);
        stream.send(session_->say(line->channel, settings_.channels[line->channel].command, text) + "\r\n");
        ++(line->notice ? counters_.notices : channel_counters_[line->channel].sent);
    }
}

void IrcLink::send(Stream& stream, const irc::Session::Lines& lines, Clock::time_point now) {
    for (const auto& line : lines) stream.send(line + "\r\n");
    outbox_.spend(lines.size(), now);
}

void IrcLink::say(std::size_t channel, std::string_view text) {
    // What no line has room for need not wait; codes of colours may go yet, and make some.
    if (!outbox_.add(channel, std::string{irc::cut(text, 2 * irc::longest_line)}))
        drop(channel, is_in(channel) ? Drop::queue_full : Drop::not_joined, 1);
    if (stream_) stream_->interrupt();
}

void IrcLink::drop(std::size_t channel, Drop reason, std::size_t lines) {
    channel_counters_[channel].dropped.at(static_cast<std::size_t>(reason)) += lines;
}

/// A quarter more or less at random, so that not everybody comes back in the same moment.
std::chrono::milliseconds IrcLink::next_pause() {
    thread_local std::minstd_rand random{std::random_device{}()};
    std::uniform_int_distribution<std::int64_t> quarter{-pause_.count() / 4, pause_.count() / 4};
    const auto pause = pause_ + std::chrono::milliseconds{quarter(random)};
    pause_ = std::min(2 * pause_, longest_pause);
    return std::clamp(pause, shortest_pause, longest_pause);
}

/// What stays the same is told once an hour.
void IrcLink::tell(std::chrono::milliseconds pause) {
    const bool due = hourly_.pass().has_value();
    if (!due && trouble_ == told_) return;
    told_ = trouble_;
    log::warning("irc", "{}: {}; next attempt in {} s", settings_.network(), trouble_,
                 std::chrono::round<std::chrono::seconds>(pause).count());
}

IrcLink::Counters IrcLink::counters() const {
    auto result = counters_;
    if (session_) result.refused += session_->refused();
    return result;
}

std::string IrcLink::summary() const {
    const auto who =
        fmt::format("{} ({})", settings_.network(),
                    session_ && session_->welcome() ? session_->nickname() : settings_.session.nickname);
    if (ended_) return who + " stopped";
    if (state_ == State::up)
        return fmt::format("{} in {} of {} channels", who, session_->joined_channels(),
                           settings_.channels.size());
    return fmt::format("{} {}{}{}", who, state_names.at(static_cast<std::size_t>(state_)),
                       trouble_.empty() ? "" : ": ", trouble_);
}

}  // namespace fedmsg::services
