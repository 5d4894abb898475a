/// \file
/// libFuzzer target: whatever a configuration file holds, evaluating it ends, soon and within its bounds.
#include "config/dialect.h"
#include "encoding/write.h"

#include <cstdlib>
#include <ctime>
#include <iostream>

namespace {

fedmsg::dialect::HostFacts fixed_host() {
    fedmsg::dialect::HostFacts facts;
    facts.hostname = "app01.example.org";
    facts.fqdn = [] { return std::string{"app01.example.org"}; };
    facts.resolve = [](const std::string& name) {
        return name == "known" ? std::string{"192.0.2.7"} : std::string{};
    };
    facts.environment = {{"HOME", "/home/me"}, {"FEDMSG_ENV", "dev"}};
    facts.working_directory = "/work";
    facts.user = "me";
    facts.home = "/home/me";
    facts.file_kind = [](const std::string& path) { return path == "/etc" ? 'd' : '\0'; };
    return facts;
}

/// Of processor time, with sanitizers; a hundredth of it otherwise.
constexpr std::clock_t longest = 5 * CLOCKS_PER_SEC;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto facts = fixed_host();
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto start = std::clock();
    const auto result = fedmsg::dialect::evaluate(text, "fuzz.py", facts);
    if (result) {
        for (const auto& [key, at] : result->positions)
            if (at.line < 1 || at.column < 1 || !result->config.find(key)) std::abort();
        (void)fedmsg::encoding::dumps(fedmsg::encoding::Value{result->config});
    } else if (result.error().what.empty() || result.error().at.line < 1 || result.error().at.column < 1) {
        std::abort();
    }
    if (std::clock() - start > longest) {
        std::cerr << "too slow\n";
        std::abort();
    }
    return 0;
}
