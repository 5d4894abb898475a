#pragma once
/// \file
/// Percent-encoding. Standard: RFC 3986, 2.1.

#include <string>
#include <string_view>

namespace fedmsg {

/// As a part of a URL: what is neither unreserved (2.3) nor in `safe` becomes %XX.
[[nodiscard]] std::string percent_encoded(std::string_view text, std::string_view safe = {});

}  // namespace fedmsg
