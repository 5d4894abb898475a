// What a relay's port may answer. The first byte says how the rest is cut: the pieces do not change what is
// understood.
#include "wire/zmtp.h"

#include <algorithm>
#include <cstdlib>
#include <string>

namespace {

using namespace fedmsg::wire;

struct Outcome {
    bool ready = false, subscribed = false, dismissed = false;
    std::string output, error;
    bool operator==(const Outcome&) const = default;
};

Outcome feed(std::string_view bytes, std::size_t size) {
    PublisherSession session;
    Outcome outcome;
    try {
        for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size())))
            session.feed(bytes.substr(0, size));
    } catch (const ProtocolError& e) {
        outcome.error = e.what();
    }
    outcome.ready = session.ready();
    outcome.subscribed = session.subscribed();
    outcome.dismissed = session.dismissed();
    outcome.output = session.take_output();
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
    const auto whole = feed(bytes, bytes.size() + 1), cut = feed(bytes, 1 + data[0] % 16U);
    if (!(whole == cut)) std::abort();
    if (whole.subscribed && !whole.ready) std::abort();
    return 0;
}
