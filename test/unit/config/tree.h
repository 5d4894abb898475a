#pragma once
/// \file
/// A machine's worth of configuration files in a temporary folder.

#include "config/load.h"
#include "encoding/document.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace fedmsg::test {

inline std::filesystem::path data_folder() {
    const char* data = std::getenv("FEDMSG_TEST_DATA");
    if (!data) throw std::runtime_error{"FEDMSG_TEST_DATA is not set: run the tests through meson"};
    return data;
}

/// The root of the source tree.
inline std::filesystem::path source_folder() { return data_folder().parent_path().parent_path(); }

inline std::string read_file(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file) throw std::runtime_error{"cannot read " + path.string()};
    return {std::istreambuf_iterator<char>{file}, {}};
}

inline encoding::Value json(const std::string& text) {
    auto value = encoding::loads(text);
    if (!value) throw std::runtime_error{to_string(value.error()) + " in " + text};
    return std::move(*value);
}

/// Its own /etc, home and working folder, which vanish with it.
class Tree {
  public:
    Tree() {
        std::string name = (std::filesystem::temp_directory_path() / "fedmsg-config-XXXXXX").string();
        if (!mkdtemp(name.data())) throw std::runtime_error{"cannot make " + name};
        root_ = name;
        for (const char* folder : {"etc", "home", "cwd", "venv"})
            std::filesystem::create_directory(root_ / folder);
    }
    ~Tree() { std::filesystem::remove_all(root_); }
    Tree(const Tree&) = delete;
    Tree& operator=(const Tree&) = delete;

    /// \param name  below the root: "etc/fedmsg.d/a.py"
    std::string write(const std::string& name, const std::string& text) const {
        const std::filesystem::path file = path(name);
        std::filesystem::create_directories(file.parent_path());
        std::ofstream{file, std::ios::binary} << text;
        return file.string();
    }

    [[nodiscard]] std::string path(const std::string& name) const {
        if (name.starts_with('/')) throw std::logic_error{name + " is outside of the tree"};
        return (root_ / name).string();
    }

    /// Looks only into this tree.
    [[nodiscard]] LoadOptions options() const {
        LoadOptions result;
        result.search = SearchPaths{path("etc"), path("home"), path("cwd"), {}, {}};
        return result;
    }

  private:
    std::filesystem::path root_;
};

/// What `call` throws; empty when it does not.
template <class Exception, class Call>
std::string thrown_by(Call call) {
    try {
        call();
    } catch (const Exception& e) {
        return e.what();
    }
    return {};
}

}  // namespace fedmsg::test
