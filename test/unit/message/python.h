#pragma once
/// \file
/// Python as the judge of what Python does.

#include <gtest/gtest.h>

#include <unistd.h>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace fedmsg::message {

inline std::string hex(std::string_view bytes) {
    std::ostringstream out;
    out << std::hex;
    for (const char c : bytes)
        out << (static_cast<unsigned char>(c) < 16 ? "0" : "") << int{static_cast<unsigned char>(c)};
    return out.str();
}

/// The lines that a Python script prints when it reads `lines`.
inline std::vector<std::string> ask_python(const std::string& script, const std::vector<std::string>& lines) {
    namespace fs = std::filesystem;
    const fs::path folder = fs::path{testing::TempDir()} / ("fedmsg-python-" + std::to_string(getpid()));
    fs::create_directories(folder);
    std::ofstream{folder / "script.py"} << script;
    {
        std::ofstream input{folder / "input"};
        for (const auto& line : lines) input << line << '\n';
    }
    const std::string command = "python3 '" + (folder / "script.py").string() + "' <'" +
                                (folder / "input").string() + "' >'" + (folder / "output").string() + "'";
    EXPECT_EQ(std::system(command.c_str()), 0);
    std::vector<std::string> answers;
    std::ifstream output{folder / "output"};
    for (std::string line; std::getline(output, line);) answers.push_back(line);
    fs::remove_all(folder);
    return answers;
}

}  // namespace fedmsg::message
