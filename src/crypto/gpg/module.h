#pragma once
/// \file
/// What the loadable module `fedmsg-gpg.so` does: everything that needs GPGME, which starts gpg(1) for each
/// signature and each verdict. Nothing throws across this border.

#include "crypto/reason.h"
#include "util/result.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fedmsg::crypto::gpg {

/// A detached signature: one OpenPGP packet (RFC 4880, 5.2).
struct Signature {
    std::string packet;
};

/// A secret key. Safe to use from several threads.
class SigningKey {
  public:
    virtual ~SigningKey() = default;
    /// Or why there is none: the key is locked, gpg cannot be started, … Takes 5 ms (Ed25519)
    /// to 11 ms (RSA-2048) on a busy machine, most of it for starting gpg.
    [[nodiscard]] virtual Result<Signature, std::string> sign(std::string_view bytes) const = 0;
    /// Why gpg will not sign with it at that time: it has expired.
    [[nodiscard]] virtual std::optional<std::string> trouble(std::chrono::sys_seconds now) const = 0;
};

/// The public keys of one `gpg_home`. Safe to use from several threads.
class Keyring {
  public:
    virtual ~Keyring() = default;
    /// Whether one of the keys has signed `bytes`; whose signature GnuPG trusts is not asked. What is wrong
    /// with the folder is said by each verdict until it is mended.
    /// \param signature  one OpenPGP packet: see signature_packet()
    ///
    /// About 5 ms on a busy machine, half of it processor time of gpg. Waits for gpg for as long as gpg
    /// takes.
    [[nodiscard]] virtual Verdict verify(std::string_view signature, std::string_view bytes) const = 0;
};

/// The door of the module. Errors are texts that name gpg_home. Safe to use from several threads.
class Module {
  public:
    virtual ~Module() = default;
    /// Makes a trial signature: a key that is locked is told before it is needed.
    /// \param home  of GnuPG \param name  as GnuPG names keys: a fingerprint, an address
    [[nodiscard]] virtual Result<std::unique_ptr<SigningKey>, std::string> load_key(
        const std::string& home, const std::string& name) const = 0;
    /// Fails only where gpg itself is missing.
    [[nodiscard]] virtual Result<std::unique_ptr<Keyring>, std::string> open_keyring(
        const std::string& home) const = 0;
};

/// Changes with every change of this header.
inline constexpr const char* interface_version = FEDMSG_VERSION "/1";

}  // namespace fedmsg::crypto::gpg
