#pragma once
/// \file
/// Which bytes of a message are signed, and what is done to messages around that.

#include "encoding/document.h"
#include "encoding/value.h"

#include <optional>
#include <string>

namespace fedmsg::crypto {

/// The canonical form of `message` without its members `signature` and `certificate`: what an x509 signature
/// is made over. \param message  an object
[[nodiscard]] std::string signed_bytes(encoding::Node message);

/// The canonical form of the member `msg` alone: what a gpg signature is made over. Nothing where there is
/// none. \param message  an object
[[nodiscard]] std::optional<std::string> signed_msg(encoding::Node message);

/// Somebody has signed it, well or not: it bears what step 1 of validation asks for.
[[nodiscard]] bool is_signed(encoding::Node message);

/// Takes `signature` and `certificate` away.
void strip_credentials(encoding::Object& message);

/// Undoes what datanommer and datagrepper did to a message that they hand out. One that has both
/// `source_name` and `source_version` loses them, and `headers` when that is false in Python (null, {}, …);
/// its timestamp becomes an integer, cut as by Python's int(). Others stay as they are.
/// Source: fedmsg 1.1.7, crypto/utils.py `fix_datagrepper_message`.
void fix_datagrepper_message(encoding::Object& message);

}  // namespace fedmsg::crypto
