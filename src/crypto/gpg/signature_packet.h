#pragma once
/// \file
/// What of a gpg signature is looked at before GnuPG sees it. Source: RFC 4880, 4.2 (packets), 5.2.3
/// (signatures), 6.2 (armor).

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace fedmsg::crypto::gpg {

/// Characters of the field `signature`. With an RSA key of 16384 bits, armored, it has 4,300; more is for
/// nobody's good.
inline constexpr std::size_t largest_signature_field = 16 * 1024;

/// The one signature packet that `bytes` are, or that they are the ASCII armor of. Nothing when there is
/// anything else in them. GnuPG would also unpack compressed data, as much of it as a stranger likes, read
/// several signatures, and, where its gpg.conf says auto-key-import, add a key that comes in a signature
/// to the keyring, after which that stranger is trusted. All the rest is for GnuPG to judge.
[[nodiscard]] std::optional<std::string> signature_packet(std::string_view bytes);

}  // namespace fedmsg::crypto::gpg
