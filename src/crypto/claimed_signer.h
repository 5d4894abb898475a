#pragma once
/// \file
/// Who has signed a message as the message itself says: nothing is validated here.

#include "encoding/document.h"
#include "util/result.h"

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace fedmsg::crypto {

/// What a message says, other than a name.
enum class Unnamed : std::uint8_t {
    unsigned_,  ///< it bears no signature
    gpg,        ///< it has no certificate, and no policy applies to it
    malformed,  ///< its certificate cannot be read
};
/// "unsigned", "gpg", "malformed".
std::string_view code(Unnamed reason);

/// Reads the names in certificates, each certificate once. Safe to use from several threads.
class ClaimedSigners {
  public:
    /// The first CN of the certificate; empty where it has none. \throws SetupError  when the module that
    /// knows X.509 is missing
    [[nodiscard]] Result<std::string, Unnamed> of(encoding::Node message);

  private:
    std::mutex mutex_;
    std::unordered_map<std::string, Result<std::string, Unnamed>> known_;  // by the text of the field
};

}  // namespace fedmsg::crypto
