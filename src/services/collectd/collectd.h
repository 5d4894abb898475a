#pragma once
/// \file
/// Counts the messages of the bus for collectd, whose plugin exec has started us: standard output is its.

#include "services/collectd/wallboard.h"
#include "services/listening/listening.h"
#include "services/monitor/monitoring.h"
#include "util/terminal.h"

#include <unistd.h>
#include <boost/asio/posix/stream_descriptor.hpp>

namespace fedmsg::services {

class Collectd : public Monitored {
  public:
    Collectd(Loop& loop, const Config& config, Wallboard wallboard, std::chrono::milliseconds interval);

    /// Prints every interval until standard output is closed. Deadlines do not drift; one that has been
    /// missed, because the host slept or nobody read, is left out, and its messages come with the next.
    /// \throws ReaderGone, SetupError
    asio::awaitable<void> run();

    void collect(Metrics& metrics) const override;
    [[nodiscard]] std::string status() const override;
    [[nodiscard]] std::vector<crypto::InUse> in_use() const override { return bus_.in_use(); }

  private:
    asio::awaitable<void> print();
    asio::awaitable<void> flush();
    asio::awaitable<void> watch_reader();

    const RestoreFlags flags_{STDOUT_FILENO};
    Loop& loop_;
    asio::posix::stream_descriptor out_{loop_.context()};  // a pipe; other outputs are written to as they are
    Wallboard wallboard_;
    std::chrono::milliseconds interval_;
    Listening bus_;
};

}  // namespace fedmsg::services
