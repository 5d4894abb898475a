/// What arrives as `signature` of a message that is well otherwise.
#include "trust.h"

#include <cstddef>
#include <cstdint>

using namespace fedmsg;
using namespace fedmsg::crypto;

namespace {

struct Signed {
    encoding::Value message = fuzz::good_messages().front();
    std::string signature = *decode_base64(*message["signature"].string());
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Signed good;
    const std::string text{reinterpret_cast<const char*>(data), size};
    for (const auto& field : {text, encode_base64(text)}) {
        auto message = good.message;
        message["signature"] = field;
        const auto document = encoding::Document::parse(encoding::dumps(message));
        if (!document) continue;  // no JSON string has these bytes
        const auto verdict = fuzz::validator().validate(document->root());
        if (verdict.valid() && decode_base64(field) != good.signature) std::abort();
    }
    return 0;
}
