#pragma once
/// \file
/// Keys as numbers: most comparisons of keys are decided by their first eight bytes.

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace fedmsg::encoding {
namespace detail {

template <class Word>
std::uint64_t load_big_endian(const char* p) {
    Word word;
    std::memcpy(&word, p, sizeof word);
    if constexpr (std::endian::native == std::endian::big) return word;
    return sizeof word == 8 ? __builtin_bswap64(word) : __builtin_bswap32(static_cast<std::uint32_t>(word));
}

}  // namespace detail

/// The first eight bytes of a key, with zeros for those that it does not have, as a number that compares as
/// they do.
inline std::uint64_t key_prefix(std::string_view key) {
    const char* const p = key.data();
    const std::size_t size = key.size();
    if (size >= 8) return detail::load_big_endian<std::uint64_t>(p);
    if (size >= 4) {  // the first four and the last four
        const auto last = detail::load_big_endian<std::uint32_t>(p + size - 4) << 8 * (8 - size);
        return detail::load_big_endian<std::uint32_t>(p) << 32 | (last & 0xffffffff);
    }
    std::uint64_t prefix = 0;
    for (std::size_t i = 0; i < size; ++i)
        prefix |= std::uint64_t{static_cast<unsigned char>(p[i])} << (56 - 8 * i);
    return prefix;
}

/// The same of a key with eight readable bytes from its first one on, as those of documents have.
inline std::uint64_t padded_key_prefix(std::string_view key) {
    const auto prefix = detail::load_big_endian<std::uint64_t>(key.data());
    return key.size() >= 8 ? prefix : prefix & ~(~std::uint64_t{0} >> 8 * key.size());
}

}  // namespace fedmsg::encoding
