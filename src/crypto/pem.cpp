#include "crypto/pem.h"

namespace fedmsg::crypto {

std::optional<PemBlock> next_pem_block(std::string_view text, std::size_t& offset) {
    constexpr std::string_view begin = "-----BEGIN ", end = "-----END ", dashes = "-----";
    std::size_t end_line = 0;  // looked for only once it is passed: hostile text has a million BEGINs
    for (;;) {
        const auto start = text.find(begin, offset);
        if (start == text.npos) break;
        offset = start + begin.size();
        const auto label_end = text.find(dashes, offset);
        if (label_end == text.npos) break;
        const auto label = text.substr(offset, label_end - offset);
        if (label.find('\n') != label.npos) continue;
        const auto body = label_end + dashes.size();
        if (end_line < body) end_line = text.find(end, body);
        if (end_line == text.npos) break;
        const auto rest = text.substr(end_line + end.size());
        if (!rest.starts_with(label) || !rest.substr(label.size()).starts_with(dashes)) continue;
        offset = end_line + end.size() + label.size() + dashes.size();
        if (offset < text.size() && text[offset] == '\r') ++offset;
        if (offset < text.size() && text[offset] == '\n') ++offset;
        return PemBlock{label, text.substr(body, end_line - body), text.substr(start, offset - start)};
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
