#pragma once
/// \file
/// What makes a relay a signing relay. Source: spec "Tools"; fedmsg 1.1.7, consumers/relay.py
/// `SigningRelayConsumer`.

#include "crypto/signer.h"
#include "services/relay/step.h"

namespace fedmsg::services {

/// Signs each message, and writes it in its canonical form. One that is signed already passes as it came,
/// whatever its signature is worth: that is for those who validate. A body that is JSON, but no object with a
/// `topic`, gets the envelope that every subscriber puts around it, as in the Python system. Dropped is
///   - what is not JSON: subscribers would drop it; the Python system signed it as a string;
///   - a `topic` that is not the frame's: validators would refuse it, and a publisher could have a topic
///   signed
///     under which nobody sees it;
///   - what cannot be signed, by gpg, whose key may be gone.
/// \param resign  signs what is signed already, too, in place of the signature it has
[[nodiscard]] Step signing_step(crypto::Signer signer, bool resign);

}  // namespace fedmsg::services
