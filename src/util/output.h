#pragma once
/// \file
/// Standard output as a stream of data: buffered by us, told apart from a reader that went away.

#include <string>
#include <string_view>

namespace fedmsg {

/// Whoever read our output closed it (`fedmsg tail | head -1`): not an error, the command ends quietly.
struct ReaderGone {};

class Output {
  public:
    /// \param descriptor  a file descriptor open for writing; not closed
    explicit Output(int descriptor) : descriptor_{descriptor} {}
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    /// Where to append; flush() from time to time.
    std::string& buffer() { return buffer_; }
    void write(std::string_view text) { buffer_ += text; }
    /// Flushes once more than 64 KiB wait.
    void flush_if_large();
    /// More than 64 KiB wait.
    [[nodiscard]] bool is_large() const;
    /// Waits until all is written. \throws ReaderGone, SetupError (a full disk)
    void flush();
    /// Writes what can be written without waiting, where the descriptor is non-blocking; whether that was
    /// all. \throws as flush()
    bool try_flush();

  private:
    int descriptor_;
    std::string buffer_;
};

/// Standard output.
Output& output();

}  // namespace fedmsg
