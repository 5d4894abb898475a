/// A whole signed message, as it arrives.
#include "trust.h"

#include "crypto/signed_message.h"
#include "util/utf8.h"

#include <cstddef>
#include <cstdint>
#include <set>

using namespace fedmsg;
using namespace fedmsg::crypto;

namespace {

/// What has been signed by those who may.
std::set<std::string> known() {
    std::set<std::string> result;
    for (const auto& message : fuzz::good_messages())
        result.insert(signed_bytes(encoding::Document::parse(encoding::dumps(message))->root()));
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto good = known();
    const auto document = encoding::Document::parse({reinterpret_cast<const char*>(data), size});
    if (!document) return 0;
    const auto verdict = fuzz::validator().validate(document->root());
    if (verdict.valid() != verdict.detail.empty() || !is_utf8(verdict.detail)) std::abort();
    if (verdict.valid() && !good.contains(signed_bytes(document->root()))) std::abort();
    return 0;
}
