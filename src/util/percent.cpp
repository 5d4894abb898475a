#include "util/percent.h"

namespace fedmsg {

std::string percent_encoded(std::string_view text, std::string_view safe) {
    constexpr std::string_view unreserved =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (unreserved.find(c) != unreserved.npos || safe.find(c) != safe.npos)
            result += c;
        else
            result.append(1, '%').append(1, digits[byte >> 4U]).append(1, digits[byte & 0xFU]);
    }
    return result;
}

}  // namespace fedmsg
