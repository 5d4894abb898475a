/// What arrives as the `signature` of gpg: a packet, or its armor.
#include "crypto/gpg/signature_packet.h"

#include <cstdint>
#include <cstdlib>

using fedmsg::crypto::gpg::signature_packet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    const auto packet = signature_packet(bytes);
    if (!packet) return 0;
    // One packet, which is its own reading, and of which nothing can be missing.
    if (signature_packet(*packet) != packet) std::abort();
    if (signature_packet(*packet + *packet) || signature_packet(packet->substr(0, packet->size() - 1)))
        std::abort();
    return 0;
}
