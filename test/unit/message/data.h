#pragma once
/// \file
/// The reference cases of test/data/message.

#include "encoding/document.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

namespace fedmsg::message {

inline encoding::Document parse(std::string_view json) {
    auto document = encoding::Document::parse(json);
    if (!document) throw std::runtime_error{to_string(document.error())};
    return std::move(*document);
}

inline encoding::Document load(const std::string& name) {
    const char* folder = std::getenv("FEDMSG_TEST_DATA");
    if (folder == nullptr) throw std::runtime_error{"FEDMSG_TEST_DATA is not set"};
    std::ifstream file{std::string{folder} + "/message/" + name};
    if (!file) throw std::runtime_error{"cannot read " + name};
    return parse(std::string{std::istreambuf_iterator<char>{file}, {}});
}

/// The string under `key`, which must be there.
inline std::string_view string_in(encoding::Node node, std::string_view key) {
    return node.find_string(key).value();
}

/// Another zone for as long as this lives.
class Zone {
  public:
    explicit Zone(const char* name) {
        if (const char* now = std::getenv("TZ")) before_ = now;
        setenv("TZ", name, 1);
        tzset();
    }
    Zone(const Zone&) = delete;
    Zone& operator=(const Zone&) = delete;
    ~Zone() {
        before_.empty() ? unsetenv("TZ") : setenv("TZ", before_.c_str(), 1);
        tzset();
    }

  private:
    std::string before_;
};

}  // namespace fedmsg::message
