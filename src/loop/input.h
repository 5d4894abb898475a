#pragma once
/// \file
/// Standard input on the event loop, whatever it is: a file, a pipe, a terminal.

#include "loop/loop.h"
#include "util/terminal.h"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg {

class Input {
  public:
    /// \param name  for errors
    Input(Loop& loop, int descriptor, std::string name = "standard input");

    /// The next bytes, valid until the next call; nothing at the end. \throws SetupError when it cannot be
    /// read
    [[nodiscard]] asio::awaitable<std::optional<std::string_view>> read();
    /// What can be had without waiting; nothing at the end, or when there is nothing now.
    [[nodiscard]] std::optional<std::string_view> read_now();

  private:
    int descriptor_;
    std::string name_;
    RestoreFlags flags_;
    asio::posix::stream_descriptor ready_;
    std::vector<char> buffer_;
    bool waits_;  // files and /dev/null are always ready, and epoll does not take them
};

/// Cuts chunks into lines. Lines end in "\n"; the last one may lack it.
class LineSplitter {
  public:
    void feed(std::string_view chunk) { chunk_ = chunk; }
    /// The next whole line without its end, valid until the next call or feed().
    std::optional<std::string_view> next();
    /// After the end of the input: what is left.
    std::optional<std::string_view> rest();

  private:
    std::string_view chunk_;
    std::string begun_;   // of a line that goes on in the next chunk
    bool clear_ = false;  // begun_ was handed out
};

}  // namespace fedmsg
