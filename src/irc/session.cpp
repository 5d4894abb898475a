#include "irc/session.h"

#include "crypto/base64.h"
#include "util/log.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace fedmsg::irc {
namespace {

/// What a server may put before a line of ours at most, beside the nickname: `!user@host`, 10 and 63 bytes.
constexpr std::size_t longest_user_and_host = 75;
/// No server has a longer one; what it claims must not take the room of what is said.
constexpr std::size_t longest_prefix = 250;
/// IRCv3, "sasl": a response is sent in pieces of so many bytes.
constexpr std::size_t sasl_piece = 400;
/// RFC 1459, 1.2: what every server takes.
constexpr std::size_t safe_nickname = 9;
/// Bytes of channels in one JOIN, so that keys find room, too.
constexpr std::size_t longest_join = 200;

/// ERR_NOSUCHCHANNEL, TOOMANYCHANNELS, TOOMANYTARGETS, UNAVAILRESOURCE, LINKCHANNEL, CHANNELISFULL,
/// INVITEONLYCHAN, BANNEDFROMCHAN, BADCHANNELKEY, BADCHANMASK, NEEDREGGEDNICK, and what servers use for
/// channels of TLS users only, throttled joins and the like.
constexpr std::array<std::string_view, 15> join_refusals{
    "403", "405", "407", "437", "470", "471", "473", "474", "475", "476", "477", "479", "480", "489", "520"};

std::string user_name(std::string_view nickname) {
    std::string name;
    for (const char c : nickname)
        if (name.size() < 10 &&
            ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'))
            name += c;
    return name.empty() || name.front() == '-' ? "fedmsg" : name;
}

/// "sasl", "sasl=PLAIN,EXTERNAL" of "multi-prefix sasl=PLAIN,EXTERNAL".
std::optional<std::string_view> capability(std::string_view list, std::string_view name) {
    while (!list.empty()) {
        const auto word = list.substr(0, list.find(' '));
        if (word.substr(0, word.find('=')) == name) return word;
        list.remove_prefix(std::min(list.size(), word.size() + 1));
    }
    return std::nullopt;
}

bool lists(std::string_view mechanisms, std::string_view name) {
    while (!mechanisms.empty()) {
        const auto word = mechanisms.substr(0, mechanisms.find(','));
        if (word == name) return true;
        mechanisms.remove_prefix(std::min(mechanisms.size(), word.size() + 1));
    }
    return false;
}

std::string_view mechanism(Sasl sasl) { return sasl == Sasl::external ? "EXTERNAL" : "PLAIN"; }

bool is_error(std::string_view command) {
    return command.size() == 3 && (command[0] == '4' || command[0] == '5');
}

}  // namespace

Session::Lines Session::begin(Time now) {
    begun_ = heard_ = now;
    wanted_ = nickname_ = settings_.nickname;
    nicknames_tried_ = 1;
    Lines out;
    // The server then waits with its welcome for CAP END.
    if (settings_.sasl != Sasl::none) out.push_back(make_line("CAP", {"LS", "302"}));
    if (!settings_.password.empty()) out.push_back(make_line("PASS", {}, settings_.password));
    out.push_back(make_line("NICK", {nickname_}));
    out.push_back(make_line("USER", {user_name(nickname_), "0", "*"}, "fedmsg"));
    return out;
}

Session::Lines Session::on_line(std::string_view text, Time now) {
    Lines out;
    heard_ = now;
    asked_alive_ = false;
    const auto line = parse_line(text);
    const auto command = line.command;
    if (command == "PING")
        out.push_back(make_line("PONG", {}, line.parameter(0)));
    else if (command == "ERROR")
        fail("the server says: " + printable(line.text()) +
             (complaint_.empty() ? "" : " (" + complaint_ + ")"));
    else if (command == "CAP")
        on_capability(line, out);
    else if (command == "AUTHENTICATE")
        on_authenticate(line, out);
    else if (command == "JOIN")
        on_join(line, out);
    else if (command == "KICK" && is_me(line.parameter(1)))
        on_leave(line.parameter(0), now,
                 "kicked by " + printable(line.nick) + " (" + printable(line.text()) + ")", out);
    else if (command == "PART" && is_me(line.nick))
        on_leave(line.parameter(0), now, "made to leave", out);
    else if (command == "NICK" || command == "QUIT")
        on_nickname(line, now, out);
    else if (command == "MODE")
        set_modes(line.parameter(0), line.parameter(1));
    else
        on_numeric(line, now, out);
    return out;
}

void Session::on_numeric(const Line& line, Time now, Lines& out) {
    const auto command = line.command;
    if (!welcome_ && is_error(command)) complaint_ = printable(line.text());
    // A server that does not tell the modes must not keep us from those of other channels.
    if (asking_modes_ && is_error(command) && find(line.parameter(1)) == asking_modes_) ask_next_modes(out);
    if (command == "001") {
        on_welcome(line);
    } else if (command == "005") {
        on_support(line);
    } else if ((command == "376" || command == "422") && welcome_) {
        on_ready(now, out);
    } else if (command == "324") {
        const auto channel = line.parameter(1);
        if (const auto found = find(channel)) channels_[*found].no_colours = false;
        set_modes(channel, "+" + std::string{line.parameter(2)});
        if (asking_modes_ && find(channel) == asking_modes_) ask_next_modes(out);
    } else if (command == "396") {
        prefix_ = 0;  // our host is shown differently from now on
    } else if (command == "404") {
        ++refused_;
        if (const auto found = find(line.parameter(1)); found && channels_[*found].refusal != command) {
            channels_[*found].refusal = command;
            log::warning("irc", "{}: {} does not take what we say: {}", settings_.network,
                         settings_.channels[*found].name, printable(line.text()));
        }
    } else if (command == "432" || command == "433" || command == "436" ||
               (command == "437" && !find(line.parameter(1)))) {
        on_nickname_refused(line, out);
    } else if (std::ranges::find(join_refusals, command) != join_refusals.end()) {
        on_join_refused(line, now);
    } else if (command == "421" && line.parameter(1) == "CAP" && settings_.sasl != Sasl::none) {
        fail("the server does not offer SASL: remove `sasl` and `sasl_user`, or choose another server");
    } else if (command == "903" && !authenticated_) {
        authenticated_ = true;
        out.push_back(make_line("CAP", {"END"}));
    } else if (command == "902" || (command >= "904" && command <= "906" && command.size() == 3)) {
        if (!authenticated_)
            fail("SASL " + std::string{mechanism(settings_.sasl)} +
                 " was refused: " + printable(line.text()));
    }
}

void Session::on_capability(const Line& line, Lines& out) {
    if (settings_.sasl == Sasl::none || authenticated_) return;
    const auto what = line.parameter(1);
    if (what == "LS") {
        if (capabilities_.size() + line.text().size() <= 16 * longest_line)
            capabilities_.append(line.text()).append(" ");
        if (line.parameter(2) == "*" && line.parameters.size() > 3) return;  // more of them follow
        const auto sasl = capability(capabilities_, "sasl");
        const auto wanted = mechanism(settings_.sasl);
        if (!sasl)
            return fail(
                "the server does not offer SASL: remove `sasl` and `sasl_user`, or choose another server");
        if (sasl->find('=') != sasl->npos && !lists(sasl->substr(sasl->find('=') + 1), wanted))
            return fail("the server does not offer SASL " + std::string{wanted} + ", but " +
                        printable(*sasl));
        out.push_back(make_line("CAP", {"REQ"}, "sasl"));
    } else if (what == "ACK") {
        out.push_back(make_line("AUTHENTICATE", {mechanism(settings_.sasl)}));
    } else if (what == "NAK") {
        fail("the server refuses SASL: " + printable(line.text()));
    }
}

void Session::on_authenticate(const Line& line, Lines& out) {
    if (settings_.sasl == Sasl::none || authenticated_ || line.parameter(0) != "+") return;
    if (settings_.sasl == Sasl::external) return out.push_back(make_line("AUTHENTICATE", {"+"}));
    using namespace std::string_literals;
    const auto text =
        crypto::encode_base64_line("\0"s + settings_.sasl_user + "\0"s + settings_.sasl_password);
    for (std::string_view rest = text;; rest.remove_prefix(sasl_piece)) {
        const auto piece = rest.substr(0, sasl_piece);
        out.push_back(make_line("AUTHENTICATE", {piece.empty() ? "+" : piece}));
        if (piece.size() < sasl_piece) return;
    }
}

void Session::on_welcome(const Line& line) {
    if (settings_.sasl != Sasl::none && !authenticated_)
        return fail("the server lets us in without SASL: that is not what `sasl` asks for");
    welcome_ = true;
    complaint_.clear();
    nickname_ = one_line(line.parameter(0));
}

/// The message of the day ends, or there is none: all that the server has to say of itself is said.
void Session::on_ready(Time now, Lines& out) {
    if (std::exchange(ready_, true)) return;
    if (!is_me(wanted_)) {
        regain_at_ = now + regain_interval;
        log::warning("irc", "{}: the nickname {} is taken: we are {} until we get it", settings_.network,
                     wanted_, nickname_);
    }
    identify(out);
    for (auto& channel : channels_) channel.join_at = now;
    join_due(now, out);
}

void Session::on_support(const Line& line) {
    for (const auto word : line.parameters) {
        const auto name = word.substr(0, word.find('='));
        const auto value = word.substr(std::min(word.size(), name.size() + 1));
        if (name == "CASEMAPPING")
            case_mapping_ = value == "ascii"            ? CaseMapping::ascii
                            : value == "strict-rfc1459" ? CaseMapping::strict_rfc1459
                                                        : CaseMapping::rfc1459;
        else if (name == "CHANTYPES")
            channel_types_ = value;
        else if (name == "NICKLEN" && !ready_)
            limit_nickname(value);
    }
}

/// Some servers cut a nickname that is too long, and say nothing.
void Session::limit_nickname(std::string_view most) {
    std::size_t length = 0;
    std::from_chars(most.data(), most.data() + most.size(), length);
    if (length >= safe_nickname && length < wanted_.size()) wanted_.resize(length);
}

/// 432: the name itself is wrong; the others: somebody has it.
void Session::on_nickname_refused(const Line& line, Lines& out) {
    if (welcome_) return;  // there is another attempt later
    const auto why = printable(line.text());
    if (line.command == "432") {
        if (longest_nickname_ != 0 || nickname_.size() <= safe_nickname)
            return fail("the server refuses the nickname " + nickname_ + ": " + why);
        longest_nickname_ = safe_nickname;
        nicknames_tried_ = 0;
        wanted_.resize(std::min(wanted_.size(), safe_nickname));
        log::warning("irc", "{}: the server refuses the nickname {} ({}): it is cut to {}", settings_.network,
                     nickname_, why, wanted_);
    }
    if (nicknames_tried_ == most_nicknames)
        return fail("the nickname " + wanted_ + " is taken, and so is " + nickname_ + ": " + why);
    const auto more = static_cast<std::size_t>(nicknames_tried_++);
    nickname_ = longest_nickname_ == 0 ? wanted_ : wanted_.substr(0, longest_nickname_ - more);
    nickname_.append(more, '_');
    out.push_back(make_line("NICK", {nickname_}));
}

/// Somebody changes it, or goes.
void Session::on_nickname(const Line& line, Time now, Lines& out) {
    if (line.command == "NICK" && is_me(line.nick)) {
        nickname_ = one_line(line.text());
        prefix_ = 0;
        regain_at_ = is_me(wanted_) ? Time::max() : now + regain_interval;
        log::info("irc", "{}: we are {} now", settings_.network, printable(nickname_));
        if (!is_me(wanted_)) identify(out);  // the services may have taken it from us for want of that
    } else if (welcome_ && !is_me(wanted_) && same(line.nick, wanted_)) {
        out.push_back(make_line("NICK", {wanted_}));
    }
}

/// To NickServ, where that is how it is done.
void Session::identify(Lines& out) const {
    if (settings_.nickserv.empty()) return;
    out.push_back(make_line("PRIVMSG", {"NickServ"},
                            is_me(wanted_) ? "IDENTIFY " + settings_.nickserv
                                           : "IDENTIFY " + wanted_ + " " + settings_.nickserv));
}

void Session::on_join(const Line& line, Lines& out) {
    const auto found = find(line.parameter(0));
    if (!found || !is_me(line.nick)) return;
    prefix_ = line.prefix.size();
    auto& channel = channels_[*found];
    channel = {.joined = true};
    log::info("irc", "{}: in {} as {}", settings_.network, settings_.channels[*found].name, nickname_);
    modes_to_ask_.push_back(*found);
    if (!asking_modes_) ask_next_modes(out);
}

void Session::ask_next_modes(Lines& out) {
    asking_modes_.reset();
    if (modes_to_ask_.empty()) return;
    asking_modes_ = modes_to_ask_.front();
    modes_to_ask_.pop_front();
    out.push_back(make_line("MODE", {settings_.channels[*asking_modes_].name}));
}

void Session::on_leave(std::string_view name, Time now, std::string_view how, Lines& out) {
    const auto found = find(name);
    if (!found) return;
    channels_[*found] = {.join_at = now + settings_.rejoin};
    std::erase(modes_to_ask_, *found);
    if (asking_modes_ == found) ask_next_modes(out);
    log::warning("irc", "{}: {} out of {}; back in {} s", settings_.network, how,
                 settings_.channels[*found].name,
                 std::chrono::duration_cast<std::chrono::seconds>(settings_.rejoin).count());
}

void Session::on_join_refused(const Line& line, Time now) {
    const auto found = find(line.parameter(1));
    if (!found || channels_[*found].joined) return;
    auto& channel = channels_[*found];
    channel.join_at = now + settings_.rejoin;
    if (channel.refusal == line.command) return;
    channel.refusal = line.command;
    log::warning("irc", "{}: cannot join {}: {}; trying again every {} s", settings_.network,
                 settings_.channels[*found].name, printable(line.text()),
                 std::chrono::duration_cast<std::chrono::seconds>(settings_.rejoin).count());
}

/// "+nt-c": whether colours are forbidden.
void Session::set_modes(std::string_view name, std::string_view modes) {
    const auto found = find(name);
    if (!found) return;
    bool set = true;
    for (const char mode : modes) {
        if (mode == '+' || mode == '-') set = mode == '+';
        if (mode == 'c') channels_[*found].no_colours = set;
    }
}

/// As few lines as fit; channels with keys come first, since keys are counted from the first channel on.
void Session::join_due(Time now, Lines& out) {
    std::vector<std::size_t> due;
    for (std::size_t i = 0; i < channels_.size(); ++i) {
        auto& channel = channels_[i];
        if (channel.joined || channel.join_at > now) continue;
        channel.join_at = now + settings_.rejoin;  // where there is no answer
        if (channel_types_.find(settings_.channels[i].name.front()) != channel_types_.npos) {
            due.push_back(i);
        } else if (channel.refusal.empty()) {
            channel.refusal = "CHANTYPES";
            log::warning("irc", "{}: cannot join {}: channels begin with one of {} there", settings_.network,
                         settings_.channels[i].name, printable(channel_types_));
        }
    }
    std::stable_partition(due.begin(), due.end(),
                          [this](std::size_t i) { return !settings_.channels[i].key.empty(); });
    std::string names, keys;
    const auto join = [&] {
        if (!names.empty()) out.push_back(make_line("JOIN", {names, keys}));
        names.clear();
        keys.clear();
    };
    for (const auto i : due) {
        const auto& [name, key] = settings_.channels[i];
        if (names.size() + name.size() > longest_join || keys.size() + key.size() > longest_join) join();
        names += (names.empty() ? "" : ",") + name;
        if (!key.empty()) keys += (keys.empty() ? "" : ",") + key;
    }
    join();
}

Session::Lines Session::on_time(Time now) {
    Lines out;
    const auto silent = now - heard_;
    if (!welcome_ && now - begun_ >= settings_.timeout)
        fail("no welcome" + (complaint_.empty() ? std::string{} : ": " + complaint_));
    else if (silent >= settings_.timeout)
        fail("the server is silent");
    if (failure_ || !welcome_) return out;
    if (silent >= settings_.timeout / 2 && !std::exchange(asked_alive_, true))
        out.push_back(make_line("PING", {"fedmsg"}));
    if (now >= regain_at_) {
        regain_at_ = now + regain_interval;
        out.push_back(make_line("NICK", {wanted_}));
    }
    join_due(now, out);
    return out;
}

Session::Time Session::due() const {
    if (!welcome_) return begun_ + settings_.timeout;
    auto due = std::min(regain_at_, heard_ + (asked_alive_ ? settings_.timeout : settings_.timeout / 2));
    for (const auto& channel : channels_)
        if (!channel.joined) due = std::min(due, channel.join_at);
    return due;
}

std::size_t Session::joined_channels() const {
    return static_cast<std::size_t>(std::ranges::count(channels_, true, &Channel::joined));
}

std::string Session::say(std::size_t channel, std::string_view command, std::string_view text) const {
    const auto prefix = prefix_ != 0 ? prefix_ : nickname_.size() + longest_user_and_host;
    return make_speech(command, settings_.channels[channel].name, text, std::min(prefix, longest_prefix));
}

void Session::fail(std::string text) {
    if (!failure_) failure_ = std::move(text);
}

/// RFC 2812, 2.2: {}|^ are the lower case of []\~.
bool Session::same(std::string_view a, std::string_view b) const {
    const auto fold = [this](char c) -> char {
        if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
        if (case_mapping_ == CaseMapping::ascii) return c;
        switch (c) {
            case '[': return '{';
            case ']': return '}';
            case '\\': return '|';
            case '~': return case_mapping_ == CaseMapping::rfc1459 ? '^' : '~';
            default: return c;
        }
    };
    return std::ranges::equal(a, b, {}, fold, fold);
}

std::optional<std::size_t> Session::find(std::string_view name) const {
    for (std::size_t i = 0; i < settings_.channels.size(); ++i)
        if (same(settings_.channels[i].name, name)) return i;
    return std::nullopt;
}

}  // namespace fedmsg::irc
