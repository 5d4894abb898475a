#include "services/monitor/metrics.h"
#include "bus/drops.h"
#include "services/monitor/collect.h"
#include "support/prometheus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace fedmsg::services {
namespace {

using test::parse_exposition;
using testing::HasSubstr;
using testing::Pair;
using testing::UnorderedElementsAre;

TEST(MetricsText, HasHelpAndTypeOnceAFamilyWhoeverAddsToIt) {
    Metrics metrics;
    metrics.counter("a_total", "first", std::uint64_t{1}, {{"x", "1"}});
    metrics.gauge("b", "second", 2);
    metrics.counter("a_total", "first", std::uint64_t{3}, {{"x", "2"}});
    EXPECT_EQ(to_prometheus(metrics),
              "# HELP a_total first\n# TYPE a_total counter\na_total{x=\"1\"} 1\na_total{x=\"2\"} 3\n"
              "# HELP b second\n# TYPE b gauge\nb 2\n");
}

TEST(MetricsText, EscapesWhatWouldBreakALine) {
    Metrics metrics;
    metrics.gauge("g", "a\\b\nc\"d", 1, {{"name", "q\"b\\s\nn \xc3\xa9 \xff"}});
    const auto text = to_prometheus(metrics);
    EXPECT_THAT(text, HasSubstr("# HELP g a\\\\b\\nc\"d\n"));
    EXPECT_THAT(text, HasSubstr("g{name=\"q\\\"b\\\\s\\nn \xc3\xa9 \xef\xbf\xbd\"} 1\n"));
    EXPECT_EQ(parse_exposition(text).samples.size(), 1U);
}

TEST(MetricsText, WritesEveryNumberSoThatItIsReadBack) {
    Metrics metrics;
    const std::vector<double> values{0, -1, 0.1, 1e21, 1.5e-9, 1795713494.157, 9007199254740991, HUGE_VAL};
    for (std::size_t i = 0; i < values.size(); ++i)
        metrics.gauge("g", "numbers", values[i], {{"i", std::to_string(i)}});
    metrics.gauge("g", "numbers", std::nan(""), {{"i", "nan"}});
    const auto parsed = parse_exposition(to_prometheus(metrics));
    for (std::size_t i = 0; i < values.size(); ++i)
        EXPECT_EQ(parsed.samples.at("g{i=\"" + std::to_string(i) + "\"}"), values[i]);
    EXPECT_TRUE(std::isnan(parsed.samples.at("g{i=\"nan\"}")));
    EXPECT_EQ(shown_number(9007199254740991), "9007199254740991");
}

TEST(MetricsText, HistogramsAreCumulative) {
    Histogram latency{{0.1, 1}};
    for (const double seconds : {0.05, 0.1, 0.5, 7.0}) latency.observe(seconds);
    Metrics metrics;
    metrics.histogram("latency_seconds", "latency", latency, {{"consumer", "a"}});
    metrics.histogram("latency_seconds", "latency", Histogram{{0.1, 1}}, {{"consumer", "b"}});
    const auto parsed = parse_exposition(to_prometheus(metrics));
    EXPECT_EQ(parsed.types.at("latency_seconds"), "histogram");
    EXPECT_EQ(parsed.samples.at("latency_seconds_bucket{consumer=\"a\",le=\"0.1\"}"), 2);
    EXPECT_EQ(parsed.samples.at("latency_seconds_bucket{consumer=\"a\",le=\"1\"}"), 3);
    EXPECT_EQ(parsed.samples.at("latency_seconds_bucket{consumer=\"a\",le=\"+Inf\"}"), 4);
    EXPECT_DOUBLE_EQ(parsed.samples.at("latency_seconds_sum{consumer=\"a\"}"), 7.65);
    EXPECT_EQ(parsed.samples.at("latency_seconds_count{consumer=\"b\"}"), 0);
}

TEST(MetricsCollect, DropsHaveEveryReason) {
    bus::Drops drops{"test"};
    drops.count(message::Drop::too_large, [] { return ""; });
    Metrics metrics;
    collect_drops(drops, metrics);
    const auto samples = parse_exposition(to_prometheus(metrics)).samples;
    EXPECT_EQ(samples.size(), message::drop_reasons);
    EXPECT_EQ(samples.at("fedmsg_dropped_messages_total{reason=\"too_large\"}"), 1);
    EXPECT_EQ(samples.at("fedmsg_dropped_messages_total{reason=\"not_json\"}"), 0);
}

TEST(MetricsCollect, OfCertificatesWithOneNameTheFirstToEndCounts) {
    using Kind = crypto::InUse::Kind;
    const auto at = [](int s) { return std::chrono::sys_seconds{std::chrono::seconds{s}}; };
    Metrics metrics;
    collect_expiry({{Kind::ca, "CA", "ca.crt", at(0), at(90)},
                    {Kind::ca, "CA", "ca.crt", at(0), at(50)},
                    {Kind::crl, "CA", "crl.pem", at(0), at(70)}},
                   metrics);
    EXPECT_THAT(parse_exposition(to_prometheus(metrics)).samples,
                UnorderedElementsAre(Pair("fedmsg_certificate_expiration_timestamp_seconds{what=\"ca\",name="
                                          "\"CA\",location=\"ca.crt\"}",
                                          50),
                                     Pair("fedmsg_certificate_expiration_timestamp_seconds{what=\"crl\",name="
                                          "\"CA\",location=\"crl.pem\"}",
                                          70)));
}

TEST(MetricsCollect, TheProcessIsThisOne) {
    Metrics metrics;
    collect_process("test", std::chrono::system_clock::time_point{std::chrono::seconds{1700000000}}, metrics);
    const auto samples = parse_exposition(to_prometheus(metrics)).samples;
    EXPECT_EQ(samples.at("fedmsg_build_info{service=\"test\",version=\"" FEDMSG_VERSION "\"}"), 1);
    EXPECT_EQ(samples.at("process_start_time_seconds"), 1700000000);
    EXPECT_GT(samples.at("process_resident_memory_bytes"), 1024 * 1024);
    EXPECT_GE(samples.at("process_open_fds"), 3);
    EXPECT_GT(samples.at("process_max_fds"), samples.at("process_open_fds"));
    EXPECT_GT(samples.at("process_cpu_seconds_total"), 0);
}

}  // namespace
}  // namespace fedmsg::services
