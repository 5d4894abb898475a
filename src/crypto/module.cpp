#include "crypto/module.h"

#include "util/error.h"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>

namespace fedmsg::crypto {
namespace {

constexpr const char* file_name = "fedmsg-x509.so";

std::vector<std::filesystem::path> places() {
    if (const char* folder = std::getenv("FEDMSG_MODULES"); folder != nullptr && *folder != '\0')
        return {std::filesystem::path{folder} / file_name};
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
    std::vector<std::filesystem::path> result;
    if (!error) result.push_back(program.parent_path() / file_name);
    result.push_back(std::filesystem::path{FEDMSG_MODULE_FOLDER} / file_name);
    return result;
}

const x509::Module& load() {
    std::string tried;
    for (const auto& place : places()) {
        std::error_code error;
        tried += (tried.empty() ? "" : ", ") + place.string();
        if (!std::filesystem::exists(place, error)) continue;
        // Never unloaded: Botan has threads of its own.
        void* library = ::dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
        if (library == nullptr)
            throw SetupError(std::string{"cannot load "} + ::dlerror() + ": install fedmsg anew");
        auto* entry = reinterpret_cast<x509::Entry*>(::dlsym(library, "fedmsg_x509_module"));
        const auto* module = entry == nullptr ? nullptr : entry(x509::interface_version);
        if (module == nullptr)
            throw SetupError(place.string() +
                             " belongs to another version of fedmsg than " FEDMSG_VERSION
                             ": install both from one package, or remove the one that is left over");
        return *module;
    }
    throw SetupError("signing and validation need the module " + std::string{file_name} +
                     ", which is not there (looked for " + tried +
                     "): install fedmsg as a whole, or set FEDMSG_MODULES to the folder that has it");
}

}  // namespace

const x509::Module& x509_module() {
    static const x509::Module& module = load();
    return module;
}

}  // namespace fedmsg::crypto
