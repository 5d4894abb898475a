#pragma once
/// \file
/// What is in use and will end: certificates, authorities, CRLs; and when to warn of it.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace fedmsg::crypto {

/// Something that stops working at a known time.
struct InUse {
    enum class Kind : std::uint8_t { certificate, ca, crl };
    Kind kind{};
    std::string name;      ///< the CN of the certificate; of a CRL, its authority's
    std::string location;  ///< the file or URL
    std::chrono::sys_seconds from{}, until{};

    bool operator==(const InUse&) const = default;
};

/// "certificate", "ca", "crl".
[[nodiscard]] std::string_view to_string(InUse::Kind kind);

/// How near the end is: 30 days, 7 days, 1 day. Before the last third of its life nothing is near its end, so
/// that a CRL made for a week does not warn all its life.
enum class Urgency : std::uint8_t { none, month, week, day, ended };

[[nodiscard]] Urgency urgency(const InUse& thing, std::chrono::sys_seconds now);

/// One line: what, where, when (UTC), in how many days, what to do about it.
[[nodiscard]] std::string describe(const InUse& thing, std::chrono::sys_seconds now);

/// What ends first, of what is near its end or past it; nothing when all is well.
[[nodiscard]] std::optional<InUse> most_urgent(const std::vector<InUse>& things,
                                               std::chrono::sys_seconds now);

/// Remembers what it has warned of: each urgency once, and again after a renewal.
class ExpiryWarnings {
  public:
    /// What has become more urgent since the last time. \param things  all that is in use now
    [[nodiscard]] std::vector<InUse> due(const std::vector<InUse>& things, std::chrono::sys_seconds now);

  private:
    using Key = std::tuple<InUse::Kind, std::string, std::string, std::chrono::sys_seconds>;
    std::map<Key, Urgency> told_;
};

}  // namespace fedmsg::crypto
