#pragma once
/// \file
/// Standard output as a stream of data: buffered by us, told apart from a reader that went away.

#include <cstddef>
#include <string>
#include <string_view>

namespace fedmsg {

/// Whoever read our output closed it (`fedmsg tail | head -1`): not an error, the command ends quietly.
struct ReaderGone {};

class Output {
  public:
    /// Bytes that are written together: what a pipe holds, and whole pages of a file.
    static constexpr std::size_t block = 64 * 1024;
    /// What to write: of a stream that goes on, what ends at a multiple of `block`, which costs a file system
    /// half as much.
    enum class Part { blocks, all };

    /// \param descriptor  a file descriptor open for writing; not closed
    explicit Output(int descriptor) : descriptor_{descriptor} {}
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    /// Where to append; flush() from time to time.
    std::string& buffer() { return buffer_; }
    void write(std::string_view text) { buffer_ += text; }
    /// Flushes once a block or more waits.
    void flush_if_large();
    /// A block or more waits.
    [[nodiscard]] bool is_large() const;
    /// Waits until all is written. \throws ReaderGone, SetupError (a full disk)
    void flush();
    /// Writes what can be written without waiting, where the descriptor is non-blocking; whether that was
    /// all of `part`. \throws as flush()
    bool try_flush(Part part = Part::all);

  private:
    int descriptor_;
    std::string buffer_;
    std::size_t written_ = 0;  // so far
};

/// Standard output.
Output& output();

}  // namespace fedmsg
