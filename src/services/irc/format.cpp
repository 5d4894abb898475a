#include "services/irc/format.h"

#include "encoding/write.h"
#include "irc/line.h"
#include "message/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace fedmsg::services {
namespace {

constexpr std::array<std::string_view, 16> names{
    "white",  "black",       "blue", "green",      "red",        "brown", "purple", "orange",
    "yellow", "light green", "teal", "light cyan", "light blue", "pink",  "grey",   "light grey"};

/// Bytes of a part of a sentence: more than a line has room for, so that a long link can be made short.
constexpr std::size_t longest_part = 4 * irc::longest_line;

std::string clean(std::string_view text) {
    auto result = irc::one_line(irc::cut(text, longest_part));
    std::erase_if(result, [](unsigned char c) { return c < ' ' || c == 0x7f; });
    return result;
}

}  // namespace

std::optional<int> colour_number(std::string_view name) {
    const auto* found = std::ranges::find(names, name);
    return found == names.end() ? std::nullopt : std::optional{static_cast<int>(found - names.begin())};
}

std::string colour_names() { return fmt::format("{}", fmt::join(names, ", ")); }

Sentence without_controls(const Sentence& sentence) {
    return {clean(sentence.title), clean(sentence.subtitle), clean(sentence.link)};
}

std::string plain_line(const Sentence& sentence) {
    return sentence.title + " -- " + sentence.subtitle + " " + sentence.link;
}

std::string coloured_line(const Sentence& sentence, const IrcColours& colours) {
    const auto& title = sentence.title;
    const auto found = colours.by_word.find(std::string_view{title}.substr(0, title.find('.')));
    const int colour = found == colours.by_word.end() ? colours.others : found->second;
    // A digit of the title would be taken for one of the colour.
    const bool digit = !title.empty() && title.front() >= '0' && title.front() <= '9';
    auto line = fmt::format(fmt::runtime(digit ? "\x03{:02}{}\x03 -- {} " : "\x03{}{}\x03 -- {} "), colour,
                            title, sentence.subtitle);
    if (!sentence.link.empty())
        line +=
            "\x03"
            "10" +
            sentence.link + "\x03";
    return line;
}

std::string raw_line(const message::Message& message, std::string_view remark) {
    std::vector<encoding::Member> members;
    std::optional<encoding::Document> when;
    for (const auto& member : message.envelope().members()) {
        if (member.key == "topic" || member.key == "signature" || member.key == "certificate") continue;
        members.push_back(member);
        std::string words = "\"";
        if (member.key != "timestamp" || !message.timestamp() ||
            !message::write_ctime(*message.timestamp(), words))
            continue;
        if (auto parsed = encoding::Document::parse(words + '"')) {
            when = *std::move(parsed);
            members.back().value = when->root();
        }
    }
    auto line = fmt::format("{:<30} ", clean(message.topic()));
    if (!remark.empty()) line.append(remark).append(" ");
    encoding::write(members, {.sort_keys = false, .unicode = true}, line);
    return line;
}

}  // namespace fedmsg::services
