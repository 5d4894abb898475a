#pragma once
/// \file
/// How `--status` reaches a running daemon: a stream socket in the abstract namespace (unix(7)), so that
/// there is no file to be left over or to have rights. Who connects gets the report, and the end of file.
///
/// Any user of the host may ask: counters are no secret. Any may take the name first, as well: then the
/// daemon warns, and whoever asks is told by the kernel which process and user answers.

#include "loop/loop.h"

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace fedmsg::services {

/// A daemon of this host, or of this network namespace: its service and its first address, as configured.
struct DaemonName {
    std::string service;  ///< "relay"
    std::string address;  ///< "tcp://127.0.0.1:2003"
};

/// In the abstract namespace, with the null byte that begins it; at most 107 bytes.
[[nodiscard]] std::string socket_name(const DaemonName& name);

class StatusSocket {
  public:
    /// One after another, each has so long to take what it asked for.
    static constexpr std::chrono::seconds time{2};
    /// Between two of them, so that whoever asks without end takes little from the loop.
    static constexpr std::chrono::milliseconds pause{5};
    /// When the name is taken, it is tried again so often: the daemon before this one may be about to end.
    static constexpr std::chrono::seconds retry{2};

    /// Answers when the loop runs; who asks before waits. \param report  called for each who asks
    StatusSocket(Loop& loop, const DaemonName& name, std::function<std::string()> report);
    ~StatusSocket();
    StatusSocket(const StatusSocket&) = delete;
    StatusSocket& operator=(const StatusSocket&) = delete;

  private:
    class State;
    std::shared_ptr<State> state_;
};

/// What a daemon says of itself, and who that is.
struct Answer {
    std::string report;
    pid_t pid = 0;
    uid_t user = 0;

    /// "process 4711 of user fedmsg".
    [[nodiscard]] std::string by() const;
};

/// Asks, and waits. \throws SetupError  when nobody answers, or not in time
[[nodiscard]] Answer ask_for_status(const DaemonName& name, std::chrono::milliseconds patience);

}  // namespace fedmsg::services
