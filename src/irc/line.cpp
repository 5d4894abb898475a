#include "irc/line.h"

#include "util/utf8.h"

#include <algorithm>

namespace fedmsg::irc {
namespace {

constexpr std::size_t line_end = 2;  // CR LF

std::string_view word(std::string_view& rest) {
    const auto end = std::min(rest.find(' '), rest.size());
    const auto result = rest.substr(0, end);
    rest.remove_prefix(end);
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    return result;
}

bool ends_line(char c) { return c == '\r' || c == '\n' || c == '\0'; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// The part of `text` that is one parameter, wherever it stands.
std::string as_word(std::string_view text) {
    if (text.starts_with(':')) text.remove_prefix(1);
    auto result = one_line(text);
    result.resize(std::min(result.find(' '), result.size()));
    return result;
}

/// Digits of a colour behind \x03 or \x04: "3", "03", "3,12".
std::size_t colour_length(std::string_view text, std::size_t most, bool (*is_part)(char)) {
    const auto run = [&](std::size_t from) {
        std::size_t n = 0;
        while (n < most && from + n < text.size() && is_part(text[from + n])) ++n;
        return n;
    };
    const auto foreground = run(0);
    if (foreground == 0 || foreground >= text.size() || text[foreground] != ',') return foreground;
    const auto background = run(foreground + 1);
    return background == 0 ? foreground : foreground + 1 + background;
}

std::string in_words(std::string_view command, std::initializer_list<std::string_view> words) {
    std::string line{command};
    for (const auto one : words)
        if (const auto as_one = as_word(one); !as_one.empty()) line += " " + as_one;
    return line;
}

}  // namespace

Line parse_line(std::string_view text) {
    Line line;
    if (text.starts_with('@')) word(text);
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if (text.starts_with(':')) {
        line.prefix = word(text).substr(1);
        line.nick = line.prefix.substr(0, line.prefix.find_first_of("!@"));
    }
    line.command = word(text);
    while (!text.empty()) {
        if (text.starts_with(':')) {
            line.parameters.push_back(text.substr(1));
            break;
        }
        line.parameters.push_back(word(text));
    }
    return line;
}

std::string one_line(std::string_view text) {
    std::string clean;
    clean.reserve(text.size());
    append_as_utf8(text, clean);
    std::string result;
    result.reserve(clean.size());
    bool ended = false;
    for (const char c : clean) {
        if (c == '\x01') continue;
        if (!ends_line(c)) result += c;
        if (ends_line(c) && !ended) result += ' ';
        ended = ends_line(c);
    }
    return result;
}

std::string make_line(std::string_view command, std::initializer_list<std::string_view> words) {
    return std::string{cut(in_words(command, words), longest_line - line_end)};
}

std::string make_line(std::string_view command, std::initializer_list<std::string_view> words,
                      std::string_view text) {
    return std::string{cut(in_words(command, words) + " :" + one_line(text), longest_line - line_end)};
}

std::string make_speech(std::string_view command, std::string_view target, std::string_view text,
                        std::size_t prefix) {
    const auto relayed = prefix + 2;  // ":nick!user@host "
    const auto room = longest_line - line_end;
    return std::string{
        cut(in_words(command, {target}) + " :" + one_line(text), room - std::min(room, relayed))};
}

std::string_view cut(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    // The first byte that goes may be in the middle of a character of up to four.
    for (int i = 0; i < 3 && most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80; ++i)
        --most;
    return text.substr(0, most);
}

std::string without_formatting(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const char c = text.front();
        text.remove_prefix(1);
        if (c == '\x03')
            text.remove_prefix(colour_length(text, 2, is_digit));
        else if (c == '\x04')
            text.remove_prefix(colour_length(text, 6, is_hex));
        else if (std::string_view{"\x02\x0f\x11\x16\x1d\x1e\x1f"}.find(c) == std::string_view::npos)
            result += c;
    }
    return result;
}

std::string printable(std::string_view text) {
    constexpr std::size_t most = 200;
    auto result = without_formatting(one_line(text));
    std::ranges::replace_if(
        result, [](unsigned char c) { return c < ' ' || c == 0x7f; }, '?');
    return std::string{cut(result, most)};
}

}  // namespace fedmsg::irc
