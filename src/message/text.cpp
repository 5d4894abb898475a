#include "message/text.h"

#include "util/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <iterator>
#include <optional>

namespace fedmsg::message {
namespace {

using encoding::Document;
using encoding::Node;
using encoding::Style;

Style style_of(Layout layout, const encoding::Palette* palette) {
    switch (layout) {
        case Layout::compact: return {.palette = palette};
        case Layout::pretty: return {.indented = true, .unicode = true, .palette = palette};
        case Layout::really_pretty: return {.sort_keys = false, .indented = true, .palette = palette};
    }
    return {};
}

bool is_credential(std::string_view key) { return key == "signature" || key == "certificate"; }

/// What write_ctime makes of a timestamp, as a string.
std::optional<Document> in_words(Node timestamp) {
    std::string when = "\"";
    if (!timestamp.number() || !write_ctime(*timestamp.number(), when)) return std::nullopt;
    auto words = Document::parse(when + '"');
    return words ? std::optional{*std::move(words)} : std::nullopt;
}

/// ASCII that is shown as it is.
bool is_plain(char c) { return (c >= ' ' && c < '\x7F') || c == '\t'; }

}  // namespace

const encoding::Palette terminal_palette{.key = "\x1B[1;34m",
                                         .string = "\x1B[32m",
                                         .number = "\x1B[36m",
                                         .literal = "\x1B[35m",
                                         .reset = "\x1B[0m"};

TextWriter::TextWriter(Layout layout, const encoding::Palette* palette)
    : layout_{layout}, style_{style_of(layout, palette)} {}

void TextWriter::write(const Message& message, std::string& out) {
    members_.clear();
    std::optional<Document> when;
    for (const auto& member : message.envelope().members()) {
        if (is_credential(member.key)) continue;
        members_.push_back(member);
        if (layout_ != Layout::pretty || member.key != "timestamp") continue;
        when = in_words(member.value);
        if (when) members_.back().value = when->root();
    }
    encoding::write(members_, style_, out);
}

void write_bare(Node value, Controls controls, std::string& out) {
    if (value.is_string()) return write_bare(value.text(), controls, out);
    encoding::write(value, encoding::canonical, out);
}

void write_bare(std::string_view text, Controls controls, std::string& out) {
    if (controls == Controls::keep) {
        out.append(text);
        return;
    }
    const auto escape = [&](unsigned character) {
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", character);
    };
    while (!text.empty()) {
        const auto* plain = std::ranges::find_if_not(text, is_plain);
        out.append(text.begin(), plain);
        text.remove_prefix(static_cast<std::size_t>(plain - text.begin()));
        if (text.empty()) return;
        const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
        std::size_t length = utf8_length(text);
        if (length == 1) {
            escape(byte(0));
        } else if (length == 2 && byte(0) == 0xC2 && byte(1) < 0xA0) {  // C1
            escape(byte(1));
        } else if (length != 0) {
            out.append(text.substr(0, length));
        } else {  // the three-byte form of a lone surrogate, the only thing in a text that is not UTF-8
            length = 3;
            escape((byte(0) & 0x0FU) << 12 | (byte(1) & 0x3FU) << 6 | (byte(2) & 0x3FU));
        }
        text.remove_prefix(length);
    }
}

bool write_ctime(double seconds_since_epoch, std::string& out) {
    constexpr double last = 9e18;  // what a time_t holds, and more than localtime_r takes
    const double whole = std::floor(seconds_since_epoch);
    if (!(std::abs(whole) < last)) return false;
    const auto when = static_cast<std::time_t>(whole);
    std::tm local{};
    if (localtime_r(&when, &local) == nullptr) return false;
    constexpr std::string_view days = "SunMonTueWedThuFriSat",
                               months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    fmt::format_to(std::back_inserter(out), "{} {} {:2} {:02}:{:02}:{:02} {}",
                   days.substr(3 * static_cast<std::size_t>(local.tm_wday), 3),
                   months.substr(3 * static_cast<std::size_t>(local.tm_mon), 3), local.tm_mday, local.tm_hour,
                   local.tm_min, local.tm_sec, 1900 + std::int64_t{local.tm_year});
    return true;
}

}  // namespace fedmsg::message
