#include "crypto/x509/dates.h"

#include <algorithm>
#include <cstdio>

namespace fedmsg::crypto::x509 {

std::chrono::sys_seconds to_seconds(const Botan::X509_Time& time) {
    int year = 1970, hour = 0, minute = 0, second = 0;
    unsigned month = 1, day = 1;
    // The only form of Botan's that has all four digits of the year: "2056/01/01 00:00:00 UTC".
    std::sscanf(time.readable_string().c_str(), "%d/%u/%u %d:%d:%d", &year, &month, &day, &hour, &minute,
                &second);
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                           std::chrono::day{day}};
    return std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
           std::chrono::seconds{second};
}

void Validity::narrow(const Botan::X509_Time& begin, const Botan::X509_Time& end) {
    from = std::max(from, to_seconds(begin));
    if (end.time_is_set()) until = std::min(until, to_seconds(end));
}

}  // namespace fedmsg::crypto::x509
