#pragma once
/// \file
/// What a program says on its standard output, one JSON object a line. Source: spec "Hub and consumers".
///
///     {"msg_id": "2026-…", "ok": true}                        mode ack: handled, or not (false); without
///                                                             msg_id, the oldest message not answered yet
///     {"publish": {"topic": …, "modname": …, "msg": …}}       to be published
///
/// Anything else is counted, and otherwise ignored.

#include "encoding/document.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace fedmsg::services::hub {

/// A longer line is passed over, and counted as one that means nothing.
inline constexpr std::size_t longest_line = 1024 * 1024;

/// Cuts a stream into lines of bounded length.
class Lines {
  public:
    explicit Lines(std::size_t longest = longest_line) : longest_{longest} {}

    /// Calls `on_line(text)` for each whole line without its end, and `on_too_long()` once for each that is
    /// longer.
    template <class OnLine, class OnTooLong>
    void feed(std::string_view bytes, OnLine on_line, OnTooLong on_too_long) {
        while (!bytes.empty()) {
            const auto end = bytes.find('\n');
            const auto part = bytes.substr(0, end);
            if (!passing_over_ && begun_.size() + part.size() > longest_) {
                passing_over_ = true;
                begun_.clear();
                on_too_long();
            }
            if (end == bytes.npos) {
                if (!passing_over_) begun_ += part;
                return;
            }
            if (!passing_over_) {
                if (begun_.empty()) {
                    on_line(part);
                } else {
                    begun_ += part;
                    on_line(std::string_view{begun_});
                    begun_.clear();
                }
            }
            passing_over_ = false;
            bytes.remove_prefix(end + 1);
        }
    }
    /// After the end: a last line without its end; empty when there is none.
    [[nodiscard]] std::string_view rest() const { return begun_; }

  private:
    std::size_t longest_;
    std::string begun_;
    bool passing_over_ = false;
};

struct Answer {
    std::optional<std::string> msg_id;
    bool ok;
};
struct ToPublish {
    std::string topic;                   ///< empty: not given
    std::optional<std::string> modname;  ///< nothing: not given
    std::string msg;                     ///< in its published form
};
struct Meaningless {
    const char* why;
};

[[nodiscard]] std::variant<Answer, ToPublish, Meaningless> read_output_line(std::string_view line);

}  // namespace fedmsg::services::hub
