#include "services/hub/monitoring_socket.h"

#include "encoding/write.h"
#include "util/error.h"
#include "util/port_holder.h"

#include <fmt/core.h>
#include <sys/stat.h>

#include <cerrno>

namespace fedmsg::services::hub {
namespace {

void write_strings(const std::vector<std::string>& strings, std::string& out) {
    out += '[';
    for (std::size_t i = 0; i < strings.size(); ++i) {
        if (i > 0) out += ", ";
        encoding::write_string(strings[i], out);
    }
    out += ']';
}

std::string_view word(bool b) { return b ? "true" : "false"; }

}  // namespace

std::string monitoring_frame(const std::vector<ConsumerReport>& consumers, double now) {
    std::string out = R"({"consumers": [)";
    for (const auto& c : consumers) {
        out += &c == &consumers.front() ? R"({"name": )" : R"(, {"name": )";
        encoding::write_string(c.name, out);
        out += R"(, "module": )";
        encoding::write_string(c.module, out);
        out += R"(, "topic": )";
        if (c.topic_is_list)
            write_strings(c.topics, out);
        else
            encoding::write_string(c.topics.front(), out);
        out += fmt::format(R"(, "initialized": {}, "exceptions": {}, "jsonify": {}, "backlog": {}, )"
                           R"("headcount_out": {}, "headcount_in": {}, "times": [)",
                           word(c.initialized), c.exceptions, word(c.jsonify), c.backlog, c.headcount_out,
                           c.headcount_in);
        for (std::size_t i = 0; i < c.times.size(); ++i) {
            if (i > 0) out += ", ";
            encoding::write_double(c.times[i], out);
        }
        out += "]}";
    }
    out += R"(], "producers": [{"name": "MonitoringProducer", "module": "moksha.hub.monitoring", )";
    out += fmt::format(R"("initialized": true, "exceptions": 0, "frequency": {}, "now": false, "last_ran": )",
                       monitoring_interval.count());
    encoding::write_double(now, out);
    out += "}]}";
    return out;
}

MonitoringSocket::MonitoringSocket(Loop& loop, const Config& config, const std::string& address,
                                   const std::optional<std::string>& mode)
    : socket_{loop.context().get_executor(), bus::make_context(1), zmq::socket_type::pub} {
    constexpr int frames = 10;  // for a reader that does not read: what is older says nothing
    socket_.configure(config, frames);
    try {
        socket_.bind(address);
    } catch (const zmq::error_t& e) {
        const auto holder = port_holder(address);
        throw SetupError("cannot bind moksha.monitoring.socket " + address + ": " + e.what() +
                         (holder.empty() ? "" : ", held by " + holder));
    }
    constexpr std::string_view ipc = "ipc://";
    if (!mode || !address.starts_with(ipc)) return;
    constexpr int octal = 8;
    const auto path = address.substr(ipc.size());
    if (::chmod(path.c_str(), static_cast<mode_t>(std::stoul(*mode, nullptr, octal))) != 0)
        throw SetupError("cannot give moksha.monitoring.socket " + path + " the mode " + *mode + ": " +
                         error_text(errno));
}

MonitoringSocket::~MonitoringSocket() { socket_.close(std::chrono::milliseconds{0}); }

void MonitoringSocket::send(const std::string& frame) {
    zmq::message_t message{frame};
    (void)socket_.send(message, false);
    socket_.after_send();
}

}  // namespace fedmsg::services::hub
