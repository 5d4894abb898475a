/// What arrives as `signature` and `certificate`: base64, and PEM blocks in it.
#include "crypto/base64.h"
#include "crypto/pem.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

using namespace fedmsg::crypto;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    if (decode_base64(encode_base64(text)) != text) std::abort();
    const auto decoded = decode_base64(text);
    for (const std::string_view pem : {text, decoded ? std::string_view{*decoded} : std::string_view{}}) {
        std::size_t offset = 0, before = 0;
        while (const auto block = next_pem_block(pem, offset)) {
            // Inside of the text, and each behind the one before.
            if (block->whole.data() < pem.data() + before || offset <= before || offset > pem.size())
                std::abort();
            if (block->whole.data() + block->whole.size() != pem.data() + offset) std::abort();
            if (block->whole.find(block->body) == block->whole.npos) std::abort();
            before = offset;
        }
        if (offset != pem.size()) std::abort();
    }
    return 0;
}
