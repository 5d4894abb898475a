#include "meta/cowsay.h"

#include "util/utf8.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace fedmsg::meta {

std::string cowsay(std::string_view text) {
    constexpr std::size_t width = 40;  // characters of a line in the bubble
    // Words are put into lines; one that is longer than a line is cut.
    std::vector<std::pair<std::string, std::size_t>> lines(1);  // with its characters
    const auto add_character = [&](std::string_view character) {
        if (lines.back().second == width) lines.emplace_back();
        lines.back().first += character;
        ++lines.back().second;
    };
    while (!text.empty()) {
        if (const auto space = white_space_length(text)) {
            text.remove_prefix(space);
            continue;
        }
        std::vector<std::string_view> word;
        while (!text.empty() && white_space_length(text) == 0) {
            word.push_back(text.substr(0, std::max(utf8_length(text), std::size_t{1})));
            text.remove_prefix(word.back().size());
        }
        if (lines.back().second > 0) {
            if (lines.back().second + 1 + word.size() <= width)
                add_character(" ");
            else
                lines.emplace_back();
        }
        for (const auto character : word) add_character(character);
    }
    std::size_t widest = 0;
    for (const auto& [line, characters] : lines) widest = std::max(widest, characters);
    std::string out = " " + std::string(widest + 2, '_') + "\n";
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const bool first = i == 0, last = i + 1 == lines.size();
        const char left = first && last ? '<' : first ? '/' : last ? '\\' : '|';
        const char right = first && last ? '>' : first ? '\\' : last ? '/' : '|';
        out += std::string{left} + " " + lines[i].first + std::string(widest - lines[i].second, ' ') + " " +
               right + "\n";
    }
    out += " " + std::string(widest + 2, '-') + "\n";
    out +=
        "    \\   ,__,\n"
        "     \\  (oo)____\n"
        "        (__)    )\\\n"
        "           ||--|| *";
    return out;
}

}  // namespace fedmsg::meta
