#include "services/monitor/report.h"

#include "encoding/write.h"
#include "support/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace fedmsg::services {
namespace {

using std::chrono::seconds;
using std::chrono::system_clock;
using test::at;
using test::parse_json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr system_clock::time_point start{seconds{1700000000}};

Report a_report() {
    Histogram latency{{0.5}};
    latency.observe(0.25);
    Report report{"relay", start, "forwarded 2 messages", {"the CRL ends"}, {}};
    report.metrics.counter("x_total", "things", std::uint64_t{3}, {{"reason", "too_large"}});
    report.metrics.counter("x_total", "things", std::uint64_t{0}, {{"reason", "other"}});
    report.metrics.gauge("end_timestamp_seconds", "end", 1700000000);
    report.metrics.gauge("odd", "odd", std::nan(""));
    report.metrics.histogram("latency_seconds", "latency", latency);
    report.metrics.gauge("a_build_info", "version", 1);
    return report;
}

TEST(StatusReport, IsJsonForScripts) {
    const auto json = parse_json(encoding::dumps(to_json(a_report())));
    EXPECT_EQ(at(json.root(), "service").text(), "relay");
    EXPECT_EQ(at(json.root(), "version").text(), FEDMSG_VERSION);
    EXPECT_EQ(at(json.root(), "started").integer(), 1700000000);
    const auto things = at(at(json.root(), "metrics"), "x_total");
    EXPECT_EQ(at(things, "type").text(), "counter");
    const auto sample = at(things, "samples").elements()[0];
    EXPECT_EQ(at(at(sample, "labels"), "reason").text(), "too_large");
    EXPECT_EQ(at(sample, "value").integer(), 3);
    EXPECT_EQ(at(at(at(json.root(), "metrics"), "odd"), "samples").elements()[0].find("value")->text(),
              "NaN");
    const auto latency = at(at(at(json.root(), "metrics"), "latency_seconds"), "samples").elements()[0];
    EXPECT_EQ(encoding::dumps(at(latency, "buckets")), R"({"+Inf":1,"0.5":1})");
    EXPECT_EQ(at(latency, "sum").number(), 0.25);
}

TEST(StatusReport, IsTextForPeople) {
    const auto json = parse_json(encoding::dumps(to_json(a_report()), {.sort_keys = false}));
    EXPECT_EQ(to_text(json.root(), "process 7 of user fedmsg", start + seconds{93784}),
              "fedmsg relay " FEDMSG_VERSION
              ", process 7 of user fedmsg, since 2023-11-14 22:13:20Z (1 d 2 h)\n"
              "forwarded 2 messages\n"
              "warning: the CRL ends\n"
              "\n"
              "things: too_large  3\n"
              "things: other      0\n"
              "end                2023-11-14 22:13:20Z\n"
              "latency            1, mean 0.250 s\n");
}

TEST(StatusReport, OfAStrangerHarmsNoTerminal) {
    for (const auto* text :
         {R"({})", R"({"metrics":5,"warnings":{},"started":"x"})", R"({"started":1e300,"metrics":{"a":[]}})",
          R"({"metrics":{"a_timestamp_seconds":{"help":1,"samples":[1,{"value":1e300},{"value":-5},{}]}}})",
          R"({"service":"\u001b[31m","status":"\u0007","warnings":["\u001b"],
              "metrics":{"a":{"help":"\u001b","samples":[{"labels":{"x":"\u001b"},"value":1}]}}})"}) {
        const auto json = parse_json(text);
        const auto out = to_text(json.root(), "somebody", start);
        EXPECT_THAT(out, AllOf(HasSubstr("somebody"), Not(HasSubstr("\x1b")), Not(HasSubstr("\a")))) << text;
    }
}

}  // namespace
}  // namespace fedmsg::services
