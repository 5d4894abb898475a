// The files of etc/fedmsg.d: what a new installation starts from.
#include "config/keys.h"
#include "config/load.h"
#include "config/sources.h"
#include "encoding/write.h"
#include "unit/config/tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <sstream>

namespace fedmsg {
namespace {

using encoding::Object;
using encoding::Value;
using testing::IsEmpty;

std::filesystem::path folder() { return test::source_folder() / "etc/fedmsg.d"; }

std::vector<std::filesystem::path> files() {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator{folder()}) paths.push_back(entry.path());
    std::ranges::sort(paths);
    return paths;
}

LoadOptions only_shipped() {
    LoadOptions options;
    options.config_filename = folder().string();
    return options;
}

/// What a command prints on its standard output; null when it fails.
std::optional<std::string> output_of(const std::string& command) {
    FILE* pipe = popen(command.c_str(), "r");
    if (!pipe) return std::nullopt;
    std::string text;
    std::array<char, 4096> buffer;
    while (const std::size_t got = fread(buffer.data(), 1, buffer.size(), pipe))
        text.append(buffer.data(), got);
    if (pclose(pipe) != 0) return std::nullopt;
    return text;
}

TEST(ShippedFiles, AreTheSeven) {
    EXPECT_EQ(files().size(), 7U);
    EXPECT_EQ(load_config(only_shipped()).sources.size(), 7U);
}

TEST(ShippedFiles, AreValidWithoutAWarning) {
    LoadOptions options = only_shipped();
    options.defaults = false;
    EXPECT_THAT(load_config(options).warnings, IsEmpty());
}

TEST(ShippedFiles, SayWhatTheBuiltInDefaultsAre) {
    LoadOptions options = only_shipped();
    options.defaults = false;
    const Object shipped = merge_config(options).values;
    const Object defaults = default_values();
    for (const auto& [key, value] : shipped) {
        if (key == "topic_prefix_re") continue;  // derived
        const Value* expected = defaults.find(key);
        ASSERT_NE(expected, nullptr) << key;
        EXPECT_EQ(encoding::dumps(value), encoding::dumps(*expected)) << key;
    }
}

TEST(ShippedFiles, MeanTheSameToPython) {
    const std::string script =
        "import json, runpy, sys; print(json.dumps(runpy.run_path(sys.argv[1])['config']))";
    if (!output_of("python3 --version")) GTEST_SKIP() << "there is no python3 here";
    for (const auto& path : files()) {
        const auto python = output_of("python3 -c \"" + script + "\" '" + path.string() + "'");
        ASSERT_TRUE(python) << path;
        const auto ours = read_config_file(path.string(), dialect::HostFacts::of_this_host());
        ASSERT_TRUE(ours) << to_string(ours.error());
        EXPECT_EQ(encoding::dumps(Value{ours->values}), encoding::dumps(test::json(*python))) << path;
    }
}

/// Without the `#` of lines that are commented code: `#` and no blank, below the first column four blanks or
/// none.
std::string with_examples_in_use(const std::filesystem::path& path) {
    std::istringstream lines{test::read_file(path)};
    std::string text;
    for (std::string line; std::getline(lines, line); text += line + "\n") {
        const std::size_t at = line.find_first_not_of(' ');
        if (at == std::string::npos || line[at] != '#') continue;
        const std::string_view after = std::string_view{line}.substr(at + 1);
        if (!after.starts_with(' ') || (at > 0 && after.starts_with("    "))) line.erase(at, 1);
    }
    return text;
}

TEST(ShippedFiles, AreStillValidWhenTheirExamplesAreUsed) {
    const test::Tree tree;
    for (const auto& path : files()) {
        tree.write("etc/fedmsg.d/" + path.filename().string(), with_examples_in_use(path));
    }
    const Loaded loaded = load_config(tree.options());
    EXPECT_THAT(loaded.warnings, IsEmpty());
    EXPECT_EQ(loaded.config.endpoints.at("bodhi.app04").size(), 3U);
    EXPECT_EQ(loaded.config.values.find("irc")->array()->size(), 1U);
    EXPECT_EQ(loaded.config.values.find("logging")->find("handlers")->object()->size(), 4U);
}

TEST(ShippedFiles, LoadInLessThanAMillisecond) {
    load_config(only_shipped());
    auto best = std::chrono::steady_clock::duration::max();
    for (int i = 0; i < 50; ++i) {
        const auto start = std::chrono::steady_clock::now();
        load_config(only_shipped());
        best = std::min(best, std::chrono::steady_clock::now() - start);
    }
    RecordProperty("microseconds",
                   static_cast<int>(std::chrono::duration_cast<std::chrono::microseconds>(best).count()));
#if !defined(__SANITIZE_ADDRESS__)
    EXPECT_LT(best, std::chrono::milliseconds{1});
#endif
}

}  // namespace
}  // namespace fedmsg
