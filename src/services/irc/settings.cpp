#include "services/irc/settings.h"

#include "config/entry_reader.h"
#include "encoding/write.h"
#include "util/error.h"
#include "util/utf8.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace fedmsg::services {
namespace {

constexpr std::array<std::string_view, 24> members{
    "channel",     "channel_key", "color",      "filters", "include",    "line_rate",
    "make_pretty", "make_short",  "make_terse", "method",  "network",    "nickname",
    "nickserv",    "password",    "port",       "rejoin",  "sasl",       "sasl_pass",
    "sasl_user",   "ssl",         "ssl_cert",   "ssl_key", "ssl_verify", "timeout"};
constexpr std::array<std::string_view, 2> pattern_members{"body", "topic"};

constexpr std::size_t largest_port = 65535, plain_port = 6667, tls_port = 6697;
/// Bytes that find room in a line beside what is said.
constexpr std::size_t longest_channel = 100, longest_nickname = 60, longest_secret = 300;

bool has_control(std::string_view text) {
    return std::ranges::any_of(text, [](unsigned char c) { return c < ' ' || c == 0x7f; });
}
/// It stands between spaces, and maybe commas, of a line.
bool is_word(std::string_view text) {
    return !text.empty() && !has_control(text) && text.find_first_of(" ,") == text.npos && is_utf8(text) &&
           !text.starts_with(':');
}

/// A name, an IPv4 or an IPv6 address.
bool is_host(std::string_view text) {
    return !has_control(text) && is_utf8(text) && text.find_first_of(" ,/[]") == text.npos;
}

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

class Entry : private EntryReader {
  public:
    Entry(const encoding::Object& object, Place place, CheckedIrc& result, std::string method)
        : EntryReader{object, place, members, result.errors},
          place_{std::move(place)},
          result_{result},
          method_{std::move(method)} {}

    void read() {
        const auto before = result_.errors.size();
        where();
        who();
        how();
        channel();
        patterns("filters", channel_.drop);
        patterns("include", channel_.keep);
        if (result_.errors.size() == before) join();
    }

  private:
    void where() {
        if (const auto* text = required("network", "the name of a server")) {
            if (is_host(*text))
                link_.host = lower(*text);
            else
                wrong("network", "must be the name or address of a server, without its port");
        }
        link_.tls = boolean("ssl").value_or(false);
        std::size_t port = link_.tls ? tls_port : plain_port;
        number("port", 1, largest_port, port);
        link_.port = static_cast<std::uint16_t>(port);
        link_.verify = boolean("ssl_verify").value_or(true);
        if (const auto* path = string("ssl_cert", "a path")) link_.certificate = *path;
        if (const auto* path = string("ssl_key", "a path")) link_.key = *path;
        for (const auto* key : {"ssl_verify", "ssl_cert", "ssl_key"})
            if (!link_.tls && find(key)) wrong(key, "has no meaning without ssl: set `ssl` to True");
        if (find("ssl_key") && !find("ssl_cert")) wrong("ssl_key", "has no meaning without ssl_cert");
        at_least_a_moment("timeout", link_.session.timeout);
        at_least_a_moment("rejoin", link_.session.rejoin);
        seconds("line_rate", link_.line_rate);
    }
    /// A tenth of a second: nothing is to be tried without a pause.
    void at_least_a_moment(std::string_view key, std::chrono::milliseconds& into) {
        seconds(key, into);
        if (into < std::chrono::milliseconds{100})
            wrong(key, "is less than 0.1: must be a number of seconds, 0.1 or more");
    }

