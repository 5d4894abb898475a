#pragma once
/// \file
/// Where the data of the tests is.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace fedmsg::encoding {

inline std::filesystem::path data_file(const std::string& name) {
    const char* data = std::getenv("FEDMSG_TEST_DATA");
    if (data == nullptr) throw std::runtime_error{"FEDMSG_TEST_DATA is not set: run the tests through meson"};
    return std::filesystem::path{data} / "encoding" / name;
}

inline std::string read_file(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file) throw std::runtime_error{"cannot read " + path.string()};
    return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace fedmsg::encoding
