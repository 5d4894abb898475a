#include "util/nearest.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <numeric>

namespace fedmsg {

std::size_t edit_distance(std::string_view a, std::string_view b) {
    assert(a.size() <= longest_word_compared && b.size() <= longest_word_compared);
    using Row = std::array<std::size_t, longest_word_compared + 1>;
    std::array<Row, 3> rows;  // of the table: this one and the two above it
    std::iota(rows[0].begin(), rows[0].end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        Row& row = rows[i % 3];
        const Row& above = rows[(i - 1) % 3];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = above[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) row[j] = std::min(row[j], rows[(i - 2) % 3][j - 2] + 1);
        }
    }
    return rows[a.size() % 3][b.size()];
}

std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates) {
    if (word.size() > longest_word_compared) return std::nullopt;
    std::size_t limit = std::min<std::size_t>(2, word.size() / 3);
    std::optional<std::string_view> best;
    for (const std::string_view candidate : candidates) {
        const auto [shorter, longer] = std::minmax({word.size(), candidate.size()});
        if (limit == 0 || longer > longest_word_compared || longer - shorter > limit) continue;
        const std::size_t distance = edit_distance(word, candidate);
        if (distance == 0 || distance > limit) continue;
        best = candidate;
        limit = distance - 1;  // only a closer one replaces it
    }
    return best;
}

}  // namespace fedmsg
