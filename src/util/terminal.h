#pragma once
/// \file
/// Standard streams: what they are, and leaving them as they were found.

#include <string_view>

namespace fedmsg {

[[nodiscard]] bool is_terminal(int descriptor);
/// A pipe or a socket: something whose other end can go away.
[[nodiscard]] bool is_pipe(int descriptor);

/// `--color=always|never|auto`; auto: on a terminal, unless $NO_COLOR is set (no-color.org) or $TERM is dumb.
[[nodiscard]] bool wants_colour(std::string_view when, int descriptor);

/// asio makes a descriptor non-blocking, for everybody who shares it: the shell, the other end of a pipeline.
/// Puts the flags back.
class RestoreFlags {
  public:
    explicit RestoreFlags(int descriptor);
    ~RestoreFlags();
    RestoreFlags(const RestoreFlags&) = delete;
    RestoreFlags& operator=(const RestoreFlags&) = delete;

  private:
    int descriptor_;
    int flags_;
};

}  // namespace fedmsg
