#include "services/relay/signing_step.h"

#include "crypto/signed_message.h"
#include "encoding/write.h"
#include "util/log.h"

#include <memory>
#include <mutex>

namespace fedmsg::services {
namespace {

class Signing {
  public:
    Signing(crypto::Signer signer, bool resign) : signer_{std::move(signer)}, resign_{resign} {}

    Result<Passed, message::Drop> operator()(bus::Frames& frames) {
        const auto message = message::Message::parse(frames.topic_text(), frames.body_text());
        if (!message) return message.error();
        if (!resign_ && crypto::is_signed(message->envelope())) return Passed::as_it_came;
        if (message->envelope().find_string("topic") != message->topic())
            return message::Drop::topic_mismatch;
        auto envelope = encoding::to_value(message->envelope());
        if (const auto why = signer_.try_sign(*envelope.object())) {
            complain(*why);
            return message::Drop::not_signed;
        }
        const auto bytes = encoding::dumps(envelope);
        frames.body.rebuild(bytes.data(), bytes.size());
        return Passed::signed_here;
    }

  private:
    void complain(const std::string& why) {
        const std::lock_guard lock{mutex_};
        if (limit_.pass()) log::error("signing-relay", "cannot sign: {}", why);
    }

    crypto::Signer signer_;
    bool resign_;
    std::mutex mutex_;
    log::Limit limit_;
};

}  // namespace

Step signing_step(crypto::Signer signer, bool resign) {
    auto in_use = signer.in_use();
    return {.work = [signing = std::make_shared<Signing>(std::move(signer), resign)](
                        bus::Frames& frames) { return (*signing)(frames); },
            .in_use = std::move(in_use)};
}

}  // namespace fedmsg::services
