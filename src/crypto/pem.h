#pragma once
/// \file
/// Textual encodings of certificates, CRLs and keys: RFC 7468. Only finds the blocks; their base64 is decoded
/// by who reads it.

#include <cstddef>
#include <optional>
#include <string_view>

namespace fedmsg::crypto {

struct PemBlock {
    std::string_view label;  ///< "CERTIFICATE"
    std::string_view body;   ///< base64 with its line ends
    std::string_view whole;  ///< from "-----BEGIN" to the end of the line of "-----END"
};

/// The first block at or behind `offset`, which moves behind it. What stands around blocks is
/// skipped, and so is a BEGIN whose next END is another's. Linear in the length of the text.
[[nodiscard]] std::optional<PemBlock> next_pem_block(std::string_view text, std::size_t& offset);

/// The first block that is a certificate: labelled CERTIFICATE, or X509 CERTIFICATE as old tools do.
[[nodiscard]] std::optional<PemBlock> first_certificate(std::string_view text);

[[nodiscard]] inline bool is_certificate_label(std::string_view label) {
    return label == "CERTIFICATE" || label == "X509 CERTIFICATE";
}

}  // namespace fedmsg::crypto
