#include "message/text.h"

#include "util/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <iterator>

namespace fedmsg::message {
namespace {

using encoding::Kind;
using encoding::Member;
using encoding::Node;
using encoding::Style;

/// Of the values in a message, which is an object around them.
Style style_of(Layout layout, const encoding::Palette* palette) {
    switch (layout) {
        case Layout::compact: return {.palette = palette};
        case Layout::pretty: return {.indented = true, .unicode = true, .palette = palette, .level = 1};
        case Layout::really_pretty:
            return {.sort_keys = false, .indented = true, .palette = palette, .level = 1};
    }
    return {};
}

bool is_credential(std::string_view key) { return key == "signature" || key == "certificate"; }

/// As a token of its kind is coloured.
void write_token(std::string_view text, std::string_view colour, const Style& style, std::string& out) {
    if (style.palette != nullptr) out.append(colour);
    encoding::write_string(text, out, style.unicode);
    if (style.palette != nullptr) out.append(style.palette->reset);
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
    for (const auto& member : message.envelope().members()) {
        if (!is_credential(member.key)) members_.push_back(&member);
    }
    if (style_.sort_keys && !message.envelope().is_sorted()) std::ranges::sort(members_, {}, &Member::key);

    out += '{';
    for (const auto* member : members_) {
        if (member != members_.front()) out += ',';
        if (style_.indented) out.append("\n  ");
        write_token(member->key, style_.palette != nullptr ? style_.palette->key : "", style_, out);
        out.append(style_.indented ? ": " : ":");
        if (std::string when; layout_ == Layout::pretty && member->key == "timestamp" &&
                              member->value.number() && write_ctime(*member->value.number(), when)) {
            write_token(when, style_.palette != nullptr ? style_.palette->string : "", style_, out);
            continue;
        }
        encoding::write(member->value, style_, out);
    }
    out.append(style_.indented ? "\n}" : "}");
}

void write_bare(Node value, Controls controls, std::string& out) {
    if (!value.is_string()) return encoding::write(value, encoding::canonical, out);
    std::string_view text = value.text();
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
        } else {  // the three-byte form of a lone surrogate, the only thing in a node that is not UTF-8
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
