#include "crypto/pem.h"

#include <string>

namespace fedmsg::crypto {

std::optional<PemBlock> next_pem_block(std::string_view text, std::size_t& offset) {
    constexpr std::string_view begin = "-----BEGIN ", dashes = "-----";
    for (;;) {
        const auto start = text.find(begin, offset);
        if (start == text.npos) break;
        offset = start + begin.size();
        const auto line_end = text.find('\n', offset);
        const auto label_end = text.find(dashes, offset);
        if (label_end == text.npos || label_end > line_end) continue;
        const auto label = text.substr(offset, label_end - offset);
        const auto body = label_end + dashes.size();
        const auto end_line = "-----END " + std::string{label} + "-----";
        const auto body_end = text.find(end_line, body);
        if (body_end == text.npos) continue;
        offset = body_end + end_line.size();
        if (offset < text.size() && text[offset] == '\r') ++offset;
        if (offset < text.size() && text[offset] == '\n') ++offset;
        return PemBlock{label, text.substr(body, body_end - body), text.substr(start, offset - start)};
    }
    offset = text.size();
    return std::nullopt;
}

std::optional<PemBlock> first_certificate(std::string_view text) {
    std::size_t offset = 0;
    while (const auto block = next_pem_block(text, offset))
        if (is_certificate_label(block->label)) return block;
    return std::nullopt;
}

}  // namespace fedmsg::crypto
