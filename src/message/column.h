#pragma once
/// \file
/// Where in what an operator typed the error is.

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace fedmsg::message {

/// The column of byte `at`, from 1, in characters. \param text  UTF-8
inline std::size_t column(std::string_view text, std::size_t at) {
    const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
    return 1 + static_cast<std::size_t>(std::ranges::count_if(text.substr(0, at), begins));
}

}  // namespace fedmsg::message
