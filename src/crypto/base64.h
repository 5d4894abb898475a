#pragma once
/// \file
/// Base64 (RFC 4648, 4) as the fields `signature` and `certificate` have it.

#include <optional>
#include <string>
#include <string_view>

namespace fedmsg::crypto {

/// One line without an end, as Python's base64.b64encode() gives it: the `signature` of gpg.
[[nodiscard]] std::string encode_base64_line(std::string_view bytes);

/// The fields of x509. Lines of 76 characters, each ended by "\n", the last one too: what Python's
/// base64.encodebytes() gives.
[[nodiscard]] std::string encode_base64(std::string_view bytes);

/// As Python's base64.b64decode(): ASCII characters outside of the alphabet are skipped, and reading ends
/// behind the padding. Nothing when the padding is missing, or when a character is not ASCII.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

}  // namespace fedmsg::crypto
