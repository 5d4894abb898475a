#pragma once
/// \file
/// A stream of JSON values, one behind the other: JSON Lines, or documents of many lines, with or without
/// white space between them.

#include "encoding/document.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fedmsg::encoding {

/// Bytes of one value in a stream; a longer one is an error. What the bus carries is far smaller.
inline constexpr std::size_t max_stream_value = 64 * 1024 * 1024;

/// Gives each value of a stream as soon as its last byte is there. Objects, arrays and strings end at their
/// bracket or quote; numbers and words before the next white space, bracket, quote, comma or colon, or at the
/// end of the stream.
///
///     splitter.feed(bytes);
///     while (auto value = splitter.next()) …
class Splitter {
  public:
    explicit Splitter(std::size_t max_value = max_stream_value) : max_value_{max_value} {}

    /// Adds the next bytes, as many as there are.
    void feed(std::string_view bytes);
    /// No more bytes will come: a value that is still open is an error, and next() gives it.
    void finish() { finished_ = true; }

    /// The next value, or what is wrong with it, with its offset, line and column in the whole stream.
    /// Nothing until more bytes are there, at the end, and after an error.
    [[nodiscard]] std::optional<Result<Document, ParseError>> next();

  private:
    struct Place {
        std::size_t offset = 0, line = 1, column = 1;
        void pass(char c);
    };
    enum class State : std::uint8_t { between, inside, word, string, escape, failed };
    enum class Step : std::uint8_t { on, value_ends_before, value_ends_with };

    bool scan();
    void skip_run();
    Step step(char c);
    Step begin_token(char c);
    Step end_bracket(char c);
    Step end_token();
    Result<Document, ParseError> take();

    std::size_t max_value_;
    std::string pending_;      // bytes that next() has not given out
    std::size_t scanned_ = 0;  // of pending_
    std::size_t first_ = 0;    // in pending_: where the value begins
    Place here_, start_;       // of the byte to be scanned next, and of the value's first byte
    State state_ = State::between;
    std::string awaited_;       // the closing brackets of what is open
    bool after_value_ = false;  // inside a bracket, behind a value or key: no other may follow at once
    bool finished_ = false;
};

}  // namespace fedmsg::encoding
