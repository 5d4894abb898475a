#pragma once
/// \file
/// What a consumer has missed, in values: its status file, and the pages of datagrepper. Source: spec
/// "Backlog"; fedmsg 1.1.7, consumers/__init__.py.

#include "encoding/value.h"
#include "util/result.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::services::hub {

/// Why a text is not what it should be.
struct Misread {
    std::string text;
};

/// `status_directory/PROGRAM/CONSUMER`: the message that the consumer had last.
struct Status {
    std::string topic;
    std::string body;                 ///< the envelope, as canonical JSON
    std::string msg_id;               ///< empty: none
    std::optional<double> timestamp;  ///< seconds since the epoch
    bool finished = false;            ///< "post"; else "pre": it was at work on it
};

/// A body may be an object, or a string that holds one: as consumers
/// without `jsonify` have it.
[[nodiscard]] Result<Status, Misread> read_status(std::string_view text);
/// \param envelope  JSON \param as_string  the consumer has no `jsonify`
[[nodiscard]] std::string status_text(std::string_view topic, std::string_view envelope, bool as_string,
                                      bool finished);

/// Messages of one question, and pages that a question has: as many as the Python system asks for.
inline constexpr std::size_t messages_a_page = 100;

/// \param start, end  seconds since the epoch, both included \param page  from 1
[[nodiscard]] std::string page_url(std::string_view datagrepper_url, double start, double end,
                                   std::size_t page);

struct Page {
    std::size_t pages = 0;                     ///< of the whole answer
    std::vector<encoding::Object> messages{};  ///< oldest first, as they were published
    std::size_t unusable = 0;                  ///< entries that are no message with a topic
};

[[nodiscard]] Result<Page, Misread> read_page(std::string_view text);

}  // namespace fedmsg::services::hub
