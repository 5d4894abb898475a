#include "services/monitor/metrics.h"

#include "util/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>

namespace fedmsg::services {
namespace {

bool is_name(std::string_view text) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == ':';
    };
    return !text.empty() && !(text.front() >= '0' && text.front() <= '9') && std::ranges::all_of(text, fits);
}

/// Values of labels come from certificates and configurations: anything may be in them.
std::string escaped(std::string_view text, bool quotes) {
    std::string valid, result;
    append_as_utf8(text, valid);
    for (const char c : valid) {
        if (c == '\n') {
            result += "\\n";
        } else {
            if (c == '\\' || (quotes && c == '"')) result += '\\';
            result += c;
        }
    }
    return result;
}

/// `{reason="too_large",le="1"}`; nothing when there are none. \param bound  of a bucket, or empty
std::string shown(const Metrics::Labels& labels, std::string_view bound = {}) {
    std::string text;
    for (const auto& [name, value] : labels)
        text += fmt::format("{}{}=\"{}\"", text.empty() ? "" : ",", name, escaped(value, true));
    if (!bound.empty()) text += fmt::format("{}le=\"{}\"", text.empty() ? "" : ",", bound);
    return text.empty() ? text : "{" + text + "}";
}

void write(const std::string& name, const Metrics::Labels& labels, const Histogram& histogram,
           std::string& out) {
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < histogram.counts().size(); ++i) {
        count += histogram.counts()[i];
        const auto bound = i < histogram.bounds().size() ? shown_number(histogram.bounds()[i]) : "+Inf";
        out += fmt::format("{}_bucket{} {}\n", name, shown(labels, bound), count);
    }
    out += fmt::format("{0}_sum{1} {2}\n{0}_count{1} {3}\n", name, shown(labels),
                       shown_number(histogram.sum()), count);
}

}  // namespace

void Histogram::observe(double value) {
    const auto bucket = std::ranges::lower_bound(bounds_, value) - bounds_.begin();
    ++counts_[static_cast<std::size_t>(bucket)];
    sum_ += value;
}

void Metrics::add(Type type, std::string_view name, std::string_view help, Sample sample) {
    auto family = std::ranges::find(families_, name, &Family::name);
    if (family == families_.end()) {
        assert(is_name(name));
        family = families_.insert(family, {std::string{name}, std::string{help}, type, {}});
    }
    assert(family->type == type);
    assert(std::ranges::find(family->samples, sample.labels, &Sample::labels) == family->samples.end());
    family->samples.push_back(std::move(sample));
}

std::string_view to_string(Metrics::Type type) {
    switch (type) {
        case Metrics::Type::counter: return "counter";
        case Metrics::Type::gauge: return "gauge";
        case Metrics::Type::histogram: return "histogram";
    }
    return "";
}

std::string to_prometheus(const Metrics& metrics) {
    std::string out;
    for (const auto& family : metrics.families()) {
        out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", family.name, escaped(family.help, false),
                           family.name, to_string(family.type));
        for (const auto& sample : family.samples) {
            if (sample.histogram)
                write(family.name, sample.labels, *sample.histogram, out);
            else
                out +=
                    fmt::format("{}{} {}\n", family.name, shown(sample.labels), shown_number(sample.value));
        }
    }
    return out;
}

std::string shown_number(double number) {
    constexpr double exact = 9007199254740992;  // 2^53: up to here, every integer is one
    if (std::isnan(number)) return "NaN";
    if (std::isinf(number)) return number > 0 ? "+Inf" : "-Inf";
    if (std::trunc(number) == number && std::abs(number) <= exact)
        return std::to_string(static_cast<std::int64_t>(number));
    return fmt::format("{}", number);
}

}  // namespace fedmsg::services
