#include "crypto/module.h"

#include "util/error.h"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>

namespace fedmsg::crypto {
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

/// fedmsg-NAME.so, by its symbol fedmsg_NAME_module: a function that takes `version`, and gives null where
/// the module speaks another one.
template <class Module>
const Module& load(const std::string& name, const char* version) {
    const auto file_name = "fedmsg-" + name + ".so";
    std::string tried;
    for (const auto& place : places(file_name)) {
        std::error_code error;
        tried += (tried.empty() ? "" : ", ") + place.string();
        if (!std::filesystem::exists(place, error)) continue;
        // Never unloaded: the libraries behind them have threads of their own.
        void* library = ::dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
        if (library == nullptr)
            throw SetupError(std::string{"cannot load "} + ::dlerror() + ": install fedmsg anew");
        using Entry = const Module*(const char* version);
        auto* entry = reinterpret_cast<Entry*>(::dlsym(library, ("fedmsg_" + name + "_module").c_str()));
        const auto* module = entry == nullptr ? nullptr : entry(version);
        if (module == nullptr)
            throw SetupError(place.string() +
                             " belongs to another version of fedmsg than " FEDMSG_VERSION
                             ": install both from one package, or remove the one that is left over");
        return *module;
    }
    throw SetupError("signing and validation by " + name + " need the module " + file_name +
                     ", which is not there (looked for " + tried +
                     "): install fedmsg as a whole, or set FEDMSG_MODULES to the folder that has it");
}

}  // namespace

const x509::Module& x509_module() {
    static const auto& module = load<x509::Module>("x509", x509::interface_version);
    return module;
}

const gpg::Module& gpg_module() {
    if (!FEDMSG_WITH_GPG)
        throw UsageError(
            "this build of fedmsg is without gpg (see fedmsg --version): take \"gpg\" out of crypto_backend "
            "and "
            "crypto_validate_backends, or build it anew where GPGME is");
    static const auto& module = load<gpg::Module>("gpg", gpg::interface_version);
    return module;
}

}  // namespace fedmsg::crypto
