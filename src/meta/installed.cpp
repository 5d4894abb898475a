#include "meta/installed.h"

#include <filesystem>

namespace fedmsg::meta {

std::string installed_folder(const std::string& name) {
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
    if (!error) {
        const auto beside = program.parent_path() / name;
        if (std::filesystem::is_directory(beside, error)) return beside;
    }
    const std::filesystem::path data{FEDMSG_DATA_FOLDER};
    return name == "locale" ? data / "locale" : data / "fedmsg" / name;
}

}  // namespace fedmsg::meta
