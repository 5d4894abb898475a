// How long one message takes from its bytes to its canonical form, beside RapidJSON's Document and Writer.
//
//     bench-encode FILE.jsonl [ROUNDS]
//
// Prints one JSON object.
#include "bench/contest.h"

#include "encoding/write.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using fedmsg::encoding::Object;

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

}  // namespace

int main(int argc, char** argv) try {
    if (argc < 2) throw std::runtime_error{"usage: bench-encode FILE.jsonl [ROUNDS]"};
    const int rounds = argc > 2 ? std::max(1, std::atoi(argv[2])) : 7;
    const auto lines = bench::read_lines(argv[1]);
    std::size_t bytes_in = 0;
    for (const auto& line : lines) bytes_in += line.size();

    bench::Contestant contestants[] = {
        {"ours", ours},
        {"rapidjson", rapidjson_document<rapidjson::kParseDefaultFlags>},
        {"rapidjson_exact",
         rapidjson_document<rapidjson::kParseFullPrecisionFlag | rapidjson::kParseValidateEncodingFlag>},
    };
    for (int i = 0; i < rounds; ++i)
        for (auto& c : contestants) bench::run_round(c, lines);

    Object results;
    for (const auto& c : contestants)
        results[c.name] = Object{{"ns_per_message", c.median()}, {"bytes_out", static_cast<long>(c.made)}};
    const auto rate = [&](int other) { return contestants[other].median() / contestants[0].median(); };
    const Object report{{"file", argv[1]},
                        {"messages", static_cast<long>(lines.size())},
                        {"bytes_in", static_cast<long>(bytes_in)},
                        {"rounds", rounds},
                        {"encoders", results},
                        {"rate_to_rapidjson", rate(1)},
                        {"rate_to_rapidjson_exact", rate(2)}};
    std::cout << pretty_dumps(report) << '\n';
} catch (const std::exception& e) {
    std::cerr << "bench-encode: " << e.what() << '\n';
    return 1;
}
