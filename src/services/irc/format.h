#pragma once
/// \file
/// What a message looks like in a channel. Source: spec "IRC", Line; fedmsg 1.1.7, `ircprettify` (the
/// reference output of irc.json).

#include "message/message.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace fedmsg::services {

/// A message in natural language.
struct Sentence {
    std::string title, subtitle, link;
};

/// Numbers of mIRC, 0 to 15.
struct IrcColours {
    std::map<std::string, int, std::less<>> by_word{};  ///< `irc_color_lookup`, by the title's first part
    int others = 15;                                    ///< `irc_default_color`
};

/// "light grey": 15. Nothing for a name that is none of the sixteen.
[[nodiscard]] std::optional<int> colour_number(std::string_view name);
/// "white, black, blue, …".
[[nodiscard]] std::string colour_names();

/// What was said by strangers has no control characters of its own: they would be colours, and worse. Each
/// part is cut where no line has room for it.
[[nodiscard]] Sentence without_controls(const Sentence& sentence);

/// "TITLE -- SUBTITLE LINK", as `repr` of the Python system.
[[nodiscard]] std::string plain_line(const Sentence& sentence);
/// The same with colours: the title in its own, the link in teal.
[[nodiscard]] std::string coloured_line(const Sentence& sentence, const IrcColours& colours);
/// The topic in 30 columns, and the rest as JSON with real characters, the timestamp in words (local time)
/// and without signature and certificate. \param remark  stands before the JSON; may be empty
[[nodiscard]] std::string raw_line(const message::Message& message, std::string_view remark);

}  // namespace fedmsg::services
