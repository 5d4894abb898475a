#include "services/monitor/collect.h"

#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <tuple>

namespace fedmsg::services {
namespace {

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

/// Nothing when /proc is not there: proc(5).
std::optional<double> resident_bytes() {
    std::ifstream file{"/proc/self/statm"};
    long size = 0, resident = 0;
    if (!(file >> size >> resident)) return std::nullopt;
    return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

std::optional<double> open_descriptors() {
    std::error_code error;
    const std::filesystem::directory_iterator begin{"/proc/self/fd", error};
    if (error) return std::nullopt;
    return static_cast<double>(std::distance(begin, {}) - 1);  // less the one that reads the folder
}

}  // namespace

void collect_drops(const bus::Drops& drops, Metrics& metrics) {
    for (std::size_t i = 0; i < message::drop_reasons; ++i) {
        const auto reason = static_cast<message::Drop>(i);
        metrics.counter("fedmsg_dropped_messages_total", "messages dropped", drops.of(reason),
                        {{"reason", std::string{message::name(reason)}}});
    }
}

void collect_expiry(const std::vector<crypto::InUse>& in_use, Metrics& metrics) {
    std::map<std::tuple<crypto::InUse::Kind, std::string, std::string>, std::chrono::sys_seconds> ends;
    for (const auto& thing : in_use) {
        const auto [entry, is_new] = ends.try_emplace({thing.kind, thing.name, thing.location}, thing.until);
        if (!is_new) entry->second = std::min(entry->second, thing.until);
    }
    for (const auto& [key, until] : ends) {
        const auto& [kind, name, location] = key;
        metrics.gauge(
            "fedmsg_certificate_expiration_timestamp_seconds", "end of validity",
            static_cast<double>(until.time_since_epoch().count()),
            {{"what", std::string{crypto::to_string(kind)}}, {"name", name}, {"location", location}});
    }
}

void collect_process(std::string_view service, std::chrono::system_clock::time_point started,
                     Metrics& metrics) {
    metrics.gauge("fedmsg_build_info", "version of the program", 1,
                  {{"service", std::string{service}}, {"version", FEDMSG_VERSION}});
    metrics.gauge("process_start_time_seconds", "start of the process",
                  std::chrono::duration<double>{started.time_since_epoch()}.count());
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    metrics.counter("process_cpu_seconds_total", "processor time",
                    seconds(usage.ru_utime) + seconds(usage.ru_stime));
    if (const auto bytes = resident_bytes())
        metrics.gauge("process_resident_memory_bytes", "resident memory", *bytes);
    if (const auto count = open_descriptors()) metrics.gauge("process_open_fds", "open descriptors", *count);
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0)
        metrics.gauge("process_max_fds", "most descriptors that may be open",
                      static_cast<double>(limit.rlim_cur));
}

}  // namespace fedmsg::services
