/// Consumers in C++ for the tests of the hub, in a shared object: good ones and bad ones.
#include "services/hub/consumer.h"

#include <fstream>
#include <thread>

namespace {

using fedmsg::consumers::FedmsgConsumer;
using fedmsg::consumers::Message;

/// A file named by a key of the configuration.
std::string path_of(const fedmsg::Config& config, std::string_view key) {
    const auto* value = config.values.find(key);
    if (!value || !value->string()) throw std::runtime_error{std::string{key} + " names no file"};
    return *value->string();
}

/// Writes each text down, a line each.
class Recorder final : public FedmsgConsumer {
  public:
    static constexpr const char* name = "Recorder";
    static constexpr const char* config_key = "test.recorder";
    explicit Recorder(fedmsg::consumers::Host& host)
        : FedmsgConsumer{host}, file_{path_of(config(), "test.record"), std::ios::app} {}

    [[nodiscard]] bool jsonify() const override { return false; }
    void consume(const Message& message) override { file_ << message.text << '\n' << std::flush; }

  private:
    std::ofstream file_;
};

/// Throws at every message whose number can be divided by three.
class Thrower final : public FedmsgConsumer {
  public:
    static constexpr const char* name = "Thrower";
    static constexpr const char* config_key = "test.thrower";
    using FedmsgConsumer::FedmsgConsumer;

    void consume(const Message& message) override {
        const auto i = message.body.find("i")->integer().value();
        if (i % 3 == 0) throw std::runtime_error{"cannot digest"};
        if (i % 3 == 1) throw 42;
    }
};

/// Never returns.
class Hanger final : public FedmsgConsumer {
  public:
    static constexpr const char* name = "Hanger";
    static constexpr const char* config_key = "test.hanger";
    using FedmsgConsumer::FedmsgConsumer;

    void consume(const Message&) override {
        for (;;) std::this_thread::sleep_for(std::chrono::hours{1});
    }
};

/// Cannot be made.
class Unborn final : public FedmsgConsumer {
  public:
    static constexpr const char* name = "Unborn";
    static constexpr const char* config_key = "test.unborn";
    explicit Unborn(fedmsg::consumers::Host& host) : FedmsgConsumer{host} {
        throw std::runtime_error{"no database"};
    }
    void consume(const Message&) override {}
};

}  // namespace

FEDMSG_CONSUMERS(Recorder, Thrower, Hanger, Unborn)
