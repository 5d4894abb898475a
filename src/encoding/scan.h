#pragma once
/// \file
/// Finds the next byte of a string that is not copied as it stands: sixteen bytes at a time where SSE2 is.

#include <algorithm>
#include <bit>
#include <cstddef>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace fedmsg::encoding {

/// Bytes readable behind the NUL that ends a text for next_special().
inline constexpr std::size_t scan_padding = 15;

/// ASCII without control characters, quote and backslash.
inline bool is_plain(char c) { return c >= 0x20 && c != '"' && c != '\\'; }

#ifdef __SSE2__
namespace detail {
/// All ones where one of sixteen bytes is not plain. As signed numbers, bytes from 0x80 are below 0x20, too.
inline __m128i special_bytes(__m128i v) {
    const __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
    const __m128i backslash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
    const __m128i low_or_high = _mm_cmplt_epi8(v, _mm_set1_epi8(0x20));
    return _mm_or_si128(_mm_or_si128(quote, backslash), low_or_high);
}
/// A bit for each of these bytes.
inline unsigned not_plain(__m128i v) { return static_cast<unsigned>(_mm_movemask_epi8(special_bytes(v))); }
}  // namespace detail
#endif

/// The first byte from `p` on that is not plain. The text must end in NUL, with scan_padding bytes behind it.
inline char* next_special(char* p) {
#ifdef __SSE2__
    for (;; p += 16) {
        const unsigned found = detail::not_plain(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
        if (found != 0) return p + std::countr_zero(found);
    }
#else
    while (is_plain(*p)) ++p;
    return p;
#endif
}

inline bool is_printable(char c) { return is_plain(c) && c != 0x7f; }

#ifdef __SSE2__
namespace detail {
inline unsigned not_printable(__m128i v) {
    const __m128i del = _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7f));
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(special_bytes(v), del)));
}
}  // namespace detail
#endif

/// How many of the `size` bytes at `p` come before the first that is not plain or is DEL.
inline std::size_t printable_run(const char* p, std::size_t size) {
    std::size_t i = 0;
#ifdef __SSE2__
    for (; i + 16 <= size; i += 16) {
        const unsigned found =
            detail::not_printable(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p + i)));
        if (found != 0) return i + static_cast<std::size_t>(std::countr_zero(found));
    }
#endif
    while (i < size && is_printable(p[i])) ++i;
    return i;
}

/// Copies these bytes on the way, and perhaps some of those behind them. \param to  room for `size` bytes
inline std::size_t copy_printable_run(const char* p, std::size_t size, char* to) {
    std::size_t i = 0;
#ifdef __SSE2__
    const auto first_of = [](unsigned found) { return static_cast<std::size_t>(std::countr_zero(found)); };
    for (; i + 16 <= size; i += 16) {
        const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + i));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i), v);
        if (const unsigned found = detail::not_printable(v); found != 0) return i + first_of(found);
    }
    if (i < size && size >= 16) {  // the last sixteen, some of which are copied already
        const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + size - 16));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to + size - 16), v);
        const unsigned found = detail::not_printable(v);
        return found == 0 ? size : size - 16 + first_of(found);
    }
    if (size >= 8 && i == 0) {  // the first eight and the last eight
        const __m128i low = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p));
        const __m128i high = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p + size - 8));
        _mm_storel_epi64(reinterpret_cast<__m128i*>(to), low);
        _mm_storel_epi64(reinterpret_cast<__m128i*>(to + size - 8), high);
        const unsigned found = detail::not_printable(_mm_unpacklo_epi64(low, high));
        if (found == 0) return size;
        const auto at = first_of(found);
        return at < 8 ? at : size - 16 + at;
    }
#endif
    for (; i < size && is_printable(p[i]); ++i) to[i] = p[i];
    return i;
}

/// The same of text with scan_padding readable bytes behind it. \param size  not 0 \param to  room for
/// scan_padding bytes more than `size`
inline std::size_t copy_padded_printable_run(const char* p, std::size_t size, char* to) {
#ifdef __SSE2__
    for (std::size_t i = 0;; i += 16) {
        const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + i));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i), v);
        if (const unsigned found = detail::not_printable(v); found != 0)
            return std::min(size, i + static_cast<std::size_t>(std::countr_zero(found)));
        if (size - i <= 16) return size;
    }
#else
    return copy_printable_run(p, size, to);
#endif
}

}  // namespace fedmsg::encoding
