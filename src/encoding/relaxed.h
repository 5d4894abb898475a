#pragma once
/// \file
/// JSON that people write by hand: comments (`//`, `#`, `/* */`) and a comma after the last item are taken.
/// For configuration files only; what comes from the bus is read by the strict Document.

#include "encoding/document.h"
#include "encoding/value.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::encoding {

/// Where a key of the outermost object stands, or one of the objects directly in it.
struct KeyLine {
    bool inner;        ///< belongs to the last outer key before it
    std::string key;   ///< decoded
    std::size_t line;  ///< from 1
};

struct Relaxed {
    Value value;
    std::vector<KeyLine> keys;  ///< in the order of the text
};

/// As loads, with positions of errors in the text as it was given.
[[nodiscard]] Result<Relaxed, ParseError> loads_relaxed(std::string_view text);

}  // namespace fedmsg::encoding
