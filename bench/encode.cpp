// How long one message takes from its bytes to its canonical form, beside RapidJSON's Document and Writer.
//
//     bench-encode FILE.jsonl [ROUNDS]
//
// Prints one JSON object. Rounds of all contestants alternate; the median counts, because other work disturbs
// single rounds upwards.
#include "encoding/write.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using fedmsg::encoding::Object;

struct Contestant {
    std::string name;
    std::function<std::size_t(const std::string&)> encode;  // gives the size of what it wrote
    std::vector<double> rounds{};                           // nanoseconds a message
    std::size_t bytes_out = 0;                              // of one round
};

std::size_t ours(const std::string& line) {
    static std::string out;
    const auto document = fedmsg::encoding::Document::parse(line);
    if (!document) throw std::runtime_error{to_string(document.error())};
    out.clear();
    write(document->root(), fedmsg::encoding::canonical, out);
    return out.size();
}

template <unsigned flags>
std::size_t rapidjson_document(const std::string& line) {
    using Pool = rapidjson::MemoryPoolAllocator<>;
    static std::vector<char> memory(1 << 20);
    static rapidjson::StringBuffer out;
    Pool pool{memory.data(), memory.size()};
    rapidjson::Document document{&pool};
    document.Parse<flags>(line.data(), line.size());
    if (document.HasParseError()) throw std::runtime_error{"RapidJSON does not take a line"};
    out.Clear();
    rapidjson::Writer<rapidjson::StringBuffer> writer{out};
    document.Accept(writer);
    return out.GetSize();
}

void run_round(Contestant& c, const std::vector<std::string>& lines) {
    using Clock = std::chrono::steady_clock;
    constexpr auto least =
        std::chrono::milliseconds{100};  // far above what the clock and one interruption add
    std::size_t messages = 0;
    const auto start = Clock::now();
    auto spent = Clock::duration{};
    do {
        c.bytes_out = 0;
        for (const auto& line : lines) c.bytes_out += c.encode(line);
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

int main(int argc, char** argv) {
    if (argc < 2) {
        std::cerr << "usage: bench-encode FILE.jsonl [ROUNDS]\n";
        return 2;
    }
    const int rounds = argc > 2 ? std::max(1, std::atoi(argv[2])) : 7;
    std::ifstream file{argv[1]};
    std::vector<std::string> lines;
    std::size_t bytes_in = 0;
    for (std::string line; std::getline(file, line); bytes_in += line.size()) lines.push_back(line);
    if (lines.empty()) {
        std::cerr << "bench-encode: " << argv[1] << " has no lines\n";
        return 1;
    }

    Contestant contestants[] = {
        {"ours", ours},
        {"rapidjson", rapidjson_document<rapidjson::kParseDefaultFlags>},
        {"rapidjson_exact",
         rapidjson_document<rapidjson::kParseFullPrecisionFlag | rapidjson::kParseValidateEncodingFlag>},
    };
    for (int i = 0; i < rounds; ++i)
        for (auto& c : contestants) run_round(c, lines);

    Object results;
    for (const auto& c : contestants)
        results[c.name] =
            Object{{"ns_per_message", median(c.rounds)}, {"bytes_out", static_cast<long>(c.bytes_out)}};
    const auto rate = [&](int other) {
        return median(contestants[other].rounds) / median(contestants[0].rounds);
    };
    const Object report{{"file", argv[1]},
                        {"messages", static_cast<long>(lines.size())},
                        {"bytes_in", static_cast<long>(bytes_in)},
                        {"rounds", rounds},
                        {"encoders", results},
                        {"rate_to_rapidjson", rate(1)},
                        {"rate_to_rapidjson_exact", rate(2)}};
    std::cout << pretty_dumps(report) << '\n';
}
