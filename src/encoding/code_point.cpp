#include "encoding/code_point.h"

#include <algorithm>
#include <cstring>

namespace fedmsg::encoding {

CodePoint first_code_point(std::string_view text) {
    char bytes[5] = {};  // ends in NUL, as sequence_length asks
    std::memcpy(bytes, text.data(), std::min<std::size_t>(4, text.size()));
    const auto low = [&](int i) { return static_cast<unsigned char>(bytes[i]) & 0x3fU; };
    const unsigned lead = static_cast<unsigned char>(bytes[0]);
    if (lead < 0x80) return {lead, 1};
    switch (sequence_length(bytes)) {
        case 2: return {(lead & 0x1f) << 6 | low(1), 2};
        case 3: return {(lead & 0x0f) << 12 | low(1) << 6 | low(2), 3};
        case 4: return {(lead & 0x07) << 18 | low(1) << 12 | low(2) << 6 | low(3), 4};
        default: break;
    }
    const char32_t surrogate = 0xd000 | low(1) << 6 | low(2);
    char form[4] = {};
    put_code_point(surrogate, form);
    if (is_surrogate(surrogate) && std::memcmp(form, bytes, 3) == 0) return {surrogate, 3};
    return {0xfffd, 1};
}

}  // namespace fedmsg::encoding
