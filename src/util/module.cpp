#include "util/module.h"

#include "util/error.h"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <vector>

namespace fedmsg::detail {
namespace {

std::vector<std::filesystem::path> places(const std::string& file_name) {
    if (const char* folder = std::getenv("FEDMSG_MODULES"); folder != nullptr && *folder != '\0')
        return {std::filesystem::path{folder} / file_name};
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
    std::vector<std::filesystem::path> result;
    if (!error) result.push_back(program.parent_path() / file_name);
    result.push_back(std::filesystem::path{FEDMSG_MODULE_FOLDER} / file_name);
    return result;
}

}  // namespace

ModuleSymbol find_module(const std::string& name, const std::string& user) {
    const auto file_name = "fedmsg-" + name + ".so";
    std::string tried;
    for (const auto& place : places(file_name)) {
        std::error_code error;
        tried += (tried.empty() ? "" : ", ") + place.string();
        if (!std::filesystem::exists(place, error)) continue;
        // Never unloaded: the libraries behind it may have threads of their own.
        void* library = ::dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
        if (library == nullptr)
            throw SetupError(std::string{"cannot load "} + ::dlerror() + ": install fedmsg anew");
        void* entry = ::dlsym(library, ("fedmsg_" + name + "_module").c_str());
        if (entry == nullptr) refuse_module(place);
        return {entry, place};
    }
    throw SetupError(user + " the module " + file_name + ", which is not there (looked for " + tried +
                     "): install fedmsg as a whole, or set FEDMSG_MODULES to the folder that has it");
}

void refuse_module(const std::string& path) {
    throw SetupError(path + " belongs to another version of fedmsg than " FEDMSG_VERSION
                            ": install both from one package, or remove the one that is left over");
}

}  // namespace fedmsg::detail
