#include "services/relay/signing_step.h"

#include "crypto/signed_message.h"
#include "encoding/write.h"

#include <memory>

namespace fedmsg::services {
namespace {

Result<Passed, message::Drop> sign(bus::Frames& frames, const crypto::Signer& signer, bool resign) {
    const auto message = message::Message::parse(frames.topic_text(), frames.body_text());
    if (!message) return message.error();
    if (!resign && crypto::is_signed(message->envelope())) return Passed::as_it_came;
    if (message->envelope().find_string("topic") != message->topic()) return message::Drop::topic_mismatch;
    auto envelope = encoding::to_value(message->envelope());
    signer.sign(*envelope.object());
    const auto bytes = encoding::dumps(envelope);
    frames.body.rebuild(bytes.data(), bytes.size());
    return Passed::signed_here;
}

}  // namespace

Step signing_step(crypto::Signer signer, bool resign) {
    return [signer = std::make_shared<const crypto::Signer>(std::move(signer)), resign](bus::Frames& frames) {
        return sign(frames, *signer, resign);
    };
}

}  // namespace fedmsg::services
