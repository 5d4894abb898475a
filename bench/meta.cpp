// What sentences cost: title, subtitle and link of each message, beside parsing it with RapidJSON.
//
//     bench-meta FILE.jsonl FOLDER [FOLDER…]
//
// FOLDER has rules; several are contestants of each other: "all that is installed" against "one". Prints one
// JSON object.
#include "bench/contest.h"

#include "encoding/document.h"
#include "meta/rules.h"

#include <rapidjson/document.h>

#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using fedmsg::encoding::Document;
using fedmsg::meta::Rules;

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

}  // namespace

int main(int argc, char** argv) try {
    if (argc < 3) throw std::runtime_error{"usage: bench-meta FILE.jsonl FOLDER [FOLDER…]"};
    const auto lines = bench::read_lines(argv[1]);

    fedmsg::Config config;
    config.topic_prefix_re = R"(org\.fedoraproject\.(dev|stg|prod))";
    std::vector<bench::Contestant> contestants{{"rapidjson", rapidjson_document}};
    for (int i = 2; i < argc; ++i) {
        auto rules = std::make_shared<Rules>(config, fedmsg::meta::Settings{.folders = {argv[i]}});
        contestants.push_back({argv[i], [rules](const std::string& line) { return describe(*rules, line); }});
    }
    constexpr int rounds = 15;
    for (auto& c : contestants) bench::run_round(c, lines);  // scripts are read, memory is there
    for (auto& c : contestants) c.rounds.clear();
    for (int i = 0; i < rounds; ++i)
        for (auto& c : contestants) bench::run_round(c, lines);
    std::cout << R"({"messages":)" << lines.size() << R"(,"contestants":{)";
    const char* comma = "";
    for (const auto& c : contestants) {
        std::cout << comma << '"' << c.name << R"(":{"ns_per_message":)" << c.median() << R"(,"said":)"
                  << c.made << '}';
        comma = ",";
    }
    std::cout << "}}\n";
} catch (const std::exception& e) {
    std::cerr << "bench-meta: " << e.what() << '\n';
    return 1;
}
