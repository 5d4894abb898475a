#pragma once
/// \file
/// A consumer in C++: what the manual's "The Hub-Consumer Approach" documents for Python, under the same
/// names.
///
///     class Colorizer : public fedmsg::consumers::FedmsgConsumer {
///       public:
///         static constexpr const char* name = "Colorizer";
///         static constexpr const char* config_key = "busmon.consumers.enabled";
///         using FedmsgConsumer::FedmsgConsumer;
///         void consume(const fedmsg::consumers::Message& message) override { … }
///     };
///     FEDMSG_CONSUMERS(Colorizer)
///
/// in a shared object in the folder `consumers` of fedmsg's modules is all that the hub needs. Nothing throws
/// across that border: what a consumer throws is caught on its own side, in handle() and make().

#include "config/config.h"
#include "encoding/document.h"
#include "encoding/value.h"

#include <array>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fedmsg::consumers {

/// Changes with every change of this header.
inline constexpr const char* interface_version = FEDMSG_VERSION "/1";

/// What is handed to consume(); valid until it returns.
struct Message {
    std::string_view topic;   ///< the topic frame
    std::string_view text;    ///< the envelope as JSON, as it was received where that was one line
    std::string_view msg_id;  ///< empty when it has none
    encoding::Node body{};    ///< the envelope; null when jsonify() is false
};

/// What the hub does for a consumer. Safe to use from any thread; nothing here throws.
class Host {
  public:
    [[nodiscard]] virtual const Config& config() const noexcept = 0;
    /// Waits while too much is to be published already. \returns why it is not going to be; nothing: it is
    [[nodiscard]] virtual std::optional<std::string> publish(std::string_view topic, std::string_view modname,
                                                             const encoding::Value& msg) noexcept = 0;
    virtual void log(std::string_view text) noexcept = 0;

  protected:
    ~Host() = default;
};

/// Made once. consume() is called by `moksha.workers_per_consumer` threads: by one, unless that is
/// configured, or by the hub's own with `moksha.blocking_mode`.
class FedmsgConsumer {
  public:
    explicit FedmsgConsumer(Host& host) : host_{host} {}
    virtual ~FedmsgConsumer() = default;
    FedmsgConsumer(const FedmsgConsumer&) = delete;
    FedmsgConsumer& operator=(const FedmsgConsumer&) = delete;

    /// Which messages: patterns with splats (message/topic.h). Asked once.
    [[nodiscard]] virtual std::vector<std::string> topic() const { return {"*"}; }
    /// Whether messages that do not validate are kept away; nothing: as `validate_signatures` says.
    [[nodiscard]] virtual std::optional<bool> validate_signatures() const { return std::nullopt; }
    /// Whether Message::body is wanted: who only looks at the text saves the time to read it.
    [[nodiscard]] virtual bool jsonify() const { return true; }
    /// The entry of `replay_endpoints` to ask for what was missed. Reserved.
    [[nodiscard]] virtual std::string replay_name() const { return {}; }

    virtual void pre_consume(const Message&) {}
    /// What it throws is counted and logged with the msg_id; the next message comes all the same.
    virtual void consume(const Message& message) = 0;
    virtual void post_consume(const Message&) {}

    /// All three, for the hub. \returns what they threw; nothing when all is well
    virtual std::optional<std::string> handle(const Message& message) noexcept {
        try {
            pre_consume(message);
            consume(message);
            post_consume(message);
            return std::nullopt;
        } catch (const std::exception& e) {
            return e.what();
        } catch (...) {
            return "an exception that is no std::exception";
        }
    }

  protected:
    [[nodiscard]] const Config& config() const { return host_.config(); }
    /// As fedmsg::publish, over the hub's own connection. \throws std::runtime_error  when it cannot be
    void publish(std::string_view topic, std::string_view modname, const encoding::Value& msg) {
        if (const auto trouble = host_.publish(topic, modname, msg)) throw std::runtime_error{*trouble};
    }
    /// A line of the hub's log, under the name of this consumer.
    void log(std::string_view text) { host_.log(text); }

  private:
    Host& host_;
};

/// A class of consumers, as data.
struct Kind {
    const char* name;        ///< as `--with-consumers` and the log call it
    const char* config_key;  ///< the key that must be true for it to run
    /// Null, and `trouble`, when its constructor throws.
    std::unique_ptr<FedmsgConsumer> (*make)(Host& host, std::string& trouble) noexcept;
};

template <class Consumer>
inline constexpr Kind kind_of{
    Consumer::name, Consumer::config_key,
    [](Host& host, std::string& trouble) noexcept -> std::unique_ptr<FedmsgConsumer> {
        try {
            return std::make_unique<Consumer>(host);
        } catch (const std::exception& e) {
            trouble = e.what();
        } catch (...) {
            trouble = "an exception that is no std::exception";
        }
        return nullptr;
    }};

/// What a shared object has to offer.
struct Registration {
    const Kind* kinds;
    std::size_t count;
};

/// Of the symbol `fedmsg_consumers` in a shared object; null when it speaks another version.
using Entry = const Registration*(const char* version);

template <class... Consumers>
const Registration* registration(std::string_view version) noexcept {
    static constexpr std::array<Kind, sizeof...(Consumers)> kinds{kind_of<Consumers>...};
    static constexpr Registration all{kinds.data(), kinds.size()};
    return version == interface_version ? &all : nullptr;
}

}  // namespace fedmsg::consumers

/// Makes these classes known to the hub: once in a shared object.
#define FEDMSG_CONSUMERS(...)                                                                  \
    extern "C" __attribute__((visibility("default"))) const ::fedmsg::consumers::Registration* \
    fedmsg_consumers(const char* version) {                                                    \
        return ::fedmsg::consumers::registration<__VA_ARGS__>(version);                        \
    }
