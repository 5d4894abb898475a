#pragma once
/// \file
/// What a frame of the monitoring socket says about consumers and producers. Source: spec "Monitoring";
/// manual, `fedmsg-check`.

#include "encoding/document.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fedmsg::services {

/// What is asked of a hub.
struct HealthQuestion {
    std::vector<std::string> consumers, producers;  ///< that must be active; none of both: any may be missing
    std::optional<std::int64_t> max_backlog;        ///< messages that may wait for one of them
    std::optional<std::int64_t> max_exceptions;     ///< that one of them may have had since the frame before
};

struct HealthProblem {
    enum class Kind : std::uint8_t { missing, uninitialized, backlog, exceptions };
    Kind kind;
    std::string name;  ///< of the consumer or producer
    std::string text;  ///< `"mailer" is not active!`
};

/// Named ones in the order of the question, consumers first; limits hold for those, or for all when none is
/// named. \param frame  an object with arrays `consumers` and `producers`; what is not so has nothing in it
[[nodiscard]] std::vector<HealthProblem> judge(encoding::Node frame, const HealthQuestion& question);

/// "some consumers or producers are missing": the worst of them, as the last line.
[[nodiscard]] std::string summary(const std::vector<HealthProblem>& problems);

}  // namespace fedmsg::services
