#pragma once
/// \file
/// A message for human eyes, and for the next program of a pipe. Source: spec 4, "tail".

#include "encoding/write.h"
#include "message/message.h"

#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::message {

/// How a message is laid out. None shows `signature` and `certificate`, and none ends in a line end.
enum class Layout {
    compact,  ///< one canonical line: what the next program reads
    pretty,   ///< indented, keys sorted, real characters; the timestamp in words, as ctime() has it, local
              ///< time
    really_pretty,  ///< indented, keys as received, everything escaped that is not ASCII; meant to be
                    ///< coloured
};

/// The colours that a dark and a light terminal both show well.
extern const encoding::Palette terminal_palette;

/// Keeps its scratch memory: one for many messages. Control characters are always escaped.
class TextWriter {
  public:
    /// \param palette  null: no colour; it must live as long as the writer
    explicit TextWriter(Layout layout, const encoding::Palette* palette = nullptr);

    /// Appends `message`.
    void write(const Message& message, std::string& out);

  private:
    Layout layout_;
    encoding::Style style_;
    std::vector<encoding::Member> members_;
};

/// What becomes of the control characters of a text that is shown without quotes.
enum class Controls {
    escape,  ///< C0 but for the tab, DEL and C1 become `\u001b`: a message cannot take over the terminal, nor
             ///< fake a line
    keep,    ///< for a pipe: exactly the text
};

/// Appends a text without quotes.
void write_bare(std::string_view text, Controls controls, std::string& out);
/// Appends a string without quotes, another value as canonical JSON.
void write_bare(encoding::Node value, Controls controls, std::string& out);

/// Appends `Thu Jun  9 21:18:41 2011`, local time, whatever the locale. False, and nothing is written, when
/// the year is beyond what a calendar holds.
bool write_ctime(double seconds_since_epoch, std::string& out);

}  // namespace fedmsg::message
