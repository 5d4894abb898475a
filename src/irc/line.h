#pragma once
/// \file
/// Lines of IRC, read and made. Standard: RFC 2812, 2.3 (RFC 1459 alike); tags of IRCv3 are skipped.

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::irc {

/// Bytes of a line, its CR LF included: RFC 2812, 2.3. Tags have room of their own.
inline constexpr std::size_t longest_line = 512;

/// A line that has come, in its parts; views of the text that was parsed.
struct Line {
    std::string_view nick;     ///< who says it: the prefix up to `!` or `@`; empty where it has none
    std::string_view prefix;   ///< all of it: "nick!user@host", or the name of a server
    std::string_view command;  ///< "PRIVMSG", "001"; empty: there is nothing in the line
    std::vector<std::string_view> parameters;

    /// Empty where there are not so many.
    [[nodiscard]] std::string_view parameter(std::size_t i) const {
        return i < parameters.size() ? parameters[i] : std::string_view{};
    }
    /// The last one: what people read.
    [[nodiscard]] std::string_view text() const { return parameters.empty() ? "" : parameters.back(); }
};

/// Any bytes at all. \param text  without CR LF; must live as long as the result
[[nodiscard]] Line parse_line(std::string_view text);

/// Takes what would end or hide a part of a line out of `text`: each run of CR, LF and NUL becomes a space,
/// \x01 (which makes a CTCP request of a line) goes, and what is not UTF-8 becomes U+FFFD. No message can
/// inject a command.
[[nodiscard]] std::string one_line(std::string_view text);

/// A command whose parameters are words: "JOIN #a key", "CAP LS 302". What does not belong into a word, such
/// as a space, ends it; an empty one is left out. \return  without CR LF, at most `longest_line` with it, cut
/// between characters
[[nodiscard]] std::string make_line(std::string_view command, std::initializer_list<std::string_view> words);
/// The same with a last parameter that may have spaces: "QUIT :so long". It goes through one_line().
[[nodiscard]] std::string make_line(std::string_view command, std::initializer_list<std::string_view> words,
                                    std::string_view text);

/// The same for what others are to read: the server relays it with our prefix in front, and that has to fit.
/// \param command  PRIVMSG or NOTICE \param prefix  bytes of "nick!user@host"
[[nodiscard]] std::string make_speech(std::string_view command, std::string_view target,
                                      std::string_view text, std::size_t prefix);

/// The beginning of `text`, at most `most` bytes, that ends between two characters of UTF-8.
[[nodiscard]] std::string_view cut(std::string_view text, std::size_t most);

/// Without colours, bold type and the like: for channels that do not take them (mode +c).
/// Source: modern.ircdocs.horse/formatting.
[[nodiscard]] std::string without_formatting(std::string_view text);

/// For the log: what servers and strangers say, without control characters, 200 bytes at most.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace fedmsg::irc
