#include "support/files.h"

#include "encoding/write.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace fedmsg::test {

TemporaryFolder::TemporaryFolder() {
    auto pattern = (std::filesystem::temp_directory_path() / "fedmsg-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"cannot make " + pattern};
    path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryFolder::write(const std::string& name, std::string_view text) const {
    const auto path = path_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream file{path, std::ios::binary};
    file << text;
    if (!file.flush()) throw std::runtime_error{"cannot write " + path.string()};
    return path.string();
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file) throw std::runtime_error{"cannot read " + path.string()};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::filesystem::path data_file(const std::string& name) {
    const char* folder = std::getenv("FEDMSG_TEST_DATA");
    if (folder == nullptr)
        throw std::runtime_error{"FEDMSG_TEST_DATA is not set: run the tests through meson"};
    return std::filesystem::path{folder} / name;
}

std::optional<std::filesystem::path> shared_file(const std::string& name) {
    const char* folder = std::getenv("FEDMSG_SHARED");
    if (folder == nullptr || !std::filesystem::exists(std::filesystem::path{folder} / name))
        return std::nullopt;
    return std::filesystem::path{folder} / name;
}

encoding::Document parse_json(std::string_view text) {
    auto document = encoding::Document::parse(text);
    if (!document)
        throw std::runtime_error{to_string(document.error()) + " in: " + std::string{text.substr(0, 500)}};
    return std::move(*document);
}

encoding::Node at(encoding::Node object, std::string_view key) {
    const auto* node = object.find(key);
    if (node == nullptr)
        throw std::runtime_error{"no `" + std::string{key} + "` in " + encoding::dumps(object)};
    return *node;
}

std::string text_at(encoding::Node object, std::string_view key) {
    return std::string{at(object, key).text()};
}

std::string canonical_without(std::string_view text, const std::vector<std::string_view>& left_out) {
    auto value = encoding::to_value(parse_json(text).root());
    if (auto* object = value.object())
        for (const auto key : left_out) object->erase(key);
    return encoding::dumps(value);
}

std::string bytes_of(encoding::Node node) {
    if (const auto text = node.find_string("utf8")) return std::string{*text};
    return from_base64(text_at(node, "b64"));
}

std::string from_base64(std::string_view text) {
    static constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string bytes;
    unsigned bits = 0;
    int count = 0;
    for (const char c : text) {
        const auto digit = alphabet.find(c);
        if (digit == alphabet.npos) continue;  // line ends, and `=` at the end
        bits = bits << 6U | static_cast<unsigned>(digit);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        bytes += static_cast<char>(bits >> static_cast<unsigned>(count) & 0xFFU);
    }
    return bytes;
}

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

}  // namespace fedmsg::test
