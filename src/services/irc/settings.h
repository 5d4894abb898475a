#pragma once
/// \file
/// The keys `irc`, `irc_color_lookup`, `irc_default_color`, `irc_method` and `irc_shortener`, checked, and
/// arranged by connection. Source: spec "IRC"; fedmsg-irc(1), "Configuration".

#include "config/load.h"
#include "irc/session.h"
#include "message/regex.h"
#include "services/irc/format.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fedmsg::services {

/// Regular expressions for the topic, and for the body as raw_line() shows it.
struct IrcPatterns {
    std::vector<message::Regex> topic{}, body{};
    [[nodiscard]] bool empty() const { return topic.empty() && body.empty(); }
};

/// What is said in a channel, and how: an entry of `irc`.
struct IrcChannel {
    std::string name;          ///< `channel`, with its `#`
    bool terse = false;        ///< `make_terse`: sentences, not topics and JSON
    bool colours = false;      ///< `make_pretty`, unless `color` is False
    bool short_links = false;  ///< `make_short`
    std::string command;       ///< `method`, or `irc_method`: NOTICE or PRIVMSG
    IrcPatterns drop{};        ///< `filters`: any that matches drops a message
    IrcPatterns keep{};        ///< `include`: where there are any, one must match
};

/// Whether a message is to be reported there. \param body  as raw_line() shows it \param gave_up  counts the
/// searches that a regular expression gave up: it has found nothing then
[[nodiscard]] bool wants(const IrcChannel& channel, std::string_view topic, std::string_view body,
                         std::uint64_t& gave_up);

/// One connection, for all channels of its network and nickname.
struct IrcLinkSettings {
    std::string host;  ///< `network`
    std::uint16_t port = 6667;
    bool tls = false, verify = true;            ///< `ssl`, `ssl_verify`
    std::string certificate{}, key{};           ///< `ssl_cert`, `ssl_key`: ours
    irc::SessionSettings session{};             ///< with the channels, in the order of `channels`
    std::chrono::milliseconds line_rate{1000};  ///< `line_rate`: the slowest of its entries
    std::vector<IrcChannel> channels{};

    /// "irc.libera.chat:6697".
    [[nodiscard]] std::string network() const { return host + ":" + std::to_string(port); }
};

struct CheckedIrc {
    std::vector<IrcLinkSettings> links;  ///< in the order of their first entries
    IrcColours colours;
    std::optional<std::string> shortener;  ///< with `{url}` in it
    std::vector<Finding> errors, warnings;
};

/// All that is wrong, at once. \param loaded  `irc` is a list of dicts there
[[nodiscard]] CheckedIrc check_irc(const Loaded& loaded);

}  // namespace fedmsg::services
