#pragma once
/// \file
/// `--format '{topic} {msg.user}'`: a line of one's own making.

#include "message/path.h"
#include "message/text.h"

#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::message {

/// Text with paths in braces. `{{` and `}}` are braces; `\n`, `\t` and `\\` are a line end, a tab and a
/// backslash.
class Template {
  public:
    /// \throws UsageError  "format: column 7: '{' is not closed"
    explicit Template(std::string_view text);

    /// Appends the text with the value of each path, as write_bare() has it; nothing for one that is missing.
    void write(encoding::Node envelope, Controls controls, std::string& out) const;

  private:
    struct Field {
        std::string before;  // text in front of it
        Path path;
    };
    std::vector<Field> fields_;
    std::string end_;
};

}  // namespace fedmsg::message
