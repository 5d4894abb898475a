#pragma once
/// \file
/// The library for other programs: what the manual documents for Python, under the same names. Blocking
/// calls, safe from several threads; no signal handlers, no global state but the one publisher that `publish`
/// uses.
///
///     fedmsg::publish({.topic = "testing", .modname = "test", .msg = Object{{"test", "Hello World"}}});
///     for (const auto& [name, endpoint, topic, message] : fedmsg::tail_messages()) …
///
/// Source: spec "C++ API"; manual, "Python API: Emitting Messages" and "Consuming Messages".

#include "config/config.h"
#include "config/load.h"
#include "encoding/value.h"
#include "encoding/write.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fedmsg {

/// What to publish.
struct Publication {
    std::string topic;    ///< the last part of the topic; empty: `unspecified`
    std::string modname;  ///< the part before it
    encoding::Value msg;  ///< the body; null and what is empty become `{}`
    std::function<void(encoding::Object&)> pre_fire_hook = {};  ///< may look at and change the whole message
};

/// Sends one message: bound to `endpoints[name]`, or connected to the relay when `active` is set, as the
/// configuration says. The first call loads the configuration (unless init() gave one) and waits for a
/// subscriber: see Publisher. \throws SetupError  when no relay takes it within `timeout`; UsageError for a
/// configuration that does not do
void publish(const Publication& publication);

/// Sets up the publisher of publish() with a configuration of one's own.
void init(const Config& config);
/// Ends it, waiting `zmq_linger` at most for what is queued; also done at the end of the program.
/// \throws SetupError  when messages could not leave
void destroy();

/// A publisher of one's own.
class Publisher {
  public:
    /// `config.name` is the entry of `endpoints` to bind; `<program>.<short hostname>` when it is not set.
    explicit Publisher(const Config& config);
    ~Publisher();
    Publisher(const Publisher&) = delete;
    Publisher& operator=(const Publisher&) = delete;

    /// As the free function. Returns the message as it was sent.
    encoding::Object publish(const Publication& publication);
    /// As destroy().
    void close();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// One message of the bus.
struct TailedMessage {
    std::string name;         ///< the entry of `endpoints` it came from
    std::string endpoint;     ///< the address
    std::string topic;        ///< the topic frame
    encoding::Value message;  ///< the envelope, an object
};

/// The messages of the bus, without an end: a range for one loop. Connections are made, and kept up, while
/// next() waits.
class Messages {
  public:
    /// \param topics  prefixes, with splats (message::TopicPattern); none: everything
    explicit Messages(const Config& config, const std::vector<std::string>& topics = {});
    Messages(Messages&&) noexcept;
    ~Messages();

    /// Waits for the next message; nothing when none came within `patience`.
    std::optional<TailedMessage> next(std::optional<std::chrono::milliseconds> patience = {});
    /// How many malformed messages were dropped so far.
    [[nodiscard]] std::size_t dropped() const;

    class Iterator {
      public:
        using iterator_category = std::input_iterator_tag;
        using value_type = TailedMessage;
        using difference_type = std::ptrdiff_t;

        explicit Iterator(Messages& messages) : messages_{&messages} { ++*this; }
        const TailedMessage& operator*() const { return *current_; }
        Iterator& operator++() {
            current_ = messages_->next();
            return *this;
        }
        bool operator==(std::default_sentinel_t) const { return !current_; }

      private:
        Messages* messages_;
        std::optional<TailedMessage> current_;
    };
    Iterator begin() { return Iterator{*this}; }
    static std::default_sentinel_t end() { return {}; }

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Subscribes to every endpoint of the configuration, which is loaded when none is given.
Messages tail_messages();
Messages tail_messages(const Config& config, const std::vector<std::string>& topics = {});

}  // namespace fedmsg
