#pragma once
/// \file
/// What the tests of the dialect share.

#include "config/dialect.h"
#include "encoding/document.h"
#include "encoding/write.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace fedmsg::dialect {

inline std::filesystem::path data_path(const std::string& name) {
    const char* data = std::getenv("FEDMSG_TEST_DATA");
    if (data == nullptr) throw std::runtime_error{"FEDMSG_TEST_DATA is not set: run the tests through meson"};
    return std::filesystem::path{data} / "config" / name;
}

inline std::string read_whole(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file) throw std::runtime_error{"cannot read " + path.string()};
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// A host that no machine is: what a test sees of it was put there.
inline HostFacts test_host() {
    HostFacts facts;
    facts.hostname = "app01.example.org";
    facts.fqdn = [] { return std::string{"app01.full.example.org"}; };
    facts.resolve = [](const std::string& name) {
        return name == "known" ? std::string{"192.0.2.7"} : std::string{};
    };
    facts.environment = {{"HOME", "/home/me"}, {"LANG", "C"}};
    facts.working_directory = "/work/here";
    facts.user = "me";
    facts.home = "/home/me";
    facts.cpu_count = 6;
    facts.pid = 4711;
    facts.file_kind = [](const std::string& path) {
        return path == "/etc" ? 'd' : path == "/etc/hosts" ? 'f' : '\0';
    };
    facts.kernel = {"Linux", "6.1.0", "#1 SMP", "x86_64"};
    return facts;
}

/// The configuration as JSON with sorted keys; the text of the error otherwise.
inline std::string evaluated(const std::string& text, const HostFacts& facts = test_host()) {
    const auto result = evaluate(text, "x.py", facts);
    return result ? encoding::dumps(encoding::Value{result->config}) : to_string(result.error());
}

/// What `expression` gives, as JSON.
inline std::string value_of(const std::string& expression, const HostFacts& facts = test_host()) {
    const std::string whole = evaluated(
        "import os, socket, sys, platform, getpass, multiprocessing\nconfig = {'v': " + expression + "}",
        facts);
    const std::string start = "{\"v\":";
    return whole.starts_with(start) ? whole.substr(start.size(), whole.size() - start.size() - 1) : whole;
}

}  // namespace fedmsg::dialect
