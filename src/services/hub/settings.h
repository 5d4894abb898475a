#pragma once
/// \file
/// The key `consumers`, entry by entry. Source: spec "Consumer kinds"; fedmsg-hub(1), "Programs".

#include "config/load.h"
#include "services/hub/ledger.h"
#include "services/hub/queue.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fedmsg::services::hub {

/// How a program gets its messages.
enum class Mode : std::uint8_t { stream, each, ack };
std::string_view to_string(Mode mode);

/// One entry of `consumers`: a program, or settings for a consumer in C++.
struct ConsumerSettings {
    std::string name;                      ///< the key of the entry
    std::vector<std::string> command{};    ///< `command`, its program looked up in PATH; empty: C++
    std::vector<std::string> topics{"*"};  ///< `topic`
    bool topic_is_list = false;
    Mode mode = Mode::stream;                   ///< `mode`
    std::string config_key{};                   ///< `config_key`: must be true; empty: needs none
    bool enabled = true;                        ///< `enabled`, and what config_key says
    std::optional<bool> validate_signatures{};  ///< `validate_signatures`; nothing: the configuration's
    Queue::Settings queue{};                    ///< `when_full`, `queue_bytes`, `block_for`
    std::size_t jobs = 1;                       ///< `jobs`: processes at once (each)
    std::size_t unacknowledged = 100;  ///< `unacknowledged`: messages handed out and not answered (ack)
    Ledger::Settings attempts{};       ///< `retries`, `retry_after` (each, ack)
    std::chrono::milliseconds timeout{300'000};  ///< `timeout`: for one message (each, ack)
    std::string directory{};                     ///< `directory` to run in; empty: the hub's
    std::vector<std::pair<std::string, std::string>> environment{};  ///< `environment`, added to the hub's
};

struct CheckedConsumers {
    std::vector<ConsumerSettings> consumers;
    std::vector<Finding> errors;
};

/// All that is wrong, at once. \param loaded  `consumers` is a dict of dicts there
CheckedConsumers check_consumers(const Loaded& loaded);

/// Whether the configuration has that key, and it is true: what enables a consumer.
bool is_true(const Config& config, std::string_view key);

}  // namespace fedmsg::services::hub
