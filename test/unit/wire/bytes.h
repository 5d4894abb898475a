#pragma once
/// \file
/// What a peer sends, written by hand.

#include <initializer_list>
#include <string>
#include <string_view>

namespace fedmsg::wire {

inline std::string bytes(std::initializer_list<int> values) {
    std::string result;
    for (const int value : values) result += static_cast<char>(value);
    return result;
}

inline std::string command(std::string_view payload) {
    return bytes({4, static_cast<int>(payload.size())}) + std::string{payload};
}

inline std::string ready(std::string_view type) {
    return command("\5READY\13Socket-Type" + bytes({0, 0, 0, static_cast<int>(type.size())}) +
                   std::string{type});
}

inline std::string subscription(int what, std::string_view prefix = "") {
    return bytes({0, static_cast<int>(prefix.size()) + 1, what}) + std::string{prefix};
}

}  // namespace fedmsg::wire
