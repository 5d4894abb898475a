#pragma once
// Contestants that do something with the lines of a file, in rounds that alternate. The median counts,
// because other work disturbs single rounds upwards.

#include <algorithm>
#include <chrono>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

struct Contestant {
    std::string name;
    std::function<std::size_t(const std::string&)> work;  // of one line; gives the size of what it made
    std::vector<double> rounds{};                         // nanoseconds a line
    std::size_t made = 0;                                 // in one round

    [[nodiscard]] double median() const {
        auto all = rounds;
        std::ranges::sort(all);
        return all[all.size() / 2];
    }
};

inline std::vector<std::string> read_lines(const std::string& path) {
    std::ifstream file{path};
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(std::move(line));
    if (lines.empty()) throw std::runtime_error{path + " has no lines"};
    return lines;
}

inline void run_round(Contestant& c, const std::vector<std::string>& lines) {
    using Clock = std::chrono::steady_clock;
    constexpr auto least =
        std::chrono::milliseconds{100};  // far above what the clock and one interruption add
    std::size_t count = 0;
    const auto start = Clock::now();
    auto spent = Clock::duration{};
    do {
        c.made = 0;
        for (const auto& line : lines) c.made += c.work(line);
        count += lines.size();
        spent = Clock::now() - start;
    } while (spent < least);
    c.rounds.push_back(std::chrono::duration<double, std::nano>(spent).count() / static_cast<double>(count));
}

}  // namespace bench
