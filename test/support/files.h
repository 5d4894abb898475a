#pragma once
/// \file
/// Files of a test: its own, the data it reads, JSON.

#include "encoding/document.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fedmsg::test {

/// A new folder, gone with its content when this goes.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    /// Writes a file, and gives its path.
    std::string write(const std::string& name, std::string_view text) const;

  private:
    std::filesystem::path path_;
};

std::string read_file(const std::filesystem::path& path);
/// `name` in $FEDMSG_TEST_DATA.
std::filesystem::path data_file(const std::string& name);
/// `name` in $FEDMSG_SHARED, the reference data that is not part of the sources; nothing where it is not
/// there.
std::optional<std::filesystem::path> shared_file(const std::string& name);

/// \throws std::runtime_error  with the text that is not JSON
encoding::Document parse_json(std::string_view text);
/// The member under `key`. \throws std::runtime_error
encoding::Node at(encoding::Node object, std::string_view key);
std::string text_at(encoding::Node object, std::string_view key);
/// The canonical form of `text`, but without the members of `left_out`.
std::string canonical_without(std::string_view text, const std::vector<std::string_view>& left_out);

/// Bytes of the reference cases: {"utf8": …} or {"b64": …}.
std::string bytes_of(encoding::Node node);
/// RFC 4648, 4.
std::string from_base64(std::string_view text);

std::vector<std::string> lines_of(std::string_view text);

}  // namespace fedmsg::test
