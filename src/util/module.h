#pragma once
/// \file
/// Modules of the executable: what needs a heavy library is in a shared object of its own, which is loaded by
/// the first who uses it.

#include <string>

namespace fedmsg {

namespace detail {
/// The function `fedmsg_NAME_module` of fedmsg-NAME.so, and where it is. \throws SetupError
struct ModuleSymbol {
    void* entry;
    std::string path;
};
[[nodiscard]] ModuleSymbol find_module(const std::string& name, const std::string& user);
[[noreturn]] void refuse_module(const std::string& path);
}  // namespace detail

/// Loads fedmsg-NAME.so and gives what its function `const Module* fedmsg_NAME_module(const char* version)`
/// returns: null where it speaks another version. It is looked for in $FEDMSG_MODULES, where that is set;
/// else beside the executable (as in a build tree), then in the folder it is installed to. It stays loaded.
///
/// Call it from the initialization of a static variable: each call loads anew.
/// \param user  who cannot do without: "signing and validation need" \throws SetupError  naming the places
template <class Module>
const Module& load_module(const std::string& name, const char* version, const std::string& user) {
    const auto symbol = detail::find_module(name, user);
    using Entry = const Module*(const char* version);
    const auto* module = reinterpret_cast<Entry*>(symbol.entry)(version);
    if (module == nullptr) detail::refuse_module(symbol.path);
    return *module;
}

}  // namespace fedmsg
