#include "meta/series.h"

#include <algorithm>
#include <cmath>
#include <ctime>

namespace fedmsg::meta {
namespace {

/// Months since the year 0.
std::int64_t month_number(double seconds) {
    const auto time = static_cast<std::time_t>(seconds);
    std::tm utc{};
    ::gmtime_r(&time, &utc);
    return std::int64_t{utc.tm_year} * 12 + utc.tm_mon;
}

/// `text` with `value` where it has `{}`.
std::string put(std::string text, const std::string& value) {
    const auto place = text.find("{}");
    return place == text.npos ? text : text.replace(place, 2, value);
}

std::string count(const char* one, const char* many, std::int64_t n) {
    return put(n == 1 ? one : many, std::to_string(n));
}

/// "5 minutes", without saying whether they are gone.
std::string span(double at, double now, double seconds) {
    constexpr double minute = 60, hour = 60 * minute, day = 24 * hour, week = 7 * day, month = 30.5 * day,
                     year = 365 * day;
    const auto several = [seconds](double unit, const char* one, const char* many) {
        return count(one, many, std::max(static_cast<std::int64_t>(seconds / unit), std::int64_t{2}));
    };
    if (seconds < minute) return several(1, "{} second", "{} seconds");
    if (seconds < 2 * minute) return "a minute";
    if (seconds < hour) return several(minute, "{} minute", "{} minutes");
    if (seconds < 2 * hour) return "an hour";
    if (seconds < day) return several(hour, "{} hour", "{} hours");
    if (seconds < 2 * day) return "a day";
    if (seconds < week) return several(day, "{} day", "{} days");
    if (seconds < 2 * week) return "a week";
    if (seconds < month) return several(week, "{} week", "{} weeks");
    if (seconds < 2 * month) return "a month";
    if (seconds < year)
        return count("{} month", "{} months",
                     std::max(std::abs(month_number(now) - month_number(at)), std::int64_t{2}));
    if (seconds < 2 * year) return "a year";
    return several(year, "{} year", "{} years");
}

}  // namespace

std::string series(std::vector<std::string> items, std::size_t most, bool oxford_comma) {
    std::sort(items.begin(), items.end());
    items.erase(std::unique(items.begin(), items.end()), items.end());
    if (items.empty()) return "(nothing)";
    if (items.size() == 1) return items.front();
    if (most > 1 && items.size() > most) {
        const auto others = items.size() - (most - 1);
        items.resize(most - 1);
        items.push_back(count("{} other", "{} others", static_cast<std::int64_t>(others)));
    }
    std::string result;
    for (std::size_t i = 0; i + 1 < items.size(); ++i) result += (i ? ", " : "") + items[i];
    result += items.size() > 2 && oxford_comma ? ", and " : " and ";
    return result + items.back();
}

std::string humanize(double at, double now) {
    // Beyond this a year has no number that gmtime_r() gives.
    constexpr double longest = 1e15;
    if (!(std::abs(at) < longest && std::abs(now) < longest)) return {};
    const double delta = std::nearbyint(at - now), seconds = std::abs(delta);
    if (seconds < 10) return "just now";
    return put(delta < 0 ? "{} ago" : "in {}", span(at, now, seconds));
}

std::string one_line(std::string text) {
    std::string line;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\n' && text[i] != '\r')
            line += text[i];
        else if (!line.empty() && line.back() != ' ')
            line += ' ';
    }
    return line;
}

}  // namespace fedmsg::meta
