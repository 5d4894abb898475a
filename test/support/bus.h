#pragma once
/// \file
/// Plain ZeroMQ sockets, for a test that plays the other end of the wire, and the scene of most tests: a
/// relay.

#include "support/files.h"
#include "support/process.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <zmq.hpp>

namespace fedmsg::test {

using Frames = std::vector<std::string>;

/// A port of 127.0.0.1 that is ours: bound, not listening. Who connects is refused; a server that sets
/// SO_REUSEADDR, as libzmq does, may listen on it.
class Port {
  public:
    Port();
    ~Port();
    Port(const Port&) = delete;
    Port& operator=(const Port&) = delete;

    [[nodiscard]] int number() const { return number_; }
    [[nodiscard]] std::string address() const { return "tcp://127.0.0.1:" + std::to_string(number_); }

  private:
    int descriptor_;
    int number_ = 0;
};

/// What `systemd` would hear: $NOTIFY_SOCKET.
class Notifications {
  public:
    Notifications();
    ~Notifications();
    Notifications(const Notifications&) = delete;
    Notifications& operator=(const Notifications&) = delete;

    [[nodiscard]] const std::string& address() const { return address_; }
    /// The next datagram with `text` in it, sent while `sender` runs. \throws std::runtime_error  when it
    /// ends, or never says so
    std::string wait_for(std::string_view text, Process& sender);
    /// The next one that is there already.
    std::optional<std::string> next_now();

  private:
    int descriptor_;
    std::string address_;
};

/// A publisher: XPUB, so that subscriptions are seen. Nothing is lost silently.
class Bus {
  public:
    /// Bound to a free port.
    Bus();
    /// Connected to a relay's inbound side; has a subscriber when this returns.
    /// \param linger  how long what has not left yet may take to leave
    explicit Bus(const std::string& address, std::chrono::milliseconds linger = patience);

    [[nodiscard]] const std::string& address() const { return address_; }
    /// What makes `fedmsg tail` listen to it: --endpoint test=ADDRESS.
    [[nodiscard]] std::vector<std::string> as_endpoint() const { return {"--endpoint", "test=" + address_}; }

    /// Waits for a subscription, and gives its prefix. \throws std::runtime_error  when none comes
    std::string wait_for_subscriber();
    void publish(std::string_view topic, std::string_view body) {
        publish(Frames{std::string{topic}, std::string{body}});
    }
    void publish(const Frames& frames);

  private:
    zmq::context_t context_;
    zmq::socket_t socket_;
    std::string address_;
};

/// A subscriber to everything, connected or bound.
class Listener {
  public:
    explicit Listener(const std::string& connect_to, int high_water_mark = 0);
    static Listener bound(const std::string& address);

    /// The next message. \throws std::runtime_error  when patience is at its end
    Frames next();
    std::optional<Frames> next_for(std::chrono::milliseconds time);

  private:
    Listener() = default;
    zmq::context_t context_;
    zmq::socket_t socket_{context_, zmq::socket_type::sub};
};

/// `fedmsg relay`, or `fedmsg signing-relay`, with ports and a configuration of its own.
class Relay {
  public:
    /// \param settings  more members of the configuration: R"("high_water_mark": 10)"
    /// \param words  the command, and its options
    explicit Relay(std::string settings = "", std::vector<std::string> words = {"relay"});

    /// Starts it; returns when it is ready.
    void start();
    /// Starts it so that it is ready once there is a subscriber, and no sooner: then ready().
    void start_and_wait_for_subscriber();
    void ready();
    /// SIGTERM; its exit status.
    int stop();

    Process& process() { return *process_; }
    Notifications& notifications() { return notifications_; }
    [[nodiscard]] std::string inbound() const { return inbound_.address(); }
    [[nodiscard]] std::string outbound() const { return outbound_.address(); }
    [[nodiscard]] std::string config() const { return (folder_ / "config.json").string(); }
    void configure(const std::string& settings);
    /// `fedmsg WORDS… --config-filename …`, as a client of this relay.
    [[nodiscard]] Start fedmsg(std::vector<std::string> words) const;
    /// The words for `bash -c`: "$fedmsg logger --config-filename /tmp/…".
    [[nodiscard]] std::string command(const std::string& words) const {
        return "$fedmsg " + words + " --config-filename " + config();
    }

    /// Publishes markers until `heard` is true of one, and then the last one; how many there were.
    int publish_until(const std::function<bool()>& heard);
    /// Starts `fedmsg tail WORDS…`, which prints JSON lines; from its next line on, nothing is missed.
    Process tail(std::vector<std::string> words = {});
    /// The same for a plain subscriber.
    std::unique_ptr<Listener> listener(int high_water_mark = 0);

  private:
    void launch(std::string_view patience_for_subscriber);

    std::vector<std::string> words_;
    TemporaryFolder folder_;
    Port inbound_, outbound_;
    Notifications notifications_;
    std::optional<Process> process_;
};

}  // namespace fedmsg::test
