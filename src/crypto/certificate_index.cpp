#include "crypto/certificate_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace fedmsg::crypto {
namespace {

using std::chrono::sys_seconds;

struct Broken {
    int year;
    unsigned month, day;
    long hour, minute, second;
};

Broken broken(sys_seconds time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{time - day};
    return {static_cast<int>(date.year()),     static_cast<unsigned>(date.month()),
            static_cast<unsigned>(date.day()), clock.hours().count(),
            clock.minutes().count(),           clock.seconds().count()};
}

/// As ASN.1 has it: two digits of the year until 2049, four from then on (RFC 5280, 4.1.2.5).
std::string asn1_time(sys_seconds time) {
    const auto t = broken(time);
    const auto year = t.year < 2050 ? fmt::format("{:02}", t.year % 100) : fmt::format("{:04}", t.year);
    return fmt::format("{}{:02}{:02}{:02}{:02}{:02}Z", year, t.month, t.day, t.hour, t.minute, t.second);
}

std::optional<sys_seconds> parse_asn1_time(std::string_view text) {
    const std::size_t year_digits = text.size() == 15 ? 4 : 2;
    if (text.size() != year_digits + 11 || text.back() != 'Z') return std::nullopt;
    const auto digits = text.substr(0, text.size() - 1);
    if (!std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
    const auto number = [&](std::size_t at, std::size_t size) {
        int value = 0;
        std::from_chars(digits.data() + at, digits.data() + at + size, value);
        return value;
    };
    int year = number(0, year_digits);
    if (year_digits == 2) year += year < 50 ? 2000 : 1900;
    const auto two = [&](std::size_t index) { return number(year_digits + 2 * index, 2); };
    const std::chrono::year_month_day date{std::chrono::year{year},
                                           std::chrono::month{static_cast<unsigned>(two(0))},
                                           std::chrono::day{static_cast<unsigned>(two(1))}};
    if (!date.ok() || two(2) > 23 || two(3) > 59 || two(4) > 60) return std::nullopt;
    return std::chrono::sys_days{date} + std::chrono::hours{two(2)} + std::chrono::minutes{two(3)} +
           std::chrono::seconds{two(4)};
}

bool is_serial(std::string_view text) {
    return !text.empty() && text.size() % 2 == 0 &&
           std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); });
}

/// Status, expiry, revocation, serial, file, subject: between tabs.
Result<IndexEntry, std::string> parse_line(std::string_view line) {
    using Parsed = Result<IndexEntry, std::string>;
    const auto fail = [](std::string why) { return Parsed{boost::system::in_place_error, std::move(why)}; };
    const auto not_a_date = [&](std::string_view text) {
        return fail(fmt::format("\"{}\" is not a date like 280225120000Z", text));
    };
    std::array<std::string_view, 6> fields;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto tab = line.find('\t');
        if ((tab == line.npos) != (i + 1 == fields.size()))
            return fail("it does not have six fields, with tabs between them");
        fields.at(i) = line.substr(0, tab);
        line.remove_prefix(std::min(fields.at(i).size() + 1, line.size()));
    }
    const auto& [status, expires, revoked, serial, file, subject] = fields;
    if (status != "V" && status != "R" && status != "E")
        return fail(fmt::format("its status is \"{}\": must be V, R or E", status));
    if (!is_serial(serial)) return fail(fmt::format("\"{}\" is not a serial number in hexadecimal", serial));
    IndexEntry entry{.serial = std::string{serial}, .subject = std::string{subject}};
    const auto end = parse_asn1_time(expires);
    if (!end) return not_a_date(expires);
    entry.expires = *end;
    if (status == "R") {
        const auto comma = std::min(revoked.find(','), revoked.size());
        entry.revoked = parse_asn1_time(revoked.substr(0, comma));
        if (!entry.revoked) return not_a_date(revoked);
        entry.reason = revoked.substr(std::min(comma + 1, revoked.size()));
    }
    return entry;
}

}  // namespace

std::string IndexEntry::name() const {
    constexpr std::string_view mark = "/CN=";
    const auto start = subject.rfind(mark);
    if (start == subject.npos) return {};
    const auto text = subject.substr(start + mark.size());
    return text.substr(0, text.find('/'));
}

Result<std::vector<IndexEntry>, std::string> parse_index(std::string_view text) {
    std::vector<IndexEntry> entries;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.empty()) continue;
        auto entry = parse_line(line);
        if (!entry) return fmt::format("line {}: {}", number, entry.error());
        entries.push_back(std::move(*entry));
    }
    return entries;
}

std::string write_index(const std::vector<IndexEntry>& entries, sys_seconds now) {
    std::string text;
    for (const auto& entry : entries) {
        const auto revoked =
            entry.revoked ? asn1_time(*entry.revoked) + (entry.reason.empty() ? "" : "," + entry.reason)
                          : std::string{};
        const char status = entry.revoked ? 'R' : entry.expires < now ? 'E' : 'V';
        text += fmt::format("{}\t{}\t{}\t{}\tunknown\t{}\n", status, asn1_time(entry.expires), revoked,
                            entry.serial, entry.subject);
    }
    return text;
}

std::string shown_time(sys_seconds time) {
    const auto t = broken(time);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}Z", t.year, t.month, t.day, t.hour, t.minute,
                       t.second);
}

std::string shown_date(sys_seconds time) { return shown_time(time).substr(0, 10); }

}  // namespace fedmsg::crypto
