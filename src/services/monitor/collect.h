#pragma once
/// \file
/// What all daemons count.

#include "bus/drops.h"
#include "crypto/expiry.h"
#include "services/monitor/metrics.h"

#include <chrono>
#include <string_view>
#include <vector>

namespace fedmsg::services {

/// `fedmsg_dropped_messages_total{reason}`: every reason, those that did not happen with 0.
void collect_drops(const bus::Drops& drops, Metrics& metrics);

/// `fedmsg_certificate_expiration_timestamp_seconds{what,name,location}`: of two with one name in one file,
/// the one that ends first.
void collect_expiry(const std::vector<crypto::InUse>& in_use, Metrics& metrics);

/// `fedmsg_build_info{service,version}`, and of this process `process_cpu_seconds_total`,
/// `process_resident_memory_bytes`, `process_open_fds`, `process_max_fds`, `process_start_time_seconds`:
/// prometheus.io/docs/instrumenting/writing_clientlibs. \param started  when it was
void collect_process(std::string_view service, std::chrono::system_clock::time_point started,
                     Metrics& metrics);

}  // namespace fedmsg::services