    void who() {
        auto& session = link_.session;
        session.nickname = "fedmsg-bot";
        if (const auto* text = string("nickname")) {
            session.nickname = *text;
            if (!is_word(*text) || text->size() > longest_nickname ||
                text->find_first_of("!@*?.$#&:") != text->npos ||
                (text->front() >= '0' && text->front() <= '9'))
                must_be(
                    "nickname", encoding::Value{*text},
                    "a nickname, which has no spaces and none of !@*?.$#&:, and does not begin with a digit");
        }
        secret("password", session.password);
        secret("nickserv", session.nickserv);
        secret("sasl_pass", session.sasl_password);
        if (const auto* text = string("sasl_user")) session.sasl_user = *text;
        sasl();
        if (!link_.tls &&
            (!session.password.empty() || !session.nickserv.empty() || !session.sasl_password.empty()))
            result_.warnings.push_back(
                {place_.where, place_.name + ": passwords are sent in the clear: set `ssl`"});
    }
    void sasl() {
        auto& session = link_.session;
        const bool plain = find("sasl_user") || find("sasl_pass");
        if (plain) session.sasl = irc::Sasl::plain;
        if (const auto* text = string("sasl", R"("external" or "plain")")) {
            if (*text == "external")
                session.sasl = irc::Sasl::external;
            else if (*text == "plain")
                session.sasl = irc::Sasl::plain;
            else
                return must_be("sasl", encoding::Value{*text}, R"("external" or "plain")");
        }
        if (session.sasl == irc::Sasl::external && link_.certificate.empty())
            wrong("sasl", "is \"external\": needs `ssl`, and a certificate in `ssl_cert`");
        if (session.sasl == irc::Sasl::external && plain)
            wrong("sasl", "is \"external\": has no sasl_user and sasl_pass");
        if (session.sasl == irc::Sasl::plain && (session.sasl_user.empty() || session.sasl_password.empty()))
            add_error(": SASL needs both `sasl_user` and `sasl_pass`");
    }
    /// Not shown by errors.
    void secret(std::string_view key, std::string& into) {
        const auto* value = find(key);
        if (!value) return;
        if (!value->string() || value->string()->empty() || has_control(*value->string()) ||
            value->string()->size() > longest_secret)
            return wrong(key, "must be a string of 1 to 300 characters, none of them a control character");
        into = *value->string();
    }

    void how() {
        channel_.terse = boolean("make_terse").value_or(false);
        const bool color = boolean("color").value_or(true);
        channel_.colours = boolean("make_pretty").value_or(false) && color;
        channel_.short_links = boolean("make_short").value_or(false);
        if (const auto* text = string("method", R"("msg" or "notice")")) {
            if (*text != "msg" && *text != "notice")
                must_be("method", encoding::Value{*text}, R"("msg" or "notice")");
            method_ = *text;
        }
        channel_.command = method_ == "msg" ? "PRIVMSG" : "NOTICE";
    }

    void channel() {
        irc::SessionSettings::Channel joined;
        if (const auto* text = required("channel", "the name of a channel")) {
            joined.name =
                (std::string_view{"#&+!"}.find(text->front()) == std::string_view::npos ? "#" : "") + *text;
            if (!is_word(joined.name) || joined.name.size() > longest_channel)
                must_be("channel", encoding::Value{*text},
                        "a channel: at most 100 bytes, no spaces and no commas");
        }
        secret("channel_key", joined.key);
        if (!joined.key.empty() && !is_word(joined.key))
            wrong("channel_key", "must not have spaces or commas");
        channel_.name = joined.name;
        link_.session.channels.push_back(std::move(joined));
    }

    void patterns(std::string_view key, IrcPatterns& into) {
        const auto* value = find(key);
        if (!value) return;
        if (!value->object())
            return must_be(key, *value, "a dict of lists of regular expressions, `topic` and `body`");
        const auto name = place_.name + "." + std::string{key};
        EntryReader dict{
            *value->object(), {place_.where, name, place_.manual}, pattern_members, result_.errors};
        compile(dict, "topic", into.topic);
        compile(dict, "body", into.body);
    }
    static void compile(EntryReader& dict, std::string_view key, std::vector<message::Regex>& into) {
        const auto* value = dict.find(key);
        if (!value) return;
        const auto* list = value->array();
        if (!list) return dict.must_be(key, *value, "a list of regular expressions");
        for (const auto& one : *list) {
            if (!one.string() || one.string()->empty()) {
                dict.must_be(key, *value, "a list of regular expressions, none of them empty");
                continue;
            }
            try {
                into.emplace_back(*one.string());
            } catch (const UsageError& e) {
                dict.wrong(key,
                           "has " + encoding::dumps(one) + ", which is no regular expression: " + e.what());
            }
        }
    }

    const std::string* required(std::string_view key, const std::string& what) {
        const auto* text = string(key, what);
        if (text && !text->empty()) return text;
        if (!find(key) || text) add_error(" has no " + std::string{key} + ": it needs " + what);
        return nullptr;
    }

