#pragma once
/// \file
/// What a daemon counts, as values at one instant. Nothing here is kept between two questions: a service has
/// its own counters, and lists them when it is asked, so that counting costs nothing but the counters.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fedmsg::services {

/// How long things took, or how large they were.
class Histogram {
  public:
    /// \param bounds  inclusive upper bounds of the buckets, ascending; one without bound follows
    explicit Histogram(std::vector<double> bounds)
        : bounds_{std::move(bounds)}, counts_(bounds_.size() + 1) {}

    void observe(double value);

    [[nodiscard]] const std::vector<double>& bounds() const { return bounds_; }
    /// Of each bucket, not cumulative.
    [[nodiscard]] const std::vector<std::uint64_t>& counts() const { return counts_; }
    [[nodiscard]] double sum() const { return sum_; }

  private:
    std::vector<double> bounds_;
    std::vector<std::uint64_t> counts_;
    double sum_ = 0;
};

/// Names end in their unit, and in `_total` where they count: prometheus.io/docs/practices/naming. The report
/// of `--status` goes by these endings: `_bytes`, `_seconds`, `_timestamp_seconds`, `_info`.
/// Help texts are nouns without a full stop, "messages received": they are the report's left column.
class Metrics {
  public:
    enum class Type : std::uint8_t { counter, gauge, histogram };
    using Labels = std::vector<std::pair<std::string, std::string>>;

    struct Sample {
        Labels labels;
        double value = 0;                      ///< of a histogram: nothing
        std::optional<Histogram> histogram{};  ///< of a histogram
    };
    struct Family {
        std::string name, help;
        Type type{};
        std::vector<Sample> samples;
    };

    // Samples of one name are one family, whoever adds them, with the first one's help; each has other
    // labels.

    void counter(std::string_view name, std::string_view help, std::uint64_t value, Labels labels = {}) {
        add(Type::counter, name, help, {std::move(labels), static_cast<double>(value), {}});
    }
    void counter(std::string_view name, std::string_view help, double value, Labels labels = {}) {
        add(Type::counter, name, help, {std::move(labels), value, {}});
    }
    void gauge(std::string_view name, std::string_view help, double value, Labels labels = {}) {
        add(Type::gauge, name, help, {std::move(labels), value, {}});
    }
    void histogram(std::string_view name, std::string_view help, const Histogram& value, Labels labels = {}) {
        add(Type::histogram, name, help, {std::move(labels), 0, value});
    }

    /// In the order of their first samples.
    [[nodiscard]] const std::vector<Family>& families() const { return families_; }

  private:
    void add(Type type, std::string_view name, std::string_view help, Sample sample);

    std::vector<Family> families_;
};

/// "counter", "gauge", "histogram".
[[nodiscard]] std::string_view to_string(Metrics::Type type);

/// The text exposition format, version 0.0.4: prometheus.io/docs/instrumenting/exposition_formats.
[[nodiscard]] std::string to_prometheus(const Metrics& metrics);
inline constexpr std::string_view prometheus_content_type = "text/plain; version=0.0.4; charset=utf-8";

/// Whole numbers without exponent; "NaN", "+Inf", "-Inf".
[[nodiscard]] std::string shown_number(double number);

}  // namespace fedmsg::services
