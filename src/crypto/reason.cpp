#include "crypto/reason.h"

namespace fedmsg::crypto {

std::string_view code(Reason reason) {
    switch (reason) {
        case Reason::valid: return "valid";
        case Reason::unsigned_: return "unsigned";
        case Reason::malformed: return "malformed";
        case Reason::untrusted: return "untrusted";
        case Reason::expired: return "expired";
        case Reason::revoked: return "revoked";
        case Reason::crl_unusable: return "crl-unusable";
        case Reason::bad_signature: return "bad-signature";
        case Reason::unauthorized: return "unauthorized";
        case Reason::topic_mismatch: return "topic-mismatch";
        case Reason::backend_disallowed: return "backend-disallowed";
    }
    return "unknown";
}

}  // namespace fedmsg::crypto
