// What sentences cost: title, subtitle and link of each message, beside parsing it with RapidJSON.
//
//     bench-meta FILE.jsonl FOLDER [FOLDER…]
//
// FOLDER has rules; several are contestants of each other: "all that is installed" against "one". Prints one
// JSON object. Rounds of all contestants alternate; the median counts, because other work disturbs single
// rounds upwards.
#include "encoding/document.h"
#include "meta/rules.h"

#include <rapidjson/document.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using fedmsg::encoding::Document;
using fedmsg::meta::Rules;

struct Contestant {
    std::string name;
    std::function<std::size_t(const std::string&)> work;  // gives the size of what it said
    std::vector<double> rounds{};                         // nanoseconds a message
    std::size_t said = 0;                                 // of one round
};

std::size_t rapidjson_document(const std::string& line) {
    using Pool = rapidjson::MemoryPoolAllocator<>;
    static std::vector<char> memory(1 << 20);
    Pool pool{memory.data(), memory.size()};
    rapidjson::Document document{&pool};
    document.Parse<rapidjson::kParseFullPrecisionFlag | rapidjson::kParseValidateEncodingFlag>(line.data(),
                                                                                               line.size());
    if (document.HasParseError()) throw std::runtime_error{"RapidJSON does not take a line"};
    return document.MemberCount();
}

std::size_t describe(Rules& rules, const std::string& line) {
    const auto document = Document::parse(line);
    if (!document) throw std::runtime_error{to_string(document.error())};
    const auto root = document->root();
    return rules.title(root).size() + rules.subtitle(root).size() + rules.link(root).size();
}

void run_round(Contestant& c, const std::vector<std::string>& lines) {
    using Clock = std::chrono::steady_clock;
    constexpr auto least =
        std::chrono::milliseconds{100};  // far above what the clock and one interruption add
    std::size_t messages = 0;
    const auto start = Clock::now();
    auto spent = Clock::duration{};
    do {
        c.said = 0;
        for (const auto& line : lines) c.said += c.work(line);
        messages += lines.size();
        spent = Clock::now() - start;
    } while (spent < least);
    c.rounds.push_back(std::chrono::duration<double, std::nano>(spent).count() /
                       static_cast<double>(messages));
}

double median(std::vector<double> all) {
    std::ranges::sort(all);
    return all[all.size() / 2];
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc < 3) throw std::runtime_error{"usage: bench-meta FILE.jsonl FOLDER [FOLDER…]"};
    std::ifstream file{argv[1]};
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(std::move(line));
    if (lines.empty()) throw std::runtime_error{std::string{argv[1]} + " has no messages"};

    fedmsg::Config config;
    config.topic_prefix_re = R"(org\.fedoraproject\.(dev|stg|prod))";
    std::vector<Contestant> contestants{{"rapidjson", rapidjson_document}};
    for (int i = 2; i < argc; ++i) {
        auto rules = std::make_shared<Rules>(config, fedmsg::meta::Settings{.folders = {argv[i]}});
        contestants.push_back({argv[i], [rules](const std::string& line) { return describe(*rules, line); }});
    }
    constexpr int rounds = 15;
    for (auto& c : contestants) run_round(c, lines);  // scripts are read, memory is there
    for (auto& c : contestants) c.rounds.clear();
    for (int i = 0; i < rounds; ++i)
        for (auto& c : contestants) run_round(c, lines);
    std::cout << R"({"messages":)" << lines.size() << R"(,"contestants":{)";
    const char* comma = "";
    for (const auto& c : contestants) {
        std::cout << comma << '"' << c.name << R"(":{"ns_per_message":)" << median(c.rounds) << R"(,"said":)"
                  << c.said << '}';
        comma = ",";
    }
    std::cout << "}}\n";
} catch (const std::exception& e) {
    std::cerr << "bench-meta: " << e.what() << '\n';
    return 1;
}