    /// Into the link of an entry before it that has the same network, nickname and TLS.
    void join() {
        auto& links = result_.links;
        const auto key = [](const IrcLinkSettings& l) {
            return std::tie(l.host, l.port, l.session.nickname, l.tls, l.verify, l.certificate, l.key);
        };
        const auto found = std::ranges::find_if(links, [&](const auto& l) { return key(l) == key(link_); });
        if (found == links.end()) {
            link_.session.network = link_.network();
            link_.channels.push_back(std::move(channel_));
            links.push_back(std::move(link_));
            return;
        }
        auto& shared = found->session;
        auto& ours = link_.session;
        same("password", shared.password, ours.password);
        same("nickserv", shared.nickserv, ours.nickserv);
        same("sasl_user", shared.sasl_user, ours.sasl_user);
        same("sasl_pass", shared.sasl_password, ours.sasl_password);
        if (ours.sasl != irc::Sasl::none) shared.sasl = ours.sasl;
        shared.timeout = std::min(shared.timeout, ours.timeout);
        shared.rejoin = std::min(shared.rejoin, ours.rejoin);
        found->line_rate = std::max(found->line_rate, link_.line_rate);
        if (std::ranges::any_of(found->channels, [this](const auto& other) {
                return lower(other.name) == lower(channel_.name);
            }))
            return wrong("channel",
                         "is " + channel_.name + ", which this nickname is in already, by another entry");
        shared.channels.push_back(std::move(ours.channels.front()));
        found->channels.push_back(std::move(channel_));
    }
    /// What one entry says holds for all that share a connection.
    void same(std::string_view key, std::string& shared, const std::string& ours) {
        if (shared.empty()) shared = ours;
        if (!ours.empty() && ours != shared)
            wrong(key,
                  "is not that of another entry with the same network and nickname, which shares its "
                  "connection");
    }

    Place place_;
    CheckedIrc& result_;
    std::string method_;
    IrcLinkSettings link_;
    IrcChannel channel_;
};

void check_colours(const Loaded& loaded, CheckedIrc& result) {
    const auto& values = loaded.config.values;
    const auto number = [&](const std::string& key, const std::string& where, const std::string& name) {
        const auto found = colour_number(name);
        if (!found)
            result.errors.push_back({where, key + " is " + encoding::dumps(encoding::Value{name}) +
                                                ": must be one of " + colour_names()});
        return found.value_or(0);
    };
    if (const auto* lookup = values.find("irc_color_lookup"); lookup && lookup->object())
        for (const auto& [word, name] : *lookup->object())
            result.colours.by_word[word] =
                number("irc_color_lookup[" + encoding::dumps(encoding::Value{word}) + "]",
                       loaded.provenance.where("irc_color_lookup", word), *name.string());
    if (const auto* name = values.find("irc_default_color"); name && name->string())
        result.colours.others =
            number("irc_default_color", loaded.provenance.where("irc_default_color"), *name->string());
}

void check_shortener(const Loaded& loaded, CheckedIrc& result) {
    const auto* value = loaded.config.values.find("irc_shortener");
    if (!value || !value->string()) return;
    const auto& text = *value->string();
    if ((text.starts_with("https://") || text.starts_with("http://")) && text.find("{url}") != text.npos)
        result.shortener = text;
    else
        result.errors.push_back({loaded.provenance.where("irc_shortener"),
                                 "irc_shortener is " + encoding::dumps(*value) +
                                     ": must be an http:// or https:// URL with {url} where the link goes"});
}

}  // namespace

bool wants(const IrcChannel& channel, std::string_view topic, std::string_view body, std::uint64_t& gave_up) {
    const auto finds = [&gave_up](const std::vector<message::Regex>& patterns, std::string_view text) {
        return std::ranges::any_of(patterns, [&](const message::Regex& pattern) {
            const auto found = pattern.search(text);
            if (found == message::Regex::Found::gave_up) ++gave_up;
            return found == message::Regex::Found::yes;
        });
    };
    if (finds(channel.drop.topic, topic) || finds(channel.drop.body, body)) return false;
    return channel.keep.empty() || finds(channel.keep.topic, topic) || finds(channel.keep.body, body);
}

CheckedIrc check_irc(const Loaded& loaded) {
    CheckedIrc result;
    check_colours(loaded, result);
    check_shortener(loaded, result);
    const auto& values = loaded.config.values;
    const auto* entries = values.find("irc");
    if (!entries || !entries->array()) return result;
    const auto* method = values.find("irc_method");
    const auto where = loaded.provenance.where("irc");
    for (std::size_t i = 0; i < entries->array()->size(); ++i)
        Entry{*entries->array()->at(i).object(),
              {where, "irc[" + std::to_string(i) + "]", "fedmsg-irc(1)"},
              result,
              method && method->string() ? *method->string() : "notice"}
            .read();
    const auto wants_short = [](const IrcLinkSettings& link) {
        return std::ranges::any_of(link.channels, &IrcChannel::short_links);
    };
    if (!result.shortener && std::ranges::any_of(result.links, wants_short))
        result.warnings.push_back(
            {where, "make_short is True, and there is no irc_shortener: links stay as they are"});
    return result;
}

}  // namespace fedmsg::services
