#include "services/monitor/report.h"

#include "crypto/certificate_index.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace fedmsg::services {
namespace {

using std::chrono::sys_seconds;

/// JSON has no other way to say it.
encoding::Value number(double value) {
    if (!std::isfinite(value)) return shown_number(value);
    const auto text = shown_number(value);
    if (const auto parsed = encoding::loads(text)) return *parsed;
    return value;
}

encoding::Value to_json(const Metrics::Sample& sample) {
    encoding::Object labels;
    for (const auto& [name, value] : sample.labels) labels[name] = value;
    if (!sample.histogram)
        return encoding::Object{{"labels", std::move(labels)}, {"value", number(sample.value)}};
    encoding::Object buckets;
    const auto& histogram = *sample.histogram;
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < histogram.counts().size(); ++i) {
        count += histogram.counts()[i];
        const auto bound = i < histogram.bounds().size() ? shown_number(histogram.bounds()[i]) : "+Inf";
        buckets[bound] = number(static_cast<double>(count));
    }
    return encoding::Object{{"labels", std::move(labels)},
                            {"buckets", std::move(buckets)},
                            {"sum", number(histogram.sum())},
                            {"count", number(static_cast<double>(count))}};
}

/// Whoever answers may be anybody, and this goes to a terminal: without control characters.
std::string printable(std::string_view text) {
    std::string result{text};
    std::ranges::replace_if(
        result, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
    return result;
}

std::string text_of(encoding::Node object, std::string_view key) {
    return printable(object.find_string(key).value_or(""));
}

std::optional<double> number_of(encoding::Node object, std::string_view key) {
    const auto* node = object.find(key);
    return node ? node->number() : std::nullopt;
}

/// The values of an array, the members of an object; none where there is something else.
std::span<const encoding::Node> elements_of(encoding::Node object, std::string_view key) {
    const auto* node = object.find(key);
    return node ? node->elements() : std::span<const encoding::Node>{};
}
std::span<const encoding::Member> members_of(encoding::Node object, std::string_view key) {
    const auto* node = object.find(key);
    return node ? node->members() : std::span<const encoding::Member>{};
}

std::string shown_span(std::chrono::seconds span) {
    using namespace std::chrono;
    const auto day = floor<days>(span);
    const auto hour = floor<hours>(span - day);
    const auto minute = floor<minutes>(span - day - hour);
    if (day.count() > 0) return fmt::format("{} d {} h", day.count(), hour.count());
    if (hour.count() > 0) return fmt::format("{} h {} min", hour.count(), minute.count());
    if (minute.count() > 0) return fmt::format("{} min", minute.count());
    return fmt::format("{} s", span.count());
}

std::string shown_moment(double since_epoch) {
    constexpr double last = 253402300799;  // of the year 9999
    if (!(since_epoch >= 0 && since_epoch <= last)) return shown_number(since_epoch);
    return crypto::shown_time(sys_seconds{std::chrono::seconds{std::llround(since_epoch)}});
}

/// As the unit in the metric's name says it.
std::string shown_value(std::string_view name, double value) {
    if (name.ends_with("_timestamp_seconds")) return shown_moment(value);
    if (name.ends_with("_bytes") || name.ends_with("_bytes_total")) return shown_number(value) + " B";
    if (name.ends_with("_seconds") || name.ends_with("_seconds_total")) return fmt::format("{:.3f} s", value);
    return shown_number(value);
}

/// "messages dropped: too_large" \returns two columns
std::optional<std::pair<std::string, std::string>> line_of(std::string_view name, std::string help,
                                                           encoding::Node sample) {
    for (const auto& label : members_of(sample, "labels")) {
        help += help.find(": ") == help.npos ? ": " : ", ";
        help += printable(label.value.text());
    }
    if (const auto value = number_of(sample, "value")) return {{std::move(help), shown_value(name, *value)}};
    const auto sum = number_of(sample, "sum"), count = number_of(sample, "count");
    if (!sum || !count) return std::nullopt;
    const auto mean = *count > 0 ? ", mean " + shown_value(name, *sum / *count) : std::string{};
    return {{std::move(help), shown_number(*count) + mean}};
}

/// Told in the first line, if at all.
bool is_about_itself(std::string_view name) {
    return name.ends_with("_info") || name == "process_start_time_seconds";
}

}  // namespace

encoding::Value to_json(const Report& report) {
    encoding::Object metrics;
    for (const auto& family : report.metrics.families()) {
        encoding::Array samples;
        for (const auto& sample : family.samples) samples.push_back(to_json(sample));
        metrics[family.name] = encoding::Object{
            {"type", to_string(family.type)}, {"help", family.help}, {"samples", std::move(samples)}};
    }
    return encoding::Object{
        {"service", report.service},
        {"version", FEDMSG_VERSION},
        {"pid", static_cast<int>(::getpid())},
        {"started", static_cast<long>(std::chrono::system_clock::to_time_t(report.started))},
        {"status", report.status},
        {"warnings", report.warnings},
        {"metrics", std::move(metrics)}};
}

std::string to_text(encoding::Node report, std::string_view answered_by,
                    std::chrono::system_clock::time_point now) {
    const auto started = number_of(report, "started");
    std::string text =
        fmt::format("fedmsg {} {}, {}", text_of(report, "service"), text_of(report, "version"), answered_by);
    if (started && std::abs(*started) < 1e15) {
        const auto span = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()) -
                          std::chrono::seconds{std::llround(*started)};
        text += fmt::format(", since {} ({})", shown_moment(*started), shown_span(span));
    }
    text += "\n" + text_of(report, "status") + "\n";
    for (const auto& warning : elements_of(report, "warnings"))
        text += fmt::format("warning: {}\n", printable(warning.text()));

    std::vector<std::pair<std::string, std::string>> lines;
    for (const auto& family : members_of(report, "metrics")) {
        if (is_about_itself(family.key)) continue;
        for (const auto& sample : elements_of(family.value, "samples"))
            if (auto line = line_of(family.key, text_of(family.value, "help"), sample))
                lines.push_back(std::move(*line));
    }
    std::size_t width = 0;
    for (const auto& [left, right] : lines) width = std::max(width, left.size());
    text += "\n";
    for (const auto& [left, right] : lines) text += fmt::format("{:<{}}  {}\n", left, width, right);
    return text;
}

}  // namespace fedmsg::services
